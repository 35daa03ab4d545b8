#!/usr/bin/env bash
# bench-scan.sh: a part of bench.sh. How fast `archlight scan` reads a large image, beside `docker export` of the same
# container to nowhere.

# A gigabyte: some large files, many small ones, and programs, of which so many are foreign.
large_files=720
small_files=30000
foreign_files=25

# measure_scan ROUNDS: prints the table of one engine. The rounds take turns, as those of the lists do.
measure_scan() {
  local round
  : > "$work/results"
  make_large
  for round in $(seq "$1"); do
    say "scan: round $round of $1"
    # shellcheck disable=SC2016 # the inner shell's own
    measure export 1 done sh -c '"$1" export large | cat > /dev/null && echo done' - "$docker"
    measure scan-container "$foreign_files" '"path":' "$archlight" scan large --json
    measure scan-image "$foreign_files" '"path":' "$archlight" scan bench/large --json
  done
  scan_table
}

# make_large: the image and a container of it.
make_large() {
  say "making an image of a gigabyte"
  if [ ! -f "$work/large.tar" ]; then
    make_large_tree "$work/large"
    tar -cf "$work/large.tar" -C "$work/large" .
    rm -rf "$work/large"
  fi
  "$docker" import --platform "linux/$native" -c 'CMD ["/bin/sh"]' "$work/large.tar" bench/large > /dev/null
  "$docker" create --name large bench/large > /dev/null
}

make_large_tree() {
  mkdir -p "$1/bin" "$1/large" "$1/app/node_modules"
  cp "$lab/programs/$native/bin/busybox" "$1/bin/sh"
  head -c 1048576 /dev/urandom > "$work/megabyte"
  split -b 1048576 -a 4 -d - "$1/large/" < <(for _ in $(seq "$large_files"); do cat "$work/megabyte"; done)
  split -b 10240 -a 5 -d - "$1/app/" < <(for _ in $(seq $((small_files / 100))); do head -c 1024000 "$work/megabyte"; done)
  for number in $(seq "$foreign_files"); do
    mkdir -p "$1/app/node_modules/module-$number"
    cp "$lab/programs/$foreign/bin/busybox" "$1/app/node_modules/module-$number/module.node"
  done
}

# scan_table: the ratio is of times of one run. Above 1, Docker takes longer.
# shellcheck disable=SC2016 # Markdown's quotes
scan_table() {
  local bytes
  bytes=$(stat -c %s "$work/large.tar")
  echo
  echo "An image of $((bytes / 1000000)) MB with $((large_files + small_files)) files. Docker's peak is of its client, and" \
    'the engine packs for all of them.'
  echo
  echo '| command | time | lowest to highest | speed | peak memory | export ÷ this |'
  echo '| --- | ---: | ---: | ---: | ---: | ---: |'
  scan_row export '`docker export \| cat > /dev/null`' "$bytes"
  scan_row scan-container '`archlight scan CONTAINER --json`' "$bytes"
  scan_row scan-image '`archlight scan IMAGE --json`' "$bytes"
}

# scan_row NAME WORDS BYTES: one line of the table.
scan_row() {
  awk -v words="$2" -v bytes="$3" -v time="$(median "$1" 2)" -v range="$(extremes "$1")" -v peak="$(median "$1" 3)" \
    -v export="$(median export 2)" 'BEGIN {
      split(range, ends)
      printf "| %s | %.2f s | %.2f to %.2f s | %.0f MB/s | %.0f MiB | %.2f |\n", words, time / 1000, ends[1] / 1000,
        ends[2] / 1000, bytes / 1000 / time, peak / 1024, export / time
    }'
}
