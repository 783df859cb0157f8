"""The Lua scripts: read from `lua/`, joined with their library, known by their SHA-1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha1
from importlib.resources import files

NAMES = (
    "submit", "decide", "undo", "escalate", "claim", "release", "retire", "configure", "keys", "hold", "people",
)  # fmt: skip
_INCLUDE = "-- @include lib\n"


@dataclass(frozen=True, slots=True)
class Script:
    """A script's full text, shebang first, and the name the server knows it by."""

    name: str
    text: str
    sha: str


@cache
def script(name: str) -> Script:
    """The script `name`, with `lib.lua` where it asks for it."""
    folder = files("service.store") / "lua"
    text = (folder / f"{name}.lua").read_text("utf-8")
    text = text.replace(_INCLUDE, (folder / "lib.lua").read_text("utf-8"))
    return Script(name, text, sha1(text.encode(), usedforsecurity=False).hexdigest())
