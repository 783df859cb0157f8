"""The policy page: bands and rules as a form, with what they would have said of the newest comments.

Nothing is kept until somebody saves. Bands of a label are told by two numbers, from where on it is held and from where
on it is rejected; a label whose bands say more than that (by the API) is shown and left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from aiohttp import web
from markupsafe import Markup
from pydantic import ValidationError

from service.domain.assessment import LABELS as ALL_LABELS
from service.domain.policy import RULE_PARAMS, Band, Policy, Verdict
from service.errors import VersionConflict
from service.flow.rehearse import Moved, Rehearsal
from service.web.console.cases import LABELS, VERDICTS
from service.web.console.door import Mistyped, Visit, see_other
from service.web.console.wording import excerpt, marked
from service.web.requests import PolicyModel

_MOVED = 8
_BAR_HEIGHT = 32
# A rule's sentence, with its number's place.
RULES = {
    "word_list": "A word of the word list",
    "domain_list": "A domain of the domain list",
    "blocked_author": "An author or address of the block lists",
    "trusted_author": "Trust authors on the list, and those with so many published comments",
    "first_time": "An author with fewer published comments than",
    "links": "More links than",
    "closed_article": "An article older than so many days",
    "honeypot": "A field that people do not see was filled in",
}
_STATES = {Verdict.APPROVE: "Published", Verdict.HOLD: "Held", Verdict.REJECT: "Rejected"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A step of a histogram, drawn upwards; heights grow with the root, so that few are seen beside many."""

    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Label:
    """A label's two numbers as typed ("" for never), or `odd`: bands that two numbers cannot tell."""

    code: str
    name: str
    hold: str
    reject: str
    odd: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Setting:
    """A rule: what it does ("" for off) and its number as typed."""

    code: str
    sentence: str
    verdict: str
    number_name: str
    number: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many comments get a verdict: now, under the draft, and the difference as a word."""

    code: str
    word: str
    now: str
    then: str
    change: str
    share: int


@dataclass(frozen=True, slots=True)
class Change:
    """A comment of which the draft would say something else."""

    id: str
    name: Markup
    excerpt: Markup
    now: str
    then: str


async def page(visit: Visit) -> web.StreamResponse:
    """The policy in force, as a form."""
    return await _page(visit, _form_of(visit.site.policy), visit.site.policy)


async def preview(visit: Visit) -> web.StreamResponse:
    """What the form's policy would have said of the newest comments; keeps nothing."""
    form = await visit.form()
    wants_part = "X-Part" in visit.request.headers
    try:
        draft = _policy(visit, form)
    except Mistyped as error:
        return await _page(visit, form, visit.site.policy, error=str(error), status=422, part_only=wants_part)
    return await _page(visit, form, draft, part_only=wants_part)


async def save(visit: Visit) -> web.StreamResponse:
    """Puts the form's policy in force."""
    form = await visit.form()
    try:
        draft = _policy(visit, form)
    except Mistyped as error:
        return await _page(visit, form, visit.site.policy, error=str(error), status=422)
    try:
        await visit.services.configure.put_policy(visit.tag, draft, visit.version(form), visit.person.id)
    except VersionConflict:
        visit.config = await visit.services.directory.current(visit.tag)
        told = visit.say(
            "Somebody changed the policy meanwhile. This is what you typed; save again to put it in force."
        )
        return await _page(visit, form, draft, error=told, status=412)
    return see_other(f"/console/{visit.site.site.slug}/policy?saved=1")


def _policy(visit: Visit, form: Mapping[str, str]) -> Policy:
    """The form as a policy. Raises Mistyped."""
    try:
        return PolicyModel.model_validate(
            {"bands": _bands(visit.site.policy, form), "rules": _rules(visit.site.policy, form)}
        ).policy()
    except ValidationError as error:
        raise Mistyped(visit.mistake(error)) from None
    except ValueError as error:
        raise Mistyped(visit.say("A number is written wrongly: {text}", text=str(error)[:40])) from None


def _bands(policy: Policy, form: Mapping[str, str]) -> list[dict[str, object]]:
    bands: list[dict[str, object]] = []
    for label in ALL_LABELS:
        mine = [band for band in policy.bands if band.label == label]
        if _two_numbers(mine) is None:
            bands += [{"label": label, "low": b.low, "high": b.high, "verdict": b.verdict.value} for b in mine]
            continue
        hold, reject = _number(form.get(f"{label}.hold", "")), _number(form.get(f"{label}.reject", ""))
        if reject is not None:
            bands.append({"label": label, "low": reject, "high": 1.0, "verdict": "reject"})
        if hold is not None and (reject is None or hold < reject):
            bands.append({"label": label, "low": hold, "high": 1.0 if reject is None else reject, "verdict": "hold"})
    return bands


