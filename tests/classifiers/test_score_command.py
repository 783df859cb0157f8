"""`saring score`: JSON Lines in, JSON Lines out, each in its place."""

import io
import json
import subprocess
import sys
from typing import Any

import pytest

from classifiers import Classifier, Document
from service.cli.machine import score_stream


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


def scored(classifier: Classifier, *lines: bytes, reasons: bool = True) -> tuple[list[dict[str, Any]], int]:
    answers = io.BytesIO()
    n_bad = score_stream(classifier, io.BytesIO(b"\n".join(lines)), answers, reasons=reasons)
    return [json.loads(line) for line in answers.getvalue().splitlines()], n_bad


def test_a_comment_is_answered_with_scores_language_reasons_and_model(classifier: Classifier) -> None:
    document = Document("dasar goblok, main di kemiri88 aja", author="Slot 88")
    line = json.dumps({"text": document.text, "author": document.author}).encode()
    ((found,), n_bad) = scored(classifier, line)
    (assessment,) = classifier.assess([document])
    assert n_bad == 0
    assert list(found) == ["spam", "abuse", "labels", "language", "reasons", "model"]
    assert {"spam": found["spam"], "abuse": found["abuse"], **found["labels"]} == assessment.scores
    assert [reason["weight"] for reason in found["reasons"]] == [term.weight for term in assessment.terms]
    assert {reason["field"] for reason in found["reasons"]} >= {"body", "rest", "bias"}


def test_bad_lines_are_answered_in_their_place_and_counted(classifier: Classifier) -> None:
    lines = [
        b'{"text": "a"}',
        b"{",
        b"",
        b"[]",
        b"{}",
        b'{"text": 1}',
        b'{"text": "b", "author": []}',
        b'{"text": "c"}',
    ]
    answers, n_bad = scored(classifier, *lines)
    assert n_bad == 6
    assert ["error" in answer for answer in answers] == [False, *[True] * 6, False]
    assert '"author" must be a string' in answers[6]["error"]


@pytest.mark.parametrize("text", [r"\ud800 gacor", r"\u0000", "", "  ", r"\ud83d\ude00"])
def test_escaped_texts_of_every_kind_are_scored(classifier: Classifier, text: str) -> None:
    (answer,), n_bad = scored(classifier, b'{"text": "dasar goblok %s"}' % text.encode())
    assert (n_bad, answer["abuse"] > 0.3) == (0, True)


def test_without_reasons_there_are_none(classifier: Classifier) -> None:
    (answer,), _ = scored(classifier, b'{"text": "dasar goblok"}', reasons=False)
    assert answer["reasons"] == []


def test_many_lines_keep_their_order(classifier: Classifier) -> None:
    texts = [f"kata {number} slot" for number in range(5000)]
    answers, _ = scored(classifier, *(json.dumps({"text": text}).encode() for text in texts), reasons=False)
    assert len(answers) == 5000
    assert answers[4321]["spam"] == classifier.assess([Document(texts[4321])])[0].scores["spam"]


def test_a_line_is_answered_while_the_stream_stays_open() -> None:
    command = [sys.executable, "-m", "service", "score"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        for line in (b'{"text": "goblok kamu"}\n', b"bad\n"):
            process.stdin.write(line)
            process.stdin.flush()
            assert process.stdout.readline()
        process.stdin.close()
        assert process.wait() == 1


def test_a_missing_model_is_told_in_one_sentence() -> None:
    command = [sys.executable, "-m", "service", "score", "--model", "nowhere"]
    done = subprocess.run(command, input=b"", capture_output=True, check=False)
    assert done.returncode == 1
    assert b"There is no model in nowhere" in done.stderr
