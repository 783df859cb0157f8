"""`saring doctor`: says what is wrong, and how to mend it."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from service.cli.house import store_url
from service.cli.serve import secret_path
from service.errors import SaringError
from service.secret import read_secret
from service.settings import Settings, load_settings
from service.store.client import Client
from service.store.memory import Memory, facts_of, memory_of

_DISK_LEAST = 512 * 1024 * 1024
_CLOCK_MOST_S = 2.0
_OPTIONS = ("maxmemory-policy", "appendonly", "appendfsync", "cluster-require-full-coverage")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `mend` tells what to do where it is not well."""

    what: str
    told: str
    mend: str = ""

    @property
    def is_well(self) -> bool:
        return not self.mend


def register(subparsers: Any) -> None:
    """Adds `doctor`."""
    doctor = subparsers.add_parser("doctor", help="say what is wrong, and how to mend it")
    doctor.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Looks at everything; exit status 1 where something is not well."""
    try:
        settings = load_settings()
    except SaringError as error:
        findings = [Finding("settings", str(error), "correct the variable in the environment")]
    else:
        findings = [Finding("settings", "readable"), *_look(settings)]
    for finding in findings:
        print(f"{'ok  ' if finding.is_well else 'BAD '} {finding.what:<10} {finding.told}")
        if finding.mend:
            print(f"     {'':<10} → {finding.mend}")
    return 0 if all(finding.is_well for finding in findings) else 1


def _look(settings: Settings) -> list[Finding]:
    looks: list[Callable[[Settings], list[Finding]]] = [_secret, _model, _disk, _store]
    return [finding for look in looks for finding in look(settings)]


# Where an engine mounts a container's secrets, for nobody but the container; their modes are the engine's affair.
_MOUNTED = Path("/run/secrets")


def _secret(settings: Settings) -> list[Finding]:
    try:
        path = secret_path(settings)
        if not settings.redis_url and not path.exists():
            return [Finding("secret", "made at the first start")]
        read_secret(path, make=False)
    except SaringError as error:
        return [Finding("secret", str(error), "every replica needs the same file of at least 32 random characters")]
    if path.stat().st_mode & 0o077 and not path.is_relative_to(_MOUNTED):
        return [Finding("secret", f"{path} can be read by others", f"chmod 600 {path}")]
    return [Finding("secret", "private")]


def _model(settings: Settings) -> list[Finding]:
    from classifiers import Classifier, ModelProblem

    try:
        model = Classifier.load(settings.model_dir)
    except ModelProblem as problem:
        return [Finding("model", str(problem), "until then every comment is held, unscored")]
    return [Finding("model", f"version {model.version}")]


def _disk(settings: Settings) -> list[Finding]:
    if settings.redis_url:
        return []
    folder = settings.data_dir.resolve()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    told = f"{free // 2**20} MiB free under {settings.data_dir}"
    return [Finding("disk", told, "" if free >= _DISK_LEAST else "make room: a full disk stops new comments")]


def _store(settings: Settings) -> list[Finding]:
    try:
        with store_url(settings) as url:
            return asyncio.run(_asked(url, settings.store_timeout_s))
    except (SaringError, OSError) as error:
        return [Finding("store", str(error), "start it, or correct SARING_REDIS_URL")]


async def _asked(url: str, timeout_s: float) -> list[Finding]:
    client = Client(url, timeout_s=timeout_s)
    try:
        hosts = [server.host for server in await client.servers()]
        infos = await client.everywhere("INFO")
        options = await client.everywhere("CONFIG", "GET", *_OPTIONS)
        before = time.time()
        times = await client.everywhere("TIME")
        after = time.time()
    finally:
        await client.close()
    findings = []
    for host, told in zip(hosts, zip(infos, options, times, strict=True), strict=True):
        where = f"{host[0]}:{host[1]}: " if host and len(hosts) > 1 else ""
        findings += [replace(each, told=where + each.told) for each in _server(*told, before, after)]
    return findings


def _server(info: Any, configured: Any, now: Any, before: float, after: float) -> list[Finding]:
    for told in (info, configured, now):
        if isinstance(told, Exception):
            return [Finding("store", str(told), "start it; until then its sites wait")]
    facts = facts_of(info)
    options = {configured[i].decode(): configured[i + 1].decode() for i in range(0, len(configured), 2)}
    return [
        *_durability(facts, options),
        *_coverage(facts, options),
        _memory(memory_of(facts), options),
        _clock(int(now[0]) + int(now[1]) / 1e6, before, after),
    ]


def _coverage(facts: dict[str, str], options: dict[str, str]) -> list[Finding]:
    if facts.get("cluster_enabled") != "1":
        return []
    if options.get("cluster-require-full-coverage") != "no":
        mend = "CONFIG SET cluster-require-full-coverage no, and in its file"
        return [Finding("coverage", "one server that is away stops all the sites", mend)]
    return [Finding("coverage", "one server that is away stops its own sites alone")]


def _durability(facts: dict[str, str], options: dict[str, str]) -> list[Finding]:
    version = facts.get("valkey_version") or facts.get("redis_version", "?")
    findings = [Finding("store", f"version {version}")]
    if options.get("appendonly") != "yes":
        findings.append(Finding("durability", "no append-only file", "CONFIG SET appendonly yes, and in its file"))
    elif options.get("appendfsync") != "always":
        told = f"appendfsync {options.get('appendfsync')}"
        findings.append(Finding("durability", told, "CONFIG SET appendfsync always, or accept losing a second"))
    elif facts.get("aof_last_write_status", "ok") != "ok":
        findings.append(Finding("durability", "the last write to the AOF failed", "look at the store's disk and log"))
    else:
        findings.append(Finding("durability", "append-only file, fsync always"))
    return findings


def _memory(memory: Memory, options: dict[str, str]) -> Finding:
    told = f"{memory.used // 2**20} MiB used" + (f" of {memory.most // 2**20}" if memory.most else "")
    if options.get("maxmemory-policy") not in ("noeviction", None):
        return Finding("memory", f"policy {options['maxmemory-policy']}", "CONFIG SET maxmemory-policy noeviction")
    mend = "raise maxmemory: at the limit new comments are refused"
    return Finding("memory", told, mend if memory.is_nearly_full else "")


def _clock(theirs: float, before: float, after: float) -> Finding:
    off = max(before - theirs, theirs - after, 0.0)
    told = f"{off:.1f} s apart from the store's"
    return Finding("clock", told, "" if off <= _CLOCK_MOST_S else "run NTP on both machines")
