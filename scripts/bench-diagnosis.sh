#!/usr/bin/env bash
# bench-diagnosis.sh: a part of bench.sh. How long one diagnosis takes, beside `docker cp` of the same program to nowhere.

# make_diagnosis_images: a foreign image with one program, and a native one with a shell, glibc, scripts and programs.
make_diagnosis_images() {
  local folder=$work/layers
  mkdir -p "$folder/foreign/app" "$folder/native/app" "$folder/native/bin"
  cp "$lab/programs/$foreign/bin/busybox" "$folder/foreign/app/program"
  cp -R "$lab/roots/$native/glibc/." "$folder/native"
  cp "$lab/programs/$native/bin/busybox" "$folder/native/bin/sh"
  cp "$lab/programs/$foreign/bin/busybox" "$folder/native/app/program"
  cp "$folder/native/usr/bin/hello" "$folder/native/app/needs-gone"
  patchelf --add-needed libgone.so.1 "$folder/native/app/needs-gone"
  # shellcheck disable=SC2016 # for the shell in the container
  printf '#!/bin/sh\nset -e\nexec "$@"\n' > "$folder/native/app/entrypoint.sh"
  printf '#!/bin/sh\r\necho started\r\n' > "$folder/native/app/start.sh"
  chmod 755 "$folder/native/app/"*
  make_whole_image foreign "$foreign"
  make_whole_image native "$native"
}

# make_whole_image NAME ARCHITECTURE: an archive of one image with one layer.
make_whole_image() {
  local archive=$work/whole-$1
  mkdir "$archive"
  tar -cf "$archive/layer.tar" -C "$work/layers/$1" .
  cat > "$archive/image.json" << CONFIG
{"os": "linux", "architecture": "$2", "config": {"Cmd": ["/app/program"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$(digest "$archive/layer.tar")"]}}
CONFIG
  echo "[{\"Config\": \"image.json\", \"RepoTags\": [\"bench/$1:0\"], \"Layers\": [\"layer.tar\"]}]" > "$archive/manifest.json"
  tar -cf "$work/$1.tar" -C "$archive" .
  rm -rf "$archive"
}

# measure_diagnosis ROUNDS: prints the table of one engine. The rounds take turns, as those of the lists do.
measure_diagnosis() {
  : > "$work/results"
  export XDG_CACHE_HOME=$work/cache
  fill_for_diagnosis
  # The first request after a start finds nothing cached.
  diagnosis_round
  : > "$work/results"
  say "diagnosis: $1 rounds"
  for _ in $(seq "$1"); do
    diagnosis_round
  done
  diagnosis_table "$1"
}

fill_for_diagnosis() {
  local name
  [ -f "$work/native.tar" ] || make_diagnosis_images
  for name in foreign native; do
    "$docker" load -q -i "$work/$name.tar" > /dev/null
  done
  crash program foreign '"/app/program"'
  crash entrypoint native '"/app/entrypoint.sh", "/app/program"'
  crash library native '"/app/needs-gone"'
  crash crlf native '"/app/start.sh"'
  until [ -z "$("$docker" ps -q)" ]; do sleep 0.2; done
}

# crash NAME IMAGE COMMAND: a container that ends at once.
crash() {
  post "containers/create?name=$1" "{\"Image\": \"bench/$2:0\", \"Cmd\": [$3]}"
  # What cannot be started is refused by newer runtimes and exits with older ones.
  post "containers/$1/start" 2> /dev/null || true
}

# diagnosis_round: everything once, so that what else the machine does hits all of it alike.
diagnosis_round() {
  diagnose program wrong-architecture program
  copy program /app/program
  diagnose entrypoint foreign-binary entrypoint
  copy entrypoint /app/program
  diagnose library missing-library library
  copy library /app/needs-gone
  diagnose crlf crlf-line-endings crlf
  copy crlf /app/start.sh
  diagnose image wrong-architecture --image bench/foreign:0
}

# diagnose NAME CAUSE ARGUMENT...: only the right answer counts.
diagnose() {
  local name=$1 cause=$2
  shift 2
  measure "diagnose-$name" 1 "^{.*\"cause\":\"$cause\"" "$archlight" diagnose "$@" --json
}

# copy CONTAINER PATH: that goes to nowhere needs a shell, whose start takes about a millisecond.
copy() {
  # shellcheck disable=SC2016 # the inner shell's own
  measure "copy-$1" 1 done sh -c '"$1" cp "$2" - > /dev/null && echo done' - "$docker" "$1:$2"
}

# diagnosis_table ROUNDS
diagnosis_table() {
  echo
  echo "One diagnosis, medians of $1 rounds, on the engine of $("$docker" version --format '{{.Server.Version}}')."
  echo
  echo "| why it does not run | \`archlight diagnose\` | lowest to highest | \`docker cp\` of the program | diagnosis ÷ copy |"
  echo '| --- | ---: | ---: | ---: | ---: |'
  diagnosis_row program program 'a foreign static program, in a foreign image'
  # shellcheck disable=SC2016 # words
  diagnosis_row entrypoint entrypoint 'a script, whose shell does `exec "$@"` with a foreign program, in a native image'
  diagnosis_row library library 'a library is missing that a dynamic program needs'
  diagnosis_row crlf crlf 'a script with Windows line endings'
  # shellcheck disable=SC2016 # words
  diagnosis_row image program 'the first one'\''s image, which never ran (`--image`)'
}

# diagnosis_row NAME COPY WORDS: one line of the table.
diagnosis_row() {
  awk -v words="$3" -v time="$(median "diagnose-$1" 2)" -v range="$(extremes "diagnose-$1")" \
    -v copy="$(median "copy-$2" 2)" 'BEGIN {
      split(range, ends)
      printf "| %s | %.0f ms | %.0f to %.0f ms | %.0f ms | %.1f |\n", words, time, ends[1], ends[2], copy, time / copy
    }'
}
