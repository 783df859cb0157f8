"""Ids: short, sortable by time, and carrying their site's tag, so that an id alone finds its slot in the store.

    c_k7m2x01jd3f0a9z…   kind _ tag(5) time(10) entropy(14)

Knows no clock and no chance: the caller hands in both.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from typing import NewType

Tag = NewType("Tag", str)
CommentId = NewType("CommentId", str)
BatchId = NewType("BatchId", str)
KeyId = NewType("KeyId", str)
AccountId = NewType("AccountId", str)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread
TAG_LENGTH = 5
ENTROPY_BYTES = 14
_TIME_LENGTH = 10
_ID = re.compile(rf"(?:c|b|k)_([{ALPHABET}]{{{TAG_LENGTH}}})[{ALPHABET}]{{24}}")
_LETTERS = ALPHABET.encode() * 8  # of each byte its five lowest bits: every letter is as likely as the others


def base32(number: int, length: int) -> str:
    """`number` in `length` characters of Crockford's base 32, most significant first; higher digits are cut."""
    digits = []
    for _ in range(length):
        digits.append(ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(digits))


def new_tag(entropy: bytes) -> Tag:
    """A site's tag: five characters from at least four random bytes."""
    return Tag(base32(int.from_bytes(entropy), TAG_LENGTH))


def new_account_id(entropy: bytes) -> AccountId:
    """A person's id, from ten random bytes."""
    return AccountId(f"u_{base32(int.from_bytes(entropy), 16)}")


def new_secret(entropy: bytes) -> str:
    """What opens something to whoever knows it, from 32 random bytes: a session, an invitation, a key."""
    return base32(int.from_bytes(entropy), 52)


@lru_cache(maxsize=16)
def _time(now_ms: int) -> str:
    return base32(now_ms, _TIME_LENGTH)  # the same for all that a moment brings


def timed_id(kind: str, tag: Tag, now_ms: int, entropy: bytes) -> str:
    """An id of `kind` (c, b or k) that sorts by its time; `entropy` is fourteen random bytes, of each five bits."""
    return f"{kind}_{tag}{_time(now_ms)}{entropy.translate(_LETTERS).decode()}"


def tag_of(any_id: str) -> Tag | None:
    """The site's tag that an id carries, or None where it is no id of ours."""
    found = _ID.fullmatch(any_id)
    return Tag(found[1]) if found else None


def digest(*parts: str) -> str:
    """A short name for what should not stand in a key, or is too long for one; 80 bits, no secret."""
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
