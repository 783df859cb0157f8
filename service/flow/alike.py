"""Which comments are alike: exact fingerprints of what they share, a domain, a telephone number or the folded text."""

from __future__ import annotations

import re
from functools import lru_cache

from classifiers.text import fold_text, words
from service.domain.comment import Comment
from service.domain.ids import digest
from service.scoring.words import host, links

_PHONE = re.compile(r"(?<!\d)(?:\+?62[\s.-]?|0)8(?:[\s.-]?\d){8,11}(?!\d)")
_LEAST_WORDS = 3


def fingerprints(comment: Comment) -> frozenset[str]:
    """`domain:…`, `phone:…` and `text:…` of a comment; texts of fewer than three words are like too many others."""
    s = comment.submission
    return _fingerprints(comment.id, s.body, s.author.url)


@lru_cache(maxsize=8_192)
def _fingerprints(_comment_id: str, body: str, url: str) -> frozenset[str]:
    found = {f"domain:{host(link)}" for link in (*links(body), *([url] if url else ())) if host(link)}
    for number in _PHONE.findall(body):
        digits = re.sub(r"\D", "", number)
        found.add("phone:" + (digits if digits.startswith("62") else "62" + digits[1:]))
    folded = words(fold_text(body))
    if len(folded) >= _LEAST_WORDS:
        found.add(f"text:{digest(*folded)}")
    return frozenset(found)
