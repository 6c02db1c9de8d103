#!/usr/bin/env bash
# Starts James with Mailveil in a container: checks the environment, brings the configuration folder up to date, and becomes James.
# What can be set is listed in docs/docker.md. A mistake ends the start with one line that says what is wrong and what is allowed.
#
# The folders can be moved for tests: MAILVEIL_HOME (/root), MAILVEIL_SHIPPED (/opt/mailveil).
set -eu

home=${MAILVEIL_HOME:-/root}
shipped=${MAILVEIL_SHIPPED:-/opt/mailveil}
webadmin_port=8000
# sysexits.h: EX_CONFIG
bad_configuration=78

fail() {
  echo "Mailveil: $1" >&2
  exit $bad_configuration
}

say() {
  echo "Mailveil: $1"
}

# secret NAME: takes NAME_FILE, the way secrets of Docker and Kubernetes come, over into NAME
secret() {
  local name=$1 file_name=$1_FILE
  local file=${!file_name:-}
  if [ -n "$file" ]; then
    [ -z "${!name:-}" ] || fail "$name and $file_name are both set. Set one of them."
    [ -r "$file" ] || fail "$file_name=$file cannot be read."
    printf -v "$name" '%s' "$(cat "$file")"
    export "${name?}"
    unset "$file_name"
  fi
  case ${!name:-} in
    # James replaces variables in what stands in its configuration
    *'${'*) fail "$name has \${ in it, which James cannot take. Choose another one." ;;
    *[[:cntrl:]]*) fail "$name has a line break or another control character in it. Choose another one." ;;
  esac
}

# domains NAME: a list of domain names, separated by commas
domains() {
  local name=$1 domain
  for domain in $(tr ',' ' ' <<< "${!name:-}"); do
    [[ $domain =~ ^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$ ]] \
      || fail "$name=${!name} is not allowed: $domain is no domain name. Allowed is a list like company.example,company.org"
  done
}

