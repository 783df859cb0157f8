#!/bin/sh
# Makes one cluster of the three servers, once: each gets a third of the slots. Where that was done, it changes nothing.
# The password goes by the environment, since a command line would show it in `ps`.
set -eu
export REDISCLI_AUTH="$VALKEY_ADMIN_PASSWORD" VALKEYCLI_AUTH="$VALKEY_ADMIN_PASSWORD"
ask() { valkey-cli --user operator --no-auth-warning "$@"; }
first="${1%:*}" port="${1##*:}"
if ask -h "$first" -p "$port" cluster info | grep -q '^cluster_slots_assigned:16384'; then
    echo "the cluster is there already"
    exit 0
fi
ask --cluster create "$@" --cluster-replicas 0 --cluster-yes
until ask -h "$first" -p "$port" cluster info | grep -q '^cluster_state:ok'; do sleep 1; done
echo "the cluster is ready"
