# shellcheck shell=bash
# check.sh: ./dev check. Everything that can be said of the code without running it.

failures=()

dev_check() {
  set_up_to_check
  build_page
  attempt 'format' cargo fmt --all --check
  attempt 'lints' cargo clippy --workspace --all-targets --locked -- -D warnings
  attempt 'layers' cargo test --quiet --locked -p lab --test layers
  attempt 'documentation' env RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps --locked
  attempt 'licences, sources and duplicates' cargo deny --log-level error check licenses bans sources
  check_advisories
  attempt 'unused dependencies' cargo shear
  attempt 'the page' npm run --silent --prefix ui check
  attempt "the page's format" npm run --silent --prefix ui format:check
  ! have shellcheck || attempt 'scripts' shellcheck -xa dev .ci/run scripts/count.sh scripts/bench.sh scripts/lab/*.sh
  [ ${#failures[@]} = 0 ] || fail "not as it should be: ${failures[*]}"
  say "all checks passed"
}

# attempt NAME COMMAND...: runs one check and goes on, so that one run tells everything.
attempt() {
  say "checking $1"
  local name=$1
  shift
  "$@" || failures+=("$name;")
}

# The list of known faults is fetched from its own repository, which cannot be reached everywhere.
check_advisories() {
  if cargo deny --log-level off fetch db > /dev/null 2>&1; then
    attempt 'advisories' cargo deny --log-level error check --disable-fetch advisories
  else
    say "NOT checked: advisories, because their database cannot be fetched from here"
  fi
}