check_environment() {
  [[ ${MAILVEIL_DOMAINS:-} == *[![:space:],]* ]] \
    || fail "MAILVEIL_DOMAINS is missing. Set it to the domains of your public addresses, like company.example,company.org"
  domains MAILVEIL_DOMAINS
  domains MAILVEIL_INSIDE_DOMAINS
  domains MAILVEIL_PHANTOM_DOMAIN
  domains MAILVEIL_HOSTNAME
  for name in MAILVEIL_PHANTOM_DOMAIN MAILVEIL_HOSTNAME; do
    case ${!name:-} in
      *,*) fail "$name=${!name} is not allowed. Allowed is one domain name" ;;
    esac
  done
  secret MAILVEIL_ADMIN_PASSWORD
  secret MAILVEIL_SMARTHOST_PASSWORD
  # in a shell of its own: with another LC_ALL than that of the image Java 11 would read and write files in another charset
  (LC_ALL=C; [[ ${MAILVEIL_SMARTHOST_PASSWORD:-} != *[![:ascii:]]* ]]) \
    || fail "MAILVEIL_SMARTHOST_PASSWORD has letters beyond ASCII in it, which James does not send right. Choose another one."
  secret MAILVEIL_DATABASE_PASSWORD

  local smarthost=${MAILVEIL_SMARTHOST:-}
  if [ -n "$smarthost" ]; then
    [[ $smarthost =~ ^[^[:space:]:,]+:([0-9]{1,5})$ ]] && [ "${BASH_REMATCH[1]}" -ge 1 ] && [ "${BASH_REMATCH[1]}" -le 65535 ] \
      || fail "MAILVEIL_SMARTHOST=$smarthost is not allowed. Allowed is host:port, like relay.example:587"
  elif [ -n "${MAILVEIL_SMARTHOST_USER:-}" ]; then
    fail "MAILVEIL_SMARTHOST_USER is set, but MAILVEIL_SMARTHOST is not. Name the server that the login is for."
  fi
  case "${MAILVEIL_SMARTHOST_USER:+user}${MAILVEIL_SMARTHOST_PASSWORD:+password}" in
    user) fail "MAILVEIL_SMARTHOST_USER is set, but MAILVEIL_SMARTHOST_PASSWORD is not." ;;
    password) fail "MAILVEIL_SMARTHOST_PASSWORD is set, but MAILVEIL_SMARTHOST_USER is not." ;;
  esac

  case ${MAILVEIL_TLS:=false} in
    true)
      export MAILVEIL_TLS_KEY=${MAILVEIL_TLS_KEY:-file:///root/tls/private.key}
      export MAILVEIL_TLS_CERTIFICATE=${MAILVEIL_TLS_CERTIFICATE:-file:///root/tls/certificates.pem}
      for name in MAILVEIL_TLS_KEY MAILVEIL_TLS_CERTIFICATE; do
        local file=${!name#file://}
        [ -r "$file" ] || fail "MAILVEIL_TLS=true needs a key and a certificate, and $name=${!name} cannot be read."
      done
      ;;
    false) ;;
    *) fail "MAILVEIL_TLS=$MAILVEIL_TLS is not allowed. Allowed is true or false" ;;
  esac
  export MAILVEIL_TLS

  case ${MAILVEIL_DATABASE_URL:-} in
    "")
      MAILVEIL_DATABASE_URL="jdbc:derby:/var/store/derby;create=true"
      MAILVEIL_DATABASE_DRIVER=org.apache.derby.jdbc.EmbeddedDriver
      MAILVEIL_DATABASE_USER=${MAILVEIL_DATABASE_USER:-app}
      MAILVEIL_DATABASE_PASSWORD=${MAILVEIL_DATABASE_PASSWORD:-app}
      ;;
    jdbc:derby:*) MAILVEIL_DATABASE_DRIVER=org.apache.derby.jdbc.EmbeddedDriver ;;
    jdbc:postgresql:*) MAILVEIL_DATABASE_DRIVER=org.postgresql.Driver ;;
    *) fail "MAILVEIL_DATABASE_URL=$MAILVEIL_DATABASE_URL is not allowed. Allowed is jdbc:postgresql://host/database or jdbc:derby:..." ;;
  esac
  export MAILVEIL_DATABASE_URL MAILVEIL_DATABASE_DRIVER
  export MAILVEIL_DATABASE_USER=${MAILVEIL_DATABASE_USER:-} MAILVEIL_DATABASE_PASSWORD=${MAILVEIL_DATABASE_PASSWORD:-}
}

hash_of() {
  sha256sum < "$1" | cut -d ' ' -f 1
}

# The configuration of this image, with what only a container needs, or what James cannot take from the environment.
stage() {
  local stage=$1
  cp "$shipped"/conf/* "$stage"/
  # whoever publishes the port decides who reaches it
  sed -i 's/^host=.*/host=0.0.0.0/' "$stage"/webadmin.properties
  if [ -n "${MAILVEIL_SMARTHOST_USER:-}" ]; then
    sed -i 's/<!-- *\(<gatewayUsername>\)/\1/; s/\(<\/gatewayPassword>\) *-->/\1/' "$stage"/mailetcontainer.xml
  fi
}

# Brings the configuration folder, which is a volume, up to date. A file that somebody has changed in it is left alone: one that is
# neither as this script has left it nor as it came with the image.
lay_configuration() {
  local stage conf=$home/conf list=$home/conf/.mailveil-shipped file name hash
  stage=$(mktemp -d)
  stage "$stage"
  mkdir -p "$conf"
  touch "$list" 2> /dev/null || fail "$conf cannot be written to. Make it writable, or mount single files in it."
  for file in "$stage"/*; do
    name=${file##*/}
    if [ -e "$conf/$name" ] && ! cmp -s "$conf/$name" "$file"; then
      hash=$(hash_of "$conf/$name")
      if ! grep -qxF "$hash $name" "$list" && ! cmp -s "$conf/$name" "$shipped/conf/$name"; then
        say "$conf/$name is your own and is left as it is; that of this version is $shipped/conf/$name"
        continue
      fi
    fi
    if [ ! -w "$conf/$name" ] && [ -e "$conf/$name" ] || ! cp "$file" "$conf/$name" 2> /dev/null; then
      say "$conf/$name cannot be written and is left as it is; that of this version is $shipped/conf/$name"
      continue
    fi
    sed -i "/ $name\$/d" "$list"
    echo "$(hash_of "$file") $name" >> "$list"
  done
  rm -r "$stage"
  # fail closed: without the chain, mail to a public address would be refused, and that of members would leave as it is
  grep -q 'io\.mailveil\.james\.AnonymizeSender' "$conf"/mailetcontainer.xml \
    || fail "$conf/mailetcontainer.xml is not Mailveil's. Take over the chain from $shipped/conf/mailetcontainer.xml, or delete yours."
}

