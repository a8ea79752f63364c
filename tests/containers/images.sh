#!/usr/bin/env bash
# Stand-ins for the images that compose.yaml, the Dockerfile and docs/deployment name, made of Debian's packages, for an engine
# that reaches no registry:
#
#   tests/containers/images.sh            debian:bookworm-slim, postgres:16, redis:7-alpine, nginx:1-alpine
#   tests/containers/images.sh builder    also the image with Rust that the Dockerfile builds in, from this machine's toolchain
#   tests/containers/images.sh bare       also telemedicine-bare: what README says one needs, and somebody who has just come
#
# They have the users, folders and entry points of the real ones as far as they matter here, and this machine's Debian, so that
# programs built here run in them. The versions are Debian's: what the real images have is not seen. An image that is there
# already stays as it is.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

say() { printf 'images: %s\n' "$*" >&2; }
there() { docker image inspect "$1" >/dev/null 2>&1; }

scratch=$(mktemp -d "${TMPDIR:-/tmp}/telemedicine-images.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# Builds from standard input, with the network of this machine: the registries that it reaches are reached from there too.
build() { # tag
  DOCKER_BUILDKIT=0 docker build --quiet --network host --tag "$1" - > /dev/null 2> "$scratch/log" ||
    { cat "$scratch/log" >&2; say "could not build $1"; return 1; }
}

system() {
  local release
  release=$(. /etc/os-release && printf %s "$VERSION_CODENAME")
  say "debian:bookworm-slim is Debian $release"
  command -v mmdebstrap >/dev/null ||
    { apt-get -o DPkg::Lock::Timeout=180 update -qq && apt-get -o DPkg::Lock::Timeout=180 install -y -qq --no-install-recommends mmdebstrap; } >&2
  # Without the manuals and what was downloaded, as the slim image is.
  mmdebstrap --quiet --variant=minbase --include=ca-certificates \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$release" - > "$scratch/system.tar"
  docker import --change 'CMD ["bash"]' "$scratch/system.tar" debian:bookworm-slim > /dev/null
  rm "$scratch/system.tar"
}

# The three servers come from one layer; what differs is who they run as and how they are started.
servers() {
  say "postgres:16, redis:7-alpine and nginx:1-alpine are Debian's packages"
  build telemedicine-stand-in <<'DOCKERFILE'
FROM debian:bookworm-slim
RUN groupadd --gid 999 postgres && useradd --uid 999 --gid 999 --home-dir /var/lib/postgresql postgres \
 && groupadd --gid 1000 redis && useradd --uid 998 --gid 1000 redis \
 && groupadd --gid 101 nginx && useradd --uid 101 --gid 101 nginx \
 && export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
 && mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
 && apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql redis-server nginx-light \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt \
 && ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ \
 && install --directory --owner=999 --group=999 --mode=1777 /var/lib/postgresql/data /var/run/postgresql \
 && mkdir /docker-entrypoint-initdb.d
DOCKERFILE
  {
    printf 'FROM telemedicine-stand-in\n'
    printf 'RUN echo %s | base64 -d > /usr/local/bin/docker-entrypoint.sh && chmod 755 /usr/local/bin/docker-entrypoint.sh\n' \
      "$(base64 -w 0 "$here/postgres.sh")"
    printf '%s\n' 'ENV PGDATA=/var/lib/postgresql/data' 'VOLUME /var/lib/postgresql/data' 'STOPSIGNAL SIGINT' 'EXPOSE 5432' \
      'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["postgres"]'
  } | build postgres:16
  # Built without protected mode, the real one answers from the start whoever reaches its port.
  printf '%s\n' 'FROM telemedicine-stand-in' 'RUN install --directory --owner=998 --group=1000 /data' 'VOLUME /data' 'WORKDIR /data' \
    'EXPOSE 6379' 'ENTRYPOINT ["sh", "-c", "exec \"$@\" --protected-mode no", "redis"]' 'CMD ["redis-server"]' | build redis:7-alpine
  printf '%s\n' 'FROM telemedicine-stand-in' 'EXPOSE 80' 'STOPSIGNAL SIGQUIT' 'CMD ["nginx", "-g", "daemon off;"]' | build nginx:1-alpine
}

# Rust as it is on this machine, whatever its version.
toolchain() {
  there telemedicine-toolchain ||
    tar --create --directory "$(rustc --print sysroot)" --exclude=share --exclude=lib/rustlib/src bin lib |
    docker import - telemedicine-toolchain > /dev/null
}

# With a C compiler.
builder() {
  local name
  name=$(sed -n 's/^FROM \(rust:[^ ]*\).*/\1/p' "$root/Dockerfile")
  there "$name" && return 0
  say "$name is $(rustc --version)"
  toolchain
  build "$name" <<'DOCKERFILE'
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY --from=telemedicine-toolchain / /usr/local/
ENV CARGO_HOME=/usr/local/cargo
DOCKERFILE
}

# With the package that README names, and nothing else.
bare() {
  there telemedicine-bare && return 0
  say "telemedicine-bare is Debian with build-essential and $(rustc --version)"
  toolchain
  build telemedicine-bare <<'DOCKERFILE'
FROM debian:bookworm-slim
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*
COPY --from=telemedicine-toolchain / /usr/local/
RUN useradd --create-home newcomer
DOCKERFILE
}

there debian:bookworm-slim || system
for image in postgres:16 redis:7-alpine nginx:1-alpine; do
  there "$image" || { servers; break; }
done
case ${1:-} in builder | bare) "$1" ;; esac
