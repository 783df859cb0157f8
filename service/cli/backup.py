"""`saring backup` and `saring restore`: the whole store in one file, and back."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from service.cli.house import store_url
from service.cli.serve import secret_path
from service.errors import BackupRefused, DataDirInUse
from service.secret import Secret, read_secret
from service.settings import Settings, load_settings
from service.store import backup
from service.store.embedded import Embedded


def register(subparsers: Any) -> None:
    """Adds `backup` and `restore`."""
    make = subparsers.add_parser("backup", help="write everything in the store to a file, while the service runs")
    make.set_defaults(run=run_backup)
    back = subparsers.add_parser("restore", help="put a backup into an empty store, or only check it")
    back.add_argument("--replace", action="store_true", help="first remove, for good, what is in the store")
    back.add_argument("--check", action="store_true", help="only read the file whole, and change nothing")
    back.set_defaults(run=run_restore)
    for command in (make, back):
        command.add_argument("file", type=Path, metavar="FILE")
        command.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run_backup(given: argparse.Namespace) -> int:
    """Writes the file; it is there only when all of it could be read back."""
    settings = load_settings()
    secret = read_secret(secret_path(settings), make=not settings.redis_url)
    with store_url(settings) as url:
        pepper, now_ms = _fingerprint(secret), time.time_ns() // 1_000_000
        manifest = asyncio.run(backup.back_up(url, given.file, pepper=pepper, now_ms=now_ms))
    _print(given, manifest, "written and read back", secret_path(settings))
    return 0


def run_restore(given: argparse.Namespace) -> int:
    """Restores; exit status 1 where the store is not empty, a service runs, or the file is damaged."""
    if given.check:
        _print(given, asyncio.run(backup.check(given.file)), "whole", None)
        return 0
    settings = load_settings()
    secret = read_secret(secret_path(settings), make=not settings.redis_url)
    with _own_store(settings) as url:
        manifest = asyncio.run(backup.restore(given.file, url, replace=given.replace))
    _print(given, manifest, "restored and read back", None)
    if manifest.pepper != _fingerprint(secret):
        print(
            f"saring: the secret in {secret_path(settings)} is not the one of the backup: no key and no token opens "
            "anything. Put the old one back, or make new keys.",
            file=sys.stderr,
        )
    return 0


def _fingerprint(secret: Secret) -> str:
    return secret.key_hash("fingerprint of the pepper")[:16]


@contextlib.contextmanager
def _own_store(settings: Settings) -> Iterator[str]:
    """The store, with nobody else at the embedded one."""
    if settings.redis_url:
        yield settings.redis_url
        return
    server = Embedded(settings.data_dir)
    try:
        server.own()
        server.start()
        yield server.url
    except DataDirInUse as error:
        raise BackupRefused(f"{error}; stop the service first") from error
    finally:
        server.stop()


def _print(given: argparse.Namespace, manifest: backup.Manifest, what: str, secret: Path | None) -> None:
    told = {
        "file": str(given.file),
        "bytes": given.file.stat().st_size,
        "snapshot_sha256": manifest.snapshot_sha256,
        "sites": len(manifest.contents.sites),
        "comments": manifest.contents.n_comments,
        "events": manifest.contents.n_events,
        "accounts": manifest.contents.accounts,
    }
    if given.json:
        sys.stdout.write(orjson.dumps(told).decode() + "\n")
        return
    print(
        f"{given.file}: {what}: {told['sites']} sites, {told['comments']} comments, {told['events']} events, "
        f"{told['accounts']} accounts; {told['bytes']} bytes, snapshot {manifest.snapshot_sha256}"
    )
    if secret is not None:
        print(f"not in it: the secret in {secret}; keep a copy of that elsewhere")
