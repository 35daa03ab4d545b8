#!/usr/bin/env bash
# count.sh: reads what `cargo test` and the page's tests (vitest) printed, and sums it up in one line.
set -euo pipefail
tr -d '\033' | sed 's/\[[0-9;]*m//g' | awk -v skipped_file="${ARCHLIGHT_SKIPPED:-/dev/null}" '
  # "test result: ok. 3 passed; 0 failed; 0 ignored; ..."
  /^test result:/ { for (i = 2; i <= NF; i++) count($i, $(i - 1)) }
  # "      Tests  1 failed | 12 passed | 2 skipped (15)"
  /^ *Tests +[0-9]/ { for (i = 2; i <= NF; i++) count($i, $(i - 1)) }
  function count(word, number) {
    if (word ~ /^passed/) passed += number
    if (word ~ /^failed/) failed += number
    if (word ~ /^(skipped|ignored|todo)/) skipped += number
  }
  END {
    # A test that could not be run here ended early, which the test runner took for success.
    while ((getline line < skipped_file) > 0) { skipped++; passed-- }
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
  }'
