"""What a draft would do, before anybody saves it: a policy or lists, tried on the newest comments or on a typed one.

Stores nothing. What the machine said of the comments that are kept stands with them, so the model is not asked again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.domain.assessment import LABELS, Facts
from service.domain.case import judged
from service.domain.comment import Comment, Submission
from service.domain.ids import CommentId, Tag
from service.domain.policy import Policy, Verdict, judge
from service.domain.site import Lists, SiteConfig
from service.flow.read import Filter, Read
from service.scoring import ListMatcher, Scorer, links

REHEARSED = 500
HISTOGRAM_BINS = 40


@dataclass(frozen=True, slots=True)
class Moved:
    """A comment of which the draft would say something else than the policy in force."""

    comment: Comment
    now: Verdict
    then: Verdict


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The newest comments under the policy in force (`now`) and under the draft (`then`), counted by verdict.

    `histograms`: by label, how many of the scored comments lie in each of 40 equal steps of [0, 1].
    """

    n_comments: int
    now: Mapping[Verdict, int]
    then: Mapping[Verdict, int]
    moved: Sequence[Moved]
    histograms: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Met:
    """The newest comments that draft entries of a list would meet."""

    n_comments: int
    comments: Sequence[Comment]


class Rehearse:
    """Tries drafts."""

    def __init__(self, read: Read, scorer: Scorer, clock: Callable[[], int]) -> None:
        self._read = read
        self._scorer = scorer
        self._clock = clock

    async def policy(self, config: SiteConfig, draft: Policy) -> Rehearsal:
        """The newest 500 comments under both policies, with the facts that each was judged by."""
        comments = await self._newest(config.site.tag)
        now = [judge(config.policy, c.assessment, c.facts).verdict for c in comments]
        then = [judge(draft, c.assessment, c.facts).verdict for c in comments]
        moved = [Moved(c, a, b) for c, a, b in zip(comments, now, then, strict=True) if a is not b]
        return Rehearsal(len(comments), Counter(now), Counter(then), moved, _histograms(comments))

    async def entries(self, tag: Tag, draft: Lists) -> Met:
        """Which of the newest 500 comments the draft's entries would meet."""
        comments = await self._newest(tag)
        matcher, now_ms = ListMatcher(draft), self._clock()

        def met() -> list[Comment]:  # folding five hundred texts takes too long for the loop that answers everybody
            return [comment for comment in comments if matcher.hits(comment.submission, now_ms)]

        return Met(len(comments), await asyncio.to_thread(met))

    async def comment(self, config: SiteConfig, draft: Lists, submission: Submission) -> Comment:
        """What would be said of a comment under draft lists, as by an author who has been published once before."""
        (assessment,) = await self._scorer.assess([submission])
        now_ms = self._clock()
        facts = Facts(
            n_links=len(links(submission.body)),
            n_approved=1,
            hits=ListMatcher(draft).hits(submission, now_ms),
        )
        return judged(CommentId(""), submission, assessment, facts, config.policy, now_ms)

    async def _newest(self, tag: Tag) -> list[Comment]:
        return (await self._read.many(tag, Filter(), None, REHEARSED)).comments


def _histograms(comments: Sequence[Comment]) -> dict[str, list[int]]:
    counted = {label: [0] * HISTOGRAM_BINS for label in LABELS}
    for comment in comments:
        for label, score in comment.assessment.scores.items():
            counted[label][min(HISTOGRAM_BINS - 1, int(score * HISTOGRAM_BINS))] += 1
    return counted
