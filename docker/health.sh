#!/usr/bin/env bash
# Whether the container serves: WebAdmin says that James has started, and the SMTP port greets. Nothing but bash is needed. That mail
# is held is not for the container to say, since starting it again would not help: GET /healthcheck/checks/Mailveil tells it.
set -eu

exec 3<> /dev/tcp/127.0.0.1/8000
printf 'GET /healthcheck/checks/Guice%%20application%%20lifecycle HTTP/1.0\r\nHost: 127.0.0.1:8000\r\n\r\n' >&3
IFS= read -r -t 5 status <&3
exec 3>&-
case $status in
  *" 200 "*) ;;
  *) echo "WebAdmin answers: ${status%$'\r'}"; exit 1 ;;
esac

exec 3<> /dev/tcp/127.0.0.1/25
IFS= read -r -t 5 greeting <&3
printf 'QUIT\r\n' >&3
exec 3>&-
case $greeting in
  220*) echo "serves" ;;
  *) echo "SMTP answers: ${greeting%$'\r'}"; exit 1 ;;
esac
