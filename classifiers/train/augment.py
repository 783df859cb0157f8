"""Augmentation: what the examples lack, made from what they hold, so that the model learns shapes beside names.

Copies are made on folded text, since that is what the model reads; letters in disguise need none, as the fold has
read them already, but spellings do. Every draw comes from one seeded generator.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from classifiers.document import Document
from classifiers.text import fold_text
from classifiers.text.dress import dress
from classifiers.train.examples import Example
from classifiers.train.respell import respelled

COPY_WEIGHT: Final = 0.35
"""Of a copy, beside its original: the known brands and spellings are worth keeping."""
TWIN_SHARE: Final = 0.2
"""Of clean comments so many get a twin that names an invented nickname: a strange name alone is no spam."""
DRESSED_SHARE: Final = 0.04
"""Of those twins so many wear fancy letters, as the names and greetings of some readers do."""
RESPELLED_SHARE: Final = 0.2
"""Of clean comments so many get a respelled copy, of spam all: a strange spelling alone is no spam either."""
LINKED_SHARE: Final = 0.05
"""Of clean comments so many get a twin with a link."""

_RESERVED = re.compile(r"\.(?:example|test|invalid)\b")
_ENDINGS = tuple(
    "com com com com net org id co.id co xyz site online live vip club top link info me cc web.id my.id".split()  # noqa: SIM905
)
_PLAIN_ENDINGS = "com com com co.id id org net go.id ac.id co.uk gov ca".split()  # noqa: SIM905
_WORD = re.compile(r"[a-z0-9]+")
_NAME = re.compile(r"[a-z]*[a-z]{2}[a-z]*\d{1,4}d?|[a-z]{5,}")
_NUMBERED = re.compile(r"[a-z]+\d+d?")
_FEWEST = 3
_PARTS = [
    *("bet", "toto", "slot", "win", "play", "jp", "hoki", "togel", "4d", "qq", "gacor", "spin", "poker", "pro", "vip"),
    *("jitu", "mpo", "maxwin", "cuan", "raja", "dewa", "sultan", "naga", "zeus", "bola"),
]
_ONSETS = "b c d f g h j k l m n p r s t w y z kr br tr st sr ng ny".split()  # noqa: SIM905
_VOWELS = "a a a i i u e o".split()  # noqa: SIM905
_CODAS = ["", "", "", "", "n", "r", "s", "ng", "k", "l", "m", "t", "x"]


@dataclass(frozen=True, slots=True)
class Words:
    """In how many spam and how many clean comments each folded word stands."""

    spam: Counter[str]
    clean: Counter[str]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Words:
        spam, clean = Counter[str](), Counter[str]()
        for example in examples:
            known = example.labels.get("spam")
            if known is not None:
                (spam if known else clean).update(set(_WORD.findall(fold_text(example.document.text))))
        return cls(spam, clean)

    def brands(self) -> frozenset[str]:
        """Names that only spam says, and often: with a number from three times on, other words from twelve."""
        return frozenset(
            word
            for word, count in self.spam.items()
            if count >= (_FEWEST if _NUMBERED.fullmatch(word) else 4 * _FEWEST)
            and not self.clean[word]
            and _NAME.fullmatch(word)
        )

    def common(self) -> list[str]:
        """Ordinary words, in alphabetical order."""
        return sorted(
            word for word, count in self.clean.items() if count >= 20 and word.isalpha() and 4 <= len(word) <= 7
        )


def augmented(examples: Sequence[Example], *, seed: int) -> list[Example]:
    """The examples with realistic domains, and behind them the copies; in an order that the seed decides alone."""
    rng = random.Random(seed)
    kept = [_with_real_domains(example, rng) for example in examples]
    words = Words.of(kept)
    return [
        *kept,
        *brand_copies(kept, words, rng),
        *clean_twins(kept, rng),
        *respelled_copies(kept, rng),
        *linked_twins(kept, words, rng),
    ]


def brand_copies(examples: Sequence[Example], words: Words, rng: random.Random) -> list[Example]:
    """Beside each gambling spam that names a brand, one that names an invented one in its place."""
    brands, common = words.brands(), words.common()
    copies = []
    for example in examples:
        if example.labels.get("spam") == 1:
            folded = fold_text(example.document.text)
            invented = invent(rng, common)
            copied = _WORD.sub(lambda m: invented if m[0] in brands else m[0], folded)  # noqa: B023
            if copied != folded:
                copies.append(_copy(example, copied))
    return copies


def clean_twins(examples: Sequence[Example], rng: random.Random) -> list[Example]:
    """Beside some clean comments one in which a stranger's nickname or an odd product name stands."""
    twins = []
    for example in examples:
        if example.labels.get("spam") == 0 and rng.random() < TWIN_SHARE:
            words = fold_text(example.document.text).split()
            words.insert(rng.randrange(len(words) + 1), _nickname(rng))
            text = " ".join(words)
            twins.append(_copy(example, dress(text, rng) if rng.random() < DRESSED_SHARE else text))
    return twins


