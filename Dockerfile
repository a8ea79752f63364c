# The server and its migrations in one small image: nothing to compile with, no root.
# The templates and static files are inside the binary.

FROM rust:1.94-slim-bookworm AS builder
WORKDIR /build
# The allocator is C and comes with a makefile. No version is asked for, here and below: the newest has the latest repairs, and
# the archive keeps no older one.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
# Nobody reads a backtrace of the image: without the table of symbols the programs are a fifth smaller.
ENV CARGO_PROFILE_RELEASE_STRIP=symbols

# The dependencies make a layer of their own, built from the manifests alone over empty sources:
# a change to the code does not compile them again. (The benchmark is not built, but the manifest names its file.)
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock ./
COPY entity/Cargo.toml entity/Cargo.toml
COPY migration/Cargo.toml migration/Cargo.toml
RUN mkdir -p src entity/src migration/src benches/pages \
 && touch src/lib.rs entity/src/lib.rs migration/src/lib.rs benches/pages/main.rs \
 && echo 'fn main() {}' > src/main.rs \
 && echo 'fn main() {}' > migration/src/main.rs \
 && cargo build --release --locked --workspace --bins \
 && rm -r src entity/src migration/src

COPY entity entity
COPY migration migration
COPY templates templates
COPY static static
COPY src src
# Cargo compares times, and the files just copied may be older than what was built from the empty ones.
RUN find src entity migration templates static -type f -exec touch {} + \
 && cargo build --release --locked --workspace --bins

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="telemedicine" \
      org.opencontainers.image.description="A telemedicine clinic in one server: server-rendered pages that are fast and never stale" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
# Programs that run as their owner are of no use to a user who may not become another one.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 telemedicine \
 && useradd --uid 10001 --gid 10001 --home-dir /srv/telemedicine --no-create-home --shell /usr/sbin/nologin telemedicine \
 && install --directory --owner=10001 --group=10001 --mode=0755 /srv/telemedicine \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} +

# `healthy http://127.0.0.1:8000/health/live` succeeds when that page answers 200. Bash opens the connection itself,
# so that no download tool has to be in the image. What stands in single quotes is for the script to expand.
# hadolint ignore=SC2016
RUN printf '%s\n' '#!/bin/bash' \
      'IFS=/ read -r _ _ address path <<< "$1"' \
      'exec 3<>"/dev/tcp/${address/://}" || exit 1' \
      'printf "GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" "$path" "$address" >&3' \
      'read -r -t 2 _ status _ <&3 && [ "$status" = 200 ]' \
      > /usr/local/bin/healthy \
 && chmod 755 /usr/local/bin/healthy

COPY --from=builder /build/target/release/telemedicine /build/target/release/migration /usr/local/bin/

USER 10001:10001
# Without DATABASE_URL the database is a file in ./data of this folder, which the user owns.
WORKDIR /srv/telemedicine
# A container is reached from outside: it serves demo accounts, whose password is known, only to somebody who asks for that.
ENV ENVIRONMENT=production
ENV BIND=0.0.0.0:8000
EXPOSE 8000
# Whether the process lives: the answer to "no" is another process, and that mends no database. A proxy asks /health/ready.
HEALTHCHECK --interval=5s --timeout=3s --start-period=15s --retries=6 \
  CMD ["healthy", "http://127.0.0.1:8000/health/live"]
# A command, not an entry point: the migration runs from the same image.
CMD ["telemedicine", "serve"]
