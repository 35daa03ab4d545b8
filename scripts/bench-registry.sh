#!/usr/bin/env bash
# bench-registry.sh: a part of bench.sh. How long it takes to ask a registry at the end of a slow line for the platforms of
# many references, beside `skopeo inspect --raw` of one after the other. Needs no engine; the registry is on loopback.

references=200
# How long a connection, and each request, takes on its way.
latency=50

# measure_registry ROUNDS: prints the table.
measure_registry() {
  local round
  : > "$work/results"
  fill_skopeo
  start_registry
  fill_registry
  for round in $(seq "$1"); do
    say "registry: round $round of $1"
    open_line
    through_line skopeo "$references" '"schemaVersion":' ask_skopeo
    close_line
    open_line
    rm -rf "$work/cache"
    through_line first "$references" '"native":true' ask_archlight
    through_line again "$references" '"native":true' ask_archlight
    close_line
  done
  end_registry
  registry_table "$1"
}

# Skopeo and the libraries that it wants, unpacked, not installed.
fill_skopeo() {
  skopeo=$cache/skopeo
  [ ! -x "$skopeo/usr/bin/skopeo" ] || return 0
  say "fetching skopeo (unpacked in $skopeo, not installed)"
  local archive
  archive=$(debian_archive)
  mkdir -p "$work/download"
  debian_open "$work/download" "$archive bookworm main"
  debian_unpack "$work/download" "$skopeo.partial" skopeo libgpgme11 libassuan0 libgpg-error0
  mv "$skopeo.partial" "$skopeo"
}

start_registry() {
  mkdir -p "$work/registry"
  cat > "$work/registry.yml" << CONFIG
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: 127.0.0.1:0}
CONFIG
  # The registry does not tell which port it got, the kernel does.
  "$lab/old/usr/bin/docker-registry" serve "$work/registry.yml" > "$work/registry.log" 2>&1 &
  registry=$!
  local port=''
  for _ in $(seq 100); do
    port=$(ss -Hltnp | awk -v process="pid=$registry," 'index($0, process) { sub(/.*:/, "", $4); print $4; exit }')
    [ -z "$port" ] || break
    sleep 0.1
  done
  [ -n "$port" ] || fail "the registry did not start: $(tail -n 1 "$work/registry.log")"
  server=127.0.0.1:$port
}

end_registry() {
  [ -z "${registry:-}" ] || kill "$registry" 2> /dev/null || true
  registry=
}

# fill_registry: one index for two platforms, with an image for each, under many names.
fill_registry() {
  local platform number entries='' separator='' config=$work/config.json
  say "filling the registry with $references references"
  for number in $(seq "$references"); do
    entries='' separator=''
    for platform in "$native" "$foreign"; do
      echo "{\"os\": \"linux\", \"architecture\": \"$platform\", \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}, \"number\": $number}" > "$config"
      put_blob "$number" "$config"
      cat > "$work/manifest.json" << MANIFEST
{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": [],
 "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "sha256:$(digest "$config")", "size": $(stat -c %s "$config")}}
MANIFEST
      put_manifest "$number" "sha256:$(digest "$work/manifest.json")" application/vnd.oci.image.manifest.v1+json "$work/manifest.json"
      entries="$entries$separator{\"mediaType\": \"application/vnd.oci.image.manifest.v1+json\", \"digest\": \"sha256:$(digest "$work/manifest.json")\", \"size\": $(stat -c %s "$work/manifest.json"), \"platform\": {\"os\": \"linux\", \"architecture\": \"$platform\"}}"
      separator=,
    done
    echo "{\"schemaVersion\": 2, \"mediaType\": \"application/vnd.oci.image.index.v1+json\", \"manifests\": [$entries]}" > "$work/index.json"
    put_manifest "$number" 1 application/vnd.oci.image.index.v1+json "$work/index.json"
  done
}

put_blob() {
  local place
  place=$(curl -sS -f -X POST -o /dev/null -w '%header{location}' "http://$server/v2/bench/$1/blobs/uploads/")
  case $place in *\?*) place=$place\& ;; *) place=$place\? ;; esac
  curl -sS -f -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$2" \
    "${place}digest=sha256:$(digest "$2")"
}

put_manifest() {
  curl -sS -f -o /dev/null -X PUT -H "Content-Type: $3" --data-binary "@$4" "http://$server/v2/bench/$1/manifests/$2"
}

# open_line: a line to the registry, at `port`, of which each request is a line in `requests`.
open_line() {
  # What the last one said is not this one's port.
  rm -f "$work/requests"
  "$slow_line" "$server" "$latency" > "$work/requests" &
  line=$!
  until [ -s "$work/requests" ]; do sleep 0.05; done
  port=$(head -n 1 "$work/requests")
}

close_line() {
  [ -n "${line:-}" ] || return 0
  kill "$line" 2> /dev/null || true
  wait "$line" 2> /dev/null || true
  line=
}

# through_line NAME WANTED PATTERN FUNCTION: measures FUNCTION in a shell of its own, and counts its requests.
through_line() {
  local before
  before=$(wc -l < "$work/requests")
  export references port skopeo archlight XDG_CACHE_HOME=$work/cache
  measure "$1" "$2" "$3" bash -c "$(declare -f "$4"); $4"
  echo "requests-$1 $(($(wc -l < "$work/requests") - before)) 0" >> "$work/results"
}

ask_skopeo() {
  for number in $(seq "$references"); do
    LD_LIBRARY_PATH=$(echo "$skopeo"/usr/lib/*-linux-gnu) "$skopeo/usr/bin/skopeo" --insecure-policy inspect --raw --tls-verify=false \
      "docker://127.0.0.1:$port/bench/$number:1" || exit
    echo
  done
}
ask_archlight() {
  seq "$references" | sed "s|.*|127.0.0.1:$port/bench/&:1|" | "$archlight" platforms --json -
}

registry_table() {
  echo
  echo "$references references, each an index of two platforms, of a registry on loopback behind a line that takes $latency ms" \
    "for each connection and each request. Medians of $1 rounds; the shell is in all of them. The peak is of the largest process."
  echo
  echo '| command | time | lowest to highest | requests | peak memory | skopeo ÷ this |'
  echo '| --- | ---: | ---: | ---: | ---: | ---: |'
  # shellcheck disable=SC2016 # Markdown's quotes
  {
    registry_row skopeo '`skopeo inspect --raw`, one after the other'
    registry_row first '`archlight platforms`, nothing known'
    registry_row again '`archlight platforms`, asked again'
  }
}

registry_row() {
  awk -v words="$2" -v time="$(median "$1" 2)" -v range="$(extremes "$1")" -v peak="$(median "$1" 3)" \
    -v requests="$(median "requests-$1" 2)" -v peer="$(median skopeo 2)" 'BEGIN {
      split(range, ends)
      printf "| %s | %.2f s | %.2f to %.2f s | %d | %.0f MiB | %.1f |\n", words, time / 1000, ends[1] / 1000,
        ends[2] / 1000, requests, peak / 1024, peer / time
    }'
}
