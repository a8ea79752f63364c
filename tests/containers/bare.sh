#!/usr/bin/env bash
# What README promises to somebody who has just come: Debian, a C compiler, Rust, these sources, and then its own commands.
#
#   eval "$(tests/containers/engine.sh up)"
#   tests/containers/images.sh bare
#   tests/containers/bare.sh             BARE_SECTIONS are the sections of tests/run.sh that are run, instead of those of below;
#                                        empty: none
#
# `cargo run` is run by a user who has never built anything, on a machine that reaches nothing: crates come from what this machine
# has downloaded already. It ends when the page has answered, and the processor time is told that it took until then. The tests
# run as root, who may install what is missing, with the network of this machine.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sections=${BARE_SECTIONS-format services-tests embedded-tests docs}
name=telemedicine-bare-$$
began=$SECONDS

say() { printf '%4d s  %s\n' "$((SECONDS - began))" "$*"; }
finish() {
  local code=$?
  trap - EXIT
  docker rm --force --volumes "$name" > /dev/null 2>&1 || true
  exit "$code"
}
trap finish EXIT
trap 'exit 143' TERM INT

# The sources as they would be checked out, with what is changed here.
sources() { git -C "$root" ls-files -z --cached --others --exclude-standard | tar --create --directory "$root" --null --files-from - --ignore-failed-read; }

start() { # options of docker run…
  docker rm --force --volumes "$name" > /dev/null 2>&1 || true
  docker run --detach --init --name "$name" "$@" telemedicine-bare sleep infinity > /dev/null
  # The ordinary client finds here what it would otherwise download, and where from.
  docker exec "$name" mkdir -p /home/newcomer/.cargo/registry /home/newcomer/telemedicine
  tar --create --directory "$cargo_home" $(cd "$cargo_home" && ls -d config.toml registry/index registry/cache 2>/dev/null) |
    docker exec --interactive "$name" tar --extract --directory /home/newcomer/.cargo
  sources | docker exec --interactive "$name" tar --extract --directory /home/newcomer/telemedicine
  docker exec "$name" chown -R newcomer:newcomer /home/newcomer
}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
as_newcomer() { docker exec --interactive --user newcomer --workdir /home/newcomer/telemedicine --env HOME=/home/newcomer --env USER=newcomer "$name" "$@"; }

start --network none
say "a machine with $(docker exec "$name" rustc --version), and a C compiler"
for program in git curl python3 psql redis-server node pkg-config cmake; do
  if docker exec "$name" sh -c "command -v $program" > /dev/null; then say "it has $program, which README does not ask for"; exit 1; fi
done

# Two cores and nothing else to do would take half of that.
as_newcomer bash -s <<'COMMANDS'
TIMEFORMAT='%0U %0S %0R'
{ time cargo run > ~/output 2>&1; } 2> ~/times &
answer() { exec 3<> /dev/tcp/127.0.0.1/8000 && printf "$@" >&3 && timeout 20 cat <&3; }
until answer 'GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nConnection: close\r\n\r\n' > ~/page 2> /dev/null; do
  kill -0 $! || { tail -n 40 ~/output; exit 1; }
  sleep 1
done
head -n 1 ~/page | grep -q ' 200 ' || { cat ~/page; exit 1; }
body='email=doctor1%40demo.test&password=demo-pass-2026'
answer 'POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s' \
  "${#body}" "$body" | head -n 1 | grep -q ' 303 ' || { echo 'the demo account of the greeting cannot sign in'; exit 1; }
# Ctrl-C.
for process in /proc/[0-9]*; do
  case $(readlink "$process/exe" || true) in */target/debug/telemedicine) kill -INT "${process#/proc/}" ;; esac
done
wait
COMMANDS
read -r user system wall <<< "$(as_newcomer cat /home/newcomer/times < /dev/null | tail -n 1)"
say "cargo run: the page answers, and the doctor of the greeting signs in"
say "cargo run: $((user + system)) s of processor time (the goal is 500), $wall s on the clock, $(as_newcomer du -sh target | cut -f1) in target"
as_newcomer grep -q 'doctor1@demo.test' /home/newcomer/output || { say "the greeting does not name the demo accounts"; exit 1; }
if as_newcomer grep -n '^warning' /home/newcomer/output; then say "a new build warns"; exit 1; fi

[ -n "$sections" ] || exit 0
# As any machine has it: a container has 64 MB of it by itself, from which no program can be run.
start --network host --tmpfs /dev/shm:rw,exec,mode=1777,size=8g
say "tests/run.sh $sections, as root"
docker exec --workdir /home/newcomer/telemedicine --env CARGO_HOME=/home/newcomer/.cargo --env CI=true "$name" bash -c "tests/run.sh $sections"
say "tests/run.sh $sections: passed"
