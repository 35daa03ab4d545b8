# shellcheck shell=bash
# test.sh: ./dev test. Every test, with all that they need; says at its end what could not be run here.

dev_test() {
  set_up_to_test
  # Tests would fill it too, but then their own time would hide it. Where it cannot be had they say so themselves.
  on_macos || scripts/lab/fill.sh > /dev/null || true
  ARCHLIGHT_SKIPPED=$(mktemp)
  export ARCHLIGHT_SKIPPED
  printed=$(mktemp)
  trap 'rm -f "$ARCHLIGHT_SKIPPED" "$printed"' EXIT
  # Window tests run the programs themselves, so these are built, not only their tests.
  build_all
  cargo test --workspace --locked --no-run
  local failed=0
  say "testing the page"
  stoppable test_page || failed=1
  say "testing the programs"
  stoppable test_programs || failed=1
  tell_skipped
  scripts/count.sh < "$printed"
  return "$failed"
}

test_page() { npm test --prefix ui 2>&1 | tee -a "$printed"; }
test_programs() { cargo test --workspace --locked --no-fail-fast 2>&1 | tee -a "$printed"; }

tell_skipped() {
  [ -s "$ARCHLIGHT_SKIPPED" ] || return 0
  say "not run here:"
  sort "$ARCHLIGHT_SKIPPED" | uniq -c | sed 's/^ *\([0-9]*\) /    \1 of /' >&2
}
