"""Requests at the edge: parsed once, turned into domain words; the OpenAPI document is made from these."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import Annotated, Any, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import nullable_schema

from service.domain import comment as limits
from service.domain.case import REJECT_REASONS
from service.domain.comment import Article, Author, Submission, canonical, canonical_line, is_blank
from service.domain.policy import RULE_PARAMS, Band, Policy, Rule, Verdict
from service.domain.site import LISTS, ListEntry, Lists

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
# RFC 5322's dot-atom: what nearly every local part is; all others go to email-validator whole.
_PLAIN_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_LOCAL_MAX = 64
Label = Literal["spam", "abuse", "insult", "hate", "threat", "obscene"]
LONGEST_LIST = 10_000


class Strict(BaseModel):
    """Documents that are validated as a whole: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class Lenient(BaseModel):
    """Submissions: fields that we do not know are passed over, so that plugins may send more."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)


def _error(code: str, **params: Any) -> PydanticCustomError:
    return PydanticCustomError(code, "{code}", {"code": code, **params})


def _text(maximum: int, *, required: bool, line: bool) -> AfterValidator:
    clean = canonical_line if line else canonical

    def check(value: str | None) -> str:
        value = clean(value or "")
        if len(value) > maximum:
            raise _error("too_long", max=maximum)
        if required and is_blank(value):
            raise _error("required")
        return value

    return AfterValidator(check)


@lru_cache(maxsize=4096)
def _domain(domain: str) -> str:
    """The domain as email-validator normalises it, "" where it is none; few domains make most addresses."""
    try:
        return validate_email(f"a@{domain}", check_deliverability=False, strict=True).domain
    except EmailNotValidError:
        return ""


def _email(value: str) -> str:
    value = canonical_line(value)
    if not value:
        raise _error("required")
    if len(value) > limits.EMAIL_MAX:
        raise _error("too_long", max=limits.EMAIL_MAX)
    local, _, domain = value.rpartition("@")
    if len(local) <= _LOCAL_MAX and _PLAIN_LOCAL.fullmatch(local) and (known := _domain(domain)):
        return f"{local}@{known}"
    try:
        return validate_email(value, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise _error("invalid_email") from error


def _author_url(value: str | None) -> str:
    value = canonical_line(value or "")
    if len(value) > limits.URL_MAX:
        raise _error("too_long", max=limits.URL_MAX)
    if _SCHEME.match(value) and not value.lower().startswith(("http://", "https://")):
        raise _error("invalid_url")
    return value


def _page_url(value: str | None) -> str:
    value = canonical_line(value or "")
    if len(value) > limits.URL_MAX:
        raise _error("too_long", max=limits.URL_MAX)
    if value and not value.lower().startswith(("http://", "https://")):
        raise _error("invalid_url")
    return value


def _ip(value: str | None) -> str:
    value = (value or "").strip()
    try:
        return str(ip_address(value)) if value else ""
    except ValueError as error:
        raise _error("invalid") from error


class _Nullable:
    """null is let through; the validator that follows takes it for an empty text. Without a call of Python's."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return nullable_schema(handler(source))


