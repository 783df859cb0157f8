"""What is written is read back the same; what a newer Saring wrote is refused, not guessed."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.assessment import LABELS, Assessment, Facts, ListHit, Term
from service.domain.comment import Article, Author, Comment, Status, Submission
from service.domain.ids import CommentId, Tag
from service.domain.policy import Band, Judgement, Policy, Reason, Rule, Verdict
from service.domain.site import Account, ApiKey, KeyKind, ListEntry, Lists, Role, Site
from service.errors import UnknownSchema
from service.store import codec

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
SHARE = st.floats(0, 1)
VERDICTS = st.sampled_from(Verdict)


@st.composite
def comments(draw: st.DrawFn) -> Comment:
    body = draw(TEXT.filter(bool))
    begin = draw(st.integers(0, len(body) - 1))
    end = draw(st.integers(begin + 1, len(body)))
    honeypot = draw(st.booleans())
    return Comment(
        id=CommentId("c_1"),
        submission=Submission(
            article=Article(draw(TEXT), draw(TEXT), draw(TEXT), draw(st.none() | st.integers(0, 2**45))),
            author=Author(draw(TEXT), draw(TEXT), draw(TEXT)),
            body=body,
            parent_id=draw(TEXT),
            address=draw(TEXT),
            user_agent=draw(TEXT),
            referrer=draw(TEXT),
            submitted_ms=draw(st.none() | st.integers(0, 2**45)),
            client_ref=draw(TEXT),
            honeypot=honeypot,
        ),
        assessment=Assessment(
            scores=draw(st.dictionaries(st.sampled_from(LABELS), SHARE)),
            language=draw(st.sampled_from(["", "id", "en"])),
            model="2026.11.1",
            terms=(Term("spam", "body", begin, end, body[begin:end], draw(st.floats(-9, 9))),),
        ),
        facts=Facts(
            n_links=draw(st.integers(0, 9)),
            n_approved=draw(st.integers(0, 9)),
            n_rejected=draw(st.integers(0, 9)),
            article_age_days=draw(st.integers(0, 400)) / 4,
            honeypot=honeypot,
            hits=tuple(draw(st.lists(st.builds(ListHit, TEXT, TEXT, TEXT), max_size=3))),
        ),
        judgement=Judgement(
            draw(VERDICTS),
            tuple(draw(st.lists(st.builds(Reason, TEXT, VERDICTS, TEXT, st.dictionaries(TEXT, SHARE | TEXT))))),
            draw(st.integers(1, 99)),
        ),
        created_ms=draw(st.integers(0, 2**45)),
        status=draw(st.sampled_from(Status)),
        version=draw(st.integers(1, 99)),
        kind="spam",
        priority=draw(st.integers(0, 100)),
    )


def fields(c: Comment) -> list[bytes | None]:
    """As the scripts keep it."""
    doc = codec.dump_doc(c.submission, c.assessment, c.facts, c.judgement)
    standing = (c.status, c.version, c.created_ms, c.kind, c.priority)
    return [doc, *(str(value).encode() for value in standing), None, None, None, None]


@given(comments())
def test_a_comment_is_read_as_it_was_written(comment: Comment) -> None:
    assert codec.load_comment(comment.id, fields(comment)) == comment


def test_no_fields_are_no_comment() -> None:
    assert codec.load_comment("c_1", [None] * len(codec.STANDING_FIELDS)) is None


ENTRIES = st.lists(
    st.builds(
        ListEntry, TEXT, st.sampled_from(["", "approve", "hold", "reject"]), st.none() | st.integers(0, 2**45), TEXT
    ),
    max_size=3,
).map(tuple)


@given(st.builds(Lists, st.just(7), ENTRIES, ENTRIES, ENTRIES, ENTRIES))
def test_lists_are_read_as_they_were_written(lists: Lists) -> None:
    assert codec.load_lists(codec.dump_lists(lists), 7) == lists


@given(
    st.lists(st.builds(Band, TEXT, SHARE, SHARE, VERDICTS), max_size=3).map(tuple),
    st.lists(st.builds(Rule, TEXT, VERDICTS, st.dictionaries(TEXT, SHARE)), max_size=3).map(tuple),
)
def test_a_policy_is_read_as_it_was_written(bands: tuple[Band, ...], rules: tuple[Rule, ...]) -> None:
    policy = Policy(7, bands, rules)

    assert codec.load_policy(codec.dump_policy(policy), 7) == policy


@pytest.mark.parametrize("revoked_ms", [None, 5])
def test_a_key_is_read_as_it_was_written(revoked_ms: int | None) -> None:
    key = ApiKey("k_1", KeyKind.PUBLIC, "pk_abc", "hash", 3, revoked_ms)  # type: ignore[arg-type]

    assert codec.load_key("k_1", codec.dump_key(key)) == key


def test_sites_and_accounts_are_read_as_they_were_written() -> None:
    site = Site(Tag("k7m2x"), "koran", "Koran Banjar", ("https://koran.example",), "id", "Asia/Makassar", 9)
    account = Account("u_1", "rina@example.com", {"k7m2x": Role.EDITOR}, "$argon2id$…", True, 9)  # type: ignore[arg-type]

    assert codec.load_site(site.tag, codec.dump_site(site)) == site
    assert codec.load_account("u_1", codec.dump_account(account)) == account


SITE = Site(Tag("k7m2x"), "koran", "Koran", (), "id", "Asia/Makassar", 9)
LOADERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "site": (codec.dump_site(SITE), lambda raw: codec.load_site(SITE.tag, raw)),
    "policy": (codec.dump_policy(Policy(1, (), ())), lambda raw: codec.load_policy(raw, 1)),
    "lists": (codec.dump_lists(Lists()), lambda raw: codec.load_lists(raw, 1)),
    "key": (
        codec.dump_key(ApiKey("k_1", KeyKind.SECRET, "sk_", "h", 1)),  # type: ignore[arg-type]
        lambda raw: codec.load_key("k_1", raw),
    ),
    "account": (
        codec.dump_account(Account("u_1", "a@example.com", {}, "", False, 1)),  # type: ignore[arg-type]
        lambda raw: codec.load_account("u_1", raw),
    ),
}


@pytest.mark.parametrize("name", LOADERS)
def test_a_record_of_a_newer_saring_is_refused(name: str) -> None:
    raw, load = LOADERS[name]
    assert load(raw)
    newer = orjson.dumps(orjson.loads(raw) | {"v": codec.SCHEMA + 1})

    with pytest.raises(UnknownSchema, match="upgrade"):
        load(newer)


@given(comments())
def test_a_comment_of_a_newer_saring_is_refused(comment: Comment) -> None:
    doc, *standing = fields(comment)
    assert doc is not None
    newer = orjson.dumps([codec.COMMENT_SCHEMA + 1, *orjson.loads(doc)[1:]])

    with pytest.raises(UnknownSchema, match="upgrade"):
        codec.load_comment(comment.id, [newer, *standing])


SCHEMA_1 = (
    b'{"v":1,"article":["1","https://koran.example/1","Sungai",null],"author":["Siti","siti@example.com",""],'
    b'"body":"dasar goblok","parent":"","client":["10.0.0.1","","",null,"wp-1",false],'
    b'"scores":{"spam":0.1,"abuse":0.9},"language":"id","model":"2026.11.1","terms":[["abuse","body",6,12,2.5]],'
    b'"facts":[0,2,1,0.5,[["words","goblok","hold"]]],'
    b'"verdict":"hold","reasons":[["band.abuse","hold","abuse",{"score":0.9}]],"policy":3}'
)
"""A comment as the first schema wrote it."""


def test_a_comment_of_the_first_schema_is_read_as_what_it_was() -> None:
    standing = [b"pending", b"1", b"5", b"abuse", b"90", None, None, None, None]

    comment = codec.load_comment("c_1", [SCHEMA_1, *standing])

    assert comment is not None
    assert comment.submission == Submission(
        article=Article("1", "https://koran.example/1", "Sungai", None),
        author=Author("Siti", "siti@example.com", ""),
        body="dasar goblok",
        address="10.0.0.1",
        client_ref="wp-1",
    )
    terms = (Term("abuse", "body", 6, 12, "goblok", 2.5),)
    assert comment.assessment == Assessment({"spam": 0.1, "abuse": 0.9}, "id", "2026.11.1", terms)
    assert comment.facts == Facts(0, 2, 1, 0.5, False, (ListHit("words", "goblok", "hold"),))
    reason = Reason("band.abuse", Verdict.HOLD, "abuse", {"score": 0.9})
    assert comment.judgement == Judgement(Verdict.HOLD, (reason,), 3)
    # and written again, it is the second schema's, a fifth shorter
    again = codec.dump_doc(comment.submission, comment.assessment, comment.facts, comment.judgement)
    assert codec.load_comment("c_1", [again, *standing]) == comment
    assert len(again) < 0.8 * len(SCHEMA_1)
