"""How records are written: JSON with a schema number; a number that this code does not know is refused, not guessed.

A comment is a hash: `doc` holds what never changes, the other fields where it stands (these belong to the scripts).

How a record changes its schema: it gets the next number and is written by that alone, and `_from_1` (then `_from_2`, …)
makes the next one of the older when it is read. Nothing is rewritten: old comments end with their time. A step may go
once no record of its number can be left, which is a retention after the release that wrote the last one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from service.domain.assessment import Assessment, Facts, ListHit, Term
from service.domain.comment import Article, Author, Comment, Decision, Status, Submission
from service.domain.event import Event
from service.domain.ids import AccountId, CommentId, KeyId, Tag
from service.domain.policy import Band, Judgement, Policy, Reason, Rule, Verdict
from service.domain.site import Account, ApiKey, KeyKind, ListEntry, Lists, Role, Site, Token
from service.errors import UnknownSchema

SCHEMA = 1
HOST_TOKEN = "saring user create"  # what a token of the host is called
COMMENT_SCHEMA = 2  # 1 was an object: its names cost as much as a short comment
STANDING_FIELDS = (
    "doc", "status", "version", "created", "kind", "priority", "escalated", "claimed_by", "claimed_until", "standing",
)  # fmt: skip


def _load(raw: bytes) -> dict[str, Any]:
    record: dict[str, Any] = orjson.loads(raw)
    if record.get("v") != SCHEMA:
        raise UnknownSchema(f"record of schema {record.get('v')}; this Saring reads schema {SCHEMA}: upgrade it")
    return record


def _load_doc(raw: bytes) -> list[Any]:
    record: list[Any] | dict[str, Any] = orjson.loads(raw)
    if isinstance(record, dict) and record.get("v") == 1:
        record = _from_1(record)
    if not isinstance(record, list) or record[0] != COMMENT_SCHEMA:
        told = record[0] if isinstance(record, list) else record.get("v")
        raise UnknownSchema(f"comment of schema {told}; this Saring reads up to schema {COMMENT_SCHEMA}: upgrade it")
    return record


def _from_1(d: Mapping[str, Any]) -> list[Any]:
    """Schema 2 is a list in the order of `dump_doc`; nothing else has changed."""
    said = (d["scores"], d["language"], d["model"], d["terms"], d["facts"], d["verdict"], d["reasons"], d["policy"])
    return [2, d["article"], d["author"], d["body"], d["parent"], d["client"], *said]


def dump_doc(submission: Submission, assessment: Assessment, facts: Facts, judgement: Judgement) -> bytes:
    """What never changes of a comment. A term's text is left out: its span on the field gives it back."""
    s, a = submission, assessment
    return orjson.dumps(
        [
            COMMENT_SCHEMA,
            [s.article.id, s.article.url, s.article.title, s.article.published_ms],
            [s.author.name, s.author.email, s.author.url],
            s.body,
            s.parent_id,
            [s.address, s.user_agent, s.referrer, s.submitted_ms, s.client_ref, s.honeypot],
            dict(a.scores),
            a.language,
            a.model,
            [[t.label, t.field, t.begin, t.end, t.weight] for t in a.terms],
            [
                facts.n_links,
                facts.n_approved,
                facts.n_rejected,
                round(facts.article_age_days, 2),
                [[hit.list, hit.value, hit.verdict] for hit in facts.hits],
            ],
            judgement.verdict,
            [[r.code, r.verdict, r.label, dict(r.params)] for r in judgement.reasons],
            judgement.policy_version,
        ]
    )


def load_comment(comment_id: str, fields: Sequence[bytes | None]) -> Comment | None:
    """A comment from the reply to HMGET of `STANDING_FIELDS`; None where there is none."""
    doc, status, version, created, kind, priority, escalated, claimed_by, claimed_until, standing = fields
    if doc is None or status is None or version is None or created is None or kind is None or priority is None:
        return None
    _, article, author, body, parent, client, *said = _load_doc(doc)
    scores, language, model, terms, known, verdict, reasons, policy = said
    address, user_agent, referrer, submitted_ms, client_ref, honeypot = client
    submission = Submission(
        article=Article(*article),
        author=Author(*author),
        body=body,
        parent_id=parent,
        address=address,
        user_agent=user_agent,
        referrer=referrer,
        submitted_ms=submitted_ms,
        client_ref=client_ref,
        honeypot=honeypot,
    )
    n_links, n_approved, n_rejected, age_days, hits = known
    return Comment(
        id=CommentId(comment_id),
        submission=submission,
        assessment=Assessment(scores, language, model, tuple(_terms(terms, submission))),
        facts=Facts(n_links, n_approved, n_rejected, age_days, honeypot, tuple(ListHit(*hit) for hit in hits)),
        judgement=Judgement(
            Verdict(verdict),
            tuple(Reason(code, Verdict(says), label, params) for code, says, label, params in reasons),
            policy,
        ),
        created_ms=int(created),
        status=Status(status.decode()),
        version=int(version),
        kind=kind.decode(),
        priority=int(priority),
        escalated=escalated == b"1",
        claimed_by=claimed_by.decode() if claimed_by else "",
        claimed_until_ms=int(claimed_until or 0),
        standing=tuple(load_decision(entry) for entry in orjson.loads(standing or b"[]")),
    )


