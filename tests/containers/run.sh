#!/usr/bin/env bash
# compose.yaml and the image, started: from nothing to a healthy clinic of two instances behind a proxy, and what people see
# while each of its parts is away.
#
#   eval "$(tests/containers/engine.sh up)"
#   cargo build --locked --workspace --bins
#   tests/containers/run.sh FOLDER       FOLDER holds the programs, for example target/debug
#
# The stage of the Dockerfile that runs is built as it stands, over programs that are there already; the stage that builds them
# is another section. Needs Docker, Compose 2.24, curl and openssl. Everything that it starts is removed at the end.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
programs=$(cd "${1:?the folder with the programs}" && pwd)
cd "$root"

project=telemedicine-test
scratch=$(mktemp -d "${TMPDIR:-/tmp}/telemedicine-containers.XXXXXX")
began=$SECONDS passed=0

say() { printf '%4d s  %s\n' "$((SECONDS - began))" "$*"; }

fail() {
  say "FAILED: $*"
  compose logs --no-color --tail 15 2>/dev/null | cut -c 1-300 || true
  exit 1
}

holds() { # sentence, command…
  local sentence=$1
  shift
  "$@" > "$scratch/out" 2>&1 || { tail -n 20 "$scratch/out"; fail "$sentence"; }
  passed=$((passed + 1))
  say "$sentence"
}

refused() { ! "$@"; }

# The three files together, as one would run them, and the last one for the tests.
files=(--file compose.yaml --file docs/deployment/replicas.yaml --file docs/deployment/secrets.yaml --file tests/containers/test.yaml)
compose() { timeout 150 docker compose --project-name "$project" --project-directory "$root" "${files[@]}" "$@"; }
container() { printf '%s-%s-%s' "$project" "$1" "${2:-1}"; }
inside() { docker exec "$(container "$1")" "${@:2}"; }

finish() {
  local code=$?
  trap - EXIT
  touch "$scratch/stop"
  compose down --volumes --remove-orphans --timeout 10 > /dev/null 2>&1 || true
  docker image rm telemedicine-test > /dev/null 2>&1 || true
  rm -rf "$scratch"
  # In the form that counts as a result of tests.
  if [ "$code" = 0 ]; then printf '\ncontainers: %d passed, 0 failed\n' "$passed"; else printf '\ncontainers: %d passed, 1 failed\n' "$passed"; fi
  exit "$code"
}
trap finish EXIT
trap 'exit 143' TERM INT

# ---------------------------------------------------------------- the settings of this clinic

word() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
host=clinic.test
export POSTGRES_PASSWORD CLINIC_APP_PASSWORD REDIS_PASSWORD PUBLIC_URL=https://$host:$port HTTPS_ADDRESS=127.0.0.1:$port
export SOURCES=$root SECRETS=$scratch/secrets TLS_CERTIFICATE=$scratch/certificate.pem TLS_KEY=$scratch/certificate.key
POSTGRES_PASSWORD=$(word) CLINIC_APP_PASSWORD=$(word) REDIS_PASSWORD=$(word)
unset SECRET_KEY ENVIRONMENT METRICS_TOKEN SMTP_URL MAIL_FROM TURN_URLS TURN_SECRET CALL_RELAY_ONLY TRUSTED_PROXIES RUST_LOG || true

mkdir "$SECRETS"
printf '%s\n' "$(word)$(word)" > "$SECRETS/secret_key"
printf 'postgres://clinic_app:%s@database:5432/telemedicine\n' "$CLINIC_APP_PASSWORD" > "$SECRETS/database_url"
printf 'postgres://telemedicine:%s@database:5432/telemedicine\n' "$POSTGRES_PASSWORD" > "$SECRETS/migration_database_url"
printf '%s\n' "$POSTGRES_PASSWORD" > "$SECRETS/database_password"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
  -keyout "$TLS_KEY" -out "$TLS_CERTIFICATE" 2> /dev/null
