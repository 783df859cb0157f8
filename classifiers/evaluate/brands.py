"""Gambling brands found by the program, and splits of labelled comments that share none.

Judol spam repeats a few hundred brand names, so a random split asks a model only for names it has learnt. Brands are
found in spam rows by their looks (`dora77`, `mona4d`, `jptogel`, a word shouted in many spam rows and in no clean
one) on folded text. The list is neither whole nor exact, which costs the test rows and not its honesty: a row is left
out as soon as it names one seen brand.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from classifiers import Document
from classifiers.evaluate.sets import LabelledSet
from classifiers.text import fold_text

MIN_ROWS = 2
"""A brand stands in at least so many spam rows; a name met once is seen by nobody else."""
MIN_SHOUTED_ROWS = 3
MIN_SHOUTED_SHARE = 0.6
"""A word in capitals amid small letters in so many spam rows, and in this share of those that have it, is a name
too."""
MIN_SPAM_SHARE = 0.9
"""Of the rows naming a brand so many are spam; the others complain about it."""

_SHORTEST = 5
_PREFIX = 4
_NUMBERED = re.compile(r"[a-z]{2,}(?:\d{2,4}|\d{1,2}d\d?|\d{1,3}(?:bet|jp|toto|win|slot|play|qq))")
_PARTS = (
    "toto|togel|bet|slot|win|hoki|jitu|bandar|poker|casino|kasino|jackpot|jp|wd|gacor|cuan|spin|play|game|qq|gaming|mpo|"
    "sultan|raja|dewa|naga|zeus|bola|liga|judi"
)
_COMPOUND = re.compile(rf"(?:(?:{_PARTS})[a-z]{{3,}}|[a-z]{{3,}}(?:{_PARTS}))")
_TOKEN = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"\w+")
# l stands with 1 and I, which look alike: PULAUWlN.
_LEET = str.maketrans("013457l", "oieasti")
# Words of the trade that are nobody's name; a spelling that is missing here leaves out a few rows too many.
_TRADE_WORDS = (
    "gacor gacir gacur maxwin mekswin makswin menang kemenangan scatter sketer jackpot jekpot jepe slot slots "
    "toto togel casino kasino poker judi bandar bonus depo deposit withdraw spin freespin mahjong mahyong "
    "pragmatic olympus gates zeus starlight princess sweet bonanza rtp pola modal cuan hoki google gopay "
    "shopeepay linkaja rezeki situs server thailand vietnam kamboja auto perkalian winrate newmember member "
    "permainan gaming games sensasional petir merah bosku bossku daftar online terpercaya dewa sultan jutaan game "
    "play gameplay slotter"
)
_TRADE = frozenset(_TRADE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Brands:
    """Known brands, as skeletons: folded, joined, digits that stand for letters read as letters."""

    skeletons: frozenset[str]
    _by_prefix: dict[str, tuple[str, ...]] = field(repr=False, compare=False)

    @classmethod
    def of(cls, skeletons: Iterable[str]) -> Brands:
        """The brands of these skeletons, without those under five characters, which sit in ordinary words, and without
        those that hold another one: `dipulau777` is `pulau777`, seen by a fold that missed the blank.
        """
        kept: list[str] = []
        for skeleton in sorted(set(skeletons), key=lambda skeleton: (len(skeleton), skeleton)):
            if len(skeleton) >= _SHORTEST and not any(shorter in skeleton for shorter in kept):
                kept.append(skeleton)
        by_prefix: defaultdict[str, list[str]] = defaultdict(list)
        for skeleton in kept:
            by_prefix[skeleton[:_PREFIX]].append(skeleton)
        return cls(frozenset(kept), {prefix: tuple(rest) for prefix, rest in by_prefix.items()})

    def named_in(self, document: Document) -> frozenset[str]:
        """The brands that a comment names in its text, author or URL, however spaced or spelled."""
        return frozenset(brand for part in _parts(document) for brand in self._within(skeleton(part)))

    def _within(self, text: str) -> Iterator[str]:
        for begin in range(len(text) - _PREFIX + 1):
            for brand in self._by_prefix.get(text[begin : begin + _PREFIX], ()):
                if text.startswith(brand, begin):
                    yield brand


@dataclass(frozen=True, slots=True)
class BrandSplit:
    """Row indices of one set: no brand of `test` is named in `train`; `left_out` rows name brands of both."""

    train: tuple[int, ...]
    test: tuple[int, ...]
    left_out: tuple[int, ...]


def skeleton(text: str) -> str:
    """The text folded, without anything but letters and digits, and with 0 1 3 4 5 7 l read as o i e a s t i."""
    return "".join(_TOKEN.findall(fold_text(text).lower())).translate(_LEET)


def find_brands(sets: Sequence[LabelledSet]) -> Brands:
    """The brands named in the spam rows of these sets, told from ordinary words by their clean rows."""
    spam_rows, shouted_rows, clean_rows = Counter[str](), Counter[str](), Counter[str]()
    for labelled in sets:
        for document, spam in zip(labelled.documents, labelled.column("spam"), strict=True):
            if spam == 1:
                spam_rows.update(_words(document))
                shouted_rows.update(_shouted(document))
            elif spam == 0:
                clean_rows.update(_words(document))
    named = (word for word, rows in spam_rows.items() if rows >= MIN_ROWS and _looks_like_a_brand(word))
    shouted = (word for word, rows in shouted_rows.items() if _is_shouted(rows, spam_rows[word]) and _is_a_name(word))
    found = {word for word in (*named, *shouted) if _is_spam(spam_rows[word], clean_rows[word])}
    return Brands.of(_stem(word, clean_rows).translate(_LEET) for word in found)


def split_by_brand(labelled: LabelledSet, *, test_share: float = 0.25, seed: int = 0) -> BrandSplit:
    """A split for training and testing without a shared brand.

    Brands are drawn in a seeded order until their rows are `test_share` of the spam that names a brand. A spam row
    goes to the test when all its brands were drawn, and to training when none was or it names none (it may hide a
    brand that was not found). Clean rows that name no brand are drawn singly, texts that fold alike together.
    """
    brands = find_brands([labelled])
    named = [brands.named_in(document) for document in labelled.documents]
    drawn = _draw(named, labelled, test_share, random.Random(seed))
    train: list[int] = []
    test: list[int] = []
    left_out: list[int] = []
    for index, row_brands in enumerate(named):
        if not row_brands:
            clean = labelled.column("spam")[index] == 0
            side = test if clean and _lot(labelled.documents[index], seed) < test_share else train
        else:
            side = test if row_brands <= drawn else left_out if row_brands & drawn else train
        side.append(index)
    return BrandSplit(tuple(train), tuple(test), tuple(left_out))


def _draw(
    named: Sequence[frozenset[str]], labelled: LabelledSet, test_share: float, rng: random.Random
) -> frozenset[str]:
    """The brands of the test side."""
    rows = Counter(
        brand for brands, spam in zip(named, labelled.column("spam"), strict=True) if spam == 1 for brand in brands
    )
    order = sorted(rows)
    rng.shuffle(order)
    wanted, drawn, n_drawn = test_share * sum(rows.values()), set[str](), 0
    for brand in order:
        # A brand that would overshoot by half is passed over, or one giant would be the whole test.
        if n_drawn < wanted and n_drawn + rows[brand] <= 1.5 * wanted:
            drawn.add(brand)
            n_drawn += rows[brand]
    return frozenset(drawn)


def _lot(document: Document, seed: int) -> float:
    """A number in [0, 1) that depends on the seed and the folded text alone."""
    return random.Random(f"{seed} {fold_text(document.text)}").random()


def _words(document: Document) -> set[str]:
    """The folded words of a comment's text, author and URL."""
    return {word for part in _parts(document) for word in _TOKEN.findall(fold_text(part).lower())}


