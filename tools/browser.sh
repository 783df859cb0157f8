#!/bin/sh
# Fetches Debian's Chromium for the browser tests, where this user may install packages; says what to do where not.
set -eu

if command -v chromium >/dev/null; then
    exit 0
fi

give_up() {
    echo "The browser tests need Chromium, and $1." >&2
    echo "Install the package chromium (on Debian: apt-get install chromium), then try again." >&2
    exit 1
}

command -v apt-get >/dev/null || give_up "there is no apt-get here to fetch it with"
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    give_up "this user may not install it"
fi

echo "Fetching Chromium from Debian's packages"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # empty, or two words
{
    $as_root apt-get update -qq
    $as_root apt-get install -qq --yes --no-install-recommends chromium >/dev/null
} </dev/null || give_up "apt-get could not fetch it"
command -v chromium >/dev/null || give_up "the package brought no command of that name"
