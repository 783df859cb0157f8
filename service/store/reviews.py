"""The queue, claims and decisions in the store. Each change is one script, idempotent by its operation id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import orjson

from service.domain.case import KINDS, Outcome
from service.domain.ids import Tag
from service.errors import CaseAlreadyDecided, NotFound, NothingToUndo, NotPending, SaringError, Standing
from service.store import codec, keys
from service.store.client import Client, Reply, reply_error, run

Order = Literal["priority", "oldest", "newest"]
BATCH_LIFE_MS = 90 * 86_400_000


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision to be made: who, what, why, and the version that was seen (None: whatever stands)."""

    comment_id: str
    operation: str
    decision: Literal["approve", "reject"]
    by: str
    reason: str = ""
    note: str = ""
    expected_version: int | None = None
    batch: str = ""


class Reviews:
    """What people do with pending comments."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def decide(self, tag: Tag, rulings: Sequence[Ruling], now_ms: int) -> list[Outcome | SaringError]:
        """Decides each on its own, all in one round trip; errors of one stay in its place."""
        replies = await self._client.group_each(
            [
                run(
                    "decide",
                    keys.root(tag),
                    r.comment_id,
                    now_ms,
                    r.operation,
                    r.decision,
                    r.reason,
                    r.note,
                    r.by,
                    "" if r.expected_version is None else r.expected_version,
                    r.batch,
                    BATCH_LIFE_MS,
                )
                for r in rulings
            ]
        )
        return [_outcome(r.comment_id, reply) for r, reply in zip(rulings, replies, strict=True)]

    async def undo(
        self, tag: Tag, undos: Sequence[tuple[str, str, int | None]], by: str, now_ms: int
    ) -> list[Outcome | SaringError]:
        """Takes back what stands of each (comment id, operation id, expected version or None)."""
        replies = await self._client.group_each(
            [
                run("undo", keys.root(tag), cid, now_ms, operation, by, "" if expected is None else expected)
                for cid, operation, expected in undos
            ]
        )
        return [_outcome(cid, reply) for (cid, _, _), reply in zip(undos, replies, strict=True)]

    async def escalate(self, tag: Tag, comment_id: str, operation: str, by: str, note: str, now_ms: int) -> Outcome:
        """Hands a pending case to the editors. Raises NotFound, NotPending."""
        reply = await self._client.call(*run("escalate", keys.root(tag), comment_id, now_ms, operation, by, note))
        return raised(_outcome(comment_id, reply))

    async def claim(
        self,
        tag: Tag,
        by: str,
        operation: str,
        *,
        n: int,
        order: Order,
        views: Sequence[str],
        now_ms: int,
        until_ms: int,
    ) -> list[str]:
        """Ids of up to `n` cases that nobody holds, now held by `by` until `until_ms`."""
        first, second = (*views, "")[:2]
        reply = await self._client.call(
            *run("claim", keys.root(tag), now_ms, operation, by, until_ms, n, _ORDERS[order], first, second)
        )
        return [entry.decode() for entry in reply]

    async def hold(
        self, tag: Tag, by: str, operation: str, comment_ids: Sequence[str], *, now_ms: int, until_ms: int
    ) -> list[str]:
        """Of the named cases those that nobody else holds, now held by `by` until `until_ms`."""
        reply = await self._client.call(*run("hold", keys.root(tag), now_ms, operation, by, until_ms, *comment_ids))
        return [entry.decode() for entry in reply]

    async def release(self, tag: Tag, by: str, operation: str, comment_ids: Sequence[str]) -> list[str]:
        """Gives back the named cases (none named: all) that `by` holds; the ids given back."""
        reply = await self._client.call(*run("release", keys.root(tag), by, operation, *comment_ids))
        return [entry.decode() for entry in reply]

    async def queue(self, tag: Tag, order: Order, views: Sequence[str], limit: int) -> list[str]:
        """Ids of the first pending cases that stand in all `views`."""
        command = "ZRANGE" if order == "oldest" else "ZREVRANGE"
        names = [keys.queue(tag, "rank" if order == "priority" else "time", view) for view in views]
        if len(names) == 1:
            return [row.decode() for row in await self._client.call(command, names[0], 0, limit - 1)]
        rows = await self._client.call("ZINTER", len(names), *names, "AGGREGATE", "MIN", "WITHSCORES")
        ordered = [rows[i].decode() for i in range(0, len(rows), 2)]
        return ordered[:limit] if order == "oldest" else ordered[::-1][:limit]

    async def ranked(self, tag: Tag, order: Order, view: str, begin: int | None, limit: int) -> list[tuple[int, str]]:
        """(score, id) of the cases of a view as one moment has them, in order, from a score on (None: from the first).

        A score is the order's own: what stood behind it stands there still when cases before it have gone.
        """
        name = keys.queue(tag, "rank" if order == "priority" else "time", view)
        is_up = order == "oldest"
        before = 0
        if begin is not None:
            before = await self._client.call(
                "ZCOUNT", name, *(("-inf", f"({begin}") if is_up else (f"({begin}", "+inf"))
            )
        reverse = () if is_up else ("REV",)
        rows = await self._client.call("ZRANGE", name, before, before + limit - 1, *reverse, "WITHSCORES")
        return [(int(float(rows[i + 1])), rows[i].decode()) for i in range(0, len(rows), 2)]

    async def counts(self, tag: Tag) -> dict[str, int]:
        """How many cases are pending: `all`, `escalated`, and by kind (kinds without any are left out)."""
        views = ["all", "escalated", *(f"kind:{kind}" for kind in KINDS)]
        replies = await self._client.group([("ZCARD", keys.queue(tag, "time", view)) for view in views])
        counts = {view.removeprefix("kind:"): int(n) for view, n in zip(views, replies, strict=True)}
        return {name: n for name, n in counts.items() if n or name in ("all", "escalated")}

    async def batch(self, tag: Tag, batch_id: str) -> dict[str, int]:
        """Comment id → the version a batch left it at; empty where there is no such batch."""
        rows = await self._client.call("HGETALL", f"{keys.root(tag)}:batch:{batch_id}")
        return {rows[i].decode(): int(rows[i + 1]) for i in range(0, len(rows), 2)}


_ORDERS = {"priority": "rank", "oldest": "oldest", "newest": "newest"}


def _outcome(comment_id: str, reply: Reply) -> Outcome | SaringError:
    error = reply_error(reply)
    if error is not None:
        return error
    match reply[0]:
        case b"ok":
            return Outcome(comment_id, reply[1].decode(), int(reply[2]))
        case b"missing":
            return NotFound(comment_id)
        case b"nothing":
            return NothingToUndo(comment_id)
        case b"decided":
            return NotPending(comment_id)
        case _:
            return CaseAlreadyDecided(int(reply[2]), reply[1].decode(), _standing(reply[3]))


def _standing(raw: bytes) -> Standing | None:
    if not raw:
        return None
    decision = codec.load_decision(orjson.loads(raw))
    return Standing(decision.decision, decision.by, decision.at_ms, decision.reason)


def raised(outcome: Outcome | SaringError) -> Outcome:
    """The outcome of one change; its error raised."""
    if isinstance(outcome, SaringError):
        raise outcome
    return outcome