def _shouted(document: Document) -> set[str]:
    """The folded words that stand in capitals in a text that is mostly not in capitals."""
    words = _WORD.findall(unicodedata.normalize("NFKC", document.text))
    capitals = [word for word in words if word.isupper()]
    if 2 * len(capitals) > len(words):
        return set()
    names = (word for word in capitals if len(word) >= _SHORTEST)
    return {folded for word in names for folded in _TOKEN.findall(fold_text(word).lower())}


def _is_shouted(shouted_rows: int, rows: int) -> bool:
    return shouted_rows >= MIN_SHOUTED_ROWS and shouted_rows >= MIN_SHOUTED_SHARE * rows


def _is_spam(spam_rows: int, clean_rows: int) -> bool:
    return spam_rows >= MIN_SPAM_SHARE * (spam_rows + clean_rows)


def _is_a_name(word: str) -> bool:
    """Whether a folded word is more than a number and no word of the trade."""
    ordinary = word.removesuffix("nya") in _TRADE or word.removeprefix("ter") in _TRADE
    return not ordinary and not word.isdigit()


def _looks_like_a_brand(word: str) -> bool:
    """Whether a folded word is a name with a number or a compound with a part that gambling houses like."""
    return _is_a_name(word) and bool(_NUMBERED.fullmatch(word) or _COMPOUND.fullmatch(word))


def _stem(word: str, clean_rows: Counter[str]) -> str:
    """A brand without its number, where enough of a name stays: `jptogel77` and `jptogel` are one house."""
    stem = re.sub(r"\d+d?$", "", word)
    return stem if len(stem) >= _SHORTEST + 1 and not clean_rows[stem] else word


def _parts(document: Document) -> tuple[str, str, str]:
    return document.text, document.author, document.url
