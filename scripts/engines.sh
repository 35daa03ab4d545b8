# shellcheck shell=bash
# engines.sh: ./dev engines. Two throw-away engines that stay until they are told to go, for trying things by hand.

# The folder's name is also that of the engine's control groups, which are the machine's.
engines="$cache/run/archlight"
generations='old new'

dev_engines() {
  on_macos && fail "these engines need Linux namespaces: on macOS use your own Docker"
  case ${1:-status} in
    up) engines_up ;;
    down) engines_down ;;
    status) engines_status ;;
    translator) engines_translator "${2:-}" ;;
    *) fail "say \`./dev engines up\`, \`down\`, \`status\` or \`translator on|off\`" ;;
  esac
}

engines_up() {
  set_up_engines
  local lab generation
  lab=$(scripts/lab/fill.sh)
  need_root ./dev engines up
  as_root scripts/lab/probe.sh || fail "namespaces cannot be had here"
  for generation in $generations; do
    engine_is_up "$generation" || engine_up "$generation"
  done
  engines_status
}

engine_is_up() {
  curl -sf --max-time 5 --unix-socket "$engines-$1/docker.sock" http://engine/_ping > /dev/null 2>&1
}

# engine_up GENERATION: its keeper reads a pipe that is never closed, until `down` writes `end` into it.
engine_up() {
  local folder=$engines-$1
  mkdir -p "$(dirname "$folder")"
  as_root rm -rf "$folder"
  rm -f "$folder.orders"
  mkfifo "$folder.orders"
  say "starting the engine \`$1\`"
  as_root setsid scripts/lab/engine.sh "$lab" "$1" "$folder" <> "$folder.orders" > "$folder.answers" 2> "$folder.log" &
  for _ in $(seq 300); do
    grep -q ready "$folder.answers" && break
    kill -0 $! 2> /dev/null || fail "the engine \`$1\` did not start: $(tail -n 1 "$folder.log")"
    sleep 0.1
  done
  crash_something "$1"
}

# crash_something GENERATION: a container that died because its program is foreign, to look at.
crash_something() {
  local foreign client=("$lab/new/usr/bin/docker" -H "unix://$engines-$1/docker.sock")
  foreign=$(if_on_arm amd64 arm64)
  foreign_image "$foreign" | "${client[@]}" load -q > /dev/null
  "${client[@]}" run -d --name crashed --platform "linux/$foreign" example/foreign:1 > /dev/null
}

# foreign_image ARCHITECTURE: prints an image for it, as `docker save` would.
foreign_image() (
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"
  mkdir bin
  ln -s busybox bin/sh
  ln -s busybox bin/sleep
  cp "$lab/programs/$1/bin/busybox" bin/
  tar -cf layer.tar bin
  cat > config.json << CONFIG
{"os": "linux", "architecture": "$1", "config": {"Env": ["PATH=/bin"], "Cmd": ["/bin/sh", "-c", "sleep 1000"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$(sha256sum layer.tar | cut -d' ' -f1)"]}}
CONFIG
  echo '[{"Config": "config.json", "RepoTags": ["example/foreign:1"], "Layers": ["layer.tar"]}]' > manifest.json
  tar -c manifest.json config.json layer.tar
)

# engines_translator on|off: lets foreign programs run on the engines, or no longer.
engines_translator() {
  local generation order name
  name=$(if_on_arm x86_64 aarch64)
  case $1 in
    on) order="translate $name OPF" ;;
    off) order="untranslate $name" ;;
    *) fail "say \`./dev engines translator on\` or \`off\`" ;;
  esac
  for generation in $generations; do
    engine_is_up "$generation" || continue
    echo "$order" 1<> "$engines-$generation.orders"
    sleep 0.5
    note "$generation: $name is $(tail -n 1 "$engines-$generation.answers")"
  done
}

if_on_arm() { if [ "$(uname -m)" = aarch64 ]; then echo "$1"; else echo "$2"; fi; }

engines_down() {
  local generation
  for generation in $generations; do
    [ ! -p "$engines-$generation.orders" ] || engine_down "$engines-$generation"
  done
}

engine_down() {
  if [ -d "$1" ]; then
    # Opened for reading too, so that this does not wait for a keeper that was killed.
    echo end 1<> "$1.orders"
    for _ in $(seq 200); do
      [ -d "$1" ] || break
      sleep 0.1
    done
    as_root rm -rf "$1"
  fi
  rm -f "$1.orders" "$1.answers" "$1.log"
}

engines_status() {
  local generation
  for generation in $generations; do
    if engine_is_up "$generation"; then
      echo "$generation: export DOCKER_HOST=unix://$engines-$generation/docker.sock"
    else
      echo "$generation: not running (\`./dev engines up\` starts it)"
    fi
  done
}
