#!/usr/bin/env bash
# bench-rerun.sh: a part of bench.sh. How long a container is away while it is re-run, beside `docker stop` and `docker
# start` of the same container.

# measure_rerun ROUNDS: prints the table of one engine. The rounds take turns.
measure_rerun() {
  : > "$work/results"
  export XDG_CACHE_HOME=$work/cache XDG_DATA_HOME=$work/data
  [ -f "$work/native.tar" ] || make_diagnosis_images
  "$docker" load -q -i "$work/native.tar" > /dev/null
  rerun_round
  : > "$work/results"
  say "re-runs: $1 rounds"
  for _ in $(seq "$1"); do
    rerun_round
  done
  rerun_table "$1"
}

rerun_round() {
  # A shell that waits for its input, and ends at once when it is asked to.
  "$docker" run -d -i --stop-signal SIGKILL --name rerun -v data:/data -p 127.0.0.1:7000:80 bench/native:0 /bin/sh > /dev/null
  away docker sh -c "'$docker' stop rerun && '$docker' start rerun"
  away rerun "$archlight" rerun rerun --platform native --yes --wait 0
  "$archlight" discard rerun > /dev/null
  "$docker" rm --force rerun > /dev/null
}

# away NAME COMMAND...: adds the milliseconds between the end of one container and the next start, by the engine's events.
away() {
  local name=$1 since
  shift
  since=$(date +%s.%N)
  "$@" > "$work/answer" || fail "this failed: $*"
  "$docker" events --since "$since" --until "$(date +%s.%N)" --filter type=container --format '{{.TimeNano}} {{.Action}}' |
    awk -v name="$name" '$2 == "die" && !die { die = $1 } $2 == "start" && die { start = $1 }
      END { if (!start) exit 1; printf "%s %.3f 0\n", name, (start - die) / 1e6 }' >> "$work/results" ||
    fail "no end and start came of: $*"
}

# rerun_table ROUNDS
rerun_table() {
  echo
  echo "How long a container is away, medians of $1 rounds, on the engine of $("$docker" version --format '{{.Server.Version}}')."
  echo
  echo "| what | away | lowest to highest | ÷ \`docker stop\` and \`docker start\` |"
  echo '| --- | ---: | ---: | ---: |'
  # shellcheck disable=SC2016 # words
  rerun_row docker '`docker stop` and `docker start`'
  # shellcheck disable=SC2016 # words
  rerun_row rerun '`archlight rerun`'
}

# rerun_row NAME WORDS
rerun_row() {
  awk -v words="$2" -v time="$(median "$1" 2)" -v range="$(extremes "$1")" -v peer="$(median docker 2)" 'BEGIN {
    split(range, ends)
    printf "| %s | %.0f ms | %.0f to %.0f ms | %.2f |\n", words, time, ends[1], ends[2], time / peer
  }'
}