def respelled_copies(examples: Sequence[Example], rng: random.Random) -> list[Example]:
    """Beside each spam, and some clean comments, one in which words are spelled as they sound or with a slip."""
    copies = []
    for example in examples:
        spam = example.labels.get("spam")
        if spam is not None and (spam or rng.random() < RESPELLED_SHARE):
            folded = fold_text(example.document.text)
            copies.append(_copy(example, respelled(folded, rng)))
    return copies


def linked_twins(examples: Sequence[Example], words: Words, rng: random.Random) -> list[Example]:
    """Beside some clean comments one that links to a page, or that is such a link: readers quote their sources."""
    common = words.common() or ["halaman"]
    twins = []
    for example in examples:
        if example.labels.get("spam") == 0 and rng.random() < LINKED_SHARE:
            folded = [] if rng.random() < 0.2 else fold_text(example.document.text).split()
            at = len(folded) if rng.random() < 0.5 else rng.randrange(len(folded) + 1)
            twins.append(_copy(example, " ".join([*folded[:at], _page(rng, common), *folded[at:]])))
    return twins


def invent(rng: random.Random, common: Sequence[str]) -> str:
    """A name as gambling houses choose them: a sound or a word, with a number or a part of the trade, or alone."""
    stem = rng.choice(common) if common and rng.random() < 0.4 else _sound(rng)
    draw = rng.random()
    if draw < 0.45:
        return stem + rng.choice(
            ("77", "88", "99", "138", "303", "4d", "777", "168", "33", str(rng.randrange(10, 999)))
        )
    if draw < 0.75:
        return stem + rng.choice(_PARTS)
    if draw < 0.88:
        return rng.choice(_PARTS) + stem
    return stem


def _page(rng: random.Random, common: Sequence[str]) -> str:
    """The address of an article as newspapers and ministries build it."""
    domain = "".join(rng.choices(common, k=rng.choice((1, 1, 2)))) + "." + rng.choice(_PLAIN_ENDINGS)
    path = rng.choices(common, k=rng.choice((0, 2, 4, 6, 8)))
    if path and rng.random() < 0.5:
        path.insert(0, str(rng.randrange(2009, 2027)))
    if path and rng.random() < 0.4:
        path.append(str(rng.randrange(100, 10_000_000)))
    return "https://" + rng.choice(("www.", "")) + domain + "/" + rng.choice("-/").join(path)


def _nickname(rng: random.Random) -> str:
    return _sound(rng) + (str(rng.randrange(1, 2026)) if rng.random() < 0.6 else "")


def _sound(rng: random.Random) -> str:
    return "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(rng.choice((2, 2, 3))))


def _copy(example: Example, text: str) -> Example:
    """Says of spam alone what the original says: the other labels have been counted."""
    document = Document(text, example.document.author, example.document.url, language=example.document.language)
    labels = {"spam": example.labels["spam"]}
    weight = example.weight * COPY_WEIGHT
    return replace(example, document=document, labels=labels, weight=weight, traits={**example.traits, "copy": "yes"})


def _with_real_domains(example: Example, rng: random.Random) -> Example:
    """The endings that no real site bears would give spam away, as our own corpus alone uses them."""
    document = example.document
    if not any(map(_RESERVED.search, (document.text, document.url, document.author))):
        return example
    ending = "." + rng.choice(_ENDINGS)
    text, url, author = (_RESERVED.sub(ending, part) for part in (document.text, document.url, document.author))
    return replace(example, document=replace(document, text=text, url=url, author=author))
