"""The pepper: one secret of this installation, and the keyed hashes made with it.

API keys and tokens are kept as keyed hashes only, and so are the e-mail and network addresses that name things in the
store. Whoever has the store but not the pepper can neither use the keys nor guess the addresses.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from service.domain.ids import base32
from service.errors import BadSetting

_LEAST = 32


class Secret:
    """Keyed hashes under one pepper; each purpose has its own, so that one cannot be passed off as another."""

    def __init__(self, pepper: bytes) -> None:
        self._key = blake2b(pepper).digest()  # a pepper may be longer than a key may
        # A newspaper sends the same key with every comment.
        self.key_hash = lru_cache(maxsize=1024)(self._key_hash)

    def _key_hash(self, key: str) -> str:
        """Of an API key or a personal token; 256 bits."""
        return self._hash("key", key).hex()

    def author(self, email: str) -> str:
        """An author's name in the store: by e-mail address, whatever its case; 80 bits."""
        return self._hash("author", email.casefold())[:10].hex()

    def address(self, address: str) -> str:
        """A network address's name in the store; 80 bits."""
        return self._hash("address", address)[:10].hex()

    def demo_key(self, tag: str) -> str:
        """The demo site's public key, the same in every process: it stands in the demo page for all to see."""
        return f"pk_{tag}{base32(int.from_bytes(self._hash('demo', tag)), 52)}"

    def _hash(self, purpose: str, value: str) -> bytes:
        given = value.encode("utf-8", "surrogatepass")
        return blake2b(given, digest_size=32, key=self._key, person=purpose.encode()).digest()


def read_secret(path: Path, *, make: bool) -> Secret:
    """The secret in `path`; made there (mode 0600) when `make` and missing. Raises BadSetting."""
    try:
        if make and not path.exists():
            _make(path)
        pepper = path.read_bytes().strip()
    except OSError as error:
        raise BadSetting(f"SARING_SECRET_FILE: cannot read {path}: {error.strerror}") from error
    if len(pepper) < _LEAST:
        raise BadSetting(f"SARING_SECRET_FILE: {path} holds fewer than {_LEAST} characters")
    return Secret(pepper)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(32) + "\n")
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)  # whoever comes first wins; never half a secret
    draft.unlink()
