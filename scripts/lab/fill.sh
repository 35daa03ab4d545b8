#!/usr/bin/env bash
# fill.sh: fills the cache of the lab with two Docker engines, Compose, buildx, a registry, a translator, programs of other
# architectures and what images of dynamic programs are made of, and prints the cache's folder. Unpacked, not installed.
# Does nothing when all is there.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"
# shellcheck source=scripts/debian.sh
. "$root/scripts/debian.sh"

lab=$cache/lab
# unpack FOLDER SUITE PACKAGE...: makes FOLDER of the cache out of packages of SUITE.
unpack() {
  local folder=$1 suite=$2 download
  shift 2
  download=$(mktemp -d "$lab/download.XXXX")
  debian_open "$download" "$archive $suite main"
  debian_unpack "$download" "$folder" "$@"
  rm -rf "$download"
}

# The newest engine. Its runc wants a newer C library than an older distribution has, so it is told to use the one
# unpacked beside it; everything else of it runs on the machine's own.
fill_new() {
  unpack "$1" forky docker.io docker-cli containerd runc tini-static libseccomp2 libc6
  local loader
  loader=$(echo "$1"/usr/lib/*-linux-gnu/ld-linux-*.so.*)
  patchelf --set-interpreter "$lab/new/${loader#"$1/"}" --set-rpath "$lab/new/$(dirname "${loader#"$1/"}")" "$1/usr/sbin/runc"
}

# An engine of 2023, the registry, and qemu of which only a few of its many translators are kept.
fill_old() {
  unpack "$1" bookworm docker.io containerd runc tini docker-registry arch-test qemu-user-static
  find "$1/usr/bin" -name 'qemu-*-static' ! -name 'qemu-aarch64-static' ! -name 'qemu-arm-static' ! -name 'qemu-x86_64-static' \
    ! -name 'qemu-i386-static' ! -name 'qemu-riscv64-static' ! -name 'qemu-s390x-static' ! -name 'qemu-ppc64le-static' -delete
}

# The same shell and tools for several architectures, each in a folder with the archive's name for it.
fill_programs() {
  local debian_architectures='amd64 arm64 armhf i386 s390x' architecture download
  download=$(mktemp -d "$lab/download.XXXX")
  debian_open "$download" "$archive bookworm main"
  for architecture in $debian_architectures; do
    debian_unpack "$download" "$1/$architecture" "busybox-static:$architecture"
  done
  rm -rf "$download"
}

# The C libraries, loaders and small dynamic programs of both architectures that are native somewhere, a Python of the
# machine's own, a compiled module of Python for both, and the shell for two rarer architectures: 17 MB to download.
fill_roots() {
  local debian_architectures='amd64 arm64 armel ppc64el' architecture download native
  native=$(dpkg --print-architecture)
  download=$(mktemp -d "$lab/download.XXXX")
  debian_open "$download" "$archive bookworm main"
  for architecture in armel ppc64el; do
    debian_unpack "$download" "$1/$architecture" "busybox-static:$architecture"
  done
  for architecture in amd64 arm64; do
    debian_unpack "$download" "$1/$architecture/glibc" \
      "libc6:$architecture" "libgcc-s1:$architecture" "hello:$architecture" "zlib1g:$architecture"
    debian_unpack "$download" "$1/$architecture/musl" "musl:$architecture"
    debian_unpack "$download" "$1/$architecture/markupsafe" "python3-markupsafe:$architecture"
  done
  debian_unpack "$download" "$1/$native/coreutils" coreutils
  debian_unpack "$download" "$1/$native/c++" libstdc++6
  debian_unpack "$download" "$1/$native/python" python3.11-minimal libpython3.11-minimal libexpat1
  rm -rf "$download" "$1"/*/*/usr/share "$1"/*/*/usr/lib/*/gconv "$1"/*/*/usr/lib/*/audit
  find "$1/$native/coreutils" ! -type d ! -name env -delete
}

# The shells that most images have, of the machine's own architecture, for the libraries of glibc.
fill_shells() {
  unpack "$1/root" bookworm bash dash libtinfo6
  rm -rf "$1/root/usr/share" "$1/root/etc"
}

# Compose, to try services with.
fill_compose() {
  unpack "$1" forky docker-compose
  rm -rf "${1:?}/usr/share"
}

# buildx, which builds for several platforms.
fill_buildx() {
  unpack "$1" forky docker-buildx
  rm -rf "${1:?}/usr/share"
}

# fill PART RECIPE: makes a part of the cache under another name first, so that one that was interrupted is never used.
# Whatever changes what `fill_PART` does must change its RECIPE, so that old caches are filled anew.
fill() {
  local recipe=$2
  [ "$(cat "$lab/$1/.recipe" 2> /dev/null)" != "$recipe" ] || return 0
  [ -n "${archive:=$(debian_archive)}" ] || fail "no Debian archive is configured on this machine: name one in \`ARCHLIGHT_DEBIAN_ARCHIVE\`"
  say "fetching the lab's part \`$1\` (engines and programs for tests; unpacked in $lab, not installed)"
  rm -rf "${lab:?}/$1" "$lab/$1.partial"
  mkdir -p "$lab/$1.partial"
  "fill_$1" "$lab/$1.partial"
  echo "$recipe" > "$lab/$1.partial/.recipe"
  mv "$lab/$1.partial" "$lab/$1"
}

main() {
  local command
  for command in apt-get dpkg-deb patchelf flock; do
    have "$command" || fail "\`$command\` is missing: \`./dev test\` installs it on Debian and Ubuntu"
  done
  mkdir -p "$lab"
  exec 9> "$lab/lock"
  flock 9
  rm -rf "$lab"/download.*
  fill old 1
  fill new 1
  fill programs 1
  fill roots 1
  fill shells 1
  fill compose 1
  fill buildx 1
  echo "$lab"
}
main
