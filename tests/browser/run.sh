#!/usr/bin/env bash
# Looks at every page in headless Chromium, lives through a day with visits and a morning of visits by telephone, signs in with a passkey, writes a note, and sees pages change by themselves: tests/browser/run.sh [--shots FOLDER] [--role ROLE]
#
# Starts debug/telemedicine of CARGO_TARGET_DIR, else of target/ (or TELEMEDICINE, a path) as on a clean machine, embedded, with demo data, in a
# temporary folder and on a free port; opens its pages; stops it. With BASE_URL set that server is looked at instead.
# Before that, planted faults show that each check can fail. At the end a clinic day goes by on a server of its own,
# whose clock is moved; without faketime it is left out with a remark, but with CI set it is required.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${TELEMEDICINE:-$(cd "${CARGO_TARGET_DIR:-$here/../../target}" && pwd)/debug/telemedicine}
[ "${1:-}" != --shots ] || set -- --shots "$(mkdir -p "$2" && cd "$2" && pwd)" "${@:3}"

folder=$(mktemp -d "${TMPDIR:-/tmp}/telemedicine-browser.XXXXXX")
server=
stop() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
finish() {
  local code=$?
  if [ -n "$server" ]; then
    stop
    [ "$code" = 0 ] || { echo "--- the server's last lines:"; tail -n 30 "$folder/log"; }
  fi
  rm -rf "$folder"
  exit "$code"
}
trap finish EXIT

start() { # settings of this server, NAME=VALUE
  local port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
  # A name, not a number: browsers make no passkeys for a number.
  export BASE_URL=http://localhost:$port
  rm -rf "$folder/data"
  # Only what a program needs, so that settings of the caller (a database, a Redis) do not reach it.
  (cd "$folder" && exec env -i PATH="$PATH" HOME="$HOME" BIND="127.0.0.1:$port" PUBLIC_URL="$BASE_URL" RUST_LOG=warn "$@" "$program" serve > "$folder/log" 2>&1) &
  server=$!
  sleep 1
  kill -0 "$server" 2>/dev/null || { echo "the server did not start:"; cat "$folder/log"; exit 1; }
}

cd "$here"
npm ci --no-audit --no-fund --loglevel=error
node planted.mjs

own=
[ -n "${BASE_URL:-}" ] || { own=yes; start; }
node pages.mjs "$@"
node day.mjs
node passkey.mjs
node notes.mjs
SERVER_PID=$server node live.mjs
[ -n "$own" ] || exit 0
stop

# What faketime would preload, with `$LIB` for the dynamic linker to fill in. Itself it could set a clock but not move it.
library=$(faketime -m '2020-01-01 00:00:00' env 2>/dev/null | sed -n 's/^LD_PRELOAD=//p') || true
if [ -z "$library" ]; then
  echo "left out: the clinic day needs faketime" >&2
  [ -z "${CI:-}" ]
  exit
fi
export CLINIC_DAY=${CLINIC_DAY:-2026-11-24} CLOCK_FILE=$folder/clock
# Ahead of the machine's clock by so much that it is before the week before that day. Timers go on as they are.
printf '%+d\n' $(($(date -u -d "$CLINIC_DAY - 8 days" +%s) - $(date +%s))) > "$CLOCK_FILE"
start SESSION_IDLE_MINUTES=720 LD_PRELOAD="$library" FAKETIME_TIMESTAMP_FILE="$CLOCK_FILE" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
node clinic_day.mjs
node morning.mjs
