#!/usr/bin/env bash
# bench.sh: ./dev bench. How long Archlight takes to list everything, and how much memory, beside Docker's own command
# line, on two throw-away engines with the same images and containers; how long a diagnosis takes, beside `docker cp`; and
# how fast it scans a large image, beside `docker export`; and how fast it asks registries, beside `skopeo`. Prints tables
# for each engine and writes them, with the machine
# and the versions, at the end of docs/benchmarks.md. Takes about nine minutes. `./dev bench scan`, `./dev bench diagnosis`,
# `./dev bench rerun` and `./dev bench registry` measure one part only, and write nothing.
set -euo pipefail
export LC_ALL=C
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
# shellcheck source=scripts/common.sh
. scripts/common.sh
# shellcheck source=scripts/debian.sh
. scripts/debian.sh
# shellcheck source=scripts/setup.sh
. scripts/setup.sh
# shellcheck source=scripts/bench-diagnosis.sh
. scripts/bench-diagnosis.sh
# shellcheck source=scripts/bench-rerun.sh
. scripts/bench-rerun.sh
# shellcheck source=scripts/bench-registry.sh
. scripts/bench-registry.sh
# shellcheck source=scripts/bench-scan.sh
. scripts/bench-scan.sh

# What is loaded: one half of the images is for this machine, the other half for a foreign one.
images=300
containers=500
# That many of the containers are started and crash, with native and foreign programs in turn; the others wait.
crashes=60
# Everything after this line of the report is written by this script.
marker='## Measured'
report=docs/benchmarks.md

main() {
  on_macos && fail "the engines that this is measured on need Linux namespaces"
  need_packages 'to measure memory' time
  set_up_engines
  need_rust
  say "building the program as it is released"
  cargo build --locked --release -p archlight-cli
  archlight=$target/release/archlight
  cargo build --locked --release -p lab --example slow_line
  slow_line=$target/release/examples/slow_line
  lab=$(scripts/lab/fill.sh)
  docker=$lab/new/usr/bin/docker
  need_root ./dev bench
  as_root scripts/lab/probe.sh || fail "namespaces cannot be had here"
  name_architectures
  work=$(mktemp -d)
  trap finish EXIT
  trap 'exit 143' HUP INT TERM
  case ${1:-} in
    scan) scan_only; return ;;
    diagnosis) diagnosis_only; return ;;
    rerun) rerun_only; return ;;
    registry) registry_only; return ;;
  esac
  say "making $images images"
  make_archive
  {
    describe
    measure_engine old 7
    # `docker image inspect` of everything takes very long on the containerd store.
    measure_engine new 5
    printf '\n### Registries\n'
    measure_registry 3
  } > "$work/report"
  cat "$work/report"
  keep_report
}

# scan_only: what is not measured is not loaded.
scan_only() {
  start_engine new
  measure_scan 5
  end_engine
}

diagnosis_only() {
  local generation
  describe_machine
  for generation in old new; do
    start_engine "$generation"
    measure_diagnosis 25
    end_engine
  done
}

rerun_only() {
  local generation
  describe_machine
  for generation in old new; do
    start_engine "$generation"
    measure_rerun 15
    end_engine
  done
}

registry_only() {
  describe_machine
  measure_registry 3
}

finish() {
  close_line
  end_registry
  end_engine
  rm -rf "$work"
}

name_architectures() {
  case $(uname -m) in
    aarch64) native=arm64 foreign=amd64 ;;
    x86_64) native=amd64 foreign=arm64 ;;
    *) fail "this machine is neither amd64 nor arm64" ;;
  esac
}

# make_archive: all images in one file, as `docker save` would write it: for each architecture a layer with a shell
# that all images share, and for each image one small layer of its own.
make_archive() {
  local number architecture separator=''
  mkdir "$work/archive"
  make_base "$native"
  make_base "$foreign"
  printf '[' > "$work/archive/manifest.json"
  for number in $(seq "$images"); do
    architecture=$(architecture_of "$number")
    make_image "$number" "$architecture"
    printf '%s{"Config": "%s.json", "RepoTags": ["%s"], "Layers": ["%s.tar", "%s.tar"]}' "$separator" \
      "$number" "$(image_name "$number")" "$architecture" "$number" >> "$work/archive/manifest.json"
    separator=,
  done
  printf ']' >> "$work/archive/manifest.json"
  tar -cf "$work/images.tar" -C "$work/archive" .
  rm -rf "$work/archive"
}

