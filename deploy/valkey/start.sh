#!/bin/sh
# Starts Valkey with its users and Saring's settings; further settings may follow as arguments. Only the password's
# SHA-256 is written (to memory, not to disk), and the password never stands in a command line, where `ps` would show it.
set -eu
etc="${VALKEY_ETC:-/etc/valkey}"
run="${VALKEY_RUN:-/run/valkey}"
if [ "${#VALKEY_PASSWORD}" -lt 32 ]; then
    echo "VALKEY_PASSWORD must have at least 32 characters; deploy/init.sh makes a good one." >&2
    exit 1
fi
digest="$(printf %s "$VALKEY_PASSWORD" | sha256sum | cut -d ' ' -f 1)"
unset VALKEY_PASSWORD
umask 077
sed "s/@PASSWORD_SHA256@/$digest/" "$etc/users.acl.in" >"$run/users.acl"
exec docker-entrypoint.sh valkey-server "$etc/valkey.conf" --aclfile "$run/users.acl" "$@"
