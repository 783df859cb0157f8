"""The site's lists: words, domains, addresses, e-mail addresses. What is typed can be tried before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField
from markupsafe import Markup
from pydantic import ValidationError

from service.domain.comment import Article, Author, Submission, canonical, canonical_line
from service.domain.site import LISTS, ListEntry, Lists
from service.errors import VersionConflict
from service.web.console.cases import VERDICTS, Told, reasons_told
from service.web.console.door import Mistyped, Visit, see_other
from service.web.console.sheets import rows_of, sheet
from service.web.console.wording import excerpt
from service.web.parse import whole_number
from service.web.requests import LONGEST_LIST, ListsModel, moment_of

NAMES = {"words": "Words", "domains": "Domains", "addresses": "Network addresses", "emails": "E-mail addresses"}
_HEAD = ("list", "value", "verdict", "until", "note")
_DAYS = (1, 7, 30, 90)
_SHOWN = 200
_TRIED = 5
_DEFAULT_LIST = LISTS[0]
Entries = tuple[ListEntry, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the table shows it; `at` is its place in the list."""

    at: int
    value: str
    verdict: str
    until: str
    has_ended: bool
    note: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What the draft would do: to the newest comments, and to a comment that was typed."""

    n_comments: int
    n_met: int
    examples: list[Markup]
    verdict: str
    verdict_word: str
    reasons: list[Told]


async def page(visit: Visit) -> web.StreamResponse:
    """A list, with room to add to it and to try it."""
    return _page(visit)


async def change(visit: Visit) -> web.StreamResponse:
    """Tries, adds or removes entries, as the button says."""
    form = await visit.form()
    name = form["list"] if form.get("list") in LISTS else _DEFAULT_LIST
    try:
        if form.get("do") == "try":
            return await _try(visit, name, form)
        if form.get("do") == "remove":
            return await _remove(visit, name, form)
        added = _typed(visit, name, form)
        await _save(visit, _merged(visit.site.lists, added), form)
        n = sum(len(getattr(added, each)) for each in LISTS)
        return see_other(f"{_path(visit, name)}&added={n}")
    except Mistyped as error:
        return _page(visit, name=name, typed=form, error=str(error), status=422)
    except VersionConflict:
        return _page(visit, name=name, typed=form, error=await _outrun(visit), status=412)


async def export(visit: Visit) -> web.StreamResponse:
    """All four lists as one CSV file, as `upload` takes it."""
    rows = [
        (name, e.value, e.verdict, "" if e.until_ms is None else visit.words.iso(e.until_ms), e.note)
        for name in LISTS
        for e in getattr(visit.site.lists, name)
    ]
    return sheet(f"{visit.site.site.slug}-lists", _HEAD, rows)


async def upload(visit: Visit) -> web.StreamResponse:
    """Takes entries from a CSV file: all of them or, where a line is wrong, none."""
    fields = await visit.fields()
    form = {name: value for name, value in fields.items() if isinstance(value, str)}
    name = form["list"] if form.get("list") in LISTS else _DEFAULT_LIST
    file = fields.get("file")
    try:
        found = _uploaded(visit, file.file.read() if isinstance(file, FileField) else b"", name)
        lists = found if form.get("how") == "replace" else _merged(visit.site.lists, found)
        await _save(visit, lists, form)
    except Mistyped as error:
        return _page(visit, name=name, upload_error=str(error), status=422)
    except VersionConflict:
        return _page(visit, name=name, upload_error=await _outrun(visit), status=412)
    n = sum(len(getattr(found, each)) for each in LISTS)
    return see_other(f"{_path(visit, name)}&added={n}")


async def _outrun(visit: Visit) -> str:
    visit.config = await visit.services.directory.current(visit.tag)
    return visit.say("Somebody changed the lists meanwhile. They are shown as they are now; try again.")


async def _try(visit: Visit, name: str, form: dict[str, str]) -> web.Response:
    drafted = _typed(visit, name, form) if form.get("values", "").strip() else Lists()
    rehearse = visit.services.rehearse
    met = await rehearse.entries(visit.tag, drafted)
    body = canonical(form.get("comment", ""))[:10_000]
    verdict, word, reasons = "", "", []
    if body:
        author = Author(canonical_line(form.get("name", ""))[:80], canonical_line(form.get("email", ""))[:254])
        submission = Submission(Article(""), author, body, address=form.get("address", "").strip()[:64])
        said = await rehearse.comment(visit.site, _merged(visit.site.lists, drafted), submission)
        verdict, word = said.judgement.verdict, visit.say(VERDICTS[said.judgement.verdict])
        reasons = reasons_told(visit, said)
    examples = [excerpt(comment.submission.body) for comment in met.comments[:_TRIED]]
    trial = Trial(met.n_comments, len(met.comments), examples, verdict, word, reasons)
    return _page(visit, name=name, typed=form, trial=trial)


async def _remove(visit: Visit, name: str, form: dict[str, str]) -> web.Response:
    entries: tuple[ListEntry, ...] = getattr(visit.site.lists, name)
    at = whole_number(form.get("at", ""))
    if at is None or at >= len(entries):
        raise Mistyped(visit.say("There is no such entry any more."))
    fewer = _each(visit.site.lists, lambda each, old: (*old[:at], *old[at + 1 :]) if each == name else old)
    await _save(visit, fewer, form)
    visit.config = await visit.services.directory.current(visit.tag)
    return _page(visit, name=name, removed=entries[at])


async def _save(visit: Visit, lists: Lists, form: dict[str, str]) -> None:
    """Raises Mistyped, VersionConflict."""
    for name in LISTS:
        if len(getattr(lists, name)) > LONGEST_LIST:
            raise Mistyped(visit.say("A list holds {n} entries at most.", n=visit.words.number(LONGEST_LIST)))
    await visit.services.configure.put_lists(visit.tag, lists, visit.version(form), visit.person.id)


def _typed(visit: Visit, name: str, form: dict[str, str]) -> Lists:
    """The entries that were typed, one a line. Raises Mistyped."""
    values = [line.strip() for line in form.get("values", "").splitlines() if line.strip()]
    if not values:
        raise Mistyped(visit.say("Type at least one entry."))
    entry = {
        "verdict": form.get("verdict", ""),
        # Of an entry that was removed and is put back, its end as it was.
        "until": moment_of(visit.until(form, _DAYS)) or form.get("until") or None,
        "note": form.get("note", ""),
    }
    rows = [{"value": value, **entry} for value in values]
    return _checked(visit, {name: rows}, {name: [None] * len(rows)})


def _uploaded(visit: Visit, raw: bytes, name: str) -> Lists:
    """The entries of a CSV file; a row that names no list belongs to `name`. Raises Mistyped."""
    try:
        rows = rows_of(raw)
    except (UnicodeDecodeError, ValueError) as error:
        raise Mistyped(visit.say("This is no CSV file in UTF-8.")) from error
    found: dict[str, list[dict[str, Any]]] = {each: [] for each in LISTS}
    lines: dict[str, list[int | None]] = {each: [] for each in LISTS}
    for line, row in rows:
        where = row.get("list", "").strip() or name
        if where not in LISTS or "value" not in row:
            raise Mistyped(visit.say("Line {line}: there is no such list.", line=line))
        entry = {"value": row["value"], "verdict": row.get("verdict", "").strip(), "note": row.get("note", "")}
        found[where].append({**entry, "until": row.get("until", "").strip() or None})
        lines[where].append(line)
    if not rows:
        raise Mistyped(visit.say("The file holds no entries. Its first line must read: {head}", head=",".join(_HEAD)))
    return _checked(visit, found, lines)


def _checked(visit: Visit, rows: dict[str, list[dict[str, Any]]], lines: dict[str, list[int | None]]) -> Lists:
    """The entries as lists. Raises Mistyped, naming the line or the value that is wrong."""
    found: dict[str, list[ListEntry]] = {name: [] for name in LISTS}
    for name, entries in rows.items():
        for line, entry in zip(lines[name], entries, strict=True):
            try:  # one by one: some checks speak of a list as a whole, and would not tell which entry
                found[name] += getattr(ListsModel.model_validate({name: [entry]}).lists(), name)
            except ValidationError as error:
                where = visit.say("Line {line}", line=line) if line is not None else f"«{entry['value'][:80]}»"
                raise Mistyped(f"{where}: {visit.mistake(error)}") from None
    return Lists(0, *(tuple(found[name]) for name in LISTS))


def _merged(lists: Lists, added: Lists) -> Lists:
    """The lists with entries added; one that names the same as an older one takes its place."""

    def merged(name: str, old: Entries) -> Entries:
        new: Entries = getattr(added, name)
        names = {entry.value.casefold() for entry in new}
        return (*(entry for entry in old if entry.value.casefold() not in names), *new)

    return _each(lists, merged)


def _each(lists: Lists, change: Callable[[str, Entries], Entries]) -> Lists:
    return Lists(lists.version, *(change(name, getattr(lists, name)) for name in LISTS))


def _path(visit: Visit, name: str) -> str:
    return f"/console/{visit.site.site.slug}/lists?list={name}"


def _rows(visit: Visit, entries: Sequence[ListEntry], asked: str) -> list[Row]:
    now_ms, asked = visit.services.clock(), asked.casefold()
    return [
        Row(
            at,
            entry.value,
            visit.say(VERDICTS[entry.verdict]) if entry.verdict else visit.say("as the rule says"),
            "" if entry.until_ms is None else visit.words.when(entry.until_ms),
            not entry.applies(now_ms),
            entry.note,
        )
        for at, entry in enumerate(entries)
        if not asked or asked in entry.value.casefold() or asked in entry.note.casefold()
    ][::-1]


def _page(
    visit: Visit,
    *,
    name: str = "",
    typed: dict[str, str] | None = None,
    trial: Trial | None = None,
    removed: ListEntry | None = None,
    error: str = "",
    upload_error: str = "",
    status: int = 200,
) -> web.Response:
    query = visit.request.query
    name = name or (query["list"] if query.get("list") in LISTS else _DEFAULT_LIST)
    lists = visit.site.lists
    rows = _rows(visit, getattr(lists, name), query.get("q", ""))
    rule = next((r for r in visit.site.policy.rules if r.code == _RULES[name]), None)
    return visit.page(
        "lists.html",
        status=status,
        at="settings",
        part="lists",
        list_name=name,
        names=[(each, visit.say(word), len(getattr(lists, each))) for each, word in NAMES.items()],
        rows=rows[:_SHOWN],
        n_rows=len(rows),
        q=query.get("q", ""),
        version=lists.version,
        rule=visit.say(VERDICTS[rule.verdict]) if rule else "",
        verdicts=[(code, visit.say(word)) for code, word in VERDICTS.items()],
        days=_DAYS,
        typed=typed or {},
        trial=trial,
        removed=removed,
        added=whole_number(query.get("added", "")),
        error=error,
        upload_error=upload_error,
    )


_RULES = {"words": "word_list", "domains": "domain_list", "addresses": "blocked_author", "emails": "blocked_author"}
