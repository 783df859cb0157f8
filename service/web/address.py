"""Whose request is it? The reader's address through trusted proxies, and the page that a request came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from service.domain.site import address
from service.settings import Network

if TYPE_CHECKING:
    from aiohttp import web


def client_address(request: web.Request, trusted: Sequence[Network]) -> str:
    """The address of who is really asking.

    X-Forwarded-For is believed only from a trusted peer, and only as far as trusted proxies wrote it: walked from the
    right, the first address that is no trusted proxy's. Everything left of it anybody may have made up.
    """
    peer = address(request.remote or "")
    if peer is None:
        return ""
    hops = [hop for header in request.headers.getall("X-Forwarded-For", []) for hop in header.split(",")]
    while hops and any(peer in network for network in trusted):
        told = address(hops.pop())
        if told is None:
            break
        peer = told
    return str(peer)


def is_within(value: str, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks."""
    parsed = address(value)
    return parsed is not None and any(parsed in network for network in networks)


def origin_of(url: str) -> str:
    """scheme://host[:port] of a URL, lower case, default ports left out; "" where it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    # Browsers read a backslash as a slash: `https://evil\\@koran.example` would be theirs, not the newspaper's.
    if parts.scheme not in ("http", "https") or not parts.hostname or "\\" in url or "@" in parts.netloc:
        return ""
    shown = "" if port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{port}"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{shown}"


def page_origin(request: web.Request) -> str:
    """The origin of the page that sent the request: Origin, else Referer's; "" where neither tells."""
    origin = request.headers.get("Origin")
    return origin_of(origin if origin is not None else request.headers.get("Referer", ""))
