#!/usr/bin/env bash
# The entry point of the stand-in for the image postgres:16, after what that one's documentation promises: the first start
# makes the data folder for POSTGRES_USER, with POSTGRES_PASSWORD, and the database POSTGRES_DB, and runs what is in
# /docker-entrypoint-initdb.d while only its own socket answers. Either may stand in a file (POSTGRES_PASSWORD_FILE). As root
# it goes on as the user postgres.
set -euo pipefail

if [ "${1:-postgres}" = postgres ] || [ "${1#-}" != "$1" ]; then
  [ "${1:-}" = postgres ] && shift
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown -R postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" postgres "$@"
  fi
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    [ -z "${POSTGRES_PASSWORD_FILE:-}" ] || POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    if [ -z "${POSTGRES_PASSWORD:-}" ]; then
      printf '%s\n' 'Error: the database is not initialised and POSTGRES_PASSWORD is not given.' >&2
      exit 1
    fi
    user=${POSTGRES_USER:-postgres} name=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}
    chmod 700 "$PGDATA" 2>/dev/null || true
    # The options are words of a command line.
    # shellcheck disable=SC2086
    initdb --pgdata="$PGDATA" --username="$user" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") \
      --auth-local=trust --auth-host=scram-sha-256 --no-sync ${POSTGRES_INITDB_ARGS:-} > /dev/null
    printf 'host all all all scram-sha-256\n' >> "$PGDATA/pg_hba.conf"
    pg_ctl --pgdata="$PGDATA" --wait --options='-c listen_addresses=' start > /dev/null
    [ "$name" = postgres ] || psql --quiet --username="$user" --dbname=postgres --set=name="$name" <<< 'CREATE DATABASE :"name";'
    for script in /docker-entrypoint-initdb.d/*; do
      case $script in
        *.sql) psql --quiet --set=ON_ERROR_STOP=1 --username="$user" --dbname="$name" --file="$script" ;;
        *.sh) bash "$script" ;;
      esac
    done
    pg_ctl --pgdata="$PGDATA" --wait --mode=fast stop > /dev/null
  fi
  exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql "$@"
fi
exec "$@"
