"""The address of the store, as `SARING_REDIS_URL` spells it. Knows no Redis library and opens nothing.

    redis://[USER:PASSWORD@]HOST[:6379][/DATABASE]         one server
    unix://[USER:PASSWORD@]/PATH[?db=DATABASE]             one server on this machine
    redis+sentinel://…HOST[:26379],HOST…/SERVICE[/DATABASE]  the primary that the Sentinels name
    redis+cluster://…HOST[:6379],HOST…                     a cluster; any of its nodes, to ask for the others

With `rediss` in place of `redis` every connection is TLS; `ssl_ca_certs` and the like follow as in redis-py's URLs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

Shape = Literal["alone", "sentinel", "cluster"]
Transport = Literal["tcp", "tls", "unix"]

_SCHEMES: dict[str, tuple[Shape, Transport]] = {
    "redis": ("alone", "tcp"),
    "rediss": ("alone", "tls"),
    "unix": ("alone", "unix"),
    "redis+sentinel": ("sentinel", "tcp"),
    "rediss+sentinel": ("sentinel", "tls"),
    "redis+cluster": ("cluster", "tcp"),
    "rediss+cluster": ("cluster", "tls"),
}
_PORTS: dict[Shape, int] = {"alone": 6379, "sentinel": 26379, "cluster": 6379}


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """An address, understood. `options` are keyword arguments of a connection to a server, in redis-py's names."""

    shape: Shape
    transport: Transport
    hosts: tuple[tuple[str, int], ...]
    service: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    sentinel_options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def database(self) -> int:
        return int(self.options.get("db", 0))


def parse_redis_url(url: str) -> RedisUrl:
    """The address. Raises ValueError, in words that hold nothing of the URL: it may hold a password."""
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in _SCHEMES:
        raise ValueError(f"must begin with one of {', '.join(f'{known}://' for known in _SCHEMES)}")
    shape, transport = _SCHEMES[scheme]
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError("cannot be read as a URL") from error
    if parts.fragment:
        raise ValueError("has a #; in a password it is written %23")
    credentials, _, netloc = parts.netloc.rpartition("@")
    given = _given(parts.query, transport, shape)
    sentinel = {name: given.pop(f"sentinel_{name}") for name in ("username", "password") if f"sentinel_{name}" in given}
    options = {**_credentials(credentials), **given}
    if transport == "unix":
        if netloc or not parts.path:
            raise ValueError("must name a socket: unix:///path")
        return RedisUrl(shape, transport, (), options={**options, "path": unquote(parts.path)})
    hosts = tuple(_host(part, _PORTS[shape]) for part in netloc.split(","))
    if shape == "alone" and len(hosts) > 1:
        raise ValueError("names several servers; that needs redis+sentinel:// or redis+cluster://")
    service, database = _path(shape, [unquote(part) for part in parts.path.split("/") if part])
    if database:
        options["db"] = _number(database, "the database")
    if shape == "cluster" and options.get("db"):
        raise ValueError("a cluster has database 0 alone")
    tls = {name: value for name, value in given.items() if name.startswith("ssl_")}
    return RedisUrl(shape, transport, hosts, service, options, {**tls, **sentinel} if shape == "sentinel" else {})


def _host(part: str, port: int) -> tuple[str, int]:
    try:
        split = urlsplit(f"//{part}")
        found = port if split.port is None else split.port
    except ValueError:
        found = 0
    if not found:
        raise ValueError("a port must be a number from 1 to 65535")
    if not split.hostname:
        raise ValueError("must name a host")
    return split.hostname, found


def _credentials(raw: str) -> dict[str, str]:
    username, _, password = raw.partition(":")
    told = {"username": unquote(username), "password": unquote(password)}
    if told["username"] and not told["password"]:
        raise ValueError("names a user without a password")
    return {name: value for name, value in told.items() if value}


def _path(shape: Shape, parts: list[str]) -> tuple[str, str]:
    """Service and database."""
    if shape != "sentinel":
        if len(parts) > 1:
            raise ValueError("the path must be a database's number, or nothing")
        return "", "".join(parts)
    if not 1 <= len(parts) <= 2:
        raise ValueError("must name the service that the Sentinels watch: redis+sentinel://host:26379/service")
    return parts[0], "".join(parts[1:])


def _number(value: str, what: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"{what} must be a number")
    return int(value)


def _flag(value: str) -> bool:
    if value.lower() not in ("true", "false", "1", "0", "yes", "no"):
        raise ValueError("ssl_check_hostname must be true or false")
    return value.lower() in ("true", "1", "yes")


def _existing(value: str) -> str:
    if not Path(value).exists():
        raise ValueError(f"there is no {value}")
    return value


def _requirement(value: str) -> str:
    if value not in ("required", "optional", "none"):
        raise ValueError("ssl_cert_reqs must be required, optional or none")
    return value


_TLS: dict[str, Callable[[str], object]] = {
    "ssl_ca_certs": _existing,
    "ssl_ca_path": _existing,
    "ssl_certfile": _existing,
    "ssl_keyfile": _existing,
    "ssl_password": str,
    "ssl_cert_reqs": _requirement,
    "ssl_check_hostname": _flag,
    "ssl_ciphers": str,
}
_ALONE: dict[str, Callable[[str], object]] = {"db": lambda value: _number(value, "db")}
_SENTINEL: dict[str, Callable[[str], object]] = {"sentinel_username": str, "sentinel_password": str}


def _given(query: str, transport: Transport, shape: Shape) -> dict[str, Any]:
    known = {
        **(_TLS if transport == "tls" else {}),
        **(_SENTINEL if shape == "sentinel" else _ALONE),
    }
    options: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in _TLS and transport != "tls":
            raise ValueError(f"{name} needs rediss://")
        if name not in known:
            raise ValueError(f"does not know the option {name}; there are {', '.join(known)}")
        options[name] = known[name](value)
    return options
