#!/usr/bin/env bash
# A scanner from outside, wapiti, signed in as each role, each time at a server of its own with demo data, because it sends every form that it finds.
#
#   tests/scan.sh [ROLE…]     roles: visitor super admin doctor patient; all, if none is named
#
# Starts debug/telemedicine of CARGO_TARGET_DIR, else of target/ (or TELEMEDICINE, a path), embedded, in a temporary folder and on a free port. SCAN_SECONDS (600) is how long
# a role is scanned at most. Needs curl, Python, and wapiti: on the path, or it is installed into target/tools. What it found is printed; anything at all fails.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${TELEMEDICINE:-$(cd "${CARGO_TARGET_DIR:-$here/../target}" && pwd)/debug/telemedicine}
wapiti_version=3.2.3
modules=crlf,csp,exec,file,htaccess,http_headers,permanentxss,redirect,sql,upload,xss

folder=$(mktemp -d "${TMPDIR:-/tmp}/telemedicine-scan.XXXXXX")
server=
stop() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
trap 'code=$?; stop; rm -rf "$folder"; exit $code' EXIT

free_port() { echo $((20000 + (RANDOM * 32768 + RANDOM) % 12000)); }

scanner() {
  command -v wapiti && return
  local tools=$here/../target/tools/wapiti
  if [ ! -x "$tools/bin/wapiti" ]; then
    python3 -m venv "$tools" >&2
    "$tools/bin/pip" install --quiet "wapiti3==$wapiti_version" >&2
  fi
  echo "$tools/bin/wapiti"
}

start() {
  local port
  port=$(free_port)
  origin=http://127.0.0.1:$port
  rm -rf "$folder/data"
  (cd "$folder" && exec env -i PATH="$PATH" HOME="$HOME" BIND="127.0.0.1:$port" PUBLIC_URL="$origin" RUST_LOG=warn "$program" serve > "$folder/log" 2>&1) &
  server=$!
  for _ in $(seq 300); do
    ! curl -fsS -o /dev/null "$origin/health/ready" 2>/dev/null || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  echo "the server does not start:" >&2
  cat "$folder/log" >&2
  return 1
}

# The session that the demo account of that role gets, as a Cookie header.
session_of() {
  curl -fsS -o /dev/null -c "$folder/jar" -H "Origin: $origin" --data-urlencode "email=$1@demo.test" --data-urlencode "password=demo-pass-2026" "$origin/sign-in"
  awk '$6 == "session" || $6 ~ /session$/ { print "Cookie: " $6 "=" $7 }' "$folder/jar"
}

scan() { # role
  local account=$1 headers=(-H "Origin: $origin") first=/dashboard cookie
  case $1 in
    visitor) first=/ account= ;;
    super) ;;
    *) account=${1}1 ;;
  esac
  if [ -n "$account" ]; then
    cookie=$(session_of "$account")
    [ -n "$cookie" ] || { echo "$account@demo.test cannot sign in" >&2; return 1; }
    headers+=(-H "$cookie")
  fi
  "$wapiti" -u "$origin$first" --scope folder "${headers[@]}" -m "$modules" --max-scan-time "${SCAN_SECONDS:-600}" \
    -x "$origin/sign-out*" -x "$origin/profile/sessions*" -x "$origin/profile/password*" -x "$origin/profile/second-factor*" \
    --store-session "$folder/session" --flush-session --no-bugreport -f json -o "$folder/report.json" -v 0 > "$folder/scan" 2>&1 ||
    { tail -n 20 "$folder/scan" >&2; return 1; }
  # Signed in until the end, or nothing was looked at.
  if [ -n "$account" ]; then
    curl -fsS -o /dev/null -w '%{http_code}' -H "$cookie" "$origin/profile" | grep -qx 200 || { echo "$1: the scan was signed out on the way" >&2; return 1; }
  fi
  if grep -iE "panicked|ERROR" "$folder/log" >&2; then echo "$1: the server's log tells of that" >&2; return 1; fi
  python3 - "$folder/report.json" "$1" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
found = [(kind, one["method"], one["path"], one["info"]) for part in ("vulnerabilities", "anomalies") for kind, all_of in report[part].items() for one in all_of]
pages = report["infos"].get("crawled_pages_nbr", 0)
print(f"{sys.argv[2]}: {pages} pages and forms, {len(found)} findings")
for one in found:
    print("  ", *one)
sys.exit(1 if found or pages < 3 else 0)
PYTHON
}

wapiti=$(scanner)
failed=
for role in ${*:-visitor super admin doctor patient}; do
  start
  scan "$role" || failed+=" $role"
  stop
done
[ -z "$failed" ] || { echo "FAILED:$failed" >&2; exit 1; }
