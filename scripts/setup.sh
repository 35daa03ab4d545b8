# shellcheck shell=bash
# setup.sh: installs what is missing and says what and why; silent and fast when all is there. Sourced by ./dev.

set_up_to_build() {
  if on_macos; then
    need_on_macos
  else
    need_packages 'to build' gcc libc6-dev pkg-config curl ca-certificates \
      libwebkit2gtk-4.1-dev libayatana-appindicator3-dev librsvg2-dev libssl-dev
  fi
  need_rust
  need_node
}

set_up_to_test() {
  set_up_to_build
  on_macos && return
  need_packages 'to test the window' xvfb xauth dbus webkit2gtk-driver fonts-dejavu-core
  set_up_engines
  need_cargo_tool tauri-driver 2.1.0 'drives the real window in tests'
}

# What the throw-away engines want of the machine; the engines themselves are not installed but unpacked.
set_up_engines() {
  need_packages 'to run Docker engines in namespaces' \
    curl iproute2 iptables util-linux procps patchelf debian-archive-keyring
}

set_up_to_check() {
  set_up_to_build
  need_cargo_tool cargo-deny 0.20.2 'checks licences and advisories'
  need_cargo_tool cargo-shear 1.13.2 'finds unused dependencies'
  if on_macos; then
    have shellcheck || note "\`shellcheck\` is missing, so scripts are not checked: \`brew install shellcheck\`"
  else
    need_packages 'to check scripts' shellcheck
  fi
}

# need_packages WHY PACKAGE...: installs the packages of Debian or Ubuntu that are missing.
need_packages() {
  local why=$1 package missing=()
  shift
  if ! have apt-get; then
    note "this is neither Debian nor Ubuntu: these packages, or what your system calls them, are needed $why: $*"
    return
  fi
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q ' installed$' || missing+=("$package")
  done
  [ ${#missing[@]} != 0 ] || return 0
  say "installing packages that are needed $why: ${missing[*]}"
  need_root "apt-get install ${missing[*]}"
  # The list of packages can be absent or too old; fetching it takes longer than finding out.
  install_packages "${missing[@]}" > "$(log packages)" 2>&1 ||
    { as_root apt-get update -qq && install_packages "${missing[@]}"; } > "$(log packages)" 2>&1 ||
    fail "they cannot be installed: $(tail -n 1 "$(log packages)") (the rest is in $(log packages))"
}

install_packages() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" < /dev/null
}

# What macOS has installers of its own for: named here, because only the user can run them.
need_on_macos() {
  xcode-select -p > /dev/null 2>&1 || fail "the Xcode command line tools are needed to build: run \`xcode-select --install\`"
  have docker || note "there is no Docker here: install Docker Desktop, OrbStack or Colima to see real containers"
}

# Rust: the version is in rust-toolchain.toml, and rustup follows it.
need_rust() {
  PATH="$HOME/.cargo/bin:$PATH"
  local wanted
  wanted=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  if have rustup; then
    rustup which cargo > /dev/null 2>&1 && return
    say "installing Rust $wanted (what rust-toolchain.toml asks for)"
    rustup toolchain install "$wanted" --profile minimal --component clippy,rustfmt || use_default_rust "$wanted"
  elif ! have cargo || ! version_at_least "$(cargo --version | cut -d' ' -f2)" "$wanted"; then
    say "installing Rust with rustup, its official installer (into ~/.cargo and ~/.rustup)"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
      sh -s -- -y --profile minimal --no-modify-path --default-toolchain "$wanted" --component clippy rustfmt
  fi
}

# use_default_rust WANTED: without the network, rustup's default will do if it is not older than what is wanted.
use_default_rust() {
  RUSTUP_TOOLCHAIN=$(rustup default | cut -d' ' -f1)
  export RUSTUP_TOOLCHAIN
  version_at_least "$(cargo --version | cut -d' ' -f2)" "$1" || fail "Rust $1 is needed, and rustup cannot fetch it"
  note "using $RUSTUP_TOOLCHAIN instead"
}

# Node, which only builds and tests the page: the application does not contain it.
need_node() {
  PATH="$(node_folder):$PATH"
  node_is_enough && return
  on_macos && fail "Node 22.12 or newer is needed to build the page: \`brew install node\`"
  have npm || need_packages 'to build the page' nodejs npm
  node_is_enough && return
  say "installing Node 22 into $cache/node (to build the page; this machine's is too old)"
  npm install --loglevel=error --no-save --prefix "$cache/node" "$(basename "$(dirname "$(node_folder)")")@22"
}

# What the page's builder wants: 20.19 of the old line, else 22.12.
node_is_enough() {
  have npm && have node || return 1
  local version
  version=$(node --version | tr -d v)
  case $version in
    20.*) version_at_least "$version" 20.19 ;;
    *) version_at_least "$version" 22.12 ;;
  esac
}

# The folder of the cache's own node.
node_folder() {
  local machine=x64
  [ "$(uname -m)" != aarch64 ] || machine=arm64
  echo "$cache/node/node_modules/node-linux-$machine/bin"
}

# need_cargo_tool NAME VERSION WHY: builds a tool into the cache, where it is in nobody's way.
need_cargo_tool() {
  PATH="$cache/tools/$1-$2/bin:$PATH"
  [ -x "$cache/tools/$1-$2/bin/$1" ] && return
  say "building $1 $2 (it $3)"
  CARGO_TARGET_DIR="$cache/tools/target" cargo install --quiet --locked --version "$2" --root "$cache/tools/$1-$2" "$1"
  rm -rf "$cache/tools/target"
}

# log NAME: the file for what is too long to show.
log() {
  mkdir -p "$cache/logs"
  echo "$cache/logs/$1.log"
}
