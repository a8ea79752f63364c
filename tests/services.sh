#!/usr/bin/env bash
# Postgres and Redis for the tests.
#
#   eval "$(tests/services.sh up)"    start what is missing, then export TEST_DATABASE_URL and TEST_REDIS_URL
#   tests/services.sh down            stop what `up` started, and nothing else
#
# A URL that is already set is used as it is. Otherwise each service comes from a running Docker engine
# (the images of compose.yaml, published on loopback), else from programs on this machine, started on a
# free loopback port in a temporary folder. On Debian, as root, missing programs are installed.
#
# What was started is remembered in TEST_SERVICES_STATE (default: a folder for this checkout under TMPDIR).
# Standard output holds only the export lines; everything said to a person goes to standard error.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=${TEST_SERVICES_STATE:-${TMPDIR:-/tmp}/telemedicine-services-$(id -u)-$(printf %s "$root" | cksum | cut -d' ' -f1)}

say() { printf 'services: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# ---------------------------------------------------------------- state

# The folder is private and must be ours: pids and folders to remove are read back from it.
open_state() {
  umask 077
  mkdir -p "$state"
  [ -O "$state" ] && [ ! -L "$state" ] || die "$state belongs to somebody else; set TEST_SERVICES_STATE to a folder of your own."
}

remember() { # name, value…
  local name=$1
  shift
  printf '%s\n' "$@" > "$state/$name"
}

recall() { cat "$state/$1" 2>/dev/null || true; }

# True while the process that was started still runs. A pid alone may meanwhile have been given to another
# process, so the mark (a folder, an address) must stand in its command line too.
running() { # service
  local pid mark line
  pid=$(recall "$1.pid") mark=$(recall "$1.mark")
  [ -n "$pid" ] && [ -n "$mark" ] && kill -0 "$pid" 2>/dev/null || return 1
  if [ -r "/proc/$pid/cmdline" ]; then
    line=$(tr '\0' ' ' < "/proc/$pid/cmdline")
  else
    line=$(ps -o args= -p "$pid" 2>/dev/null)
  fi
  case $line in *"$mark"*) return 0 ;; *) return 1 ;; esac
}

stopped() { ! running "$1"; }

wait_for() { # seconds, command…
  local tries=$(($1 * 10))
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.1
  done
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the range from which systems take outgoing ports, so that no client connection holds it by chance.
free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    listening "$port" || { echo "$port"; return 0; }
  done
  die "found no free port between 20000 and 32000."
}

random_word() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# ---------------------------------------------------------------- Docker

limited() { if command -v timeout >/dev/null; then timeout "$@"; else shift; "$@"; fi; }

docker_runs() { command -v docker >/dev/null && limited 10 docker info >/dev/null 2>&1; }

image_of() { # service in compose.yaml
  sed -n "/^  $1:/,/^  [a-z]/ s/^ *image: *//p" "$root/compose.yaml" | head -n 1
}

docker_port() { docker port "$1" "$2/tcp" | sed -n 's/^127\.0\.0\.1://p' | head -n 1; }

docker_postgres() {
  local id password port
  password=$(random_word)
  # The container is given its port by the engine; the server settings trade durability for speed.
  id=$(docker run --detach --rm --publish 127.0.0.1::5432 --shm-size 256m \
    --env POSTGRES_PASSWORD="$password" --env POSTGRES_INITDB_ARGS="$initdb_options" \
    "$(image_of database)" $(postgres_tuning)) || return 1
  remember postgres.container "$id"
  port=$(docker_port "$id" 5432)
  # During its first start the image serves on its own socket only; so ask through TCP.
  wait_for 60 docker exec "$id" pg_isready --quiet --host=127.0.0.1 && listening "$port" || return 1
  remember database.url "postgres://postgres:$password@127.0.0.1:$port/postgres"
}

docker_redis() {
  local id port
  id=$(docker run --detach --rm --publish 127.0.0.1::6379 "$(image_of redis)" \
    redis-server --save '' --appendonly no) || return 1
  remember redis.container "$id"
  port=$(docker_port "$id" 6379)
  wait_for 30 docker exec "$id" redis-cli ping && listening "$port" || return 1
  remember redis.url "redis://127.0.0.1:$port"
}

