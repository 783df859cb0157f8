"""How fast comments are scored: `python tests/benchmarks/score.py`. Prints a table with machine and versions.

Times the shipped model on comments of about 150 characters of our own corpus, beside a scikit-learn pipeline (TF-IDF
over char_wb 2–5 and logistic regression) in the same run, and alt-profanity-check and fastText where installed.
"""

from __future__ import annotations

import importlib.util
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import orjson

from classifiers import Classifier, Document
from classifiers.text import fold_text
from classifiers.train.examples import Example, own_corpus, read_examples

SHORTEST, LONGEST = 110, 200
ALONE = 1000


def main() -> None:
    """Prints the table."""
    print(f"{platform.machine()} {_processor()}, Python {platform.python_version()}, numpy {np.__version__}")
    load_s, memory_mb = _loading()
    print(f"load {load_s * 1000:.0f} ms · {memory_mb:.0f} MB resident after scoring (a fresh process)")
    examples = [one for one in read_examples(own_corpus()) if SHORTEST <= len(one.document.text) <= LONGEST]
    documents = [one.document for one in examples]
    lengths = [len(document.text) for document in documents]
    print(f"{len(documents)} comments of {np.mean(lengths):.0f} characters\n")
    print("| what | alone, µs | in batches, µs | comments/s |\n|---|---|---|---|")
    classifier = Classifier.load()
    row("fold", lambda some: [fold_text(one.text) for one in some], documents)
    ours = row("score", lambda some: classifier.assess(some, reasons=False), documents)
    row("score with reasons", classifier.assess, documents)
    for reasons in (False, True):
        command_row(documents, reasons=reasons)
    texts = [document.text for document in documents]
    others = {"scikit-learn pipeline": row("scikit-learn pipeline", pipeline(examples), texts)}
    if importlib.util.find_spec("profanity_check"):
        from profanity_check import predict_prob

        others["alt-profanity-check"] = row("alt-profanity-check", predict_prob, texts)
    if importlib.util.find_spec("fasttext"):
        lines = [text.replace("\n", " ") for text in texts]
        others["fastText"] = row("fastText", fasttext_model(examples), lines)
    print("\n| beside `score` | alone, times | in batches, times |\n|---|---|---|")
    for name, theirs in others.items():
        print(f"| {name} | {theirs.alone_s / ours.alone_s:.2f} | {theirs.batch_s / ours.batch_s:.2f} |")


class Took(NamedTuple):
    """Seconds a comment: the median alone, and the best of three passes over all."""

    alone_s: float
    batch_s: float


def row(name: str, score: Callable[[Sequence[Any]], object], comments: Sequence[Any]) -> Took:
    """Measures, and prints one line."""
    score(comments)
    alone = []
    for comment in comments[:ALONE]:
        alone.append(_timed(lambda comment=comment: score([comment])))  # type: ignore[misc]
    took = Took(float(np.median(alone)), min(_timed(lambda: score(comments)) for _ in range(3)) / len(comments))
    print(f"| {name} | {took.alone_s * 1e6:.0f} | {took.batch_s * 1e6:.1f} | {1 / took.batch_s:,.0f} |", flush=True)
    return took


def command_row(documents: Sequence[Document], *, reasons: bool) -> None:
    """`saring score` as a process, its start taken off by a run over nothing."""
    lines = b"".join(orjson.dumps({"text": document.text}) + b"\n" for document in documents) * 4
    command = [sys.executable, "-m", "service", "score", *([] if reasons else ["--no-reasons"])]

    def run(given: bytes) -> float:
        return _timed(lambda: subprocess.run(command, input=given, stdout=subprocess.DEVNULL, check=True))

    each = (run(lines) - run(b"")) / (4 * len(documents))
    print(f"| {' '.join(['saring', *command[3:]])} | | {each * 1e6:.1f} | {1 / each:,.0f} |", flush=True)


def pipeline(examples: Sequence[Example]) -> Callable[[Sequence[str]], object]:
    """What one would write first, fitted on the same comments."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)), LogisticRegression(max_iter=30, tol=0.1)
    )
    model.fit([one.document.text for one in examples], [one.labels["spam"] for one in examples])
    return lambda texts: model.predict_proba(texts)


def fasttext_model(examples: Sequence[Example]) -> Callable[[Sequence[str]], object]:
    """fastText with n-grams of the same lengths, fitted on the same comments."""
    import fasttext

    with TemporaryDirectory() as folder:
        data = Path(folder) / "comments.txt"
        rows = (f"__label__{one.labels['spam']} {' '.join(one.document.text.split())}\n" for one in examples)
        data.write_text("".join(rows), encoding="utf-8")
        model = fasttext.train_supervised(str(data), minn=2, maxn=5, dim=50, thread=1, verbose=0)
    return lambda texts: model.predict(list(texts))


def _timed(work: Callable[[], object]) -> float:
    """Seconds of processor time: what others do on the machine is not counted."""
    begin = _processor_s()
    work()
    return _processor_s() - begin


def _processor_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _loading() -> tuple[float, float]:
    """Seconds to import and load in a fresh process, and its memory in MB after a few comments."""
    code = (
        "import time; t = time.perf_counter(); from classifiers import Classifier, Document; c = Classifier.load();"
        "s = time.perf_counter() - t; c.assess([Document('halo dunia')] * 100);"
        "import resource; print(s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    seconds, memory = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.split()
    return float(seconds), float(memory)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


if __name__ == "__main__":
    main()