chmod 644 "$SECRETS"/* "$TLS_KEY" "$TLS_CERTIFICATE"

# ---------------------------------------------------------------- what people see

browser=(curl --silent --resolve "$host:$port:127.0.0.1" --cacert "$TLS_CERTIFICATE" --cookie "$scratch/cookies")
ask() { # path, options of curl…
  "${browser[@]}" --max-time 40 "${@:2}" "https://$host:$port$1"
}
status() { ask "$1" --output /dev/null --write-out '%{http_code}' "${@:2}" || true; }
# Whether the answer has a header, or another line of the kind, that looks so.
header() { grep -q -i -e "$2" <<< "$(ask "$1" --output /dev/null --dump-header -)"; }
body() { grep -q -e "$2" <<< "$(ask "$1")"; }
answers() { [ "$(status "$1")" = "$2" ]; }

# What an authenticator app shows now for a key in base 32 (RFC 6238: SHA-1, six digits, 30 seconds).
code() { # key
  local key digest offset
  key=$(base32 --decode <<< "$1" | od -An -v -tx1 | tr -d ' \n')
  digest=$(printf '%016x' $(($(date +%s) / 30)) | sed 's/../\\x&/g' | xargs -0 printf '%b' | openssl dgst -sha1 -mac HMAC -macopt "hexkey:$key" | sed 's/.* //')
  offset=$((16#${digest:39:1} * 2))
  printf '%06d' $(((16#${digest:offset:8} & 0x7fffffff) % 1000000))
}

within() { # seconds, command…
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.3
  done
}

ready() { answers /health/ready 200; }
# By whichever instance is asked: each has its own memory, and what one shares while Redis is coming back may be lost.
kept_by_all() { for _ in $(seq 12); do header "$1" '^x-cache: hit' || return 1; done; }

# A code, and for one that promises another time, whether it says when.
code_and_when() { status "$1" --write-out '%{http_code} %header{retry-after}\n' | sed -E 's/^503 *$/503 without a time/; s/^503 +[0-9]+$/503/; s/^(200|303) *$/\1/'; }

# Somebody opens a page ten times a second while something happens; what they may see is a list of codes.
during() { # sentence, path, codes, command…
  local sentence=$1 path=$2 codes=$3 load
  shift 3
  rm -f "$scratch/stop" "$scratch/seen"
  while [ ! -e "$scratch/stop" ]; do
    code_and_when "$path" >> "$scratch/seen"
    sleep 0.1
  done &
  load=$!
  sleep 0.5
  "$@" > /dev/null
  sleep 1
  touch "$scratch/stop"
  wait "$load"
  local odd
  odd=$(grep -v -x -E "$codes" "$scratch/seen" | sort | uniq -c || true)
  [ -z "$odd" ] || fail "$sentence: $path answered $odd"
  passed=$((passed + 1))
  say "$sentence ($(sort "$scratch/seen" | uniq -c | awk '{ printf "%s%d times %s", sep, $1, $2; sep = ", " }'))"
}

# ---------------------------------------------------------------- the image

mkdir "$scratch/context"
for program in telemedicine migration; do
  # Without what only a debugger reads, a tenth of it has to be copied.
  strip -o "$scratch/context/$program" "$programs/$program"
done
sed -n '/^FROM debian/,$ p' Dockerfile | sed 's|^COPY --from=builder .*|COPY telemedicine migration /usr/local/bin/|' > "$scratch/context/Dockerfile"
holds "the stage that runs is built" env DOCKER_BUILDKIT=0 docker build --network host --tag telemedicine-test "$scratch/context"
rm -rf "$scratch/context"

alone() { docker run --rm --network none telemedicine-test "$@"; }
holds "by itself it is a production server, and asks for what that needs" refused alone
holds "it runs as a user with a group, in a folder of its own" test "$(alone sh -c 'id -u; id -g; id -un; id -gn; stat -c %u:%g .' | tr '\n' ' ')" = "10001 10001 telemedicine telemedicine 10001:10001 "
holds "no program in it runs as somebody else" test -z "$(alone find / -xdev -type f -perm /6000 2> /dev/null)"
holds "nothing in it downloads or compiles" refused alone sh -c 'command -v curl || command -v wget || command -v gcc || command -v cc || command -v python3'

# ---------------------------------------------------------------- the files

# As one would combine them, each read by Compose itself.
read_by_compose() { SECRET_KEY=$(word)$(word) docker compose --project-name "$project" "$@" config --quiet; }
holds "compose.yaml is read as it stands" read_by_compose --file compose.yaml
holds "with two instances behind a proxy" read_by_compose --file compose.yaml --file docs/deployment/replicas.yaml
holds "with secrets in files" read_by_compose --file compose.yaml --file docs/deployment/secrets.yaml
holds "with a relay for calls" env TURN_NAME=turn.clinic.test docker compose --file compose.yaml --file docs/deployment/relay.yaml config --quiet
holds "and with both" read_by_compose "${files[@]}"
if command -v hadolint > /dev/null; then holds "hadolint finds nothing in the Dockerfile" hadolint Dockerfile; else say "left out: hadolint is not installed"; fi

# ---------------------------------------------------------------- from nothing to a healthy clinic

files=(--file compose.yaml --file tests/containers/test.yaml)
holds "without SECRET_KEY nothing is served" refused compose up --detach --no-build
says_why() { grep -q 'SECRET_KEY is required' <<< "$(compose logs migrate)"; }
holds "and the log says why" says_why
without_password() { SECRET_KEY=$(word)$(word) CLINIC_APP_PASSWORD='' compose up --detach --no-build; }
holds "nor without the server's password" refused without_password
says_why() { grep -q 'DATABASE_URL has no password for clinic_app' <<< "$(compose logs migrate)"; }
holds "and the log says why" says_why
compose down --volumes > /dev/null 2>&1

files=(--file compose.yaml --file docs/deployment/replicas.yaml --file docs/deployment/secrets.yaml --file tests/containers/test.yaml)
holds "the clinic starts from nothing" compose up --detach --no-build
holds "it is ready" within 30 ready
holds "check finds nothing wrong" inside app telemedicine check
holds "and says that the server could change neither schema nor trail" grep -q -E '^role +ok +clinic_app, which can alter neither' <(inside app telemedicine check)
email=desk@$host password=$(word)
made() { printf '%s\n' "$password" | compose run --rm --no-deps -T app telemedicine create-super-admin --email "$email"; }
holds "an administrator is made" made
demo_elsewhere() { docker run --rm --tmpfs /tmp:mode=1777 --env ENVIRONMENT=development --env DATABASE_URL=sqlite:/tmp/demo.db telemedicine-test telemedicine demo --patients 5 --appointments 20; }
holds "demo data is made where it is asked for" demo_elsewhere
holds "and refused in production" refused compose run --rm --no-deps -T app telemedicine demo
signs_in() { [ "$(status /sign-in --cookie-jar "$scratch/cookies" --data-urlencode "email=$email" --data-urlencode "password=$password")" = 303 ]; }
holds "the administrator's password is taken through the proxy" signs_in
enrolment=$(ask /sign-in/second-factor --cookie-jar "$scratch/cookies")
secret=$(sed -n 's|.*<code data-secret>\([^<]*\)<.*|\1|p' <<< "$enrolment" | tr -d ' ')
enrols() { grep -q data-recovery-code <<< "$(ask /sign-in/second-factor --cookie-jar "$scratch/cookies" --data-urlencode "code=$(code "$secret")")"; }
holds "who administers a clinic in production must set up a second factor, and does" enrols
holds "and sees the dashboard" answers /dashboard 200
holds "which comes from the cache then" within 10 header /dashboard '^x-cache: hit'
holds "with HSTS, because the proxy is believed" header / '^strict-transport-security'

# ---------------------------------------------------------------- pages that change by themselves

# Which instance a request goes to is the proxy's choice: streams are opened until both have one, so that a change made by either has to come to the other.
# A session has six streams at most.
token() { sed -n 's/.* data-live="\([^"]*\)".*/\1/p' <<< "$(ask /dashboard)"; }
streams=()
listen() { # number, token
  "${browser[@]}" --no-buffer --max-time 300 "https://$host:$port/live?on=$2" > "$scratch/stream.$1" &
  streams+=($!)
}
# The connections that the proxy holds to an instance; in the moment in which nothing else is asked each is a stream. What looks at its health is on the loopback.
has_stream() { # instance
  docker exec "$(container app "$1")" sh -c 'cat /proc/net/tcp /proc/net/tcp6 2> /dev/null || true' |
    awk '$2 ~ /:1F40$/ && $4 == "01" && $3 !~ /0100007F:/ { found = 1 } END { exit !found }'
}
heard() { # event, by all of them
  local number
  for number in $(seq "${#streams[@]}"); do grep -q "^event: $1" "$scratch/stream.$number" || return 1; done
}
deaf() {
  [ "${#streams[@]}" = 0 ] || kill "${streams[@]}" 2> /dev/null || true
  wait "${streams[@]}" 2> /dev/null || true
  streams=()
}
both_have_one() {
  local number shown
  for _ in $(seq 5); do
    deaf
    shown=$(token)
    for number in $(seq 6); do
      listen "$number" "$shown"
      within 30 heard ready || return 1
      if within 2 has_stream 1 && within 2 has_stream 2; then return 0; fi
    done
  done
  return 1
}
holds "a page says by what it is told of changes" test -n "$(token)"
holds "its streams come through the proxy at once, from both instances" both_have_one
founded() {
  [ "$(status /hospitals --data-urlencode 'name=Of the streams' --data-urlencode 'address=Ring Road' --data-urlencode 'phone=+977 1 5550100' \
    --data-urlencode "email=streams@$host" --data-urlencode time_zone=Asia/Kathmandu --data-urlencode slot_minutes=20 \
    --data-urlencode booking_lead_hours=2 --data-urlencode currency=NPR --data-urlencode appointment_fee=1000.00)" = 303 ]
}
holds "a hospital is founded, at one of the two" founded
holds "each stream says that the page has changed, whichever instance it comes from" within 60 heard changed
holds "and so it has" body /dashboard 'Of the streams'
deaf

