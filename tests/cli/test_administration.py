"""`saring site|key|user`, doctor and wrong settings."""

from __future__ import annotations

import pytest

from tests.cli.host import Host

SITE = ("site", "create", "koran", "--name", "Koran", "--origin", "https://koran.example/berita")


def test_a_newsroom_is_set_up_while_nothing_runs(host: Host) -> None:
    site = host.told(*SITE)
    assert set(site) == {"id", "slug"}
    key = host.told("key", "create", "--site", "koran", "--kind", "akismet")
    assert set(key) == {"id", "key"}
    assert len(key["key"]) == 12
    assert set(key["key"]) <= set("0123456789abcdef")
    (told,) = host.told("site", "list")["sites"]
    assert told["origins"] == ["https://koran.example"]
    assert told["time_zone"] == "Asia/Makassar"
    # and nothing is left running, nor is a secret told twice or kept as it is
    listed = host.run("key", "list")
    assert key["id"].encode() in listed.stdout
    assert key["key"].encode() not in listed.stdout
    assert not any(key["key"].encode() in file.read_bytes() for file in host.data_dir.rglob("*.aof"))
    assert not (host.data_dir / "var" / "valkey.sock").exists()


def test_while_the_service_runs_its_living_store_is_used(host: Host) -> None:
    host.serve(SARING_DEMO="")
    host.told(*SITE)
    secret = str(host.told("key", "create", "--site", "koran", "--kind", "secret")["key"])
    public = host.told("key", "create", "--site", "koran", "--kind", "public")
    person = host.told("user", "create", "--site", "koran", "--role", "moderator", "--email", "rina@example.com")
    assert set(person) == {"id", "email", "password", "token"}
    assert host.submit(secret, 1)[0] == 201
    assert host.ask("GET", "/v1/queue", person["token"])[0] == 200
    # keys are revoked and people disabled at once
    keys = {key["kind"]: key["id"] for key in host.told("key", "list")["keys"]}
    assert set(keys) == {"secret", "public"}
    host.told("key", "revoke", keys["secret"])
    assert host.submit(secret, 2)[0] == 401
    assert host.told("user", "disable", "rina@example.com")["disabled"] is True
    assert host.ask("GET", "/v1/queue", person["token"])[0] == 401
    host.told("site", "set", "koran", "--name", "Koran Baru")
    assert host.told("site", "list")["sites"][0]["name"] == "Koran Baru"
    new = host.told("user", "password", "rina@example.com")
    assert new["password"] != person["password"]
    assert host.told("user", "list")["users"][0]["roles"] == {"koran": "moderator"}
    assert public["key"].startswith("pk_")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("site", "create", "Koran!", "--name", "K", "--origin", "https://k.example"), "SLUG"),
        (("site", "create", "koran", "--name", "K", "--origin", "koran"), "--origin"),
        (
            ("site", "create", "koran", "--name", "K", "--origin", "https://k.example", "--time-zone", "Mars"),
            "--time-zone",
        ),
        (("key", "create", "--site", "nobody", "--kind", "secret"), "nobody"),
        (("key", "revoke", "k_nothing"), "k_nothing"),
        (("user", "password", "nobody@example.com"), "nobody@example.com"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(host: Host, arguments: tuple[str, ...], named: str) -> None:
    done = host.run(*arguments, "--json")
    assert done.returncode != 0
    assert named in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert done.stdout == b""


def test_every_wrong_setting_is_named(host: Host) -> None:
    wrong = {
        "SARING_PORT": "http",
        "SARING_WORKERS": "0",
        "SARING_TRUSTED_PROXIES": "10.0.0.300",
        "SARING_PUBLIC_URL": "koran.example",
        "SARING_REDIS_URL": "localhost:6379",
        "SARING_FLOOD_EMAIL_PER_MIN": "-1",
        "SARING_LOG_LEVEL": "loud",
    }
    host.settings = wrong
    done = host.run("serve")
    assert done.returncode != 0
    assert [name for name in wrong if name not in done.stderr.decode()] == []
    assert "Traceback" not in done.stderr.decode()


def test_a_store_of_ones_own_needs_the_secret(host: Host) -> None:
    done = host.run("serve", SARING_REDIS_URL="redis://127.0.0.1:1")
    assert done.returncode != 0
    assert "SARING_SECRET_FILE" in done.stderr.decode()


def test_the_doctor_finds_a_healthy_house_well_and_names_what_is_not(host: Host) -> None:
    healthy = host.run("doctor")
    assert healthy.returncode == 0, healthy.stdout.decode()
    assert b"BAD" not in healthy.stdout
    host.told(*SITE)
    (host.data_dir / "var" / "secret").chmod(0o644)
    away = host.run("doctor", SARING_MODEL_DIR=str(host.data_dir / "none"))
    assert away.returncode == 1
    told = away.stdout.decode()
    assert "BAD  secret" in told
    assert "BAD  model" in told
    assert "chmod 600" in told
    wrong = host.run("doctor", SARING_PORT="x")
    assert wrong.returncode == 1
    assert b"SARING_PORT" in wrong.stdout
    unreachable = host.run(
        "doctor",
        SARING_REDIS_URL="redis://127.0.0.1:1",
        SARING_SECRET_FILE=str(host.data_dir / "var" / "secret"),
    )
    assert unreachable.returncode == 1
    assert b"BAD  store" in unreachable.stdout