def _id_as_text(value: object) -> object:
    """WordPress's ids are numbers; as JSON they may come so."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _in_range(moment: datetime) -> datetime:
    """Times that stay within the calendar in every zone; others could be stored and never shown again."""
    if not datetime.min.year < moment.year < datetime.max.year:
        raise _error("invalid")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_range)]
Optional = _Nullable()
Name = Annotated[str, Field(json_schema_extra={"minLength": 1}), _text(limits.NAME_MAX, required=True, line=True)]
Email = Annotated[str, AfterValidator(_email)]
AuthorUrl = Annotated[str, Optional, AfterValidator(_author_url)]
PageUrl = Annotated[str, Optional, AfterValidator(_page_url)]
Body = Annotated[str, Field(json_schema_extra={"minLength": 1}), _text(limits.BODY_MAX, required=True, line=False)]
Line = Annotated[str, Optional, _text(500, required=False, line=True)]
Ref = Annotated[str, Optional, _text(limits.REF_MAX, required=False, line=True)]
ArticleId = Annotated[
    str,
    BeforeValidator(_id_as_text, json_schema_input_type=str | int),
    _text(limits.REF_MAX, required=True, line=True),
]
ParentId = Annotated[
    str,
    Optional,
    BeforeValidator(_id_as_text, json_schema_input_type=str | int | None),
    _text(limits.REF_MAX, required=False, line=True),
]
Ip = Annotated[str, Optional, AfterValidator(_ip)]


class ArticleIn(Lenient):
    id: ArticleId = Field(description="The newspaper's own id of the article.")
    url: PageUrl = ""
    title: Line = ""
    published_at: Moment | None = None


class AuthorIn(Lenient):
    name: Name = Field(description="Display name, 1–80 characters, required.")
    email: Email = Field(description="A valid address, at most 254 characters, required. Never shown to readers.")
    url: AuthorUrl = ""


class SubmissionIn(Lenient):
    """A comment as a newspaper sends it."""

    article: ArticleIn
    author: AuthorIn
    body: Body = Field(description="1–10,000 code points of plain text.")
    parent_id: ParentId = ""
    ip: Ip = Field("", description="The reader's address; believed from secret keys only, as are the next five.")
    user_agent: Line = ""
    referrer: Line = ""
    submitted_at: Moment | None = None
    client_ref: Ref = Field("", description="Your own id of the comment: sent again, it gives the same comment.")
    honeypot: Line = Field("", description="A field that people do not see; what is in it gives robots away.")

    def told(self) -> Submission:
        """In domain words, as the newspaper's own server tells it."""
        return Submission(
            Article(self.article.id, self.article.url, self.article.title, _ms(self.article.published_at)),
            Author(self.author.name, self.author.email, self.author.url),
            self.body,
            "" if self.parent_id == "0" else self.parent_id,
            self.ip,
            self.user_agent,
            self.referrer,
            _ms(self.submitted_at),
            self.client_ref,
            bool(self.honeypot),
        )

    def seen(self, *, address: str, user_agent: str, referrer: str) -> Submission:
        """In domain words, from a page: what only the newspaper can know is what the request itself shows."""
        return self.told()._replace(
            article=Article(self.article.id, self.article.url, self.article.title),
            address=address,
            user_agent=user_agent,
            referrer=referrer,
            submitted_ms=None,
            client_ref="",
        )


def epoch_ms(moment: datetime) -> int:
    """Epoch milliseconds of a moment."""
    return int(moment.timestamp() * 1000)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else epoch_ms(moment)


