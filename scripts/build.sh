# shellcheck shell=bash
# build.sh: builds the page and the programs. Sourced by ./dev.

build_all() {
  build_page
  say "building the programs"
  cargo build --locked -p archlight-cli -p archlight-app
}

# The page is built again only when something that it is made of is newer.
build_page() {
  install_page_packages
  [ ! -e ui/dist/index.html ] || [ -n "$(newer_page_source)" ] || return 0
  say "building the page"
  npm run --silent --prefix ui build
}

install_page_packages() {
  [ ui/node_modules/.package-lock.json -nt ui/package-lock.json ] && return
  say "fetching what the page is built with (into ui/node_modules)"
  npm ci --loglevel=error --no-audit --no-fund --prefix ui
  # npm keeps the date of what it unpacks, so that the comparison above could stay true for ever.
  touch ui/node_modules/.package-lock.json
}

newer_page_source() {
  find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -newer ui/dist/index.html -print | head -n 1
}
