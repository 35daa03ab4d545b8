# shellcheck shell=bash
# run.sh: ./dev run. Opens the window on the engine that the Docker command line would use.

# What `archlight` ends with when no engine answers.
no_engine=3

dev_run() {
  set_up_to_build
  build_all
  local sample=() status=0
  "$target/debug/archlight" "$@" status > /dev/null 2>&1 || status=$?
  if [ "$status" = "$no_engine" ]; then
    sample=(--sample)
    say "no Docker engine answers: showing the built-in SAMPLE engine, none of which is yours"
    note "for a real one, start Docker Desktop, OrbStack or Colima, or set \`DOCKER_HOST\`;"
    note "on Linux \`./dev engines up\` starts two to try"
  fi
  if has_display; then
    say "opening the window"
    "$target/debug/archlight-app" ${sample[@]+"${sample[@]}"} "$@"
  else
    say "there is no display here, so these are the reports \`status\` and \`containers\` instead of the window"
    "$target/debug/archlight" ${sample[@]+"${sample[@]}"} "$@" status
    "$target/debug/archlight" ${sample[@]+"${sample[@]}"} "$@" containers
  fi
}

has_display() {
  on_macos || [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]
}