# ---------------------------------------------------------------- programs on this machine

# Sorting by bytes is the same on every system, and what SQLite does.
initdb_options='--encoding=UTF8 --locale=C'

# Only for a database that is thrown away: nothing is written through to the disk.
# 300 connections: tests run in parallel, and each of them has its own database with its own pool.
postgres_tuning() {
  printf -- '-c %s ' fsync=off synchronous_commit=off full_page_writes=off \
    max_connections=300 shared_buffers=128MB max_wal_size=2GB wal_level=minimal max_wal_senders=0
}

# Debian keeps the server programs out of the PATH; newest version first.
postgres_program() {
  local dir
  command -v "$1" && return 0
  for dir in $(ls -d /usr/lib/postgresql/*/bin /usr/local/opt/postgresql*/bin /opt/homebrew/opt/postgresql*/bin /usr/pgsql-*/bin 2>/dev/null | sort -rV); do
    [ -x "$dir/$1" ] && { echo "$dir/$1"; return 0; }
  done
  return 1
}

# Postgres refuses to run as root; then it runs as the user that its package made.
as_postgres() {
  if [ "$(id -u)" != 0 ]; then "$@"
  elif command -v runuser >/dev/null; then runuser -u postgres -- "$@"
  else su postgres -s /bin/sh -c 'exec "$0" "$@"' -- "$@"
  fi
}

