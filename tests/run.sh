#!/usr/bin/env bash
# Everything that must hold before a change is kept, in the order of how soon it fails.
#
#   tests/run.sh                  all sections
#   tests/run.sh SECTION…         only these: format lint supply services-tests embedded-tests docs browser calls containers
#   tests/run.sh image            the whole Dockerfile, built: half an hour; `all` has only the stage that runs
#   tests/run.sh bare             README's commands on a machine with nothing but what it names: an hour, and 6 GB of disk
#   tests/run.sh sbom             what is built in, as CycloneDX in target/sbom
#
# The first section that fails ends the run with its name. On Debian, as root, what is missing is installed.
# Elsewhere the browser and the supply checks are left out with a remark when their programs are missing;
# with CI set they are required. Left out with a remark, also in CI, is what a machine has or has not: containers wherever no Docker engine
# runs and none can be started, calls without coturn, the advisories without their database or the host that it comes from, and in the containers
# what hadolint says of the Dockerfile where it is not installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

all="format lint supply services-tests embedded-tests docs browser calls containers"
apart="image bare sbom"
sections=${*:-$all}
cargo_deny_version=0.20.2
cargo_cyclonedx_version=0.5.9
began=$SECONDS
section=
done_sections=()

remark() { printf '%s\n' "$*" >&2; }

# ---------------------------------------------------------------- what the sections need

debian_root() { [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; }

install() { # packages
  debian_root || return 1
  remark "installing $*"
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  { apt-get -o DPkg::Lock::Timeout=180 update -qq &&
    apt-get -o DPkg::Lock::Timeout=180 install -y -qq --no-install-recommends "$@"; } >&2
}

needed() { # program, package
  command -v "$1" >/dev/null || install "$2" >/dev/null && command -v "$1" >/dev/null
}

toolchain() {
  command -v cargo >/dev/null || { remark "no cargo here: install Rust from https://rustup.rs"; return 1; }
  needed cc build-essential || { remark "no C compiler here: SQLite and ring are compiled with one"; return 1; }
  needed make make || { remark "no make here: the allocator is compiled with it"; return 1; }
  if command -v rustup >/dev/null; then
    cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
    cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
  fi
}

# A section that cannot run here: an error where everything is required.
leave_out() {
  remark "left out: $*"
  [ -z "${CI:-}" ]
}

# What tests write is thrown away, and every test makes and removes some hundred files: on a disk half of the processor time of the whole suite went
# into finding free inodes. So it stays in memory where there is room for it.
in_memory() {
  [ -z "$memory" ] || export TMPDIR=$memory
}

room_in_memory() {
  local free
  [ -w /dev/shm ] && free=$(df --output=avail --block-size=1M /dev/shm 2>/dev/null | tail -n 1) && [ "$free" -ge 4096 ] &&
    free=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo) && [ "$free" -ge 8388608 ]
}

# A folder there, from which programs can be run as well: tests of documentation are. In a container they cannot by default.
folder_in_memory() {
  local folder
  folder=$(mktemp -d /dev/shm/telemedicine-run.XXXXXX)
  printf '#!/bin/sh\n' > "$folder/program" && chmod 700 "$folder/program"
  if "$folder/program" 2>/dev/null; then
    rm "$folder/program"
    # The database's own user has to get in.
    chmod 711 "$folder"
    echo "$folder"
  else
    rm -r "$folder"
  fi
}

chromium_here() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

# ---------------------------------------------------------------- the sections

format() { cargo fmt --all --check; }

# First what needs no build.
lint() {
  if needed perl perl; then
    tests/mutation/listed.sh
  else
    leave_out "the list of equivalent mutants is checked with perl"
  fi
  cargo clippy --locked --workspace --all-targets -- -D warnings
}

# A try to fetch it that fails leaves a file beside it.
advisories_here() { compgen -G "${CARGO_HOME:-$HOME/.cargo}/advisory-db*/*/" >/dev/null; }

# Which crates may be built in, from where and under which licence: deny.toml. Without optimisation the tool is
# installed in two minutes. The advisories come from another host, which not every machine reaches: where their database
# is not here and cannot be fetched within a minute, they are left out, also in CI.
supply() {
  if ! cargo deny --version >/dev/null 2>&1; then
    if [ -z "${CI:-}" ]; then
      leave_out "cargo-deny is not installed (cargo install cargo-deny --locked)"
      return
    fi
    cargo install cargo-deny --version "$cargo_deny_version" --locked --debug --quiet --target-dir target/tools
  fi
  cargo deny --locked check bans licenses sources
  advisories_here || timeout --kill-after=5 60 cargo deny fetch db >/dev/null 2>&1 || true
  if advisories_here; then
    cargo deny --locked --offline check advisories
  else
    remark "left out: the advisories. Their database is not here and could not be fetched (cargo deny fetch db)."
  fi
}

