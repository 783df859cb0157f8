"""What the fold costs: microseconds a comment of some 150 characters, and the ratio to what Python alone would cost.

`python tests/benchmarks/fold.py`. The texts are our own corpus, plain (ASCII) and disguised (every other word in fancy
letters, look-alikes, spaced, dotted, leet or struck through; seeded). Cold is the first sight of the texts, warm the
best of five later ones: words repeat, and the fold remembers them. One core, process time.
"""

import json
import platform
import random
import time
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

import classifiers
from classifiers.text import FOLD_VERSION, fold, fold_many, fold_text

CORPORA = Path(classifiers.__file__).parent / "corpora"
N_TEXTS, LENGTH, SEED = 4_000, 150, 20261124
LEET = str.maketrans("aeios", "43105")
LOOK_ALIKES = str.maketrans("aeopcxy", "аеорсху")
DISGUISES: list[Callable[[str], str]] = [
    lambda word: "".join(chr(0x1D400 + ord(c) - 97) if "a" <= c <= "z" else c for c in word),
    lambda word: "".join(chr(0xFF21 + ord(c) - 97) if "a" <= c <= "z" else c for c in word),
    lambda word: word.translate(LOOK_ALIKES),
    lambda word: word.translate(LEET),
    " ".join,
    ".".join,
    "\u0336".join,
    "\u200b".join,
]


def baseline(text: str) -> str:
    """The usual way to make text comparable."""
    return unicodedata.normalize("NFKC", text).casefold()


def corpus() -> Iterator[str]:
    """Every text of our own corpus, shuffled."""
    texts = [
        json.loads(line)["text"]
        for path in sorted(CORPORA.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    random.Random(SEED).shuffle(texts)
    yield from texts


def pieces(texts: Iterator[str]) -> list[str]:
    """Texts joined and cut to LENGTH."""
    found: list[str] = []
    waiting = ""
    for text in texts:
        waiting = f"{waiting} {text}".strip()
        if len(waiting) >= LENGTH:
            found.append(waiting[:LENGTH])
            waiting = ""
        if len(found) == N_TEXTS:
            break
    return found


def disguised(texts: Iterator[str]) -> Iterator[str]:
    """Every other word in a disguise of its own."""
    chance = random.Random(SEED)
    for text in texts:
        yield " ".join(chance.choice(DISGUISES)(word.lower()) if i % 2 else word for i, word in enumerate(text.split()))


def each(work: Callable[[str], object], texts: list[str]) -> None:
    """One text at a time."""
    for text in texts:
        work(text)


def microseconds(work: Callable[[], object], n: int, rounds: int = 5) -> float:
    """The best round's process time for each of n texts."""
    best = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best / n * 1e6


def main() -> None:
    """Print the table."""
    print(f"{platform.platform()}, Python {platform.python_version()}, numpy {np.__version__}, fold {FOLD_VERSION}")
    print(f"{'texts':<12}{'what':<28}{'µs':>8}{'ratio':>8}")
    plain = pieces(text for text in corpus() if text.isascii())
    for name, texts in (("plain", plain), ("disguised", pieces(disguised(corpus())))):
        n = len(texts)
        rows = {
            "fold_many, cold": microseconds(partial(fold_many, texts), n, rounds=1),
            "NFKC and casefold": microseconds(partial(each, baseline, texts), n),
            "fold_many": microseconds(partial(fold_many, texts), n),
            "fold_text": microseconds(partial(each, fold_text, texts), n),
            "fold": microseconds(partial(each, fold, texts), n),
        }
        for what, cost in rows.items():
            print(f"{name:<12}{what:<28}{cost:>8.2f}{cost / rows['NFKC and casefold']:>8.1f}")


if __name__ == "__main__":
    main()
