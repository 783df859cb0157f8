"""The site's lists, matched: words on folded text, domains, addresses and e-mail addresses. Links are counted here too.

Needs no model. What it finds are facts; the policy says what follows from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sized
from functools import lru_cache

from classifiers.text import fold_text, words
from classifiers.text.memo import Memo
from service.domain.assessment import ListHit
from service.domain.comment import Submission
from service.domain.site import ListEntry, Lists, address, network

# What a reader could follow: a scheme, a www, or a bare domain under an ending that links in comments really have.
_ENDINGS = (
    "com|net|org|id|info|xyz|site|online|top|club|shop|store|live|link|vip|pro|me|io|co|cc|tv|biz|app|dev|page|ly|gg|"
    "asia|win|bet|fun|icu|world|space|website|my|sg|us|uk|ru|cn|de|example|test|invalid"
)
LINK = re.compile(
    rf"https?://[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+|(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})\b(?:/[^\s<>\"')\]]*)?",
    re.IGNORECASE,
)
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?([^/:?#\s]+)", re.IGNORECASE)


# A dot between letters, or a scheme: without either there is no link, and most comments have neither. The pattern
# begins with what it looks for, so that the search is for one character.
_DOT_WITHIN = re.compile(r"\.(?<=[a-zA-Z0-9]\.)[a-zA-Z]")


def links(text: str) -> list[str]:
    """Every link in `text`, as written."""
    return LINK.findall(text) if _DOT_WITHIN.search(text) or "://" in text else []


# Words end where blanks do, and what stands between two blanks comes again and again.
_words_within = Memo(lambda piece: tuple(words(piece)), 1 << 14).__getitem__


def folded_words(text: str) -> list[str]:
    """The words of the fold of `text`."""
    return [word for piece in fold_text(text).split() for word in _words_within(piece)]


@lru_cache(maxsize=1024)
def host(link: str) -> str:
    """The host that a link names, lower case, without `www.`; "" where it names none."""
    found = _HOST.match(link.strip())
    return found[1].lower().rstrip(".").removeprefix("www.") if found else ""


class ListMatcher:
    """One site's lists, prepared; `hits` finds the entries that apply to a submission."""

    def __init__(self, lists: Lists) -> None:
        self._words: dict[str, list[tuple[tuple[str, ...], ListEntry]]] = {}
        for entry in lists.words:
            folded = tuple(folded_words(entry.value))
            if folded:
                self._words.setdefault(folded[0], []).append((folded, entry))
        self._domains = _by(host, lists.domains)
        self._emails = _by(str.casefold, lists.emails)
        self._networks = [(network(entry.value), entry) for entry in lists.addresses]
        finders: tuple[tuple[str, Sized, Callable[[Submission], Iterator[ListEntry]]], ...] = (
            ("words", self._words, self._word_hits),
            ("domains", self._domains, self._domain_hits),
            ("addresses", self._networks, self._address_hits),
            ("emails", self._emails, self._email_hits),
        )
        self._finders = [(name, find) for name, entries, find in finders if entries]

    def hits(self, submission: Submission, now_ms: int) -> tuple[ListHit, ...]:
        """The entries that apply, each once, in the order words, domains, addresses, e-mails."""
        found = [(name, entry) for name, find in self._finders for entry in find(submission)]
        if not found:
            return ()
        unique = dict.fromkeys(
            ListHit(name, entry.value, entry.verdict) for name, entry in found if entry.applies(now_ms)
        )
        return tuple(unique)

    def _word_hits(self, submission: Submission) -> Iterator[ListEntry]:
        for text in (submission.body, submission.author.name):
            folded = folded_words(text)
            if self._words.keys().isdisjoint(folded):
                continue
            for at, word in enumerate(folded):
                for phrase, entry in self._words.get(word, ()):
                    if tuple(folded[at : at + len(phrase)]) == phrase:
                        yield entry

    def _domain_hits(self, submission: Submission) -> Iterator[ListEntry]:
        email_host = submission.author.email.rpartition("@")[2]
        body = submission.body
        written = links(body) if body.isascii() else [*links(body), *links(fold_text(body))]  # 𝗷𝘂𝗱𝗶.example is a link
        for link in filter(None, (*written, submission.author.url, email_host)):
            labels = host(link).split(".")
            for at in range(len(labels)):
                yield from self._domains.get(".".join(labels[at:]), ())

    def _address_hits(self, submission: Submission) -> Iterator[ListEntry]:
        parsed = address(submission.address) if submission.address else None
        if parsed is not None:
            yield from (entry for net, entry in self._networks if parsed in net)

    def _email_hits(self, submission: Submission) -> Iterator[ListEntry]:
        email = submission.author.email.casefold()
        for value in (email, email[email.rfind("@") :]):
            yield from self._emails.get(value, ())


def _by(name: Callable[[str], str], entries: Iterable[ListEntry]) -> dict[str, list[ListEntry]]:
    # Two entries may speak of the same, one until a day, one for ever. What names nothing matches nothing: an entry
    # `https://` must not be taken for the missing website of every comment.
    found: dict[str, list[ListEntry]] = {}
    for entry in entries:
        if named := name(entry.value):
            found.setdefault(named, []).append(entry)
    return found
