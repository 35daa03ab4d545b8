# shellcheck shell=bash
# macos.sh: ./dev check-macos. Type-checks everything for a Mac with Apple Silicon, on Linux too, where nothing can be
# linked for it: what only a Mac has is at least compiled. Sourced by ./dev.

apple=aarch64-apple-darwin

dev_check_macos() {
  set_up_to_build
  build_page
  if on_macos; then
    cargo check --workspace --all-targets --locked
    return
  fi
  pretend_c_compiler
  export CARGO_TARGET_DIR="$target/macos"
  if debian_archive > /dev/null; then
    check_with_distribution
  else
    rustup target add "$apple" > "$(log rustup)" 2>&1 || fail "rustup cannot fetch the standard library for $apple"
    say "checking for $apple with the project's own compiler"
    cargo check --workspace --all-targets --locked --target "$apple"
  fi
  say "everything compiles for $apple"
}

# C of dependencies is not what is checked here: a compiler that only makes its output file does, and no SDK is needed.
pretend_c_compiler() {
  mkdir -p "$cache/macos"
  cat > "$cache/macos/cc" << 'CC'
#!/bin/sh
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then : > "$2"; fi
  shift
done
CC
  chmod +x "$cache/macos/cc"
  export CC_aarch64_apple_darwin="$cache/macos/cc" CXX_aarch64_apple_darwin="$cache/macos/cc" AR_aarch64_apple_darwin=true
}

# The distribution's compiler builds the standard library from its source: nothing is fetched but its packages.
check_with_distribution() {
  say "checking for $apple with the distribution's compiler, which builds the standard library first"
  local compiler=$cache/macos/rust libraries
  fetch_distribution_compiler "$compiler"
  libraries=$(echo "$compiler"/usr/lib/*-linux-gnu)
  LD_LIBRARY_PATH="$libraries" RUSTC="$compiler/usr/bin/rustc" RUSTC_BOOTSTRAP=1 \
    cargo check --workspace --all-targets --locked --target "$apple" -Zbuild-std=std,panic_unwind
}

# fetch_distribution_compiler FOLDER: unpacks Debian's newest Rust (the one that browsers are built with) into FOLDER.
fetch_distribution_compiler() {
  [ ! -e "$1/.complete" ] || return 0
  need_packages 'to fetch the compiler' debian-archive-keyring
  say "fetching the distribution's compiler (unpacked in $1, not installed)"
  local archive codename download packages
  archive=$(debian_archive) || fail "only Debian has such a compiler: let rustup reach its server instead"
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  download=$(mktemp -d)
  # The newest versions come with the security updates, beside the archive itself.
  debian_open "$download" "$archive $codename main" "$archive-security $codename-security main"
  packages=$(compiler_packages "$download")
  rm -rf "$1"
  # shellcheck disable=SC2086 # the list is to be split
  debian_unpack "$download" "$1" rustc-web rust-web-src $packages
  rm -rf "$download"
  touch "$1/.complete"
}

# compiler_packages OPENED: what the compiler loads: its own libraries, and LLVM with what that loads. The C library is
# the machine's.
compiler_packages() {
  local standard llvm
  standard=$(needs "$1" libstd-rust-web-dev | grep '^libstd-rust-web')
  llvm=$(needs "$1" "$standard" | grep '^libllvm')
  needs "$1" "$llvm" | grep -vxE 'libc6|libgcc-s1|libstdc\+\+6'
  echo "libstd-rust-web-dev $standard $llvm"
}

# needs OPENED PACKAGE: what a package depends on, directly.
needs() {
  APT_CONFIG="$1/apt.conf" apt-cache depends "$2" | sed -n 's/^ *Depends: \([^<]*\)$/\1/p'
}
