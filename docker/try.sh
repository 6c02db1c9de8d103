#!/usr/bin/env bash
# Builds the image of docker/Dockerfile and runs it, without a container engine and without a registry: Debian's buildah, a stand-in for
# the official James image, a network of its own. Sends a mail through it, answers it, starts the container again on the same volumes.
#
#   ./mvnw -DskipTests package && docker/try.sh
#
# MAILVEIL_TRY_JRE=<folder> is the Java that the stand-in gets (the official image has Java 11); default: one made of this machine's JDK.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
distribution=${1:-$(ls -d "$here"/../james-conf/target/mailveil-*/mailveil-* 2> /dev/null | head -1)}
missing=()
for tool in buildah busybox unshare curl openssl javac jlink ldd; do
  command -v $tool > /dev/null || missing+=($tool)
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "docker/try.sh cannot run here. Missing: ${missing[*]}. On Debian: apt-get install buildah crun busybox-static util-linux curl openssl" \
    "openjdk-17-jdk-headless" >&2
  exit 69
fi
[ "$(id -u)" = 0 ] || { echo "docker/try.sh has to run as root: buildah --isolation chroot and unshare need it." >&2; exit 77; }
[ -n "$distribution" ] && [ -d "$distribution/extensions-jars" ] \
  || { echo "There is no distribution in james-conf/target. Run ./mvnw -DskipTests package first." >&2; exit 66; }
distribution=$(cd "$distribution" && pwd)

work=$(mktemp -d "${TMPDIR:-/tmp}/mailveil-try.XXXXXX")
storage=(--root "$work/storage" --runroot "$work/run" --storage-driver vfs)
container=
cleanup() {
  [ -z "$container" ] || buildah "${storage[@]}" rm "$container" > /dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

step() {
  echo "== $1"
}

step "a stand-in for the official image"
rootfs=$work/stand-in/rootfs
mkdir -p "$rootfs"/{bin,usr/bin,etc,tmp,proc,dev,sys,root/classes,root/resources,root/libs,root/conf,root/extensions-jars,root/var,var/store,opt/java}
chmod 1777 "$rootfs/tmp"
# the shell and the C library of this machine; everything else of the official image's Ubuntu is played by busybox
copy_libraries() {
  for binary in "$@"; do
    ldd "$binary" | awk '$2 == "=>" && $3 ~ /^\/(lib|usr)/ { print $3 } $1 ~ /^\/lib/ { print $1 }'
  done | sort -u | while read -r library; do
    mkdir -p "$rootfs$(dirname "$library")"
    cp -L "$library" "$rootfs$library"
  done
}
cp /bin/bash "$rootfs/bin/bash"
copy_libraries /bin/bash
cp "$(command -v busybox)" "$rootfs/bin/busybox"
for applet in $("$rootfs/bin/busybox" --list); do
  [ -e "$rootfs/bin/$applet" ] || ln -s busybox "$rootfs/bin/$applet"
done
ln -s /bin/env "$rootfs/usr/bin/env"
echo 'hosts: files dns' > "$rootfs/etc/nsswitch.conf"
echo 'root:x:0:0:root:/root:/bin/bash' > "$rootfs/etc/passwd"
echo '127.0.0.1 localhost mailveil' > "$rootfs/etc/hosts"
if [ -n "${MAILVEIL_TRY_JRE:-}" ]; then
  cp -r "$MAILVEIL_TRY_JRE" "$rootfs/opt/java/openjdk"
  chmod 755 "$rootfs"/opt/java/openjdk/bin/*
else
  jlink --no-header-files --no-man-pages --output "$rootfs/opt/java/openjdk" \
    --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.naming.dns,jdk.management,jdk.localedata,jdk.charsets,jdk.zipfs
fi
copy_libraries "$rootfs/opt/java/openjdk/bin/java" "$rootfs"/opt/java/openjdk/lib/*.so "$rootfs"/opt/java/openjdk/lib/server/libjvm.so
# our own assembly of James's parts, for Java 11 like everything in the official image
sources=$here/../james-conf/src/main/java/io/mailveil/server
cp "$distribution"/lib/* "$rootfs/root/libs/"
rm -f "$rootfs"/root/libs/mailveil-* "$rootfs"/root/libs/postgresql-*
# without the program around it, which needs Java 17: command line, demo, checks before the start
javac --release 11 -nowarn -proc:none -d "$rootfs/root/classes" -cp "$distribution/lib/*" \
  $(ls "$sources"/*.java | grep -vE '/(CheckCommand|Demo.*|DkimKey|MailveilServer|Options|Preflight|StartFailure|StateFolder|package-info)\.java$') \
  $(find "$here/stand-in" -name '*.java')
cp -r "$here"/../james-conf/src/main/resources/. "$rootfs/root/classes/"
buildah "${storage[@]}" bud --isolation chroot --quiet -t james-stand-in -f "$here/stand-in/Dockerfile" "$work/stand-in"
rm -r "$rootfs"

step "the image"
buildah "${storage[@]}" bud --isolation chroot --format docker --build-arg JAMES_IMAGE=localhost/james-stand-in -t mailveil \
  -f "$here/Dockerfile" "$distribution"

step "a certificate, and volumes"
mkdir -p "$work"/volumes/{var,store,keys,logs,tls}
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=mail.company.test -keyout "$work/volumes/tls/private.key" \
  -out "$work/volumes/tls/certificates.pem" 2> "$work/openssl.log"
container=$(buildah "${storage[@]}" from --pull-never localhost/mailveil)
# the anonymous volume of the base image, which has what the image has
mounted=$(buildah "${storage[@]}" mount "$container")
cp -r "$mounted/root/conf" "$work/volumes/conf"
cp -r "$mounted/root/extensions-jars" "$work/volumes/extensions-jars"
buildah "${storage[@]}" umount "$container" > /dev/null
# buildah would put volumes of its own in the place of these
for volume in /logs /root/conf /root/extensions-jars /root/glowroot/plugins /root/glowroot/data /root/var /var/store /root/keys /root/logs; do
  buildah "${storage[@]}" config --volume "$volume-" "$container"
done

cat > "$work/env" <<ENV
MAILVEIL_DOMAINS=company.test,world.test
MAILVEIL_INSIDE_DOMAINS=staff.test
MAILVEIL_HOSTNAME=mail.company.test
MAILVEIL_ADMIN_PASSWORD=a "good" pass\\word
MAILVEIL_TLS=true
MAILVEIL_JAVA_OPTS=-Xmx512m
ENV

# The image says what is started; buildah run does not look, so it is told. The network is one of its own, with nothing but loopback.
entrypoint=$(buildah "${storage[@]}" inspect --type image --format '{{index .OCIv1.Config.Entrypoint 0}}' localhost/mailveil)
export storage_args="${storage[*]}" container work entrypoint here
unshare --net -- bash -eu "$here/try-inside.sh"
step "all of it worked"
