"""An author's page: what he wrote, what was noted of him, and whether he is trusted or blocked."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from service.domain.comment import Comment, Status, canonical
from service.domain.note import Note
from service.domain.policy import Verdict
from service.domain.site import ListEntry, Role
from service.errors import Forbidden, NotFound
from service.flow.read import Filter
from service.web.console.door import Visit, see_other
from service.web.console.reading import laid

_PAGE = 50
_DAYS = (1, 7, 30)
_NOTE_MAX = 2_000
VERDICTS = {"reject": "Block", "hold": "Always hold", "approve": "Trust"}
_STANDINGS = {"reject": "Blocked", "hold": "Always held", "approve": "Trusted", "": "On the list"}


@dataclass(frozen=True, slots=True)
class Noted:
    """A note as the page shows it."""

    who: str
    iso: str
    when: str
    text: str


async def page(visit: Visit) -> web.StreamResponse:
    """All that an author wrote, newest first, with notes and standing."""
    services = visit.services
    comments, has_more = await _comments(visit)
    author_id = visit.request.match_info["author"]
    names = await services.desk.names(visit.tag)
    cases = await laid(visit, comments, names)
    standing = services.regard.standing(visit.site, comments[0].submission.author.email)
    return visit.page(
        "author.html",
        here=_path(visit),
        cases=cases,
        first=cases[0],
        has_more=has_more,
        may_decide=visit.may_decide,
        standing=standing,
        standing_word=visit.say(_STANDINGS[standing.verdict]) if standing else "",
        standing_until=visit.words.when(standing.until_ms) if standing and standing.until_ms else "",
        may_lift=standing is not None and _may_change(visit, standing),
        verdicts=[(code, visit.say(word)) for code, word in VERDICTS.items()],
        days=_DAYS,
        n_waiting=sum(comment.status is Status.PENDING for comment in comments),
        notes=[_noted(visit, note, names) for note in await services.regard.notes(visit.tag, author_id)],
        is_saved="saved" in visit.request.query,
    )


async def change(visit: Visit) -> web.StreamResponse:
    """Notes something, or trusts, holds, blocks, or takes that back; moderators for a time, editors without end too."""
    form = await visit.form()
    comments, _ = await _comments(visit)
    regard, email = visit.services.regard, comments[0].submission.author.email
    match form.get("do"):
        case "note":
            text = canonical(form.get("text", ""))[:_NOTE_MAX]
            if text:
                await regard.note(visit.tag, visit.request.match_info["author"], visit.person.id, text)
            return see_other(f"{_path(visit)}#notes")
        case "lift":
            standing = regard.standing(visit.site, email)
            if standing is not None and not _may_change(visit, standing):
                raise Forbidden("set without end by an editor")
            await regard.put(visit.tag, email, None, None, visit.person.id)
        case "put":
            until_ms = visit.until(form, _DAYS)
            if until_ms is None and not visit.role.includes(Role.EDITOR):
                raise Forbidden("without end: editors alone")
            verdict = Verdict(form["verdict"]) if form.get("verdict") in VERDICTS else Verdict.HOLD
            await regard.put(visit.tag, email, verdict, until_ms, visit.person.id)
    return see_other(f"{_path(visit)}?saved=1")


def _may_change(visit: Visit, standing: ListEntry) -> bool:
    return standing.until_ms is not None or visit.role.includes(Role.EDITOR)


async def _comments(visit: Visit) -> tuple[list[Comment], bool]:
    author_id = visit.request.match_info["author"]
    found = await visit.services.read.many(visit.tag, Filter(author=author_id), None, _PAGE)
    if not found.comments or "@" in author_id:  # an address of a page must not hold somebody's e-mail address
        raise NotFound("no such author")
    return found.comments, found.before is not None


def _path(visit: Visit) -> str:
    return f"/console/{visit.site.site.slug}/authors/{visit.request.match_info['author']}"


def _noted(visit: Visit, note: Note, names: dict[str, str]) -> Noted:
    words = visit.words
    return Noted(names.get(note.by, note.by), words.iso(note.at_ms), words.when(note.at_ms), note.text)
