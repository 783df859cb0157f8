"""Comments in the store: the look before a submission, the writing of it, reading one, listing many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from service.domain.case import HistoryEntry
from service.domain.comment import Comment, Status
from service.domain.ids import Tag
from service.store import codec, keys
from service.store.client import Call, Client, Reply, run


class FloodLimit(NamedTuple):
    """At most `comments` in `period_ms`, by GCRA; `digest` names who or what is limited."""

    name: str
    digest: str
    comments: int
    period_ms: int


class Probe(NamedTuple):
    """What to look for before a submission is assessed; digests are "" where there is nothing to look for."""

    tag: Tag
    article: str
    author: str
    duplicate: str
    submission: str
    client_ref: str = ""
    idempotency: str = ""
    floods: tuple[FloodLimit, ...] = ()


class Repeat(NamedTuple):
    """The comment that an earlier submission with the same client_ref or Idempotency-Key made."""

    comment_id: str
    is_same: bool


class Seen(NamedTuple):
    """What the look found."""

    revision: int
    repeat: Repeat | None = None
    is_duplicate: bool = False
    n_approved: int = 0
    n_rejected: int = 0
    article_first_seen_ms: int | None = None


class Writing(NamedTuple):
    """A comment ready to be written; `revision` is that of the configuration it was judged by."""

    comment: Comment
    probe: Probe
    doc: bytes
    revision: int


class Written(NamedTuple):
    """The store's answer to a writing: created, or why not."""

    is_created: bool = False
    is_stale: bool = False
    repeat: Repeat | None = None
    is_duplicate: bool = False
    flood: tuple[str, float] | None = None  # the limit's name, seconds to wait


@dataclass(frozen=True, slots=True)
class Page:
    """Comments, newest first, and where the next page begins (None: no more)."""

    comments: list[Comment] = field(default_factory=list)
    before: tuple[int, str] | None = None


