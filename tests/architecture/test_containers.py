"""A container that breaks a promise is told by name; what compose itself says is asked in `make check`."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from tools.containers import Config, broken_promises, weak_lines

ROOT = Path(__file__).parents[2]

HARDENED: Config = {
    "image": "saring:0.1.0",
    "read_only": True,
    "init": True,
    "user": "10001:10001",
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "stop_grace_period": "30s",
    "healthcheck": {"test": ["CMD", "true"]},
    "deploy": {"resources": {"limits": {"memory": "1", "cpus": 1, "pids": 64}}},
    "networks": {"store": None},
}
PROJECT: Config = {
    "services": {
        "valkey": HARDENED
        | {"image": "valkey/valkey:9.1.2", "volumes": [{"type": "volume", "source": "data", "target": "/data"}]},
        "valkey-1": HARDENED
        | {
            "image": "valkey/valkey:9.1.2",
            "volumes": [{"type": "volume", "source": "data-1", "target": "/data"}],
            "command": ["--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"],
            "networks": {"store": {"ipv4_address": "172.30.83.11"}},
        },
        "create-cluster": HARDENED | {"image": "valkey/valkey:9.1.2", "restart": "no"},
        "service": HARDENED
        | {
            "depends_on": {"valkey": {"condition": "service_healthy"}},
            "environment": {"SARING_SECRET_FILE": "/run/secrets/pepper"},
            "secrets": [{"source": "pepper", "target": "/run/secrets/pepper"}],
            "ports": [{"host_ip": "127.0.0.1", "target": 8080}],
        },
    },
    "networks": {"store": {"internal": True}},
}


def test_a_hardened_project_breaks_no_promise() -> None:
    assert list(broken_promises(PROJECT)) == []


@pytest.mark.parametrize(
    ("name", "harm", "promise"),
    [
        ("valkey", lambda service: service.update(ports=[{"target": 6379}]), "publishes no port"),
        ("valkey", lambda service: service.update(image="valkey/valkey:latest"), "pinned"),
        ("valkey", lambda service: service.update(volumes=[]), "volume"),
        ("valkey", lambda service: service["networks"].update(outside=None), "inner network"),
        ("valkey-1", lambda service: service["command"].remove("no"), "its own sites alone"),
        ("valkey-1", lambda service: service.update(networks={"store": None}), "keeps its address"),
        ("create-cluster", lambda service: service.update(restart="always"), "not started again"),
        ("create-cluster", lambda service: service.update(networks={"outside": None}), "inner network"),
        ("service", lambda service: service.pop("read_only"), "read-only"),
        ("service", lambda service: service.update(user="0:0"), "root"),
        ("service", lambda service: service.pop("user"), "root"),
        ("service", lambda service: service.update(cap_add=["NET_ADMIN"]), "capabilities"),
        ("service", lambda service: service["deploy"]["resources"]["limits"].pop("memory"), "limited"),
        ("service", lambda service: service["ports"][0].update(host_ip="0.0.0.0"), "loopback"),
        ("service", lambda service: service["environment"].update(SARING_SECRET_FILE="/data/pepper"), "secret"),
    ],
)
def test_a_broken_promise_is_told(name: str, harm: Callable[[Config], object], promise: str) -> None:
    project = deepcopy(PROJECT)
    harm(project["services"][name])

    told = list(broken_promises(project))

    assert any(line.startswith(f"docker-compose.yml: {name}: ") and promise in line for line in told)


def test_servers_that_share_their_data_are_told() -> None:
    project = deepcopy(PROJECT) | {"volumes": {"data": {}, "data-1": {}}}
    assert list(broken_promises(project)) == []
    project["services"]["valkey-1"]["volumes"][0]["source"] = "data"

    assert list(broken_promises(project)) == ["docker-compose.yml: broken promise: no two servers share their data"]


def test_the_shipped_store_loses_and_evicts_nothing() -> None:
    assert list(weak_lines((ROOT / "deploy/valkey/valkey.conf").read_text("utf-8"))) == []


def test_a_store_that_may_lose_a_second_is_told() -> None:
    assert any("appendfsync always" in line for line in weak_lines("appendonly yes\nappendfsync everysec\n"))
