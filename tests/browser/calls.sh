#!/usr/bin/env bash
# The check of devices, and the call, in two Chromiums, at two servers, through a relay: tests/browser/calls.sh [--shots FOLDER]
#
# Starts debug/telemedicine of CARGO_TARGET_DIR, else of target/ (or TELEMEDICINE, a path) twice, on a Postgres and a Redis of their own (tests/services.sh),
# and coturn on this machine's loopback. ONLY=PATTERN looks at some parts. CALLS=matrix tries each way that a call can take with all that can befall it, in
# half an hour (matrix.mjs; PATHS=PATTERN: some ways); CALLS=all does both.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${TELEMEDICINE:-$(cd "${CARGO_TARGET_DIR:-$here/../../target}" && pwd)/debug/telemedicine}
[ "${1:-}" != --shots ] || { SHOTS=$(mkdir -p "$2" && cd "$2" && pwd); export SHOTS; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/telemedicine-calls.XXXXXX")
export TEST_SERVICES_STATE=$folder/services
finish() {
  local code=$? log
  for log in log relay; do
    if [ "$code" != 0 ] && [ -s "$folder/$log" ]; then echo "--- the last lines of $log:"; tail -n 30 "$folder/$log"; fi
  done
  [ ! -d "$folder/services" ] || "$here/../services.sh" down || true
  rm -rf "$folder"
  exit "$code"
}
trap finish EXIT

free_port() { echo $((20000 + (RANDOM * 32768 + RANDOM) % 12000)); }

unset TEST_DATABASE_URL TEST_REDIS_URL
exports=$("$here/../services.sh" up) || { echo "left out: calls need PostgreSQL and Redis" >&2; [ -z "${CI:-}" ]; exit; }
eval "$exports"
export DATABASE_URL=$TEST_DATABASE_URL REDIS_URL=$TEST_REDIS_URL FOLDER=$folder PROGRAM=$program
if [ -s "$folder/services/redis.container" ]; then
  REDIS_PID=$(docker inspect --format '{{.State.Pid}}' "$(cat "$folder/services/redis.container")")
else
  REDIS_PID=$(cat "$folder/services/redis.pid")
fi
export REDIS_PID

cd "$here"
npm ci --no-audit --no-fund --loglevel=error
cd "$folder"
env -i PATH="$PATH" DATABASE_URL="$DATABASE_URL" RUST_LOG=warn "$(dirname "$program")/migration" up > "$folder/log" 2>&1
env -i PATH="$PATH" DATABASE_URL="$DATABASE_URL" REDIS_URL="$REDIS_URL" RUST_LOG=warn "$program" demo --hospitals 1 --doctors 1 --patients 1 --appointments 0 >> "$folder/log" 2>&1
export BASE_URL=http://localhost:$(free_port) OTHER_URL=http://localhost:$(free_port)
case ${CALLS:-short} in
  short) timeout --kill-after=20 900 node "$here/calls.mjs" ;;
  matrix) timeout --kill-after=20 3600 node "$here/matrix.mjs" ;;
  all) timeout --kill-after=20 900 node "$here/calls.mjs"; timeout --kill-after=20 3600 node "$here/matrix.mjs" ;;
  *) echo "CALLS is short, matrix or all" >&2; exit 2 ;;
esac
