#!/usr/bin/env bash
# window.sh FOLDER PORT NATIVE_PORT: runs a display, a session bus and a driver of windows that nobody else uses, until
# standard input ends. FOLDER is there already and goes with them. Answers `ready` on standard output when a window can
# be asked for at PORT, else why not; what the programs complain is in FOLDER/log.
set -euo pipefail
folder=$1 port=$2 native_port=$3

# finish: ends everything, the window's own processes too: all are in this process's group.
finish() {
  trap '' EXIT HUP INT TERM
  kill -TERM 0
  # The display takes its lock and its socket away when it is asked to end, not when it is killed.
  for _ in $(seq 100); do
    [ -n "$(jobs -rp)" ] || break
    sleep 0.05
  done
  rm -rf "$folder"
  kill -KILL 0
}

# await PROCESS COMMAND...: waits until COMMAND succeeds, as long as PROCESS runs.
await() {
  local process=$1
  shift
  for _ in $(seq 400); do
    ! "$@" 2> /dev/null || return 0
    kill -0 "$process" 2> /dev/null || break
    sleep 0.05
  done
  echo "$(tail -n 1 "$folder/log") (while waiting for: $*)"
  return 1
}

is_open() { : <> "/dev/tcp/127.0.0.1/$1"; }

trap finish EXIT
trap 'exit 143' HUP INT TERM
exec 2>> "$folder/log"

Xvfb -displayfd 3 -screen 0 1600x1200x24 -nolisten tcp -noreset < /dev/null > /dev/null 3> "$folder/display" &
await $! test -s "$folder/display"
DISPLAY=:$(cat "$folder/display")
export DISPLAY

# A bus that starts no services: nothing of the machine's desktop is reached, and nothing of one is started.
cat > "$folder/bus.conf" << BUS
<busconfig>
  <type>session</type>
  <listen>unix:path=$folder/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
BUS
dbus-daemon --nofork --config-file="$folder/bus.conf" < /dev/null > /dev/null &
await $! test -S "$folder/bus"
export DBUS_SESSION_BUS_ADDRESS="unix:path=$folder/bus"

tauri-driver --port "$port" --native-port "$native_port" < /dev/null > /dev/null &
await $! is_open "$port"
await $! is_open "$native_port"
echo ready
# Its end is the end of whoever started this, in whatever way.
read -r _ || true
