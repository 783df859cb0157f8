"""Hold docker-compose.yml and the Dockerfile to what they promise, where no container engine runs.

``docker-compose config`` reads the file as compose would, with the example's settings; hadolint lints the Dockerfile
and the shell in it; the promises below are then asked of what compose understood, not of the file's spelling.
"""

import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

#: A service, a network or the whole project as ``docker-compose config --format json`` gives it.
Config = dict[str, Any]

#: What every container promises: sentence and test.
EVERY_SERVICE: dict[str, Callable[[Config], bool]] = {
    "its root filesystem is read-only": lambda service: service.get("read_only") is True,
    "it has no capabilities": lambda service: service.get("cap_drop") == ["ALL"] and not service.get("cap_add"),
    "it gains no new privileges": lambda service: "no-new-privileges:true" in service.get("security_opt", []),
    "it does not run as root": lambda service: str(service.get("user", "root")).split(":")[0] not in {"root", "0"},
    "an init reaps its children": lambda service: service.get("init") is True,
    "it is limited in memory, processors and processes": lambda service: (
        {"memory", "cpus", "pids"} <= service.get("deploy", {}).get("resources", {}).get("limits", {}).keys()
    ),
    "it has time to stop": lambda service: "stop_grace_period" in service,
    "its image is pinned": lambda service: bool(re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*", service["image"])),
    "it is watched, or says that it is not": lambda service: "healthcheck" in service,
}

#: What the store promises besides.
STORE: dict[str, Callable[[Config], bool]] = {
    "it publishes no port": lambda service: not service.get("ports"),
    "it is the official Valkey 9": lambda service: service["image"].startswith("valkey/valkey:9."),
    "its data lives in a volume": lambda service: any(
        mount["type"] == "volume" and mount["target"] == "/data" for mount in service.get("volumes", [])
    ),
    "it is reached through the inner network alone": lambda service: list(service.get("networks", {})) == ["store"],
}

#: What a job promises that runs once, beside the store, and ends.
JOB: dict[str, Callable[[Config], bool]] = {
    "it is not started again": lambda service: service.get("restart") == "no",
    "it publishes no port": STORE["it publishes no port"],
    "it is the official Valkey 9": STORE["it is the official Valkey 9"],
    "it reaches the inner network alone": STORE["it is reached through the inner network alone"],
}

#: What each server of a cluster promises besides.
NODE: dict[str, Callable[[Config], bool]] = {
    "one that is away stops its own sites alone": lambda service: _follows(
        service.get("command", []), "--cluster-require-full-coverage", "no"
    ),
    "it keeps its address": lambda service: "ipv4_address" in (service["networks"]["store"] or {}),
}

#: What the service and the worker promise besides.
SARING: dict[str, Callable[[Config], bool]] = {
    "it waits for a healthy store": lambda service: service["depends_on"]["valkey"]["condition"] == "service_healthy",
    "its pepper is a secret": lambda service: (
        [f"/run/secrets/{secret['source']}" for secret in service.get("secrets", [])]
        == [service["environment"].get("SARING_SECRET_FILE")]
    ),
    "it publishes on the loopback address alone": lambda service: all(
        port.get("host_ip") == "127.0.0.1" for port in service.get("ports", [])
    ),
}

#: What valkey.conf must say so that nothing acknowledged is lost or evicted.
VALKEY_CONF = ("appendonly yes", "appendfsync always", "maxmemory-policy noeviction")


def broken_promises(project: Config) -> Iterator[str]:
    """Every promise that `project` breaks, as ``service: promise``."""
    for name, service in project["services"].items():
        for promise, is_kept in (EVERY_SERVICE | _promises_of(name)).items():
            if not is_kept(service):
                yield f"docker-compose.yml: {name}: broken promise: {promise}"
    homes = [mount["source"] for service in project["services"].values() for mount in service.get("volumes", [])]
    if any(homes.count(home) > 1 for home in project.get("volumes", {})):
        yield "docker-compose.yml: broken promise: no two servers share their data"
    if not project["networks"]["store"].get("internal"):
        yield "docker-compose.yml: broken promise: the store's network leads nowhere"


def _promises_of(name: str) -> dict[str, Callable[[Config], bool]]:
    if name.startswith("create-"):
        return JOB
    if name.startswith("valkey-"):
        return STORE | NODE
    return STORE if name == "valkey" else SARING


def _follows(words: list[str], option: str, value: str) -> bool:
    return (option, value) in pairwise(words)


def weak_lines(valkey_conf: str) -> Iterator[str]:
    """The promises that the text of `valkey_conf` does not give."""
    lines = valkey_conf.splitlines()
    for line in VALKEY_CONF:
        if line not in lines:
            yield f"deploy/valkey/valkey.conf: missing: {line}"


def compose_config(root: Path) -> Config:
    """What compose makes of docker-compose.yml below `root` with the settings of deploy/env.example.

    Raises ``subprocess.CalledProcessError``; compose's own words stand in its ``stderr``.
    """
    command = ["docker-compose", "--env-file", "deploy/env.example", "--profile", "*", "config", "--format", "json"]
    project: Config = json.loads(_run(command, root))
    return project


def _run(command: list[str], root: Path) -> str:
    """The output of `command`, a program of this Python environment, run in `root` without the caller's variables."""
    program = Path(sysconfig.get_path("scripts")) / command[0]
    finished = subprocess.run(
        [str(program), *command[1:]], cwd=root, check=True, capture_output=True, text=True, env={"PATH": ""}
    )
    return finished.stdout


def check(root: Path) -> list[str]:
    """Everything wrong with the container files of the repository at `root`."""
    try:
        _run(["hadolint", "Dockerfile"], root)
        project = compose_config(root)
    except subprocess.CalledProcessError as error:
        return f"{error.stdout}{error.stderr}".strip().splitlines()
    conf = (root / "deploy/valkey/valkey.conf").read_text("utf-8")
    return [*broken_promises(project), *weak_lines(conf)]


def main() -> int:
    """Print everything wrong; 1 when there is something."""
    problems = check(Path(__file__).parent.parent)
    print("\n".join(problems) or "containers: compose file and Dockerfile keep their promises")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