# Which crates are in the programs. Without optimisation the tool is installed in two minutes.
sbom() {
  local file
  cargo cyclonedx --version >/dev/null 2>&1 ||
    cargo install cargo-cyclonedx --version "$cargo_cyclonedx_version" --locked --debug --quiet --target-dir target/tools
  cargo cyclonedx --format json --spec-version 1.5 --target x86_64-unknown-linux-gnu --describe binaries
  mkdir -p target/sbom
  # The tool puts them beside the manifests.
  for file in *_bin.cdx.json migration/*_bin.cdx.json; do
    [ ! -e "$file" ] || mv "$file" target/sbom/
  done
  rm -f -- *.cdx.json entity/*.cdx.json migration/*.cdx.json
  ls -l target/sbom
}

# Most tests wait, for a server or a moment, most of their time.
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((3 * $(getconf _NPROCESSORS_ONLN)))}

# `cargo test`. The walks take longest and keep one processor busy, so they begin first, beside all others. After a failure it says once more why each
# failed: in a log of which only the end is looked at, that lies behind all that servers said.
tested() { # arguments of cargo
  local code=0 walks
  cargo test --locked --no-run "$@"
  cargo test --locked --test coherence walk:: > "$scratch/walks.log" 2>&1 &
  walks=$!
  cargo test --locked --no-fail-fast "$@" -- --skip walk:: 2>&1 | tee "$scratch/tests.log" || code=$?
  wait "$walks" || code=$?
  tee -a "$scratch/tests.log" < "$scratch/walks.log"
  [ "$code" = 0 ] || why_failed "$scratch/tests.log"
  return "$code"
}

why_failed() { # log
  printf '\nwhy:\n'
  grep -a -A 12 'panicked at' "$1" | grep -a -v '^ *\(at\|[0-9]*:\) ' | cut -c 1-600 | tail -n 80
}

# Redis itself may come from Docker. Tests of its outages stop, freeze and restart one of their own: a program of this machine.
services-tests() {
  local exports
  needed redis-server redis-server || { remark "the tests of outages of Redis need the program redis-server: install it"; return 1; }
  needed turnserver coturn || leave_out "the relay as turnserver.conf has it is tried with coturn"
  in_memory
  exports=$(tests/services.sh up)
  eval "$exports"
  tested --workspace
}

# The same suite as `cargo run` on a clean machine: SQLite, and sessions in the process.
embedded-tests() {
  in_memory
  unset TEST_DATABASE_URL TEST_REDIS_URL
  # There is one instance here, which tells nobody: fewer walks.
  export WALK_CASES=${WALK_CASES:-3}
  tested --test web --test session --test coherence
}

# The programs as the tests have built them: by themselves they would be built with fewer features of a few crates, and so would all that
# stands on these, once more.
programs() { cargo build --locked --workspace --bins --tests; }

docs() { RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps; }

browser() {
  needed node nodejs || { leave_out "the browser checks need Node 18 or newer"; return; }
  needed npm npm || { leave_out "the browser checks need npm"; return; }
  chromium_here >/dev/null || install chromium && chromium_here >/dev/null || { leave_out "the browser checks need Chromium"; return; }
  needed faketime faketime || leave_out "the clinic day needs faketime"
  programs
  in_memory
  CHROMIUM=$(chromium_here) tests/browser/run.sh
}

calls() {
  needed node nodejs || { leave_out "calls need Node 18 or newer"; return; }
  needed npm npm || { leave_out "calls need npm"; return; }
  chromium_here >/dev/null || install chromium && chromium_here >/dev/null || { leave_out "calls need Chromium"; return; }
  needed turnserver coturn || { remark "left out: calls. There is no coturn here, so nothing of this section was checked."; return 0; }
  programs
  in_memory
  CHROMIUM=$(chromium_here) tests/browser/calls.sh
}

# Images from a registry if an engine runs here, which may reach one; else stand-ins made of this system's packages.
images() {
  local image
  if [ "$ENGINE" = own ]; then
    timeout 900 tests/containers/images.sh "$@"
    return
  fi
  for image in debian:bookworm-slim postgres:16 redis:7-alpine nginx:1-alpine; do
    docker image inspect "$image" >/dev/null 2>&1 || timeout 300 docker pull --quiet "$image" || return 1
  done
}

# Exports the engine, or says that there is none.
engine() {
  local exports code=0
  exports=$(timeout 600 tests/containers/engine.sh up) || code=$?
  [ "$code" = 0 ] || { remark "left out: containers. No Docker engine is to be had here, so nothing of this section was checked."; return 1; }
  eval "$exports"
}

containers() {
  local exports
  needed curl curl && needed openssl openssl && needed strip binutils || { leave_out "the containers are asked with curl, openssl and strip"; return; }
  engine || return 0
  images || { remark "left out: containers. The images cannot be pulled here."; return 0; }
  programs
  timeout --kill-after=60 900 tests/containers/run.sh target/debug
  # The suite once more through what Docker serves, as far as it has to do with both services.
  needed redis-server redis-server || { leave_out "the tests of outages of Redis need the program redis-server"; return; }
  unset TEST_DATABASE_URL TEST_REDIS_URL
  exports=$(TEST_SERVICES_STATE=$scratch/docker-services tests/services.sh up)
  eval "$exports"
  [ -s "$scratch/docker-services/postgres.container" ] && [ -s "$scratch/docker-services/redis.container" ]
  cargo test --locked --workspace --test session
  cargo test --locked --workspace --test web -- booking:: sessions::
  TEST_SERVICES_STATE=$scratch/docker-services tests/services.sh down
}

# The Dockerfile as it stands. On an engine of its own the registry of crates is reached through the machine's network.
image() {
  engine || return 0
  images builder || { remark "left out: the image. The images that it is made of cannot be pulled here."; return 0; }
  DOCKER_BUILDKIT=0 timeout 5400 docker build --network host --tag telemedicine-test .
  docker run --rm --network none telemedicine-test telemedicine --version
  docker image inspect --format '{{.Size}} bytes' telemedicine-test
}

# Nothing but Debian, a C compiler and Rust, somebody who has just come, and the commands of README.
bare() {
  engine || return 0
  [ "$ENGINE" = own ] || { remark "left out: the bare machine is made of this system's packages, on an engine of its own."; return 0; }
  timeout 900 tests/containers/images.sh bare
  tests/containers/bare.sh
}

# ---------------------------------------------------------------- the run

# The services are this run's own, so that ending it stops nothing that somebody else started.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/telemedicine-run.XXXXXX")
export TEST_SERVICES_STATE=$scratch/services TEST_ENGINE_STATE=$scratch/engine
memory=
! room_in_memory || memory=$(folder_in_memory)

finish() {
  local code=$?
  trap - EXIT
  [ -z "${beside_pid:-}" ] || kill "$beside_pid" 2>/dev/null || true
  [ ! -d "$TEST_SERVICES_STATE" ] || tests/services.sh down || true
  [ ! -d "$scratch/docker-services" ] || TEST_SERVICES_STATE=$scratch/docker-services tests/services.sh down || true
  [ ! -d "$TEST_ENGINE_STATE" ] || tests/containers/engine.sh down || true
  rm -rf "$scratch" ${memory:+"$memory"}
  printf '\n'
  for line in "${done_sections[@]:-}"; do
    [ -z "$line" ] || printf '  %s\n' "$line"
  done
  if [ "$code" = 0 ]; then
    printf 'All sections passed in %d s.\n' "$((SECONDS - began))"
  else
    printf 'FAILED in section: %s (after %d s)\n' "${section:-setup}" "$((SECONDS - began))"
  fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for section in $sections; do
  case " $all $apart " in *" $section "*) ;; *) remark "no section $section; there are: $all, and apart from all: $apart"; exit 2 ;; esac
done
section=toolchain
toolchain
# In CI, what nothing waits for runs beside the browsers, which leave a third of the processors idle. What it says comes when it has ended.
beside=
if [ -n "${CI:-}" ] && [ "$sections" = "$all" ]; then
  beside="supply docs"
  sections="format lint services-tests embedded-tests browser calls containers"
fi
for section in $sections; do
  printf '\n======== %s ========\n\n' "$section"
  start=$SECONDS
  if [ -n "$beside" ] && [ "$section" = browser ]; then
    (
      set -e
      for section in $beside; do
        printf '\n======== %s ========\n\n' "$section"
        "$section" < /dev/null
      done
    ) > "$scratch/beside.log" 2>&1 &
    beside_pid=$!
  fi
  # In a process of its own with `set -e` in force, so that each command in a section counts.
  set +e
  (set -e; "$section" < /dev/null)
  code=$?
  set -e
  [ "$code" = 0 ] || exit "$code"
  done_sections+=("$(printf '%-15s %5d s' "$section" "$((SECONDS - start))")")
  if [ -n "$beside" ] && [ "$section" = browser ]; then
    section=$beside
    set +e
    wait "$beside_pid"
    code=$?
    set -e
    cat "$scratch/beside.log"
    [ "$code" = 0 ] || exit "$code"
    done_sections+=("$(printf '%-15s beside the browsers' "$beside")")
  fi
done
section=
