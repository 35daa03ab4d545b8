# shellcheck shell=bash disable=SC2034 # what is set here is used by those who source this
# common.sh: what every part of ./dev uses. Sourced, never run; runs on bash 3.2 too, the one that macOS ships.

# Where tools, engines and compilers are kept between runs: all of it can be deleted at any time.
cache="${ARCHLIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/archlight-dev}"
# Where cargo puts what it builds.
target="${CARGO_TARGET_DIR:-$root/target}"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
fail() {
  printf '\033[1merror:\033[0m %s\n' "$*" >&2
  exit 1
}

on_macos() { [ "$(uname -s)" = Darwin ]; }
have() { command -v "$1" > /dev/null 2>&1; }

# as_root COMMAND...: with the rights of root.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif can_ask; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# need_root COMMAND...: ends with what is to be run as root where this cannot do it.
need_root() {
  [ "$(id -u)" != 0 ] || return 0
  if can_ask; then sudo -v; else sudo -n true 2> /dev/null; fi || fail "this needs root, or \`sudo\`: run as root: $*"
}

# Whether somebody is there to type a password.
can_ask() { [ -z "${CI:-}" ] && [ -t 0 ]; }

# stoppable COMMAND...: runs COMMAND so that all that it started ends when this script is told to.
stoppable() {
  local process
  set -m
  "$@" < /dev/null &
  process=$!
  set +m
  # shellcheck disable=SC2064 # the process is known now
  trap "kill -TERM -- -$process; exit 143" HUP INT TERM
  local status=0
  wait "$process" || status=$?
  trap - HUP INT TERM
  return "$status"
}

# version_at_least HAVE WANT: whether version HAVE is WANT or newer, compared number by number.
version_at_least() {
  awk -v have="$1" -v want="$2" 'BEGIN {
    count = split(want, w, "."); split(have, h, ".")
    for (i = 1; i <= count; i++) if (h[i] + 0 != w[i] + 0) exit !(h[i] + 0 > w[i] + 0)
  }'
}
