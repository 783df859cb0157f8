"""The site's policy, and how it speaks: `judge` gathers every reason that holds; the most severe names the verdict.

Policies are data (`Policy`), per site and versioned. Pure: the same assessment, facts and policy give the same verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from service.domain.assessment import Assessment, Facts, ListHit

_NO_PARAMS: Mapping[str, float] = MappingProxyType({})


class Verdict(StrEnum):
    """What the policy says, mildest first."""

    APPROVE = "approve"
    HOLD = "hold"
    REJECT = "reject"


_SEVERITY = {Verdict.APPROVE: 0, Verdict.HOLD: 1, Verdict.REJECT: 2}


@dataclass(frozen=True, slots=True)
class Band:
    """Scores of `label` in [low, high) get `verdict`; a band that ends at 1 includes it."""

    label: str
    low: float
    high: float
    verdict: Verdict

    def holds(self, score: float) -> bool:
        return self.low <= score < self.high or score == self.high == 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its code (`RULES`), with its verdict and its numbers."""

    code: str
    verdict: Verdict
    params: Mapping[str, float] = field(default_factory=lambda: _NO_PARAMS)


@dataclass(frozen=True, slots=True)
class Policy:
    """All that a site wants; `version` counts its changes."""

    version: int
    bands: tuple[Band, ...]
    rules: tuple[Rule, ...]


class Reason(NamedTuple):
    """Why: a code (`band.spam`, `links`, …), the verdict it asks for, and the facts to say it with."""

    code: str
    verdict: Verdict
    label: str = ""
    params: Mapping[str, float | str] = _NO_PARAMS


class Judgement(NamedTuple):
    """The verdict and every reason that holds, most severe first."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    policy_version: int


Speak = Callable[[Rule, Facts], Sequence[Reason]]


def _list_rule(*lists: str) -> Speak:
    def speak(rule: Rule, facts: Facts) -> Sequence[Reason]:
        if not facts.hits:
            return ()
        return [
            Reason(
                rule.code,
                Verdict(hit.verdict) if hit.verdict else rule.verdict,
                params={"list": hit.list, "value": hit.value},
            )
            for hit in facts.hits
            if hit.list in lists and hit.verdict != Verdict.APPROVE
        ]

    return speak


def _links(rule: Rule, facts: Facts) -> Sequence[Reason]:
    if facts.n_links <= rule.params.get("max", 0):
        return ()
    return (Reason(rule.code, rule.verdict, params={"n_links": facts.n_links}),)


def _first_time(rule: Rule, facts: Facts) -> Sequence[Reason]:
    if facts.n_approved >= rule.params.get("min_approved", 1):
        return ()
    return (Reason(rule.code, rule.verdict, params={"n_approved": facts.n_approved}),)


def _closed_article(rule: Rule, facts: Facts) -> Sequence[Reason]:
    days = rule.params.get("days", 0)
    return (Reason(rule.code, rule.verdict, params={"days": days}),) if facts.article_age_days > days else ()


def _honeypot(rule: Rule, facts: Facts) -> Sequence[Reason]:
    return (Reason(rule.code, rule.verdict),) if facts.honeypot else ()


def _trusted(_rule: Rule, _facts: Facts) -> Sequence[Reason]:
    return ()  # trust gives no reason: it waives those of others (see `judge`)


# Every rule a policy may name, with the numbers it takes.
RULES: Mapping[str, Speak] = {
    "word_list": _list_rule("words"),
    "domain_list": _list_rule("domains"),
    "blocked_author": _list_rule("emails", "addresses"),
    "trusted_author": _trusted,
    "first_time": _first_time,
    "links": _links,
    "closed_article": _closed_article,
    "honeypot": _honeypot,
}
RULE_PARAMS: Mapping[str, frozenset[str]] = {
    "word_list": frozenset(),
    "domain_list": frozenset(),
    "blocked_author": frozenset(),
    "trusted_author": frozenset({"min_approved"}),
    "first_time": frozenset({"min_approved"}),
    "links": frozenset({"max"}),
    "closed_article": frozenset({"days"}),
    "honeypot": frozenset(),
}
# What trust may waive where it only holds; block lists and reject bands it never waives.
WAIVABLE = frozenset({"first_time", "links"})

DEFAULT_POLICY = Policy(
    version=1,
    bands=(
        Band("spam", 0.5, 0.98, Verdict.HOLD),
        Band("spam", 0.98, 1.0, Verdict.REJECT),
        Band("abuse", 0.5, 1.0, Verdict.HOLD),
    ),
    rules=(
        Rule("word_list", Verdict.HOLD),
        Rule("domain_list", Verdict.HOLD),
        Rule("blocked_author", Verdict.REJECT),
        Rule("trusted_author", Verdict.APPROVE),
        Rule("first_time", Verdict.HOLD, {"min_approved": 1}),
        Rule("links", Verdict.HOLD, {"max": 2}),
        Rule("closed_article", Verdict.HOLD, {"days": 90}),
        Rule("honeypot", Verdict.REJECT),
    ),
)


def is_trusted(policy: Policy, facts: Facts) -> bool:
    """Whether the site trusts the author: by name on its list, or by enough approved comments where it says so."""
    rule = next((r for r in policy.rules if r.code == "trusted_author"), None)
    if rule is None:
        return False
    if facts.hits and any(map(_is_trusting, facts.hits)):
        return True
    least = rule.params.get("min_approved", 0)
    return 0 < least <= facts.n_approved and facts.n_rejected == 0


def _is_trusting(hit: ListHit) -> bool:
    return hit.list == "emails" and hit.verdict == Verdict.APPROVE


def _band_reasons(policy: Policy, assessment: Assessment) -> Iterator[Reason]:
    for band in policy.bands:
        score = assessment.scores.get(band.label)
        if score is not None and band.verdict is not Verdict.APPROVE and band.holds(score):
            params = {"score": round(score, 4), "low": band.low, "high": band.high}
            yield Reason(f"band.{band.label}", band.verdict, band.label, params)


def _is_waived(reason: Reason) -> bool:
    if reason.code.startswith("band."):
        return reason.verdict is Verdict.HOLD
    return reason.code in WAIVABLE


def judge(policy: Policy, assessment: Assessment, facts: Facts) -> Judgement:
    """Lets the policy speak: every reason that holds, and the verdict of the most severe; no reason: approve.

    A comment that the machine could not score is held (`unscored`), however trusted its author: none passes silently.
    """
    reasons = [*_band_reasons(policy, assessment)]
    for rule in policy.rules:
        if found := RULES[rule.code](rule, facts):
            reasons += found
    reasons = [reason for reason in reasons if reason.verdict is not Verdict.APPROVE]
    if reasons and is_trusted(policy, facts):
        reasons = [reason for reason in reasons if not _is_waived(reason)]
    if not assessment.is_scored:
        reasons.append(Reason("unscored", Verdict.HOLD))
    if len(reasons) > 1:
        reasons.sort(key=lambda reason: -_SEVERITY[reason.verdict])
    verdict = reasons[0].verdict if reasons else Verdict.APPROVE
    return Judgement(verdict, tuple(reasons), policy.version)