def _terms(rows: Sequence[Sequence[Any]], submission: Submission) -> list[Term]:
    fields = {
        "body": submission.body,
        "author": submission.author.name,
        "url": submission.author.url,
        "email": submission.author.email,
    }
    return [Term(label, at, b, e, fields.get(at, "")[b:e], weight) for label, at, b, e, weight in rows]


def load_decision(entry: Mapping[str, Any]) -> Decision:
    """A decision as the scripts write it."""
    return Decision(
        decision=entry["decision"],
        by=entry["by"],
        at_ms=int(entry["at"]),
        reason=entry.get("reason", ""),
        note=entry.get("note", ""),
        batch=entry.get("batch", ""),
    )


def load_event(entry_id: bytes, flat: Sequence[bytes]) -> Event:
    """An event from a stream entry `0-<n>`."""
    f = {flat[i]: flat[i + 1].decode() for i in range(0, len(flat), 2)}
    return Event(
        number=int(entry_id.split(b"-")[1]),
        type=f[b"type"],
        at_ms=int(f[b"at"]),
        comment_id=f[b"comment"],
        client_ref=f[b"ref"],
        status=f[b"status"],
        version=int(f[b"version"]),
        by=f[b"by"],
        reason=f[b"reason"],
    )


def dump_site(site: Site) -> bytes:
    return orjson.dumps(
        {
            "v": SCHEMA,
            "slug": site.slug,
            "name": site.name,
            "origins": site.origins,
            "language": site.language,
            "time_zone": site.time_zone,
            "created": site.created_ms,
        }
    )


def load_site(tag: Tag, raw: bytes) -> Site:
    d = _load(raw)
    return Site(tag, d["slug"], d["name"], tuple(d["origins"]), d["language"], d["time_zone"], d["created"])


def dump_policy(policy: Policy) -> bytes:
    """A policy without its version: the store counts versions."""
    return orjson.dumps(
        {
            "v": SCHEMA,
            "bands": [[b.label, b.low, b.high, b.verdict] for b in policy.bands],
            "rules": [[r.code, r.verdict, dict(r.params)] for r in policy.rules],
        }
    )


def load_policy(raw: bytes, version: int) -> Policy:
    d = _load(raw)
    return Policy(
        version,
        tuple(Band(label, low, high, Verdict(verdict)) for label, low, high, verdict in d["bands"]),
        tuple(Rule(code, Verdict(verdict), params) for code, verdict, params in d["rules"]),
    )


def dump_lists(lists: Lists) -> bytes:
    """Lists without their version: the store counts versions."""

    def rows(entries: Sequence[ListEntry]) -> list[list[Any]]:
        return [[e.value, e.verdict, e.until_ms, e.note] for e in entries]

    return orjson.dumps(
        {
            "v": SCHEMA,
            "words": rows(lists.words),
            "domains": rows(lists.domains),
            "addresses": rows(lists.addresses),
            "emails": rows(lists.emails),
        }
    )


def load_lists(raw: bytes, version: int) -> Lists:
    d = _load(raw)
    words, domains, addresses, emails = (
        tuple(ListEntry(*row) for row in d[name]) for name in ("words", "domains", "addresses", "emails")
    )
    return Lists(version, words, domains, addresses, emails)


def dump_roles(roles: Mapping[AccountId, Role]) -> bytes:
    """Who works for a site, always in the same order."""
    return orjson.dumps({"v": SCHEMA, "people": sorted([account_id, role.value] for account_id, role in roles.items())})


def dump_key(key: ApiKey) -> bytes:
    return orjson.dumps(
        {
            "v": SCHEMA,
            "kind": key.kind,
            "prefix": key.prefix,
            "hash": key.hash,
            "created": key.created_ms,
            "revoked": key.revoked_ms,
        }
    )


def load_key(key_id: str, raw: bytes) -> ApiKey:
    d = _load(raw)
    return ApiKey(KeyId(key_id), KeyKind(d["kind"]), d["prefix"], d["hash"], d["created"], d["revoked"])


def dump_account(account: Account) -> bytes:
    return orjson.dumps(
        {
            "v": SCHEMA,
            "email": account.email,
            "roles": dict(account.roles),
            "password": account.password_hash,
            "disabled": account.disabled,
            "created": account.created_ms,
        }
    )


def load_account(account_id: str, raw: bytes) -> Account:
    d = _load(raw)
    roles = {tag: Role(role) for tag, role in d["roles"].items()}
    return Account(AccountId(account_id), d["email"], roles, d["password"], d["disabled"], d["created"])


def dump_token(token: Token) -> bytes:
    """A token without its last use, which is kept apart."""
    return orjson.dumps(
        {
            "v": SCHEMA,
            "account": token.account_id,
            "name": token.name,
            "prefix": token.prefix,
            "created": token.created_ms,
        }
    )


def load_token(token_hash: str, raw: bytes, used_ms: int | None = None) -> Token:
    if not raw.startswith(b"{"):  # schema 0: the account's id alone, of a token that the host made
        return Token(token_hash, AccountId(raw.decode()), HOST_TOKEN, "", 0, used_ms)
    d = _load(raw)
    return Token(token_hash, AccountId(d["account"]), d["name"], d["prefix"], d["created"], used_ms)
