# shellcheck shell=bash
# fuzz.sh: ./dev fuzz. Looks for bytes with which a reader fails, led by what of its code they reach.

# Counters for every branch, and what comparisons compare: what libFuzzer is led by. Stable compilers have both.
coverage='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
  -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing'

# What libFuzzer calls a failure by itself, beside a panic: seconds for one input, and megabytes in all.
bounds=(-max_len=65536 -timeout=20 -rss_limit_mb=1024 -malloc_limit_mb=256)

# dev_fuzz [TARGET [SECONDS | FILE]]: all targets for 15 s each, or one; with a file, only that input.
dev_fuzz() {
  local each only=${1:-} what=${2:-15} only_found='' failed=()
  set_up_to_fuzz
  build_fuzz
  if [ -f "$what" ]; then
    fuzz_with "$only" "$what"
    return
  fi
  for each in $(fuzz_targets); do
    [ "${only:-$each}" = "$each" ] || continue
    fuzz_for "$each" "$what" || failed+=("$each")
    only_found=yes
  done
  [ -n "$only_found" ] || fail "there is no target \`$only\`: $(fuzz_targets | tr '\n' ' ')"
  [ ${#failed[@]} = 0 ] || fail "inputs were found that readers fail with: ${failed[*]}"
  say "no reader failed"
}

set_up_to_fuzz() {
  on_macos || need_packages 'to fuzz (libFuzzer is C++)' gcc g++ libc6-dev curl ca-certificates
  on_macos && need_on_macos
  need_rust
}

fuzz_targets() { sed -n 's/^        name: "\(.*\)",$/\1/p' fuzz/src/lib.rs; }

# The flags are for the target alone, so that what runs while building is built without them.
build_fuzz() {
  local machine
  machine=$(rustc -vV | sed -n 's/^host: //p')
  fuzzer="$target/fuzz/$machine/fuzz/fuzz"
  say "building the readers with counters"
  RUSTFLAGS=${coverage//$'\n'/ } CARGO_TARGET_DIR="$target/fuzz" cargo build --quiet --locked \
    -p fuzz --features libfuzzer --profile fuzz --target "$machine" ||
    fail "without this build there is no fuzzing: this compiler has no counters, or there is no C++ compiler for libFuzzer"
}

# fuzz_with TARGET FILE: one input.
fuzz_with() { ARCHLIGHT_FUZZ=$1 "$fuzzer" "${bounds[@]}" "$2"; }

# fuzz_for TARGET SECONDS: what is found goes to the cache, and is where the next run begins. Before a change is taken, every
# run tries the same inputs: what another change would have failed with as well is for longer runs to find.
fuzz_for() {
  local finds="$cache/fuzz/$1" printed crash seeds corpus limit
  printed=$(log "fuzz-$1")
  corpus=$finds/corpus limit=(-max_total_time="$2")
  if [ -n "${CI:-}" ]; then
    corpus=$finds/fresh limit=(-seed=1 -runs="$(fuzz_runs "$1")")
    rm -rf "$corpus"
  fi
  mkdir -p "$corpus" "$finds/failures"
  seeds=$(fuzz_seeds "$1")
  say "fuzzing $1 (${limit[*]})"
  # shellcheck disable=SC2086 # several folders
  if ARCHLIGHT_FUZZ=$1 stoppable "$fuzzer" "${bounds[@]}" "${limit[@]}" -print_final_stats=1 \
    -artifact_prefix="$finds/failures/" "$corpus" $seeds > "$printed" 2>&1; then
    grep -q 'inline 8-bit counters' "$printed" || fail "the readers were built without counters: see $printed"
    note "$(sed -n 's/^stat::number_of_executed_units: */inputs: /p' "$printed"), reached: $(sed -n 's/.*\(cov: [0-9]*\).*/\1/p' "$printed" | tail -n 1)"
    return
  fi
  grep -a -A 3 -E 'panicked at|ERROR: libFuzzer' "$printed" | head -n 12 >&2
  crash=$(sed -n 's/.*Test unit written to //p' "$printed" | tail -n 1)
  note "to see it again: ./dev fuzz $1 ${crash:-FILE} (all that was printed is in $printed)"
  note "once it is mended, put a short form of it into $(fuzz_seeds "$1" | cut -d' ' -f1)"
  return 1
}

# Inputs of a target that take about 15 s.
fuzz_runs() {
  case $1 in
    export | layer) echo 8000 ;;
    shebang) echo 3000 ;;
    signatures) echo 15000 ;;
    *) echo 50000 ;;
  esac
}

# The folders of a target's seeds: archives are for two, and real programs are kept with their reader's tests.
fuzz_seeds() {
  case $1 in
    export) echo fuzz/corpus/tar ;;
    layer) echo fuzz/corpus/layer fuzz/corpus/tar ;;
    program) echo fuzz/corpus/program crates/platform/tests/fixtures/arch-test ;;
    *) echo "fuzz/corpus/$1" ;;
  esac
}
