#!/bin/sh
# Makes what a deployment must have of its own: .env with the store's password, and the pepper of the keys' hashes.
# Keeps what is already there, so it may run again: a new pepper would make every key that was given out worthless.
set -eu
cd "$(dirname "$0")/.."
umask 077

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

if [ -e .env ]; then
    echo "keeping .env"
else
    sed -e "s/^VALKEY_PASSWORD=.*/VALKEY_PASSWORD=$(random)/" \
        -e "s/^VALKEY_ADMIN_PASSWORD=.*/VALKEY_ADMIN_PASSWORD=$(random)/" deploy/env.example >.env
    echo "made .env: now set SARING_PUBLIC_URL in it"
fi

# The folder is closed to others on this host. The file must be readable in the container, whose user is another: root
# gives it to that user alone; anybody else can only open it to all, behind the closed folder.
mkdir -p deploy/secrets
if [ -e deploy/secrets/pepper ]; then
    echo "keeping deploy/secrets/pepper"
else
    random >deploy/secrets/pepper
    if [ "$(id -u)" = 0 ]; then
        chown 10001:10001 deploy/secrets/pepper
        chmod 400 deploy/secrets/pepper
    else
        chmod 444 deploy/secrets/pepper
    fi
    echo "made deploy/secrets/pepper: keep a copy of it, apart from the data's"
fi