# ---------------------------------------------------------------- what each container may do

for service in database redis app proxy; do
  inspected() { docker inspect --format "$1" "$(container "$service")"; }
  holds "$service: not root, a file system that is read only, no capability, no new privileges" test \
    "$(inspected '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}')" = "true [ALL] [no-new-privileges:true]"
  grep_status() { inside "$service" grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs)' /proc/self/status | tr -s '\t' ' ' | cut -d' ' -f1,2 | tr '\n' ' '; }
  seen=$(grep_status)
  case $seen in "Uid: 0 "*) fail "$service runs as root: $seen" ;; esac
  holds "$service: so says the kernel" test "${seen#Uid: * }" = "CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 "
  holds "$service: bounded in memory and processes, and so is its log" refused grep -q -w -E '0|<nil>|<no value>' <(
    inspected '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}} {{index .HostConfig.LogConfig.Config "max-size"}}')
done
writes() { inside app sh -c 'echo x > /usr/local/bin/x || echo x > /etc/x || echo x > x'; }
holds "the server cannot write but in data" refused writes
address() { docker inspect --format "{{(index .NetworkSettings.Networks \"${project}_default\").IPAddress}}" "$(container proxy)"; }
connects() { inside "$1" timeout 3 bash -c "exec 3<>/dev/tcp/$(address)/8443"; }
holds "the server reaches what is outside of their network" connects app
holds "the database does not" refused connects database
holds "no port of theirs is published" test -z "$(docker port "$(container database)")$(docker port "$(container redis)")"
holds "Redis wants its password" grep -q NOAUTH <(inside redis env -u REDISCLI_AUTH redis-cli get x)
holds "no secret of the server is in its environment" refused grep -q -E "$(cat "$SECRETS/secret_key")|$POSTGRES_PASSWORD|$CLINIC_APP_PASSWORD" <(docker inspect "$(container app)")