architecture_of() { if [ $(($1 % 2)) = 1 ]; then echo "$native"; else echo "$foreign"; fi; }
image_name() { echo "bench/$(architecture_of "$1"):$1"; }
digest() { sha256sum "$1" | cut -d' ' -f1; }

make_base() {
  mkdir -p "$work/$1/bin"
  cp "$lab/programs/$1/bin/busybox" "$work/$1/bin/sh"
  tar -cf "$work/archive/$1.tar" -C "$work/$1" bin
}

make_image() {
  local archive=$work/archive
  echo "$1" > "$work/number"
  tar -cf "$archive/$1.tar" -C "$work" number
  cat > "$archive/$1.json" << CONFIG
{"os": "linux", "architecture": "$2", "config": {"Cmd": ["/bin/sh", "-c", "echo cannot connect; exit 3"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$(digest "$archive/$2.tar")", "sha256:$(digest "$archive/$1.tar")"]}}
CONFIG
}

# measure_engine GENERATION ROUNDS: prints the section of one engine.
measure_engine() {
  local round
  start_engine "$1"
  fill_engine
  describe_engine "$2"
  : > "$work/results"
  for round in $(seq "$2"); do
    say "$1 engine: round $round of $2"
    measure_round
  done
  table
  measure_diagnosis 15
  measure_scan 5
  end_engine
}

# The name tells a later run of the tests whose engine it was, should this one be killed.
start_engine() {
  local folder="${TMPDIR:-/tmp}/archlight-lab.$$.$1"
  say "starting the engine \`$1\`"
  coproc keeper { as_root scripts/lab/engine.sh "$lab" "$1" "$folder" 2> "$work/engine.log"; }
  orders=${keeper[1]} keeper_process=$!
  socket=$folder/docker.sock
  local answer=''
  read -r -t 60 answer <&"${keeper[0]}" || true
  [ "${answer%% *}" = ready ] || fail "the engine did not start: $(tail -n 1 "$work/engine.log")"
  export DOCKER_HOST=unix://$socket DOCKER_CONFIG=$work/client
  unset DOCKER_CONTEXT DOCKER_DEFAULT_PLATFORM
}

# end_engine: its keeper ends with its input.
end_engine() {
  [ -n "${keeper_process:-}" ] || return 0
  exec {orders}>&-
  wait "$keeper_process" 2> /dev/null || true
  keeper_process=
}

fill_engine() {
  local number
  say "loading $images images"
  "$docker" load -q -i "$work/images.tar" > /dev/null
  say "creating $containers containers"
  for number in $(seq "$containers"); do
    post "containers/create?name=bench-$number" "{\"Image\": \"$(image_name $(((number - 1) % images + 1)))\"}"
  done
  say "crashing $crashes of them"
  for number in $(seq "$crashes"); do
    # Newer runtimes tell of a foreign program at the start, older ones by the exit code: both are crashes.
    post "containers/bench-$number/start" || true
  done
  until [ -z "$("$docker" ps -q)" ]; do sleep 0.2; done
}

# post PATH [JSON]: asks the engine directly, because starting its command line so often would take minutes.
post() {
  curl -sS -f -o /dev/null --unix-socket "$socket" -X POST -H 'Content-Type: application/json' -d "${2:-}" "http://engine/$1"
}

# measure_round: everything once, so that what else the machine does hits all of them alike. Docker's pipes need a shell,
# whose start takes about a millisecond.
measure_round() {
  export XDG_CACHE_HOME=$work/cache
  rm -rf "$XDG_CACHE_HOME"
  measure listed-first "$containers" '"crashed":' "$archlight" containers --json --no-causes
  measure listed "$containers" '"crashed":' "$archlight" containers --json --no-causes
  measure causes-first "$containers" '"crashed":' "$archlight" containers --json
  echo "told $(count '"cause":"')" >> "$work/results"
  learn_causes
  measure causes "$crashes" '"cause":"' "$archlight" containers --json
  measure images "$images" '"references":' "$archlight" images --json
  measure docker-containers "$containers" '^        "Id":' sh -c "'$docker' ps -aq | xargs '$docker' inspect"
  measure docker-images "$images" '^        "Id":' sh -c "'$docker' images -q | xargs '$docker' image inspect"
}

# learn_causes: a list does not wait for causes longer than some seconds, so one call may not find all of them.
learn_causes() {
  for _ in $(seq 20); do
    [ "$(count '"cause":"')" != "$crashes" ] || return 0
    "$archlight" containers --json > "$work/answer"
  done
  fail "the causes are not found"
}

# count PATTERN: how often it is in the last answer.
count() { { grep -o "$1" "$work/answer" || true; } | wc -l; }

# measure NAME WANTED PATTERN COMMAND...: adds name, milliseconds and peak kilobytes of COMMAND to the results. What is
# fast because it leaves something out does not count: PATTERN must be in the answer WANTED times.
measure() {
  local name=$1 wanted=$2 pattern=$3 start end found
  shift 3
  start=${EPOCHREALTIME/./}
  /usr/bin/time -q -f %M -o "$work/peak" "$@" > "$work/answer" || fail "this failed: $*"
  end=${EPOCHREALTIME/./}
  found=$(count "$pattern")
  [ "$found" = "$wanted" ] || fail "$found of $wanted are in the answer of: $*"
  echo "$name $(((end - start) / 1000)) $(cat "$work/peak")" >> "$work/results"
}

# table: what was measured on one engine. Docker's two commands together are the sum of each round's two.
# shellcheck disable=SC2016 # Markdown's quotes
table() {
  awk '$1 == "docker-containers" { time = $2; peak = $3 }
    $1 == "docker-images" { print "docker-both", time + $2, ($3 > peak ? $3 : peak) }' "$work/results" > "$work/both"
  cat "$work/both" >> "$work/results"
  echo
  echo "| command | time | lowest to highest | peak memory | Docker's containers ÷ this | Docker's both ÷ this |"
  echo '| --- | ---: | ---: | ---: | ---: | ---: |'
  row listed-first '`archlight containers --json --no-causes`, first call'
  row listed '`archlight containers --json --no-causes`, further calls'
  row causes-first '`archlight containers --json`, first call'" ($(median told 2) of $crashes causes)"
  row causes '`archlight containers --json`, further calls (causes known)'
  row images '`archlight images --json`'
  row docker-containers '`docker ps -aq \| xargs docker inspect`'
  row docker-images '`docker images -q \| xargs docker image inspect`'
  row docker-both "both of Docker's"
}

# row NAME WORDS: one line of the table.
row() {
  local time peak
  time=$(median "$1" 2)
  peak=$(median "$1" 3)
  awk -v words="$2" -v time="$time" -v range="$(extremes "$1")" -v peak="$peak" \
    -v containers="$(median docker-containers 2)" -v both="$(median docker-both 2)" 'BEGIN {
      split(range, ends)
      printf "| %s | %.2f s | %.2f to %.2f s | %.0f MiB | %.1f | %.1f |\n", words, time / 1000,
        ends[1] / 1000, ends[2] / 1000, peak / 1024, containers / time, both / time
    }'
}

values() { awk -v name="$1" -v column="$2" '$1 == name { print $column }' "$work/results" | sort -n; }
median() { values "$1" "$2" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
extremes() { values "$1" 2 | awk 'NR == 1 { first = $1 } { last = $1 } END { print first, last }'; }

describe() {
  echo "On $(date +%Y-%m-%d), by \`./dev bench\`."
  echo
  describe_machine
  echo "- Content: $images images ($((images / 2)) linux/$native, $((images / 2)) linux/$foreign);" \
    "$containers containers, of which $crashes crashed and the others wait for their start"
}

describe_machine() {
  echo "- Machine: $(processor), $(nproc) cores, $(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1048576 }' /proc/meminfo)" \
    "of memory, Linux $(uname -r); load before the start: $(cut -d' ' -f1 /proc/loadavg)"
  echo "- Programs: $("$archlight" --version), built for release by $(rustc --version | cut -d' ' -f1,2);" \
    "Docker's command line $("$docker" --version | sed 's/Docker version //; s/,.*//')"
}

processor() {
  local model
  model=$(lscpu | sed -n 's/^Model name: *//p' | head -n 1)
  echo "${model:-$(uname -m)}"
}

# describe_engine ROUNDS: the heading of an engine's section.
describe_engine() {
  local version store='classic store'
  version=$("$docker" version --format '{{.Server.Version}} (API {{.Server.APIVersion}})')
  ! "$docker" info --format '{{.DriverStatus}}' | grep -q io.containerd.snapshotter || store='containerd store'
  printf '\n### Engine %s, %s\n\nMedians of %s rounds.\n' "$version" "$store" "$1"
}

# keep_report: the end of the report is written anew, what people wrote before it stays.
keep_report() {
  {
    sed "/^$marker\$/,\$d" "$report"
    printf '%s\n\n' "$marker"
    cat "$work/report"
  } > "$work/whole"
  cat "$work/whole" > "$report"
  say "written to $report"
}

main "$@"
