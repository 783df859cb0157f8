"""The policy speaks: every reason that holds is told, and the most severe names the verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.assessment import UNSCORED, Assessment, Facts, ListHit
from service.domain.policy import DEFAULT_POLICY, Band, Policy, Rule, Verdict, judge

CLEAN = Assessment({"spam": 0.01, "abuse": 0.01}, "id", "m")
KNOWN = Facts(n_approved=5)
SEVERITY = [Verdict.APPROVE, Verdict.HOLD, Verdict.REJECT]


def scored(**scores: float) -> Assessment:
    return Assessment({"spam": 0.0, "abuse": 0.0, **scores}, "id", "m")


def codes(assessment: Assessment, facts: Facts, policy: Policy = DEFAULT_POLICY) -> list[str]:
    return [reason.code for reason in judge(policy, assessment, facts).reasons]


def test_without_a_reason_a_comment_is_approved() -> None:
    judgement = judge(DEFAULT_POLICY, CLEAN, KNOWN)

    assert judgement.verdict is Verdict.APPROVE
    assert judgement.reasons == ()


@pytest.mark.parametrize(
    ("score", "verdict"),
    [
        (0.4999, Verdict.APPROVE),
        (0.5, Verdict.HOLD),
        (0.9799, Verdict.HOLD),
        (0.98, Verdict.REJECT),
        (1.0, Verdict.REJECT),
    ],
)
def test_a_band_is_half_open_but_the_last_includes_one(score: float, verdict: Verdict) -> None:
    assert judge(DEFAULT_POLICY, scored(spam=score), KNOWN).verdict is verdict


@pytest.mark.parametrize("score", [0.5, 0.98, 1.0])
def test_abuse_is_held_however_sure_the_machine_is(score: float) -> None:
    assert judge(DEFAULT_POLICY, scored(abuse=score), KNOWN).verdict is Verdict.HOLD


def test_every_reason_is_told_most_severe_first() -> None:
    facts = Facts(n_links=3, hits=(ListHit("words", "slot"),), honeypot=True)

    judgement = judge(DEFAULT_POLICY, scored(spam=0.7, abuse=0.6), facts)

    told = [reason.code for reason in judgement.reasons]
    assert set(told) == {"band.spam", "band.abuse", "word_list", "first_time", "links", "honeypot"}
    assert told[0] == "honeypot"
    assert judgement.verdict is Verdict.REJECT


def test_a_first_comment_is_held_and_a_known_author_is_not() -> None:
    assert codes(CLEAN, Facts(n_approved=0)) == ["first_time"]
    assert codes(CLEAN, Facts(n_approved=1)) == []


def test_links_are_counted_beyond_what_is_allowed() -> None:
    assert codes(CLEAN, KNOWN._replace(n_links=2)) == []
    assert codes(CLEAN, KNOWN._replace(n_links=3)) == ["links"]


def test_an_article_closes_after_so_many_days() -> None:
    assert codes(CLEAN, KNOWN._replace(article_age_days=90.0)) == []
    assert codes(CLEAN, KNOWN._replace(article_age_days=90.1)) == ["closed_article"]


@pytest.mark.parametrize(
    ("hit", "code", "verdict"),
    [
        (ListHit("words", "slot"), "word_list", Verdict.HOLD),
        (ListHit("words", "slot", "reject"), "word_list", Verdict.REJECT),
        (ListHit("domains", "judi.example", "reject"), "domain_list", Verdict.REJECT),
        (ListHit("addresses", "203.0.113.0/24"), "blocked_author", Verdict.REJECT),
        (ListHit("emails", "a@example.com", "reject"), "blocked_author", Verdict.REJECT),
        (ListHit("emails", "a@example.com", "hold"), "blocked_author", Verdict.HOLD),
    ],
)
def test_an_entry_of_a_list_speaks_with_its_own_verdict_or_the_rules(hit: ListHit, code: str, verdict: Verdict) -> None:
    judgement = judge(DEFAULT_POLICY, CLEAN, KNOWN._replace(hits=(hit,)))

    assert [(reason.code, reason.verdict) for reason in judgement.reasons] == [(code, verdict)]


TRUSTED = ListHit("emails", "a@example.com", "approve")


def test_trust_waives_hold_bands_links_and_the_first_time() -> None:
    facts = Facts(n_links=9, hits=(TRUSTED,))

    assert judge(DEFAULT_POLICY, scored(spam=0.9, abuse=0.9), facts).verdict is Verdict.APPROVE


def test_trust_waives_neither_reject_bands_nor_block_lists() -> None:
    assert codes(scored(spam=0.99), Facts(hits=(TRUSTED,))) == ["band.spam"]
    assert codes(CLEAN, Facts(hits=(TRUSTED, ListHit("words", "slot")))) == ["word_list"]
    assert codes(CLEAN, Facts(hits=(TRUSTED, ListHit("emails", "@example.com", "reject")))) == ["blocked_author"]


def test_trust_can_be_earned_where_the_site_says_so_and_is_lost_by_a_rejection() -> None:
    rules = tuple(
        Rule(r.code, r.verdict, {"min_approved": 3}) if r.code == "trusted_author" else r for r in DEFAULT_POLICY.rules
    )
    policy = replace(DEFAULT_POLICY, rules=rules)

    assert judge(policy, scored(abuse=0.6), Facts(n_approved=3)).verdict is Verdict.APPROVE
    assert judge(policy, scored(abuse=0.6), Facts(n_approved=2)).verdict is Verdict.HOLD
    assert judge(policy, scored(abuse=0.6), Facts(n_approved=9, n_rejected=1)).verdict is Verdict.HOLD


@pytest.mark.parametrize("facts", [KNOWN, Facts(hits=(TRUSTED,)), Facts()])
def test_what_the_machine_could_not_score_is_always_held(facts: Facts) -> None:
    judgement = judge(DEFAULT_POLICY, UNSCORED, facts)

    assert judgement.verdict is Verdict.HOLD
    assert "unscored" in [reason.code for reason in judgement.reasons]


def test_a_band_or_rule_that_approves_gives_no_reason() -> None:
    policy = Policy(1, (Band("spam", 0.0, 1.0, Verdict.APPROVE),), (Rule("first_time", Verdict.APPROVE),))

    assert judge(policy, scored(spam=0.9), Facts()).reasons == ()


SHARES = st.floats(0, 1)
FACTS = st.builds(
    Facts,
    n_links=st.integers(0, 5),
    n_approved=st.integers(0, 5),
    n_rejected=st.integers(0, 5),
    article_age_days=st.floats(0, 400),
    honeypot=st.booleans(),
    hits=st.lists(
        st.builds(
            ListHit,
            st.sampled_from(["words", "domains", "addresses", "emails"]),
            st.just("x"),
            st.sampled_from(["", "approve", "hold", "reject"]),
        ),
        max_size=3,
    ).map(tuple),
)


@given(a=SHARES, b=SHARES, abuse=SHARES, facts=FACTS)
def test_more_spam_never_softens_a_verdict(a: float, b: float, abuse: float, facts: Facts) -> None:
    less, more = sorted((a, b))

    milder = judge(DEFAULT_POLICY, scored(spam=less, abuse=abuse), facts).verdict
    sterner = judge(DEFAULT_POLICY, scored(spam=more, abuse=abuse), facts).verdict

    assert SEVERITY.index(sterner) >= SEVERITY.index(milder)


@given(spam=SHARES, abuse=SHARES, facts=FACTS)
def test_the_verdict_is_that_of_the_most_severe_reason(spam: float, abuse: float, facts: Facts) -> None:
    judgement = judge(DEFAULT_POLICY, scored(spam=spam, abuse=abuse), facts)

    worst = max((SEVERITY.index(reason.verdict) for reason in judgement.reasons), default=0)
    assert SEVERITY.index(judgement.verdict) == worst


POLICIES = st.lists(st.sampled_from(DEFAULT_POLICY.rules), unique_by=lambda rule: rule.code).map(
    lambda rules: replace(DEFAULT_POLICY, rules=tuple(rules))
)


@given(spam=SHARES, abuse=SHARES, facts=FACTS, policy=POLICIES)
def test_no_reason_hides_another(spam: float, abuse: float, facts: Facts, policy: Policy) -> None:
    """A policy tells just what its bands and each of its rules would tell alone."""
    assessment = scored(spam=spam, abuse=abuse)
    without_trust = replace(policy, rules=tuple(rule for rule in policy.rules if rule.code != "trusted_author"))

    alone = [codes(assessment, facts, replace(without_trust, rules=()))]
    alone += [codes(assessment, facts, Policy(1, (), (rule,))) for rule in without_trust.rules]

    assert sorted(codes(assessment, facts, without_trust)) == sorted(code for each in alone for code in each)


@given(spam=SHARES, abuse=SHARES, facts=FACTS)
def test_trust_only_ever_softens_and_never_below_a_block_or_a_reject_band(
    spam: float, abuse: float, facts: Facts
) -> None:
    assessment = scored(spam=spam, abuse=abuse)
    strangers = facts._replace(hits=tuple(hit for hit in facts.hits if hit.verdict != "approve"))

    stranger = judge(DEFAULT_POLICY, assessment, strangers)
    trusted = judge(DEFAULT_POLICY, assessment, strangers._replace(hits=(*strangers.hits, TRUSTED)))

    waived = [reason for reason in stranger.reasons if reason not in trusted.reasons]
    assert all(reason in stranger.reasons for reason in trusted.reasons)
    assert all(reason.verdict is Verdict.HOLD for reason in waived)
    assert {reason.code for reason in waived} <= {"band.spam", "band.abuse", "first_time", "links"}


@given(spam=SHARES, abuse=SHARES, facts=FACTS)
def test_judging_twice_says_the_same(spam: float, abuse: float, facts: Facts) -> None:
    assert judge(DEFAULT_POLICY, scored(spam=spam, abuse=abuse), facts) == judge(
        DEFAULT_POLICY, scored(spam=spam, abuse=abuse), facts
    )