def _rules(policy: Policy, form: Mapping[str, str]) -> list[dict[str, object]]:
    known = {rule.code: rule for rule in policy.rules}
    rules: list[dict[str, object]] = []
    for code, names in RULE_PARAMS.items():
        verdict = form.get(f"{code}.verdict", "")
        if not verdict:
            continue
        params: dict[str, float] = dict(known[code].params) if code in known else {}
        for name in names:
            number = _number(form.get(f"{code}.{name}", ""))
            if number is None:
                params.pop(name, None)
            else:
                params[name] = number
        rules.append({"code": code, "verdict": verdict, "params": params})
    return rules


def _number(text: str) -> float | None:
    """A number with a point or a comma; None for "". Raises ValueError that repeats the text."""
    text = text.strip()
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ValueError(text) from None


def _two_numbers(bands: Sequence[Band]) -> tuple[float | None, float | None] | None:
    """From where on a label is held and rejected (None: never); None where its bands say more than that."""
    hold: float | None = None
    reject: float | None = None
    top = 1.0
    for band in sorted(bands, key=lambda band: -band.low):
        if band.high != top or band.verdict is Verdict.APPROVE:
            return None
        if band.verdict is Verdict.REJECT and reject is None and hold is None:
            reject = band.low
        elif band.verdict is Verdict.HOLD and hold is None:
            hold = band.low
        else:
            return None
        top = band.low
    return hold, reject


def _form_of(policy: Policy) -> dict[str, str]:
    """A policy as the form would send it."""
    form: dict[str, str] = {}
    for label in ALL_LABELS:
        hold, reject = _two_numbers([band for band in policy.bands if band.label == label]) or (None, None)
        form[f"{label}.hold"], form[f"{label}.reject"] = _text(hold), _text(reject)
    for rule in policy.rules:
        form[f"{rule.code}.verdict"] = rule.verdict
        form |= {f"{rule.code}.{name}": _text(value) for name, value in rule.params.items()}
    return form


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


async def _page(
    visit: Visit,
    form: Mapping[str, str],
    draft: Policy,
    *,
    error: str = "",
    status: int = 200,
    part_only: bool = False,
) -> web.Response:
    rehearsal = await visit.services.rehearse.policy(visit.site, draft)
    counts = _counts(visit, rehearsal)
    moved = [_change(visit, each) for each in rehearsal.moved[:_MOVED]]
    told: dict[str, Any] = {
        "totals": counts,
        "moved": moved,
        "n_moved": len(rehearsal.moved),
        "n_comments": rehearsal.n_comments,
        "error": error,
    }
    if part_only:
        return visit.page("_rehearsal.html", **told)
    return visit.page(
        "policy.html",
        status=status,
        at="settings",
        part="policy",
        version=visit.site.policy.version,
        labels=[_label(visit, code, form, rehearsal) for code in ALL_LABELS],
        rules=[_setting(visit, code, form) for code in RULES],
        verdicts=[(code, visit.say(word)) for code, word in VERDICTS.items() if code != "approve"],
        is_saved="saved" in visit.request.query,
        **told,
    )


def _counts(visit: Visit, rehearsal: Rehearsal) -> list[Count]:
    counts = []
    for verdict, word in _STATES.items():
        now, then = rehearsal.now.get(verdict, 0), rehearsal.then.get(verdict, 0)
        change = "" if now == then else f"{'+' if then > now else '−'}{visit.words.number(abs(then - now))}"
        share = round(100 * then / rehearsal.n_comments) if rehearsal.n_comments else 0
        number = visit.words.number
        counts.append(Count(verdict, visit.say(word), number(now), number(then), change, share))
    return counts


def _change(visit: Visit, moved: Moved) -> Change:
    s = moved.comment.submission
    return Change(
        moved.comment.id,
        marked(s.author.name),
        excerpt(s.body),
        visit.say(_STATES[moved.now]),
        visit.say(_STATES[moved.then]),
    )


def _label(visit: Visit, code: str, form: Mapping[str, str], rehearsal: Rehearsal) -> Label:
    mine = [band for band in visit.site.policy.bands if band.label == code]
    odd = ""
    if _two_numbers(mine) is None:
        odd = ", ".join(f"[{b.low:g}, {b.high:g}) {visit.say(VERDICTS[b.verdict])}" for b in mine)
    counts = rehearsal.histograms[code]
    most = max(counts) or 1
    heights = [round(_BAR_HEIGHT * sqrt(n / most)) for n in counts]
    bars = [Bar(at, _BAR_HEIGHT - height, height) for at, height in enumerate(heights) if height]
    return Label(code, visit.say(LABELS[code]), form.get(f"{code}.hold", ""), form.get(f"{code}.reject", ""), odd, bars)


def _setting(visit: Visit, code: str, form: Mapping[str, str]) -> Setting:
    number_name = next(iter(RULE_PARAMS[code]), "")
    return Setting(
        code,
        visit.say(RULES[code]),
        form.get(f"{code}.verdict", ""),
        number_name,
        form.get(f"{code}.{number_name}", "") if number_name else "",
    )
