"""`saring evaluate` as a person runs it, with the model that ships."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pytest

from classifiers import LABELS, Classifier, Document
from classifiers.evaluate import add_arguments, run
from classifiers.evaluate.evaluation import score

SET = (
    {"text": "Main di KELUWIH88 depo 20rb langsung cair sejuta", "language": "id", "spam": 1, "abuse": 0},
    {"text": "cuma rantaubet yang gacor malam ini bosku", "language": "id", "spam": 1},
    {"text": "cuma rantaubet yang bagi scatter gratis", "language": "id", "spam": 1},
    {"text": "Jalan di kampung kami rusak lagi, tolong diperbaiki", "language": "id", "spam": 0, "abuse": 0},
    {"text": "Banyu sungai sudah naik, mudahan kada masuk rumah", "language": "bjn", "spam": 0, "abuse": 0},
    {"text": "Bungul banar ikam ni, kada tahu basupan", "language": "bjn", "spam": 0, "abuse": 1, "insult": 1},
    {
        "text": "Dasar goblok kalian semua\u202e",
        "author": "Rahasia",
        "language": "id",
        "spam": 0,
        "abuse": 1,
        "insult": 1,
    },
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "kecil.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in SET), encoding="utf-8")
    return path


def evaluate(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(["--resamples", "50", *map(str, arguments)]))


def test_the_report_shows_figures_with_intervals_and_what_is_missing(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = evaluate("--data", data)

    printed = capsys.readouterr().out
    assert status == 0
    assert "spam: ranking and calibration" in printed
    assert "abuse: hold from 0.5" in printed
    assert "kecil: nobody labelled hate, threat, obscene" in printed
    assert "counter-speech" in printed


def test_the_texts_of_errors_go_to_the_terminal_and_never_into_a_file(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "laporan"

    evaluate("--data", data, "--out", out, "--listing", "5")

    printed = capsys.readouterr().out
    assert all(row["text"].rstrip("\u202e") in printed for row in SET)
    assert "[Rahasia]" in printed and "\u202e" not in printed
    files = [file.read_bytes() for file in out.iterdir()]
    assert not any(word in file for file in files for word in (b"KELUWIH88", b"Rahasia", b"goblok kalian"))


def test_without_a_listing_no_comment_is_printed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate("--data", data)

    assert not any(row["text"].rstrip("\u202e") in capsys.readouterr().out for row in SET)


def test_the_json_report_holds_every_figure_and_how_to_make_it_again(data: Path, tmp_path: Path) -> None:
    evaluate("--data", data, "--out", tmp_path / "laporan", "--seed", "7")

    report = json.loads((tmp_path / "laporan" / "report.json").read_text(encoding="utf-8"))
    spam = next(row for row in report["rows"] if row["label"] == "spam")
    assert (report["seed"], report["n_resamples"], report["confidence"]) == (7, 50, 0.95)
    assert report["model"] == Classifier.load().version
    assert (spam["set"], spam["n_positive"], spam["n_negative"], spam["n_unknown"]) == ("kecil", 3, 4, 0)
    assert set(spam["figures"]["auc"]) == {"value", "low", "high"}
    assert sum(tallied["total"] for tallied in report["functional"]) > 300


def test_the_same_seed_writes_the_same_files(data: Path, tmp_path: Path) -> None:
    for name in ("satu", "dua"):
        evaluate("--data", data, "--out", tmp_path / name)

    for file in sorted((tmp_path / "satu").iterdir()):
        assert file.read_bytes() == (tmp_path / "dua" / file.name).read_bytes(), file.name


def test_plots_of_each_label_with_both_classes_are_written_as_png_and_svg(data: Path, tmp_path: Path) -> None:
    evaluate("--data", data, "--out", tmp_path / "laporan")

    written = {file.name for file in (tmp_path / "laporan").iterdir()}
    assert written == {"report.json"} | {
        f"{kind}-{label}.{ending}"
        for kind in ("reliability", "roc", "precision-recall")
        for label in ("spam", "abuse")
        for ending in ("png", "svg")
    }


def test_brands_seen_in_training_are_left_out_of_a_second_measurement(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate("--data", data, "--unseen-brands", data, "--out", tmp_path / "laporan")

    report = json.loads((tmp_path / "laporan" / "report.json").read_text(encoding="utf-8"))
    rows = {row["set"]: row for row in report["rows"] if row["label"] == "spam"}
    assert rows["kecil"]["n_positive"] == 3
    assert rows["kecil, unseen brands"]["n_positive"] == 1


def test_a_missing_set_or_model_ends_with_one_sentence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    no_set = evaluate("--data", tmp_path / "none.jsonl")
    no_model = evaluate("--data", data, "--model", tmp_path / "none")

    assert (no_set, no_model) == (1, 1)
    complaints = capsys.readouterr().err.splitlines()
    assert len(complaints) == 2
    assert all(line.startswith("saring evaluate: ") and "none" in line for line in complaints)


def test_without_matplotlib_the_tables_stand_and_the_message_says_what_to_install(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # None in sys.modules is how Python marks a module that cannot be imported.
    for module in ("matplotlib", "matplotlib.figure", "matplotlib.backends.backend_agg"):
        monkeypatch.setitem(sys.modules, module, None)

    status = evaluate("--data", data, "--out", tmp_path / "laporan")

    printed = capsys.readouterr()
    assert status == 1
    assert "spam: ranking and calibration" in printed.out
    assert "saring[test]" in printed.err
    assert (tmp_path / "laporan" / "report.json").exists()


def test_the_language_in_a_file_is_not_told_to_the_model() -> None:
    model = Classifier.load()

    told, untold = (score(model, [Document(text="kada tahu ulun", language=language)]) for language in ("en", ""))

    assert told.shape == (1, len(LABELS))
    assert told.tolist() == untold.tolist()
