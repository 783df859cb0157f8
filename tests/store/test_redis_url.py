"""SARING_REDIS_URL: what each spelling means; a wrong one is told by its variable's name, never by its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import BadSetting
from service.redis_url import RedisUrl, parse_redis_url
from service.settings import load_settings


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("redis://kabar", RedisUrl("alone", "tcp", (("kabar", 6379),))),
        (
            "redis://saring:p%40ss@kabar:7000/2",
            RedisUrl("alone", "tcp", (("kabar", 7000),), options={"username": "saring", "password": "p@ss", "db": 2}),
        ),
        ("redis://:word@[::1]:7000", RedisUrl("alone", "tcp", (("::1", 7000),), options={"password": "word"})),
        (
            "rediss://kabar?ssl_cert_reqs=none&ssl_check_hostname=false&db=3",
            RedisUrl(
                "alone",
                "tls",
                (("kabar", 6379),),
                options={"ssl_cert_reqs": "none", "ssl_check_hostname": False, "db": 3},
            ),
        ),
        (
            "unix://saring:word@/run/a%20b.sock?db=1",
            RedisUrl(
                "alone",
                "unix",
                (),
                options={"username": "saring", "password": "word", "db": 1, "path": "/run/a b.sock"},
            ),
        ),
        (
            "redis+sentinel://saring:word@a,b:7000/kabar/4?sentinel_password=secret",
            RedisUrl(
                "sentinel",
                "tcp",
                (("a", 26379), ("b", 7000)),
                "kabar",
                {"username": "saring", "password": "word", "db": 4},
                {"password": "secret"},
            ),
        ),
        (
            "rediss+sentinel://a/kabar?ssl_ca_path=/",
            RedisUrl("sentinel", "tls", (("a", 26379),), "kabar", {"ssl_ca_path": "/"}, {"ssl_ca_path": "/"}),
        ),
        (
            "redis+cluster://saring:word@a:1,b:2,c",
            RedisUrl(
                "cluster", "tcp", (("a", 1), ("b", 2), ("c", 6379)), options={"username": "saring", "password": "word"}
            ),
        ),
    ],
)
def test_a_url_is_understood(url: str, meant: RedisUrl) -> None:
    assert parse_redis_url(url) == meant


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("localhost:6379", "must begin with one of redis://"),
        ("valkey://word@kabar", "must begin with one of redis://"),
        ("redis://", "must name a host"),
        ("redis://:word@:6379", "must name a host"),
        ("redis://kabar:seven", "a port must be a number"),
        ("redis://kabar:70000", "a port must be a number"),
        ("redis://kabar:0", "a port must be a number"),
        ("redis://[::1", "cannot be read"),
        ("redis://saring@kabar", "a user without a password"),
        ("redis://:wo#rd@kabar", "%23"),
        ("redis://a,b", "redis+sentinel:// or redis+cluster://"),
        ("redis://kabar/first", "the database must be a number"),
        ("redis://kabar/1/2", "the path must be a database's number"),
        ("redis://kabar?db=x", "db must be a number"),
        ("redis://kabar?socket_timeout=3", "does not know the option socket_timeout"),
        ("redis://kabar?ssl_ca_certs=/", "ssl_ca_certs needs rediss://"),
        ("rediss://kabar?ssl_ca_certs=/no/such.pem", "there is no /no/such.pem"),
        ("rediss://kabar?ssl_cert_reqs=maybe", "required, optional or none"),
        ("rediss://kabar?ssl_check_hostname=perhaps", "true or false"),
        ("unix://", "must name a socket"),
        ("unix://run/valkey.sock", "must name a socket"),
        ("redis+sentinel://a,b", "the service that the Sentinels watch"),
        ("redis+sentinel://a/kabar/x", "the database must be a number"),
        ("redis+sentinel://a,,b/kabar", "must name a host"),
        ("redis+cluster://a:1,b:2/1", "database 0 alone"),
        ("redis+cluster://a?db=1", "database 0 alone"),
        ("redis+cluster://a?sentinel_password=x", "does not know the option sentinel_password"),
    ],
)
def test_a_wrong_one_is_told_by_its_variable(url: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARING_REDIS_URL", url)

    with pytest.raises(BadSetting) as refused:
        load_settings()

    assert str(refused.value).startswith("SARING_REDIS_URL: ")
    assert reason in str(refused.value)
    assert "word" not in str(refused.value).replace("password", "")


def test_files_of_tls_are_looked_for_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")

    url = load_settings(redis_url=f"rediss://kabar?ssl_ca_certs={tmp_path / 'ca.pem'}").redis_url

    assert parse_redis_url(url).options == {"ssl_ca_certs": str(tmp_path / "ca.pem")}