class Comments:
    """Reads and writes comments."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def look(self, probes: Sequence[Probe]) -> list[Seen | Exception]:
        """What is known of each submission's repeats, author and article: one round trip, one script for each site.

        A site's error stays in the places of its submissions.
        """
        sites: dict[Tag, list[int]] = {}
        for at, probe in enumerate(probes):
            sites.setdefault(probe.tag, []).append(at)
        calls = [_look_call(tag, [probes[at] for at in sites[tag]]) for tag in sites]
        seen: dict[int, Seen | Exception] = {}
        for group, reply in zip(sites.values(), await self._client.group_each(calls), strict=True):
            if isinstance(reply, Exception):
                seen |= dict.fromkeys(group, reply)
                continue
            revision, *found = reply
            for n, at in enumerate(group):
                seen[at] = _seen(probes[at], revision, *found[5 * n : 5 * n + 5])
        return [seen[at] for at in range(len(probes))]

    async def write(self, writings: Sequence[Writing], now_ms: int) -> list[Written | Exception]:
        """Writes each comment with its case and opening event, atomically, all in one round trip; errors in place."""
        replies = await self._client.group_each([_submit_call(writing, now_ms) for writing in writings])
        return [
            reply if isinstance(reply, Exception) else _written(writing, reply)
            for writing, reply in zip(writings, replies, strict=True)
        ]

    async def get(self, tag: Tag, comment_ids: Sequence[str]) -> list[Comment | None]:
        """The comments by id, in order, None where there is none."""
        if not comment_ids:
            return []
        replies = await self._client.group(
            [("HMGET", keys.comment(tag, comment_id), *codec.STANDING_FIELDS) for comment_id in comment_ids]
        )
        return [codec.load_comment(cid, reply) for cid, reply in zip(comment_ids, replies, strict=True)]

    async def history(self, tag: Tag, comment_id: str) -> list[HistoryEntry]:
        """What people did to the comment, oldest first."""
        rows = await self._client.call("LRANGE", keys.history(tag, comment_id), 0, -1)
        return [_history_entry(orjson.loads(row)) for row in rows]

    async def newest(self, tag: Tag, index: str, before: tuple[int, str] | None, limit: int) -> list[tuple[int, str]]:
        """(created, id) of an index (`status:…`, `under:…`, `of:…`), newest first, strictly before a point.

        A whole group of comments may bear the same millisecond: those that share the point's are asked for apart.
        """
        name = f"{keys.root(tag)}:{index}"
        if before is None:
            return _points(await self._client.call("ZRANGE", name, 0, limit - 1, "REV", "WITHSCORES"))
        created, comment_id = before
        ties, older = await self._client.group(
            [
                ("ZRANGE", name, created, created, "BYSCORE", "REV", "WITHSCORES"),
                ("ZRANGE", name, f"({created}", "-inf", "BYSCORE", "REV", "LIMIT", 0, limit, "WITHSCORES"),
            ]
        )
        return [*(point for point in _points(ties) if point[1] < comment_id), *_points(older)][:limit]

    async def status_counts(self, tag: Tag) -> dict[str, int]:
        """How many comments stand where."""
        replies = await self._client.group([("ZCARD", keys.status(tag, status)) for status in Status])
        return {status.value: int(n) for status, n in zip(Status, replies, strict=True)}

    async def ended(self, tag: Tag, status: Status, created_before_ms: int, limit: int, offset: int) -> list[str]:
        """Ids of comments of a status created before a time, oldest first: candidates for retiring."""
        rows = await self._client.call(
            "ZRANGE", keys.status(tag, status), "-inf", created_before_ms, "BYSCORE", "LIMIT", offset, limit
        )
        return [row.decode() for row in rows]

    async def retire(
        self, tag: Tag, ids: Iterable[str], *, now_ms: int, expire_before_ms: int, delete_before_ms: int
    ) -> tuple[int, int]:
        """Expires pending and deletes ended comments whose time is over; how many of each."""
        reply = await self._client.call(
            *run("retire", keys.root(tag), now_ms, expire_before_ms, delete_before_ms, *ids)
        )
        return int(reply[0]), int(reply[1])


def _points(rows: list[bytes]) -> list[tuple[int, str]]:
    return [(int(rows[i + 1]), rows[i].decode()) for i in range(0, len(rows), 2)]


def _look_call(tag: Tag, probes: Iterable[Probe]) -> Call:
    digests = [part for p in probes for part in (p.duplicate, p.client_ref, p.idempotency, p.author, p.article)]
    return run("look", keys.root(tag), *digests)


def _seen(
    probe: Probe, revision: Reply, repeat: Reply, duplicate: Reply, approved: Reply, rejected: Reply, first_seen: Reply
) -> Seen:
    return Seen(
        revision=int(revision or 0),
        repeat=_repeat(repeat, probe.submission) if repeat else None,
        is_duplicate=duplicate is not None,
        n_approved=int(approved or 0),
        n_rejected=int(rejected or 0),
        article_first_seen_ms=int(first_seen) if first_seen else None,
    )


def _repeat(entry: bytes, submission: str) -> Repeat:
    comment_id, digest = entry.decode().split(" ")
    return Repeat(comment_id, digest == submission)


def _submit_call(writing: Writing, now_ms: int) -> Call:
    comment, probe = writing.comment, writing.probe
    article = comment.submission.article
    floods: list[str | int] = []
    for limit in probe.floods:
        floods += (limit.digest, limit.comments, limit.period_ms)
    return run(
        "submit",
        keys.root(probe.tag),
        comment.id,
        now_ms,
        writing.revision,
        writing.doc,
        comment.status.value,
        comment.kind,
        comment.priority,
        probe.article,
        probe.author,
        comment.submission.client_ref,
        probe.client_ref,
        probe.idempotency,
        probe.submission,
        probe.duplicate,
        comment.judgement.reasons[0].code if comment.judgement.reasons else "",
        article.id,
        article.url,
        article.title,
        "" if article.published_ms is None else article.published_ms,
        *floods,
    )


def _written(writing: Writing, reply: list[Any]) -> Written:
    match reply[0]:
        case b"created":
            return Written(is_created=True)
        case b"stale":
            return Written(is_stale=True)
        case b"repeat" | b"other":
            return Written(repeat=Repeat(reply[1].decode(), reply[0] == b"repeat"))
        case b"duplicate":
            return Written(is_duplicate=True)
        case _:
            limit = writing.probe.floods[int(reply[1]) - 1]
            return Written(flood=(limit.name, int(reply[2]) / 1000))


def _history_entry(row: dict[str, Any]) -> HistoryEntry:
    return HistoryEntry(
        what=row["what"],
        by=row["by"],
        at_ms=int(row["at"]),
        version=int(row["version"]),
        status=row["status"],
        reason=row.get("reason", ""),
        note=row.get("note", ""),
        batch=row.get("batch", ""),
    )
