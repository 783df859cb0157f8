"""Every key of the store: its name, type, owner and how it ends. No other module spells a key.

All keys of a site bear its tag in braces, so that a cluster keeps them in one slot and one script may touch them all.
The Lua scripts build the same names from `root(tag)`; `docs/reference/keys.md` lists this table, and the tests hold
every key they leave behind against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from service.domain.ids import Tag

Ending = Literal["ttl", "swept", "permanent"]

SITES = "saring:{sites}:slugs"
PEOPLE = "saring:{people}"
ACCOUNTS = "saring:{people}:accounts"
EMAILS = "saring:{people}:emails"
TOKENS = "saring:{people}:tokens"
TOKENS_USED = "saring:{people}:tokens:used"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A row of the table; `pattern` has `<…>` where a part varies."""

    pattern: str
    type: str
    owner: str
    ending: Ending
    what: str

    def matches(self, key: str) -> bool:
        return _regex(self.pattern).fullmatch(key) is not None


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile("[^{}]+".join(re.escape(part) for part in re.split(r"<[^>]+>", pattern)))


TABLE = (
    KeyRow(SITES, "hash", "configure", "permanent", "slug → tag of every site"),
    KeyRow(ACCOUNTS, "hash", "configure", "permanent", "account id → account (JSON)"),
    KeyRow(EMAILS, "hash", "configure", "permanent", "e-mail of an account → account id"),
    KeyRow(TOKENS, "hash", "configure", "permanent", "keyed hash of a personal token → token (JSON)"),
    KeyRow(TOKENS_USED, "hash", "configure", "permanent", "keyed hash of a personal token → last used, ms; to 5 min"),
    KeyRow("saring:{people}:session:<hash>", "string", "enter", "ttl", "a session of the console (JSON); 12 h idle"),
    KeyRow("saring:{people}:sessions:<account>", "zset", "enter", "ttl", "a person's sessions; score: began, ms"),
    KeyRow(
        "saring:{people}:invitation:<hash>", "string", "enter", "ttl", "a link to a password → account; 3 or 1 days"
    ),
    KeyRow("saring:{people}:tries:<digest>", "string", "enter", "ttl", "tries to sign in; 15 min"),
    KeyRow(
        "saring:{<tag>}:site",
        "hash",
        "configure",
        "permanent",
        "site, policy, lists, people (JSON), versions, `revision`",
    ),
    KeyRow("saring:{<tag>}:keys", "hash", "configure", "permanent", "key id → API key (JSON, keyed hash only)"),
    KeyRow(
        "saring:{<tag>}:audit",
        "stream",
        "configure",
        "permanent",
        "who changed policy, lists, keys or people, when",
    ),
    KeyRow("saring:{<tag>}:comment:<id>", "hash", "submit", "swept", "a comment: `doc` (JSON) and where it stands"),
    KeyRow("saring:{<tag>}:history:<id>", "list", "review", "swept", "what people did to a comment (JSON each)"),
    KeyRow("saring:{<tag>}:status:<status>", "zset", "submit", "swept", "comments by status; score: created, ms"),
    KeyRow("saring:{<tag>}:article:<digest>", "hash", "submit", "swept", "an article as its newest comment told it"),
    KeyRow("saring:{<tag>}:under:<digest>", "zset", "submit", "swept", "comments of an article; score: created, ms"),
    KeyRow("saring:{<tag>}:author:<digest>", "hash", "submit", "permanent", "an author's comments, counted by status"),
    KeyRow("saring:{<tag>}:notes:<author>", "list", "regard", "permanent", "notes on an author (JSON each); 200"),
    KeyRow("saring:{<tag>}:of:<digest>", "zset", "submit", "swept", "comments of an author; score: created, ms"),
    KeyRow("saring:{<tag>}:queue:rank:<view>", "zset", "submit", "swept", "pending cases, most urgent highest"),
    KeyRow("saring:{<tag>}:queue:time:<view>", "zset", "submit", "swept", "pending cases; score: created, ms"),
    KeyRow("saring:{<tag>}:claims:<who>", "zset", "review", "ttl", "cases a person holds; score: until, ms"),
    KeyRow("saring:{<tag>}:events", "stream", "submit", "swept", "the site's facts, `0-<n>`, gapless; 90 days"),
    KeyRow("saring:{<tag>}:ref:<digest>", "string", "submit", "swept", "client_ref → comment id and digest"),
    KeyRow("saring:{<tag>}:idem:<digest>", "string", "submit", "ttl", "Idempotency-Key → comment id and digest; 24 h"),
    KeyRow("saring:{<tag>}:dup:<digest>", "string", "submit", "ttl", "author, folded body, article → comment id; 24 h"),
    KeyRow("saring:{<tag>}:flood:<digest>", "string", "submit", "ttl", "GCRA: theoretical arrival time, ms"),
    KeyRow("saring:{<tag>}:batch:<id>", "hash", "review", "ttl", "comment id → version a batch left; 90 days"),
    KeyRow("saring:{<tag>}:op:<op>", "string", "review", "ttl", "the answer to an operation, for its retry; 60 s"),
)


def root(tag: Tag) -> str:
    """What every key of a site begins with; also the KEYS[1] that routes its scripts."""
    return f"saring:{{{tag}}}"


def comment(tag: Tag, comment_id: str) -> str:
    return f"saring:{{{tag}}}:comment:{comment_id}"


def history(tag: Tag, comment_id: str) -> str:
    return f"saring:{{{tag}}}:history:{comment_id}"


def status(tag: Tag, name: str) -> str:
    return f"saring:{{{tag}}}:status:{name}"


def queue(tag: Tag, order: Literal["rank", "time"], view: str) -> str:
    return f"saring:{{{tag}}}:queue:{order}:{view}"


def session(token_hash: str) -> str:
    return f"saring:{{people}}:session:{token_hash}"


def sessions_of(account_id: str) -> str:
    return f"saring:{{people}}:sessions:{account_id}"


def tries(who: str) -> str:
    return f"saring:{{people}}:tries:{who}"


def invitation(token_hash: str) -> str:
    return f"saring:{{people}}:invitation:{token_hash}"


def notes(tag: Tag, author_id: str) -> str:
    return f"saring:{{{tag}}}:notes:{author_id}"
