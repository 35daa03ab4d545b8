# shellcheck shell=bash
# debian.sh: fetches packages of Debian's archive to be unpacked, not installed. Sourced by the lab and by check-macos.

# debian_archive: prints the address of the archive: the one that this machine uses for its own release, so that a
# mirror is respected, or ARCHLIGHT_DEBIAN_ARCHIVE where the machine runs something else.
debian_archive() {
  if [ -n "${ARCHLIGHT_DEBIAN_ARCHIVE:-}" ]; then
    echo "$ARCHLIGHT_DEBIAN_ARCHIVE"
    return
  fi
  local codename
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && [ "${ID:-}" = debian ] && echo "${VERSION_CODENAME:-}") || return 1
  apt-get --print-uris update 2> /dev/null | sed -n "s|^'\([^']*\)/dists/$codename/InRelease'.*|\1|p" | head -n 1 | grep .
}

# debian_open FOLDER SOURCE...: fetches the lists of the SOURCEs, each `address suite component`, into FOLDER, where
# apt then has a state of its own: `APT_CONFIG=FOLDER/apt.conf apt-get download PACKAGE`, in that folder, downloads a
# package, and the machine's own apt is left alone. `debian_architectures` may name others than the machine's. apt
# verifies signatures, but takes a list that is past its date: some mirrors are frozen on purpose.
debian_open() {
  local folder=$1 source architecture architectures=${debian_architectures:-$(dpkg --print-architecture)}
  shift
  mkdir -p "$folder/state/lists/partial" "$folder/cache/archives/partial"
  : > "$folder/status"
  for source in "$@"; do
    echo "deb [arch=${architectures// /,} signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $source"
  done > "$folder/sources.list"
  cat > "$folder/apt.conf" << CONFIG
Dir::State "$folder/state";
Dir::State::status "$folder/status";
Dir::Cache "$folder/cache";
Dir::Etc::sourcelist "$folder/sources.list";
Dir::Etc::sourceparts "-";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
APT::Sandbox::User "root";
CONFIG
  for architecture in $architectures; do echo "APT::Architectures:: \"$architecture\";"; done >> "$folder/apt.conf"
  APT_CONFIG="$folder/apt.conf" apt-get -qq update
}

# debian_unpack FOLDER INTO PACKAGE...: downloads packages from what was opened in FOLDER, and unpacks them INTO a folder.
debian_unpack() {
  local folder=$1 into=$2 package
  shift 2
  (cd "$folder" && APT_CONFIG="$folder/apt.conf" apt-get -qq download "$@")
  mkdir -p "$into"
  for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$into"; done
  rm "$folder"/*.deb
}