def moment_of(ms: int | None) -> datetime | None:
    """The moment of epoch milliseconds, in the machine's zone."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000).astimezone()


class DecisionIn(Lenient):
    reason: Literal[REJECT_REASONS] | None = None  # type: ignore[valid-type]
    note: Annotated[str, Optional, _text(2_000, required=False, line=False)] = ""
    expected_version: int | None = Field(None, ge=1, description="The version that you saw.")


class UndoIn(Lenient):
    expected_version: int | None = Field(None, ge=1, description="The version that you saw.")


class EscalateIn(Lenient):
    note: Annotated[str, Optional, _text(2_000, required=False, line=False)] = ""


class ClaimIn(Lenient):
    n: int = Field(1, ge=1, le=50)
    order: Literal["priority", "oldest", "newest"] = "priority"
    label: str = Field("", max_length=40)
    article: str = Field("", max_length=limits.REF_MAX)
    escalated: bool = Field(False, description="From the editors' queue.")


class ReleaseIn(Lenient):
    comment_ids: list[str] | None = Field(None, max_length=500, description="None: all that you hold.")


class OneDecisionIn(Lenient):
    comment_id: str = Field(max_length=100, pattern="^[a-z0-9_]+$")
    decision: Literal["approve", "reject"]
    reason: Literal[REJECT_REASONS] | None = None  # type: ignore[valid-type]
    expected_version: int | None = Field(None, ge=1)


class DecisionsIn(Lenient):
    decisions: list[OneDecisionIn] = Field(min_length=1, max_length=500)


Share = Annotated[float, Field(ge=0, le=1, strict=False)]


class BandModel(Strict):
    label: Label
    low: Share
    high: Share
    verdict: Literal["approve", "hold", "reject"]


class RuleModel(Strict):
    code: str
    verdict: Literal["approve", "hold", "reject"]
    params: dict[str, Annotated[float, Field(ge=0, le=1e9, strict=False)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> RuleModel:
        if self.code not in RULE_PARAMS:
            raise _error("unknown_rule")
        if not set(self.params) <= RULE_PARAMS[self.code]:
            raise _error("unknown_field")
        return self


class PolicyModel(Strict):
    """What a site wants: bands of scores, and rules."""

    version: int | None = Field(None, ge=1, description="On writing: the version that this follows (or send If-Match).")
    bands: list[BandModel] = Field(max_length=100)
    rules: list[RuleModel] = Field(max_length=100)

    @model_validator(mode="after")
    def _whole(self) -> PolicyModel:
        by_label: dict[str, list[BandModel]] = {}
        for band in self.bands:
            if band.low >= band.high:
                raise _error("out_of_range")
            by_label.setdefault(band.label, []).append(band)
        for bands in by_label.values():
            bands.sort(key=lambda band: band.low)
            if any(a.high > b.low for a, b in pairwise(bands)):
                raise _error("overlapping_bands")
        if len({rule.code for rule in self.rules}) < len(self.rules):
            raise _error("repeated")
        return self

    def policy(self) -> Policy:
        return Policy(
            self.version or 0,
            tuple(Band(b.label, b.low, b.high, Verdict(b.verdict)) for b in self.bands),
            tuple(Rule(r.code, Verdict(r.verdict), r.params) for r in self.rules),
        )

    @classmethod
    def of(cls, policy: Policy) -> PolicyModel:
        return cls(
            version=policy.version,
            bands=[BandModel(label=b.label, low=b.low, high=b.high, verdict=b.verdict.value) for b in policy.bands],  # type: ignore[arg-type]
            rules=[RuleModel(code=r.code, verdict=r.verdict.value, params=dict(r.params)) for r in policy.rules],
        )


class EntryModel(Strict):
    value: Annotated[str, _text(500, required=True, line=True)]
    verdict: Literal["approve", "hold", "reject", ""] = Field("", description="Empty: as the rule says.")
    until: Annotated[Moment | None, Field(strict=False)] = Field(None, description="None: without end.")
    note: Annotated[str, _text(500, required=False, line=True)] = ""

    def entry(self) -> ListEntry:
        return ListEntry(self.value, self.verdict, _ms(self.until), self.note)


def _network_entries(entries: list[EntryModel]) -> list[EntryModel]:
    for entry in entries:
        try:
            ip_network(entry.value, strict=False)
        except ValueError as error:
            raise _error("invalid") from error
    return entries


def _email_entries(entries: list[EntryModel]) -> list[EntryModel]:
    for entry in entries:
        local, at, domain = entry.value.rpartition("@")
        if not at or not _domain(domain) or " " in local:
            raise _error("invalid_email")
    return entries


Entries = Annotated[list[EntryModel], Field(max_length=LONGEST_LIST)]


class ListsModel(Strict):
    """A site's lists. An e-mail entry with the verdict approve trusts its author, with reject blocks him."""

    version: int | None = Field(None, ge=1, description="On writing: the version that this follows (or send If-Match).")
    words: Entries = Field(default_factory=list)
    domains: Entries = Field(default_factory=list)
    addresses: Annotated[Entries, AfterValidator(_network_entries)] = Field(default_factory=list)
    emails: Annotated[Entries, AfterValidator(_email_entries)] = Field(default_factory=list)

    def lists(self) -> Lists:
        words, domains, addresses, emails = (tuple(e.entry() for e in getattr(self, name)) for name in LISTS)
        return Lists(self.version or 0, words, domains, addresses, emails)

    @classmethod
    def of(cls, lists: Lists) -> ListsModel:
        def rows(entries: tuple[ListEntry, ...]) -> list[EntryModel]:
            return [
                EntryModel(
                    value=e.value,
                    verdict=e.verdict,  # type: ignore[arg-type]
                    until=moment_of(e.until_ms),
                    note=e.note,
                )
                for e in entries
            ]

        return cls(
            version=lists.version,
            words=rows(lists.words),
            domains=rows(lists.domains),
            addresses=rows(lists.addresses),
            emails=rows(lists.emails),
        )


