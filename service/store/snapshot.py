"""All that a server has, as one moment saw it and as the server streams it to a replica (RDB)."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, BinaryIO

from redis.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import RedisError

from service.errors import BackupRefused, StoreUnavailable
from service.redis_url import RedisUrl, Transport
from service.store.server import Host

_PIECE = 1 << 20
_PATIENCE_S = 120.0  # until the server has forked and begins
_KINDS: dict[Transport, type[Connection] | type[UnixDomainSocketConnection]] = {
    "tcp": Connection,
    "tls": SSLConnection,
    "unix": UnixDomainSocketConnection,
}


def take_snapshot(url: RedisUrl, host: Host | None, into: Path) -> None:
    """Asks the server at `host` (None: the socket that the URL names) for all it has, as a replica does.

    Raises BackupRefused, StoreUnavailable.
    """
    where = {"host": host[0], "port": host[1]} if host else {}
    connection = _KINDS[url.transport](
        protocol=2, client_name="saring-backup", driver_info=None, socket_timeout=_PATIENCE_S, **url.options, **where
    )
    try:
        connection.connect()  # type: ignore[no-untyped-call]
        connection.send_command("REPLCONF", "capa", "eof")  # type: ignore[no-untyped-call]
        connection.read_response()
        connection.send_command("SYNC")  # type: ignore[no-untyped-call]
        # From here on it is no longer the protocol that the client speaks.
        stream: socket.socket = connection._sock  # type: ignore[assignment]
        with into.open("xb") as sink, stream.makefile("rb") as source:
            _receive(source, sink)
    except RedisError as error:
        raise StoreUnavailable(f"the store gives no snapshot: {error}") from error
    except (ConnectionError, TimeoutError) as error:
        raise StoreUnavailable("the snapshot broke off") from error
    finally:
        connection.disconnect()  # type: ignore[no-untyped-call]


def _receive(source: Any, sink: BinaryIO) -> None:
    """The stream is `$EOF:<mark>`, the snapshot, and the mark again; line feeds before it mean that it is coming."""
    head = b"\n"
    while head == b"\n":
        head = source.readline()
    if head.startswith(b"-"):
        raise BackupRefused(
            f"the store refuses a snapshot ({head[1:].decode().strip()}); its user needs +replconf +sync +restore"
        )
    if not head.startswith(b"$EOF:"):
        raise StoreUnavailable("the store gives no snapshot: it must be Valkey, or Redis 7 with diskless replication")
    mark = head[5:45]
    last = b""
    while piece := source.read1(_PIECE):
        last += piece
        if last.endswith(mark):
            sink.write(last[: -len(mark)])
            return
        sink.write(last[: -len(mark)])
        last = last[-len(mark) :]
    raise StoreUnavailable("the snapshot broke off")
