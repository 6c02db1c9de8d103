#!/usr/bin/env bash
# The second half of try.sh, in a network of its own: runs the container and is its postman, its member and its administrator.
set -eu

busybox ip link set lo up
pid=

step() {
  echo "== $1"
}

die() {
  echo "FAILED: $1" >&2
  echo "---- the container said:" >&2
  tail -40 "$work/console" >&2
  exit 1
}

trap '[ -z "$pid" ] || kill -KILL -- "-$pid" 2> /dev/null || true' EXIT

run_container() {
  local arguments=() line
  while IFS= read -r line; do
    arguments+=(--env "$line")
  done < "$work/env"
  for folder in var:/root/var store:/var/store keys:/root/keys logs:/root/logs conf:/root/conf \
      extensions-jars:/root/extensions-jars tls:/root/tls; do
    arguments+=(--volume "$work/volumes/${folder%%:*}:${folder#*:}")
  done
  # an engine would write the name of the container into its hosts file; here it is in the stand-in
  arguments+=(--hostname mailveil --no-hosts)
  set -m
  # shellcheck disable=SC2086
  buildah $storage_args run --isolation chroot "${arguments[@]}" "$container" -- $entrypoint > "$work/console" 2>&1 &
  pid=$!
  set +m
}

in_container() {
  # shellcheck disable=SC2086
  buildah $storage_args run --isolation chroot "$container" -- "$@"
}

await() {
  local what=$1 tries=0
  shift
  until "$@" > "$work/answer" 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 180 ] || die "waited in vain for $what"
    kill -0 "$pid" 2> /dev/null || die "the container ended while waiting for $what"
    sleep 1
  done
}

admin() {
  curl -sSf -X "$1" "http://127.0.0.1:8000$2" -H 'Content-Type: application/json' ${3:+-d "$3"}
}

inbox() {
  curl -sSf --ssl-reqd -k --user "$1" "imap://127.0.0.1/INBOX;MAILINDEX=$2"
}

start() {
  run_container
  await "the health check" in_container /opt/mailveil/health.sh
  await "the domains" grep -q 'the domains are there' "$work/console"
}

stop() {
  # what an engine does: SIGTERM to process 1
  local java
  java=$(pgrep -f 'org.apache.james.JPAJamesServerMain' --ns $$ --nslist net | head -1)
  [ -n "$java" ] || die "James is not running"
  kill -TERM "$java"
  wait "$pid" || true
  pid=
}

step "the container starts, and is healthy"
start
admin GET /healthcheck/checks/Mailveil | grep -q '"status":"healthy"' || die "Mailveil is not healthy"
admin GET /mailveil/check > "$work/check"
grep -q '"check":"keys","status":"ok"' "$work/check" && grep -q '"check":"chain","status":"ok"' "$work/check" \
  || die "the check is not content: $(cat "$work/check")"

step "an administrator makes a public address"
admin PUT /users/alice@staff.test '{"password":"secret"}'
admin PUT /users/carol@world.test '{"password":"secret"}'
admin PUT /mailveil/publicAddresses/info@company.test '{"displayName":"Help"}'
admin PUT /mailveil/publicAddresses/info@company.test/members/alice@staff.test

step "Carol writes, Alice reads"
printf 'From: Carol <carol@world.test>\r\nTo: info@company.test\r\nSubject: Hello\r\n\r\nI am carol@world.test.\r\n' > "$work/hello"
curl -sSf smtp://127.0.0.1:25 --mail-from carol@world.test --mail-rcpt info@company.test --upload-file "$work/hello"
await "the mail for Alice" inbox alice@staff.test:secret 1
cp "$work/answer" "$work/alice"
grep -q '^Subject: Hello' "$work/alice" || die "this is not the mail: $(cat "$work/alice")"
! grep -qi 'carol@world' "$work/alice" || die "Alice sees Carol's address"
phantom=$(sed -n 's/^From: .*<\([a-z2-7]\{26\}@company.test\)>.*/\1/p' "$work/alice")
[ -n "$phantom" ] || die "there is no phantom address in From"

step "Alice answers by submission over TLS, both kinds; without TLS no login is offered"
for url in smtp://127.0.0.1:587 smtps://127.0.0.1:465; do
  printf 'From: alice@staff.test\r\nTo: %s\r\nSubject: Answer\r\n\r\nYours, alice@staff.test\r\n' "$phantom" > "$work/reply"
  curl -sSf --ssl-reqd -k "$url" --user alice@staff.test:secret --mail-from alice@staff.test --mail-rcpt "$phantom" \
    --upload-file "$work/reply"
done
! curl -sS smtp://127.0.0.1:587 --user alice@staff.test:secret --mail-from alice@staff.test --mail-rcpt "$phantom" \
  --upload-file "$work/reply" 2> /dev/null || die "a login without TLS was taken"
await "the answers for Carol" inbox carol@world.test:secret 2
grep -q '^From: "\?Help"\? <info@company.test>' "$work/answer" || die "not from the public address: $(cat "$work/answer")"
! grep -qi 'alice@staff' "$work/answer" || die "Carol sees Alice's address"

step "the postmaster's account is there, with its odd password"
await "the postmaster" curl -sSf --ssl-reqd -k --user 'postmaster@company.test:a "good" pass\word' imap://127.0.0.1/

step "the container is stopped and started again on the same volumes"
stop
for place in store keys var; do
  [ -n "$(ls -A "$work/volumes/$place")" ] || die "the volume $place is empty"
done
[ "$(stat -c %a "$work/volumes/keys/mailveil.keyset")" = 600 ] || die "the keyset is readable for others"
cp "$work/console" "$work/console.1"
echo '<!-- mine -->' >> "$work/volumes/conf/pop3server.xml"
start
grep -q 'pop3server.xml is your own' "$work/console" || die "a file that was changed by hand is not told"
tail -1 "$work/volumes/conf/pop3server.xml" | grep -q mine || die "a file that was changed by hand was replaced"
curl -sSf smtp://127.0.0.1:25 --mail-from carol@world.test --mail-rcpt info@company.test --upload-file "$work/hello"
await "the second mail for Alice" inbox alice@staff.test:secret 2
grep -q "<$phantom>" "$work/answer" || die "Carol has another phantom address after the restart"
stop
