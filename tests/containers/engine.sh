#!/usr/bin/env bash
# A Docker engine for the tests of the image, and Compose 2.
#
#   eval "$(tests/containers/engine.sh up)"    start one, then export DOCKER_HOST, DOCKER_CONFIG and ENGINE
#   tests/containers/engine.sh down            stop it, and remove everything that is in it
#
# ENGINE says whose it is. `given`: one runs here already, and is used as it is. `own`: none ran, so one was started, with all
# that it keeps in a folder of its own; that takes root, and on Debian what is missing is installed. Exit code 3: there is none
# to be had here, and the last line on standard error says why.
set -euo pipefail

state=${TEST_ENGINE_STATE:-${TMPDIR:-/tmp}/telemedicine-engine-$(id -u)}
compose_release=trixie # the first of Debian with Compose 2

say() { printf 'engine: %s\n' "$*" >&2; }
none() { say "$*"; exit 3; }

debian_root() { [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; }

install() { # packages
  debian_root || return 1
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  { apt-get -o DPkg::Lock::Timeout=180 update -qq &&
    apt-get -o DPkg::Lock::Timeout=180 install -y -qq --no-install-recommends "$@"; } >&2
}

answers() { timeout 10 docker "$@" info >/dev/null 2>&1; }

# The mirror that this machine installs from.
mirror() {
  apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' | sed -n '/security/d; s/ main$//p' | head -n 1
}

# Compose 2 is one program without needs of its own, so that of a later Debian runs here too. It is unpacked, not installed.
fetch_compose() {
  debian_root || return 1
  local apt=$state/apt
  mkdir -p "$apt"/{lists,archives}/partial "$state/config/cli-plugins"
  say "fetching Compose 2"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$(mirror)" "$compose_release" > "$apt/sources"
  (
    cd "$apt"
    options=(-qq -o Dir::Etc::SourceList="$apt/sources" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$apt/lists"
      -o Dir::Cache::Archives="$apt/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update && apt-get "${options[@]}" download docker-compose
    dpkg-deb --extract docker-compose_*.deb unpacked
  ) >&2 || return 1
  find "$apt/unpacked" -type f -name docker-compose -exec install --mode=700 {} "$state/config/cli-plugins/docker-compose" \;
  rm -rf "$apt"
}

start() {
  [ "$(id -u)" = 0 ] || none "no Docker engine runs here, and starting one takes root"
  command -v dockerd >/dev/null || install docker.io || none "there is no dockerd here"
  command -v docker >/dev/null || install docker-cli || none "there is no docker here"
  # All of it in one folder; only the addresses and the rules of the firewall are the machine's.
  setsid dockerd --host "unix://$state/socket" --data-root "$state/data" --exec-root "$state/exec" --pidfile "$state/pid" \
    > "$state/log" 2>&1 < /dev/null &
  for _ in $(seq 60); do
    if answers --host "unix://$state/socket"; then return 0; fi
    # Without the privileges for it the program ends at once.
    kill -0 $! 2>/dev/null || break
    sleep 0.5
  done
  tail -n 3 "$state/log" >&2
  stop
  none "dockerd does not start here: it needs namespaces, mounts and a firewall of its own"
}

stop() {
  local pid mount
  pid=$(cat "$state/pid" 2>/dev/null || true)
  if [ -n "$pid" ] && tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null | grep -q -F "$state"; then
    kill "$pid"
    for _ in $(seq 60); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.5
    done
    kill -KILL "$pid" 2>/dev/null || true
  fi
  # What an engine that was killed left mounted would be emptied with its folder.
  awk -v under="$state/" 'index($2, under) == 1 { print $2 }' /proc/mounts 2>/dev/null | sort -r | while read -r mount; do
    umount --lazy "$mount" || true
  done
  rm -rf "$state"
}

up() {
  command -v timeout >/dev/null || none "the time limits need the program timeout"
  umask 077
  mkdir -p "$state/config"
  # What the owner of this folder puts there is run.
  [ -O "$state" ] && [ ! -L "$state" ] || none "$state belongs to somebody else; set TEST_ENGINE_STATE to a folder of your own"
  local engine=own
  if command -v docker >/dev/null && answers; then
    engine=given
  elif ! { [ -S "$state/socket" ] && answers --host "unix://$state/socket"; }; then
    start
  fi
  if ! docker compose version >/dev/null 2>&1 && ! DOCKER_CONFIG=$state/config docker compose version >/dev/null 2>&1; then
    fetch_compose || { stop; none "Compose 2 is not installed"; }
  fi
  printf 'export ENGINE=%q' "$engine"
  [ "$engine" = given ] || printf ' DOCKER_HOST=%q' "unix://$state/socket"
  [ ! -e "$state/config/cli-plugins/docker-compose" ] || printf ' DOCKER_CONFIG=%q' "$state/config"
  printf '\n'
}

case ${1:-} in
  up) up ;;
  down) [ ! -d "$state" ] || stop ;;
  *) sed -n '2,/^set -/ s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
