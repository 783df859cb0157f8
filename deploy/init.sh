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
    sed "s/^VALKEY_PASSWORD=.*/VALKEY_PASSWORD=$(random)/" deploy/env.example >.env
    echo "made .env: now set SARING_PUBLIC_URL in it"
fi

# The folder is closed to others on this host; the file in it can be read in the container, whose user is another.
mkdir -p deploy/secrets
if [ -e deploy/secrets/pepper ]; then
    echo "keeping deploy/secrets/pepper"
else
    random >deploy/secrets/pepper
    chmod 444 deploy/secrets/pepper
    echo "made deploy/secrets/pepper: keep a copy of it, apart from the data's"
fi