debian_root() { [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; }

install() { # packages
  debian_root || return 1
  say "installing $*"
  # RUNLEVEL=1 keeps the packages from starting services of their own.
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  { apt-get -o DPkg::Lock::Timeout=180 update -qq &&
    apt-get -o DPkg::Lock::Timeout=180 install -y -qq --no-install-recommends "$@"; } >&2
}

local_postgres() {
  local initdb server folder port password pid
  initdb=$(postgres_program initdb) && server=$(postgres_program postgres) ||
    { install postgresql && initdb=$(postgres_program initdb) && server=$(postgres_program postgres); } ||
    die "no PostgreSQL here: start Docker, install the PostgreSQL 14+ server with its contrib modules (Debian: postgresql), or set TEST_DATABASE_URL."

  folder=$(mktemp -d "${TMPDIR:-/tmp}/telemedicine-postgres.XXXXXX")
  remember postgres.folder "$folder"
  password=$(random_word)
  printf '%s\n' "$password" > "$folder/password"
  # Kept as MD5, where that can be made: whoever connects proves it once more, and ten thousand connections are made. Four thousand hashes for each took
  # a tenth of all that the tests take. Those that have servers of their own, and Docker's, ask for SCRAM.
  if command -v md5sum >/dev/null; then
    printf 'md5%s\n' "$(printf %s "${password}postgres" | md5sum | cut -d' ' -f1)" > "$folder/password"
  fi
  if [ "$(id -u)" = 0 ]; then
    chown -R postgres "$folder"
    as_postgres test -r "$folder/password" || die "the user postgres cannot reach $folder; set TMPDIR to a folder open to it, such as /tmp."
  fi
  # With a password, because the database's superuser may run programs: no other user of this machine gets in.
  # It is sent as it is, on this machine alone.
  # The initialisation needs a folder that the database user may enter as its current one.
  (cd "$folder" && as_postgres "$initdb" --pgdata="$folder/data" --username=postgres --pwfile="$folder/password" \
    --auth=password $initdb_options --no-sync) > "$state/initdb.log" 2>&1 ||
    { tail -n 20 "$state/initdb.log" >&2; die "PostgreSQL could not set up its folder."; }

  for _ in 1 2 3; do
    port=$(free_port)
    # The whole subshell is redirected: redirecting the function alone would keep a copy of our own output open, and
    # whoever reads that output would wait for the server to end.
    (cd "$folder" && as_postgres "$server" -D "$folder/data" -p "$port" $(postgres_tuning) \
      -c listen_addresses=127.0.0.1 -c unix_socket_directories=) >> "$state/postgres.log" 2>&1 < /dev/null &
    # The server names its own pid in its folder, and says "ready" there once it answers.
    if wait_for 30 grep -q '^ready' "$folder/data/postmaster.pid"; then
      pid=$(head -n 1 "$folder/data/postmaster.pid")
      remember postgres.pid "$pid"
      remember postgres.mark "$folder"
      remember database.url "postgres://postgres:$password@127.0.0.1:$port/postgres"
      say "PostgreSQL on port $port (pid $pid)"
      return 0
    fi
  done
  tail -n 20 "$state/postgres.log" >&2
  die "PostgreSQL did not start."
}

local_redis() {
  local server folder port pid
  server=$(command -v redis-server || command -v valkey-server) ||
    { install redis-server && server=$(command -v redis-server); } ||
    die "no Redis here: start Docker, install the Redis 6+ server (Debian: redis-server), or set TEST_REDIS_URL."

  folder=$(mktemp -d "${TMPDIR:-/tmp}/telemedicine-redis.XXXXXX")
  remember redis.folder "$folder"
  for _ in 1 2 3; do
    port=$(free_port)
    printf 'bind 127.0.0.1\nport %s\ndir %s\npidfile %s/pid\nlogfile %s/log\nsave ""\nappendonly no\ndaemonize yes\n' \
      "$port" "$folder" "$folder" "$folder" > "$folder/redis.conf"
    "$server" "$folder/redis.conf" >&2 || continue
    if wait_for 10 test -s "$folder/pid" && wait_for 10 listening "$port"; then
      pid=$(cat "$folder/pid")
      remember redis.pid "$pid"
      remember redis.mark "127.0.0.1:$port" # Redis shows its address as its command line
      remember redis.url "redis://127.0.0.1:$port"
      say "Redis on port $port (pid $pid)"
      return 0
    fi
  done
  tail -n 20 "$folder/log" >&2 || true
  die "Redis did not start."
}

# ---------------------------------------------------------------- up, down

alive() { # service, name of its URL file
  if [ -s "$state/$1.container" ]; then
    [ "$(docker inspect --format '{{.State.Running}}' "$(recall "$1.container")" 2>/dev/null)" = true ]
  else
    running "$1"
  fi || return 1
  [ -s "$state/$2.url" ]
}

start() { # service, name of its URL file
  if alive "$@"; then
    say "$1 is already up"
    return 0
  fi
  stop "$@"
  if docker_runs; then
    "docker_$1" && { say "$1 in Docker"; return 0; }
    say "Docker could not start $1; trying the programs of this machine"
    stop "$@"
  fi
  "local_$1"
}

stop() { # service, name of its URL file
  local pid folder
  if [ -s "$state/$1.container" ]; then
    docker rm --force --volumes "$(recall "$1.container")" >/dev/null 2>&1 || true
  fi
  if running "$1"; then
    pid=$(recall "$1.pid")
    kill -INT "$pid"
    # A test may have left it stopped (SIGSTOP), and then it hears nothing else.
    kill -CONT "$pid" 2>/dev/null || true
    wait_for 20 stopped "$1" || kill -KILL "$pid" 2>/dev/null || true
  fi
  folder=$(recall "$1.folder")
  case $folder in */telemedicine-"$1".*) rm -rf "$folder" ;; esac
  rm -f "$state/$1".{container,pid,mark,folder} "$state/$2.url"
}

up() {
  open_state
  # Half of it is of no use: what did start is stopped again.
  trap '[ $? = 0 ] || down' EXIT
  if [ -z "${TEST_DATABASE_URL:-}" ]; then
    start postgres database
    TEST_DATABASE_URL=$(cat "$state/database.url")
  fi
  if [ -z "${TEST_REDIS_URL:-}" ]; then
    start redis redis
    TEST_REDIS_URL=$(cat "$state/redis.url")
  fi
  printf 'export TEST_DATABASE_URL=%q TEST_REDIS_URL=%q\n' "$TEST_DATABASE_URL" "$TEST_REDIS_URL"
}

down() {
  [ -d "$state" ] || { say "nothing was started"; return 0; }
  open_state
  stop postgres database
  stop redis redis
  rm -f "$state"/{initdb,postgres}.log
  rmdir "$state" 2>/dev/null || true
}

case ${1:-} in
  up) up ;;
  down) down ;;
  *) sed -n '2,/^set -/ s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