# ---------------------------------------------------------------- what the server may do in the database

# As the server does it: over the network, with its password.
says() { inside database env PGPASSWORD="$1" psql --no-psqlrc --quiet --tuples-only --no-align --host=127.0.0.1 --username="$2" --dbname=telemedicine --command="$3"; }
as_server() { says "$CLINIC_APP_PASSWORD" clinic_app "$1"; }
as_owner() { says "$POSTGRES_PASSWORD" telemedicine "$1"; }
holds "the server reads the trail" test "$(as_server 'SELECT count(*) > 0 FROM audit_entry')" = t
denied() { refused as_server "$1" > "$scratch/denied" 2>&1 && grep -q -E 'permission denied|must be (the )?owner|must be superuser' "$scratch/denied"; }
while read -r statement; do
  holds "but may not: $statement" denied "$statement"
done <<'STATEMENTS'
UPDATE audit_entry SET actor_name = 'somebody'
DELETE FROM audit_entry
TRUNCATE audit_entry CASCADE
DELETE FROM appointment_event
UPDATE audit_seal SET sequence = 0
ALTER TABLE audit_entry DISABLE TRIGGER ALL
DROP TRIGGER audit_entry_append_only ON audit_entry
ALTER TABLE hospital ADD COLUMN mine text
CREATE TABLE mine (id integer)
CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'
SET session_replication_role = replica
COPY audit_entry TO PROGRAM 'true'
ALTER ROLE clinic_app SUPERUSER
SET ROLE telemedicine
STATEMENTS
holds "its container does not hold the owner's password" refused grep -q "$POSTGRES_PASSWORD" <(inside app sh -c 'env; cat /run/secrets/*')
# Sealing is the one thing that it does with what others wrote.
sealed() { [ "$(as_owner 'SELECT count(*) FROM audit_seal')" -gt 0 ]; }

# ---------------------------------------------------------------- each part away

