"""A comment comes in. Works on whole groups of submissions: one round trip to the store for all of them together.

1  assess    one model call      scores, reasons, list hits
2  judge     pure                every reason that holds, the verdict
3  write     one grouped write   comment, case and event, an atomic script each

How the author stands and how old the article is, is guessed from what this process heard last. Where the script finds
it otherwise (an author decided on meanwhile, or by another process) it writes nothing and tells, and the comment is
judged and sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from service.domain.assessment import Assessment, Facts
from service.domain.case import judged
from service.domain.comment import Comment, Status, Submission
from service.domain.ids import ENTROPY_BYTES, CommentId, Tag, digest, timed_id
from service.domain.site import ApiKey, SiteConfig
from service.errors import (
    Duplicate,
    Overloaded,
    RepeatedWithOtherBody,
    SaringError,
    StoreFull,
    StoreUnavailable,
    TooManySubmissions,
)
from service.flow.directory import Directory, living_key
from service.flow.recollection import Recollection
from service.scoring import Scorer, fingerprint, links
from service.secret import Secret
from service.settings import Settings
from service.store.codec import dump_doc
from service.store.comments import FloodLimit, Probe, Repeat, Seen, Writing, Written
from service.store.store import Store

_DAY_MS = 86_400_000
_TRIES = 5


class Arrival(NamedTuple):
    """A submission with the key it came by and the configuration that was known then."""

    submission: Submission
    config: SiteConfig
    key: ApiKey
    idempotency_key: str = ""


class Receipt(NamedTuple):
    """The stored comment; `is_new` is False where an earlier submission had made it."""

    comment: Comment
    is_new: bool


_article = lru_cache(maxsize=1024)(digest)  # a few articles get most of the comments

Result = Receipt | Exception  # an error that is none of the trade's is a bug; even so it is its own comment's alone
Repeats = dict[int, Repeat]
Open = tuple[int, Arrival, Probe, Assessment]
"""A submission without a result, by its place in the group."""


class Submit:
    """The flow of a group of submissions, of any sites."""

    def __init__(
        self,
        store: Store,
        scorer: Scorer,
        directory: Directory,
        secret: Secret,
        settings: Settings,
        clock: Callable[[], int],
        entropy: Callable[[int], bytes],
    ) -> None:
        self._store = store
        self._scorer = scorer
        self._directory = directory
        self._secret = secret
        self._settings = settings
        self._clock = clock
        self._entropy = entropy
        self._recollection = Recollection()

    async def __call__(self, arrivals: Sequence[Arrival]) -> list[Result]:
        """One result each, in order: a receipt, or the error that its sender is to be told."""
        assessments = await self._scorer.assess([arrival.submission for arrival in arrivals])
        return await self.assessed(arrivals, assessments)

    async def assessed(self, arrivals: Sequence[Arrival], assessments: Sequence[Assessment]) -> list[Result]:
        """The same for submissions of which the machine has spoken."""
        results: dict[int, Result] = {}
        repeats: Repeats = {}
        open_ = [
            (at, arrival, self._probe(arrival), assessment)
            for at, (arrival, assessment) in enumerate(zip(arrivals, assessments, strict=True))
        ]
        probes = [probe for _, _, probe, _ in open_]
        for left in reversed(range(_TRIES)):  # again only for those of whom something has changed meanwhile
            open_ = await self._once(open_, results, repeats, insists=not left)
            if not open_:
                break
        for at, *_ in open_:
            results[at] = Overloaded("the site's configuration keeps changing")
        await self._recall_though_full(arrivals, probes, results, repeats)
        await self._answer_repeats(arrivals, repeats, results)
        return [results[at] for at in range(len(arrivals))]

    async def preview(self, arrival: Arrival) -> Comment:
        """What would be said of a submission; stores nothing. Raises Unauthenticated for a key revoked meanwhile."""
        probe = self._probe(arrival)
        revision, seen = await self._store.comments.look(probe)
        if revision != arrival.config.revision:
            arrival = await self._renewed(arrival)
        (assessment,) = await self._scorer.assess([arrival.submission])
        entropy = self._entropy(ENTROPY_BYTES)
        return self._writing(arrival, probe, seen, assessment, self._clock(), entropy).comment

    async def _once(
        self, group: list[Open], results: dict[int, Result], repeats: Repeats, *, insists: bool
    ) -> list[Open]:
        """Judges and writes; what is to be tried again. Who `insists` is content with what was told last."""
        now_ms = self._clock()
        writings = self._writings(group, now_ms)
        written: Sequence[Written | Exception]
        try:
            written = await self._store.comments.write(writings, now_ms, insists=insists)
        except Exception as error:  # what was written before stays said
            written = [error] * len(group)
        again: list[Open] = []
        for open_, writing, answer in zip(group, writings, written, strict=True):
            at, arrival, probe, assessment = open_
            if isinstance(answer, Exception):  # its site's server is away; the others go on
                results[at] = answer
            elif answer.is_stale:
                try:
                    again.append((at, await self._renewed(arrival), probe, assessment))
                except SaringError as error:
                    results[at] = error
            elif answer.repeat is not None:
                repeats[at] = answer.repeat
            elif answer.seen is not None:
                self._recollection.note(probe, answer.seen)
                again.append(open_)
            else:
                results[at] = _result(writing, answer)
        return again

    def _writings(self, group: Sequence[Open], now_ms: int) -> list[Writing]:
        """Each judged by what was heard last of author and article, those before it in the group included."""
        entropy = self._entropy(ENTROPY_BYTES * len(group))
        writings: list[Writing] = []
        for n, (_, arrival, probe, assessment) in enumerate(group):
            seen = self._recollection.seen(probe)
            piece = entropy[n * ENTROPY_BYTES :][:ENTROPY_BYTES]
            writing = self._writing(arrival, probe, seen, assessment, now_ms, piece)
            writings.append(writing)
            if (then := _after(writing, now_ms)) != seen:
                self._recollection.note(probe, then)
        return writings

    async def _renewed(self, arrival: Arrival) -> Arrival:
        """The arrival under the configuration as it stands now. Raises Unauthenticated where its key is gone."""
        config = await self._directory.current(arrival.config.site.tag)
        return arrival._replace(config=config, key=living_key(config, arrival.key.hash))

    async def _recall_though_full(
        self, arrivals: Sequence[Arrival], probes: Sequence[Probe], results: dict[int, Result], repeats: Repeats
    ) -> None:
        """A full store runs no script that writes, but what was stored before it can still tell."""
        full = [at for at, result in results.items() if isinstance(result, StoreFull)]
        if not full:
            return
        try:
            recalled = await self._store.comments.recall([probes[at] for at in full])
        except StoreUnavailable:
            return
        for at, (revision, repeat, is_duplicate) in zip(full, recalled, strict=True):
            if revision != arrivals[at].config.revision:  # a key revoked meanwhile is told nothing
                continue
            if repeat is not None:
                repeats[at] = repeat
            elif is_duplicate:
                results[at] = Duplicate("said already")

    async def _answer_repeats(self, arrivals: Sequence[Arrival], repeats: Repeats, results: dict[int, Result]) -> None:
        # After an outage newspapers send again all that they had: a site's repeats are read together.
        wanted: dict[Tag, list[int]] = {}
        for at, repeat in repeats.items():
            results[at] = RepeatedWithOtherBody("another comment")
            if repeat.is_same:
                wanted.setdefault(arrivals[at].config.site.tag, []).append(at)
        for tag, places in wanted.items():
            try:
                found = await self._store.comments.get(tag, [repeats[at].comment_id for at in places])
            except StoreUnavailable as error:
                results |= dict.fromkeys(places, error)
                continue
            for at, comment in zip(places, found, strict=True):
                if comment is not None:
                    results[at] = Receipt(comment, is_new=False)

    def _probe(self, arrival: Arrival) -> Probe:
        s = arrival.submission
        author = self._secret.author(s.author.email)
        article = _article(s.article.id)
        return Probe(
            tag=arrival.config.site.tag,
            article=article,
            author=author,
            duplicate=fingerprint(author, article, s.body),
            submission=digest(s.article.id, s.author.name, s.author.email, s.author.url, s.body, s.parent_id),
            client_ref=digest(s.client_ref) if s.client_ref else "",
            idempotency=digest(arrival.key.id, arrival.idempotency_key) if arrival.idempotency_key else "",
            floods=tuple(self._floods(s, author)),
        )

    def _floods(self, submission: Submission, author: str) -> Iterator[FloodLimit]:
        settings = self._settings
        if settings.flood_site_per_s:
            yield FloodLimit("site", "site", settings.flood_site_per_s, 1_000)
        if settings.flood_email_per_min:
            yield FloodLimit("email", author, settings.flood_email_per_min, 60_000)
        if settings.flood_address_per_min and submission.address:
            digest_ = self._secret.address(submission.address)
            yield FloodLimit("address", digest_, settings.flood_address_per_min, 60_000)

    def _writing(
        self, arrival: Arrival, probe: Probe, seen: Seen, assessment: Assessment, now_ms: int, entropy: bytes
    ) -> Writing:
        s, config = arrival.submission, arrival.config
        since_ms = s.article.published_ms or seen.article_first_seen_ms or now_ms
        facts = Facts(
            n_links=len(links(s.body)),
            n_approved=seen.n_approved,
            n_rejected=seen.n_rejected,
            article_age_days=max(0, now_ms - since_ms) / _DAY_MS,
            honeypot=s.honeypot,
            hits=self._directory.matcher(config).hits(s, now_ms),
        )
        comment_id = CommentId(timed_id("c", config.site.tag, now_ms, entropy))
        comment = judged(comment_id, s, assessment, facts, config.policy, now_ms)
        document = dump_doc(s, assessment, facts, comment.judgement)
        return Writing(comment, probe, document, config.revision, seen)


def _after(writing: Writing, now_ms: int) -> Seen:
    """How the author stands, and the article, once the comment is there."""
    status, (n_approved, n_rejected, first_seen_ms) = writing.comment.status, writing.seen
    return Seen(
        n_approved + (status is Status.APPROVED),
        n_rejected + (status is Status.REJECTED),
        now_ms if first_seen_ms is None else first_seen_ms,
    )


def _result(writing: Writing, answer: Written) -> Result:
    if answer.is_created:
        return Receipt(writing.comment, is_new=True)
    if answer.flood is not None:
        limit, retry_after_s = answer.flood
        return TooManySubmissions(limit, retry_after_s)
    return Duplicate("said already")