class PersonModel(Strict):
    email: Email
    role: Literal["reader", "moderator", "editor"]
    id: str = Field("", description="Told; on writing passed over, as are the next three.")
    disabled: bool = False
    invited: bool = Field(False, description="Has not come in yet.")
    invitation: str | None = Field(None, description="A link, good once and for three days; shown to who invites.")


class PeopleModel(Strict):
    """Who works for a site. Whoever is new is invited; whoever is left out loses the role here."""

    version: int | None = Field(None, ge=0, description="On writing: the version that this follows (or send If-Match).")
    people: list[PersonModel] = Field(max_length=500)

    @model_validator(mode="after")
    def _each_once(self) -> PeopleModel:
        if len({person.email.casefold() for person in self.people}) < len(self.people):
            raise _error("repeated")
        return self


class KeyModel(Strict):
    kind: Literal["secret", "public", "akismet"]
    id: str = Field("", max_length=100, description="Empty on writing: a new key.")
    prefix: str = Field("", description="Told, to know it by; on writing passed over, as are the next three.")
    created_at: Annotated[Moment | None, Field(strict=False)] = None
    revoked_at: Annotated[Moment | None, Field(strict=False)] = None
    key: str | None = Field(None, description="The key itself, in the answer that issues it and never again.")


class KeysModel(Strict):
    """A site's keys. What is new is issued; what is left out is revoked."""

    version: int | None = Field(None, ge=0, description="On writing: the version that this follows (or send If-Match).")
    keys: list[KeyModel] = Field(max_length=500)


# --- queries


class SiteQuery(Lenient):
    site: str = Field(
        "", max_length=40, pattern="^[a-z0-9-]*$", description="A site's slug, for people who work for several."
    )


class CommentsQuery(SiteQuery):
    status: Literal["pending", "approved", "rejected", "expired"] | None = None
    article: str = Field("", max_length=limits.REF_MAX)
    author: str = Field("", max_length=limits.EMAIL_MAX, description="An e-mail address, or an author's id.")
    q: str = Field("", max_length=150, description="A comment's id, or whole words, over the newest 10,000 comments.")
    cursor: str = Field("", max_length=200, pattern="^[A-Za-z0-9_-]*$")
    limit: int = Field(50, ge=1, le=200, strict=False)


class QueueQuery(SiteQuery):
    order: Literal["priority", "oldest", "newest"] = "priority"
    label: str = Field("", max_length=40, pattern="^[a-z_]*$", description="A kind of case: spam, abuse, first_time, …")
    article: str = Field("", max_length=limits.REF_MAX)
    escalated: bool = Field(False, strict=False, description="The editors' queue.")
    limit: int = Field(50, ge=1, le=200, strict=False)


class EventsQuery(SiteQuery):
    after: int = Field(0, ge=0, le=2**53, strict=False, description="The id of the last event you know.")
    limit: int = Field(100, ge=1, le=1000, strict=False)


def _plus(value: object) -> object:
    """A plus sign that was not escaped in a query comes as a blank."""
    return value.replace(" ", "+") if isinstance(value, str) and "T" in value else value


QueryMoment = Annotated[Moment, BeforeValidator(_plus), Field(strict=False)]


class StatsQuery(SiteQuery):
    from_: QueryMoment | None = Field(None, alias="from", description="RFC 3339; missing: a day before `to`.")
    to: QueryMoment | None = Field(None, description="RFC 3339; missing: now. At most 92 days after `from`.")