redis=$(container redis) database=$(container database)
away() { # seconds, how it goes, how it comes back
  eval "$2"
  sleep "$1"
  eval "$3"
}
holds "nothing is asked of Postgres for a page that is kept" answers /dashboard 200
during "Redis killed: no page fails" /dashboard 200 away 1.5 "docker kill $redis" "docker start $redis"
during "Redis paused: no page fails" /dashboard 200 away 2 "docker pause $redis" "docker unpause $redis"
during "Redis off the network: no page fails" /dashboard 200 away 2 "docker network disconnect ${project}_backend $redis" "docker network connect --alias redis ${project}_backend $redis"
during "Redis stopped, so that its name means nothing: no page fails" /dashboard 200 away 1 "docker stop --time 5 $redis" "docker start $redis"
holds "all is as before" within 20 body /health/ready '"status":"ready"'

restarts() { docker restart --time 20 "$database"; }
during "Postgres restarted: pages go on, or say when to come back" /profile '200|503' restarts
holds "and are there again" within 30 answers /profile 200
holds "the dashboard is kept, by both instances" within 20 kept_by_all /dashboard
unready() { docker pause "$database" && within 20 answers /health/ready 503 && header /profile '^retry-after'; }
holds "Postgres silent: not ready, and a page says when to come back" unready
holds "a page that is kept is shown all the same" answers /dashboard 200
docker unpause "$database" > /dev/null
holds "Postgres back: ready" within 30 ready
during "Postgres killed" /profile '200|503' away 1 "docker kill $database" "docker start $database"
holds "and there again" within 40 ready
during "Postgres stopped" /profile '200|503' away 1 "docker stop --time 20 $database" "docker start $database"
holds "and there once more" within 40 ready
during "Postgres off the network for a moment" /profile '200|503' away 2 "docker network disconnect ${project}_backend $database" "docker network connect --alias database ${project}_backend $database"
holds "and ready again" within 40 ready

during "one instance restarted: nobody notices" /dashboard 200 docker restart --time 40 "$(container app 2)"
holds "it is ready" within 30 ready
during "one instance killed: nobody notices" /dashboard 200 away 1 "docker kill $(container app 2)" "docker start $(container app 2)"

stops() { docker stop --time 40 "$(container app 1)" && [ "$(docker inspect --format '{{.State.ExitCode}} {{.State.OOMKilled}}' "$(container app 1)")" = "0 false" ]; }
holds "an instance that is asked to stop ends with 0" stops
holds "the other one serves" within 10 answers /dashboard 200

# ---------------------------------------------------------------- a backup, and the clinic as it was

# The commands of docs/operations.md.
hospital() {
  as_owner "INSERT INTO hospital (name, address, phone, email) VALUES ('$1', 'Ring Road', '1', 'desk@$host'); INSERT INTO cache_outbox (topic) VALUES ('everything')"
}
holds "one instance is started again" docker start "$(container app 1)"
hospital "Of before the backup"
holds "the directory has a hospital" within 10 body /hospitals 'Of before the backup'
saves() { compose exec -T database pg_dump -U telemedicine --format=custom telemedicine > "$scratch/clinic.dump"; }
holds "a backup is made while the clinic works" saves
hospital "Of after the backup"
holds "there is another hospital" within 10 body /hospitals 'Of after the backup'
holds "whose page is kept" within 10 header /hospitals '^x-cache: hit'
puts_back() {
  compose stop app &&
    compose exec -T database dropdb -U telemedicine --force telemedicine &&
    compose exec -T database createdb -U telemedicine telemedicine &&
    compose exec -T database pg_restore -U telemedicine --no-owner --no-privileges --exit-on-error --dbname=telemedicine < "$scratch/clinic.dump" &&
    compose run --rm -T migrate &&
    compose run --rm --no-deps -T app telemedicine restored &&
    compose up --detach --no-build
}
holds "the backup is put back" puts_back
holds "the clinic is ready" within 30 ready
holds "it has the hospital of before" body /hospitals 'Of before the backup'
holds "and not the one of after" refused body /hospitals 'Of after the backup'
holds "nobody is signed in" answers /dashboard 303
holds "check finds nothing wrong" inside app telemedicine check

# ---------------------------------------------------------------- afterwards

# An entry is sealed two minutes after it was written.
holds "the trail was sealed by that role" within 150 sealed
verified() { compose run --rm --no-deps -T app telemedicine audit verify; }
holds "and is as it was sealed" verified

# Another password for the server is taken over by the next start.
CLINIC_APP_PASSWORD=$(word)
printf 'postgres://clinic_app:%s@database:5432/telemedicine\n' "$CLINIC_APP_PASSWORD" > "$SECRETS/database_url"
holds "the server's password is changed by starting anew" compose up --detach --no-build --force-recreate
holds "it is ready" within 30 ready
holds "and connects with the new one" test "$(as_server 'SELECT 1')" = 1
