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
digest() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }
umask 077
sed "s/@PASSWORD_SHA256@/$(digest "$VALKEY_PASSWORD")/" "$etc/users.acl.in" >"$run/users.acl"
# Servers of a cluster know one user more, who joins them together and sees no key.
if [ -n "${VALKEY_ADMIN_PASSWORD:-}" ]; then
    echo "user operator on #$(digest "$VALKEY_ADMIN_PASSWORD") resetkeys resetchannels -@all +ping +info +cluster" \
        >>"$run/users.acl"
fi
unset VALKEY_PASSWORD VALKEY_ADMIN_PASSWORD
exec docker-entrypoint.sh valkey-server "$etc/valkey.conf" --aclfile "$run/users.acl" "$@"
