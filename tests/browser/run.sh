#!/usr/bin/env bash
# Looks at every page in headless Chromium, lives through a day with visits and a morning of visits by telephone, signs in with a passkey, writes a note, prints a day,
# and sees pages change by themselves, at one server and at two: tests/browser/run.sh [--shots FOLDER] [--role ROLE]
#
# Starts debug/telemedicine of CARGO_TARGET_DIR, else of target/ (or TELEMEDICINE, a path) as on a clean machine, embedded, with demo data, in a
# temporary folder and on a free port; opens its pages; stops it. With BASE_URL set that server is looked at instead.
# Before that, planted faults show that each check can fail. Two servers then stand on a Postgres and a Redis of their own (tests/services.sh), which
# are struck; where there are none they are left out with a remark, but with CI set they are required. At the end a clinic day goes by on a server of its own,
# whose clock is moved, then a morning by telephone and the day of a desk with twenty doctors and the journey of a patient; without faketime it is left out with a remark, but with CI set it is required.
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
  stop
  if [ "$code" != 0 ] && [ -s "$folder/log" ]; then echo "--- the server's last lines:"; tail -n 30 "$folder/log"; fi
  [ ! -d "$folder/services" ] || TEST_SERVICES_STATE=$folder/services "$here/../services.sh" down || true
  rm -rf "$folder"
  exit "$code"
}
trap finish EXIT

free_port() { echo $((20000 + (RANDOM * 32768 + RANDOM) % 12000)); }

start() { # settings of this server, NAME=VALUE
  local port
  port=$(free_port)
  # A name, not a number: browsers make no passkeys for a number.
  export BASE_URL=http://localhost:$port
  rm -rf "$folder/data"
  # Only what a program needs, so that settings of the caller (a database, a Redis) do not reach it.
  (cd "$folder" && exec env -i PATH="$PATH" HOME="$HOME" BIND="127.0.0.1:$port" PUBLIC_URL="$BASE_URL" RUST_LOG=warn "$@" "$program" serve > "$folder/log" 2>&1) &
  server=$!
  sleep 1
  kill -0 "$server" 2>/dev/null || { echo "the server did not start:"; cat "$folder/log"; exit 1; }
}

# Two servers, and what they stand on: nobody else's, for it is stopped and cut off.
instances() (
  export TEST_SERVICES_STATE=$folder/services
  unset TEST_DATABASE_URL TEST_REDIS_URL
  exports=$("$here/../services.sh" up) || { echo "left out: two servers need PostgreSQL and Redis" >&2; [ -z "${CI:-}" ]; exit; }
  eval "$exports"
  export DATABASE_URL=$TEST_DATABASE_URL REDIS_URL=$TEST_REDIS_URL REDIS_PID FOLDER=$folder PROGRAM=$program
  if [ -s "$folder/services/redis.container" ]; then
    REDIS_PID=$(docker inspect --format '{{.State.Pid}}' "$(cat "$folder/services/redis.container")")
  else
    REDIS_PID=$(cat "$folder/services/redis.pid")
  fi
  cd "$folder"
  env -i PATH="$PATH" DATABASE_URL="$DATABASE_URL" RUST_LOG=warn "$(dirname "$program")/migration" up > "$folder/log" 2>&1
  env -i PATH="$PATH" DATABASE_URL="$DATABASE_URL" REDIS_URL="$REDIS_URL" RUST_LOG=warn "$program" demo --hospitals 1 --doctors 1 --patients 1 --appointments 0 >> "$folder/log" 2>&1
  BASE_URL=http://localhost:$(free_port) OTHER_URL=http://localhost:$(free_port) node "$here/instances.mjs"
  "$here/../services.sh" down
)

cd "$here"
npm ci --no-audit --no-fund --loglevel=error
node planted.mjs

own=
[ -n "${BASE_URL:-}" ] || { own=yes; start; }
node pages.mjs "$@"
node day.mjs
node passkey.mjs
node notes.mjs
node day_book.mjs
node live.mjs
[ -n "$own" ] || exit 0
stop
instances

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
node desk_day.mjs
node patient_day.mjs
