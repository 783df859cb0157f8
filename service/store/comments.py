"""Comments in the store: writing one, reading one, listing many."""

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
    """What a submission may share with others; digests are "" where there is nothing to look for."""

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
    """How an author stands and since when an article is known (None: since now): what a submission is judged by."""

    n_approved: int = 0
    n_rejected: int = 0
    article_first_seen_ms: int | None = None


class Writing(NamedTuple):
    """A comment ready to be written; it was judged by the configuration of this revision, and by what was `seen`."""

    comment: Comment
    probe: Probe
    doc: bytes
    revision: int
    seen: Seen


class Written(NamedTuple):
    """The store's answer to a writing: created, or why not."""

    is_created: bool = False
    is_stale: bool = False
    repeat: Repeat | None = None
    is_duplicate: bool = False
    flood: tuple[str, float] | None = None  # the limit's name, seconds to wait
    seen: Seen | None = None  # what it should have been judged by


@dataclass(frozen=True, slots=True)
class Page:
    """Comments, newest first, and where the next page begins (None: no more)."""

    comments: list[Comment] = field(default_factory=list)
    before: tuple[int, str] | None = None


class Comments:
    """Reads and writes comments."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def look(self, probe: Probe) -> tuple[int, Seen]:
        """The revision of the site's configuration, and what a submission would be judged by: one round trip."""
        root = keys.root(probe.tag)
        revision, (approved, rejected), first_seen = await self._client.group(
            [
                ("HGET", f"{root}:site", "revision"),
                ("HMGET", f"{root}:author:{probe.author}", "approved", "rejected"),
                ("HGET", f"{root}:article:{probe.article}", "first_seen"),
            ]
        )
        return int(revision or 0), _seen(approved, rejected, first_seen)

    async def recall(self, probes: Sequence[Probe]) -> list[tuple[int, Repeat | None, bool]]:
        """Of each submission: the site's revision, the comment that it repeats, whether it is a duplicate."""
        calls: list[Call] = []
        for probe in probes:
            root = keys.root(probe.tag)
            calls += [
                ("HGET", f"{root}:site", "revision"),
                ("GET", f"{root}:ref:{probe.client_ref}"),
                ("GET", f"{root}:idem:{probe.idempotency}"),
                ("GET", f"{root}:dup:{probe.duplicate}"),
            ]
        replies = await self._client.group(calls)
        recalled = []
        for n, probe in enumerate(probes):
            revision, by_ref, by_key, duplicate = replies[4 * n : 4 * n + 4]
            entry = by_ref or by_key
            recalled.append((int(revision or 0), _repeat(entry, probe.submission) if entry else None, bool(duplicate)))
        return recalled

    async def write(
        self, writings: Sequence[Writing], now_ms: int, *, insists: bool = False
    ) -> list[Written | Exception]:
        """Writes each comment with its case and opening event, atomically, all in one round trip; errors in place.

        Who `insists` writes even where an author or article is seen otherwise by now.
        """
        replies = await self._client.group_each([_submit_call(writing, now_ms, insists) for writing in writings])
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


def _seen(approved: Reply, rejected: Reply, first_seen: Reply) -> Seen:
    return Seen(int(approved or 0), int(rejected or 0), int(first_seen) if first_seen else None)


def _repeat(entry: bytes, submission: str) -> Repeat:
    comment_id, digest = entry.decode().split(" ")
    return Repeat(comment_id, digest == submission)


def _submit_call(writing: Writing, now_ms: int, insists: bool) -> Call:
    comment, probe, seen = writing.comment, writing.probe, writing.seen
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
        "" if insists else seen.n_approved,
        seen.n_rejected,
        now_ms if seen.article_first_seen_ms is None else seen.article_first_seen_ms,
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
        case b"otherwise":
            return Written(seen=_seen(*reply[1:]))
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
