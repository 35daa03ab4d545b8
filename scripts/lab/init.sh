#!/usr/bin/env bash
# init.sh LAB GENERATION FOLDER GROUP: process 1 of an engine's namespaces; engine.sh starts it. When it ends, the
# kernel ends every process, mount, network and translator in here.
#
# Says `ready PID` when the engine answers, PID being its own outside of the namespaces. Then takes one order a line:
#   kill                  kills the engine; answers `killed`
#   start                 starts it again on the same data; answers `ready PID`
#   translate NAME FLAGS  lets qemu's NAME run foreign programs in here; answers `translated`, or `refused`
#   untranslate NAME      no longer; answers `untranslated`, or `refused`
#   end                   the same as the end of its input: ends everything
set -euo pipefail
lab=$1 generation=$2 folder=$3 group=$4
# The machine's own /proc is still mounted, so this is the number outside.
read -r outside _ < /proc/self/stat

prepare_namespaces() {
  mount -t proc proc /proc
  mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  ip link set lo up
}

# start_registry NAME NETWORK ADDRESS: two registries share one storage: the engine reaches only the one on loopback,
# tests outside of these namespaces only the one on a socket.
start_registry() {
  cat > "$folder/$1.yml" <<CONFIG
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $folder/registry}, delete: {enabled: true}}
http: {net: $2, addr: "$3", relativeurls: true, secret: lab}
CONFIG
  "$lab/old/usr/bin/docker-registry" serve "$folder/$1.yml" > "$folder/$1.log" 2>&1 < /dev/null &
}

# prepare_engine: PATH and configuration of the wanted generation.
prepare_engine() {
  local engine=$lab/new features='{"containerd-snapshotter": true}'
  case $generation in
    old) engine=$lab/old features='{}' ;;
    new) ;;
    new-classic) features='{"containerd-snapshotter": false}' ;;
    *) return 64 ;;
  esac
  export PATH="$engine/usr/sbin:$engine/usr/bin:$engine/usr/libexec/docker:$PATH"
  echo "{\"features\": $features}" > "$folder/daemon.json"
}

start_engine() {
  dockerd --config-file "$folder/daemon.json" --host "unix://$folder/docker.sock" --data-root "$folder/data" \
    --exec-root "$folder/exec" --pidfile "$folder/docker.pid" --cgroup-parent "/$group" \
    --exec-opt native.cgroupdriver=cgroupfs > "$folder/engine.log" 2>&1 < /dev/null &
  engine_process=$!
  for _ in $(seq 600); do
    kill -0 "$engine_process" 2> /dev/null || break
    if curl -sf --unix-socket "$folder/docker.sock" http://engine/_ping > /dev/null; then
      # Whoever asked for the engine need not be root.
      chmod 666 "$folder"/*.sock
      echo "ready $outside"
      return
    fi
    sleep 0.1
  done
  tail -n 5 "$folder/engine.log" >&2
  exit 1
}

kill_engine() {
  # The shell would tell of the death that was asked for.
  { kill -KILL "$engine_process"; wait "$engine_process" || true; } 2> /dev/null
  # Its containerd ends with it, but not at once, and holds locks that a new engine wants.
  while pgrep -x containerd > /dev/null; do sleep 0.02; done
  echo killed
}

# translate NAME FLAGS: registers the unpacked translator, by the rule that came with it. With the flag F the kernel
# opens it now; without, it looks for it when a program is run, which fails inside of a container.
translate() {
  local folder=/usr/libexec/qemu-binfmt
  sed "s|:$folder|:$lab/old$folder|; s|:OPF\$|:$2|" "$lab/old/usr/lib/binfmt.d/qemu-$1.conf" > /proc/sys/fs/binfmt_misc/register
}

untranslate() { echo -1 > "/proc/sys/fs/binfmt_misc/qemu-$1"; }

prepare_namespaces
prepare_engine
start_registry loopback tcp 127.0.0.1:5000
start_registry socket unix "$folder/registry.sock"
start_engine
while read -r order name flags; do
  case $order in
    kill) kill_engine ;;
    start) start_engine ;;
    translate) translate "$name" "$flags" && echo translated || echo refused ;;
    untranslate) untranslate "$name" && echo untranslated || echo refused ;;
    end) break ;;
  esac
done
# What is frozen would outlive this shell, and hold the namespaces (see engine.sh).
find /sys/fs/cgroup -path "*/$group/*" -name freezer.state -exec sh -c 'for state; do echo THAWED > "$state"; done' - {} + \
  2> /dev/null || true
