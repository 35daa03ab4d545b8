#!/usr/bin/env bash
# engine.sh LAB GENERATION FOLDER: runs a throw-away Docker engine and a registry in user, network, mount and process
# namespaces of their own, until standard input ends. LAB is what fill.sh printed; FOLDER is new and goes with the
# engine. Answers on standard output and takes orders on standard input as init.sh says.
#
# This outer half makes the namespaces and removes what outlives them: the folder and the control groups.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
lab=$1 generation=$2 folder=$3
# Control groups are the machine's, so the engine's have a name of their own to be found by.
group=$(basename "$folder")

# A whole test run that was killed could not clean up: folders are named after the process that they are for.
sweep() {
  local stale owner
  for stale in "$(dirname "$folder")"/archlight-lab.*; do
    owner=${stale##*/archlight-lab.}
    owner=${owner%%.*}
    [ ! -d "$stale" ] || [ -d "/proc/$owner" ] || remove "$stale"
  done
}

# thaw GROUP: a paused container is frozen by its control group, and with version 1 of these not even SIGKILL reaches
# what is frozen: its namespaces would wait for it for ever.
thaw() {
  find /sys/fs/cgroup -path "*/$1/*" -name freezer.state -exec sh -c 'for state; do echo THAWED > "$state"; done' - {} + \
    2> /dev/null || true
}

# remove FOLDER: removes an engine's folder and its control groups, deepest first.
remove() {
  thaw "$(basename "$1")"
  rm -rf "$1"
  find /sys/fs/cgroup -depth -type d -path "*/$(basename "$1")*" -path "*/archlight-*" -exec rmdir {} + 2> /dev/null || true
}

finish() {
  kill -KILL "$namespaces" 2> /dev/null || true
  thaw "$group"
  wait "$namespaces" 2> /dev/null || true
  remove "$folder"
}

# map_ids PROCESS: maps ids one to one into PROCESS's user namespace, fewer than all of them: with all, runc believes
# itself outside of any namespace and tries what only the machine's own root may do.
map_ids() {
  local most=1000000 count
  read -r _ _ count < /proc/self/uid_map
  [ "$count" -lt "$most" ] || count=$most
  for _ in $(seq 250); do
    [ "$(readlink "/proc/$1/ns/user")" = "$(readlink /proc/self/ns/user)" ] || break
    sleep 0.02
  done
  echo "0 0 $count" > "/proc/$1/uid_map"
  echo "0 0 $count" > "/proc/$1/gid_map"
}

sweep
mkdir -p "$folder"
chmod 711 "$folder"
exec 3<&0
# shellcheck disable=SC2016 # expanded by the inner shell
unshare --user bash -c '
  for _ in $(seq 250); do read -r _ < /proc/self/uid_map && break; sleep 0.02; done
  exec unshare --net --mount --pid --fork --kill-child bash "$@"' - "$here/init.sh" "$lab" "$generation" "$folder" "$group" <&3 3<&- &
namespaces=$!
trap finish EXIT
trap 'exit 143' HUP INT TERM
map_ids "$namespaces"
exec 3<&- < /dev/null
wait "$namespaces"
