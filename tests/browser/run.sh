#!/usr/bin/env bash
# Looks at every page in headless Chromium, and lives through a day with visits: tests/browser/run.sh [--shots FOLDER] [--role ROLE]
#
# Starts target/debug/telemedicine (or TELEMEDICINE, a path) as on a clean machine, embedded, with demo data, in a
# temporary folder and on a free port; opens its pages; stops it. With BASE_URL set that server is looked at instead.
# Before that, planted faults show that each check can fail.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${TELEMEDICINE:-$here/../../target/debug/telemedicine}
[ "${1:-}" != --shots ] || set -- --shots "$(mkdir -p "$2" && cd "$2" && pwd)" "${@:3}"

folder=$(mktemp -d "${TMPDIR:-/tmp}/telemedicine-browser.XXXXXX")
server=
finish() {
  local code=$?
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    [ "$code" = 0 ] || { echo "--- the server's last lines:"; tail -n 30 "$folder/log"; }
  fi
  rm -rf "$folder"
  exit "$code"
}
trap finish EXIT

cd "$here"
npm ci --no-audit --no-fund --loglevel=error
node planted.mjs

if [ -z "${BASE_URL:-}" ]; then
  port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
  export BASE_URL=http://127.0.0.1:$port
  # Only what a program needs, so that settings of the caller (a database, a Redis) do not reach it.
  (cd "$folder" && exec env -i PATH="$PATH" HOME="$HOME" BIND="127.0.0.1:$port" RUST_LOG=warn "$program" serve > "$folder/log" 2>&1) &
  server=$!
  sleep 1
  kill -0 "$server" 2>/dev/null || { echo "the server did not start:"; cat "$folder/log"; exit 1; }
fi
node pages.mjs "$@"
node day.mjs