# The same for the extension: two versions of it side by side would both be loaded.
lay_extension() {
  mkdir -p "$home"/extensions-jars
  rm -f "$home"/extensions-jars/mailveil-mailets-*.jar
  cp "$shipped"/extensions-jars/mailveil-mailets-*.jar "$home"/extensions-jars/
}

make_folders() {
  local folder
  for folder in "$home"/var "$home"/logs "$home"/keys; do
    mkdir -p "$folder" && [ -w "$folder" ] || fail "$folder cannot be written to. It has to be a volume that this user may write."
  done
  chmod 700 "$home"/keys
}

# request METHOD PATH [BODY]: asks WebAdmin; prints the status, nothing if there is no answer
request() {
  local status
  {
    exec 3<> /dev/tcp/127.0.0.1/$webadmin_port || return 0
    printf '%s %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' \
      "$1" "$2" $webadmin_port "$(printf '%s' "${3:-}" | wc -c)" "${3:-}" >&3
    IFS=' ' read -r -t 30 _ status _ <&3 || true
    exec 3>&-
  } 2> /dev/null
  printf '%s' "${status:-}"
}

# Makes the domains and the postmaster's account when James serves. What is there already stays as it is, the password too.
provision() {
  local domain status password=$1
  while [ "$(request GET /healthcheck/checks/Guice%20application%20lifecycle)" != 200 ]; do
    sleep 1
  done
  for domain in $(tr ',' ' ' <<< "$MAILVEIL_DOMAINS,${MAILVEIL_INSIDE_DOMAINS:-},${MAILVEIL_PHANTOM_DOMAIN:-}"); do
    status=$(request PUT "/domains/$domain")
    case $status in
      204) ;;
      401) say "WebAdmin asks for a token, so the domain $domain was not made. Make it yourself, if it is new."; return ;;
      *) say "the domain $domain could not be made; WebAdmin answered ${status:-nothing}." ;;
    esac
  done
  if [ -n "$password" ]; then
    password=${password//\\/\\\\}
    status=$(request PUT "/users/$MAILVEIL_POSTMASTER" "{\"password\":\"${password//\"/\\\"}\"}")
    case $status in
      204) say "the account $MAILVEIL_POSTMASTER was made." ;;
      409) ;;
      *) say "the account $MAILVEIL_POSTMASTER could not be made; WebAdmin answered ${status:-nothing}." ;;
    esac
  fi
  say "the domains are there: $MAILVEIL_DOMAINS${MAILVEIL_INSIDE_DOMAINS:+; inside: $MAILVEIL_INSIDE_DOMAINS}"
}

check_environment
make_folders
lay_configuration
lay_extension
read -r first_domain _ <<< "${MAILVEIL_DOMAINS//,/ }"
export MAILVEIL_POSTMASTER=${MAILVEIL_POSTMASTER:-postmaster@$first_domain}
admin_password=${MAILVEIL_ADMIN_PASSWORD:-}
unset MAILVEIL_ADMIN_PASSWORD

if [ $# -eq 0 ]; then
  # what the official image starts with
  # shellcheck disable=SC2086
  set -- java ${MAILVEIL_JAVA_OPTS:-} \
    -Dlogback.configurationFile="$home"/conf/logback.xml \
    -Dworking.directory="$home"/ \
    -Dextra.props="$home"/conf/jvm.properties \
    -cp "$home/resources:$home/classes:$home/libs/*" \
    org.apache.james.JPAJamesServerMain
  provision "$admin_password" &
fi
# James becomes process 1 and gets the signal that ends the container
exec "$@"
