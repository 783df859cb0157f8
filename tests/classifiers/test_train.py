"""Training: from labelled lines to a model that scores, the same each time; and what augmentation may do."""

import argparse
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import LABELS, Classifier, Document
from classifiers.archive import read_model
from classifiers.hashing import unit_features
from classifiers.tokens import CAPITALS
from classifiers.train import arguments
from classifiers.train.augment import Words, augmented, brand_copies, invent, linked_twins, respelled_copies
from classifiers.train.calibrate import at_prevalence, calibrate, language_numbers
from classifiers.train.examples import CORPORA, Example, fold_number, own_corpus, read_examples
from classifiers.train.pipeline import PREVALENCE
from classifiers.train.respell import respell
from classifiers.train.sources import (
    CRITICISM_WEIGHT,
    OWN_ABUSE_WEIGHT,
    OWN_WEIGHT,
    SourceProblem,
    is_criticism,
    sources,
    verified,
    weighted_examples,
    weights_of,
)


def example(text: str, spam: int, block: str = "a:0", url: str = "") -> Example:
    return Example(Document(text, url=url, language="id"), {"spam": spam}, "a", block)


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    arguments.add_arguments(parser)
    return parser.parse_args(words)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A small file in which a word gives each label away."""
    rng = random.Random(1)
    plain = "jalan rusak hujan pasar harga sekolah guru kota banjir listrik".split()  # noqa: SIM905
    telling = dict(zip(LABELS, ("gacor", "goblok", "tolol", "kafir", "bunuh", "lonte"), strict=True))
    with (tmp_path / "small.jsonl").open("w") as lines:
        for number in range(1500):
            label = rng.choice([*LABELS, ""])
            words = [*rng.choices(plain, k=6), *([telling[label]] if label else [])]
            row = {"text": " ".join(words), "language": "id"} | {name: int(name == label) for name in LABELS}
            row |= {"language": ("id", "en", "jv", "su", "bjn", "min")[number % 6]}
            lines.write(json.dumps(row) + "\n")
    return tmp_path / "small.jsonl"


def with_brands(path: Path) -> Path:
    """Writes comments of which a third advertise one of twenty brands, and a few are abusive."""
    rng = random.Random(2)
    plain = "jalan rusak hujan pasar harga sekolah guru kota banjir listrik".split()  # noqa: SIM905
    brands = [f"{rng.choice('bdgklm')}{rng.choice('aiu')}{rng.choice('ntr')}{rng.choice('aio')}{n}7" for n in range(20)]
    telling = dict(zip(LABELS[1:], ("goblok", "tolol", "kafir", "bunuh", "lonte"), strict=True))
    with path.open("w") as lines:
        for number in range(1200):
            labels = dict.fromkeys(LABELS, 0)
            words = rng.choices(plain, k=6)
            if number % 3 == 0:
                labels["spam"] = 1
                words += ["gacor", "main", "di", rng.choice(brands)]
            elif number % 3 == 1:
                label = rng.choice(LABELS[1:])
                labels[label] = 1
                words.append(telling[label])
            lines.write(json.dumps({"text": " ".join(words), "language": "id", **labels}) + "\n")
    return path


def test_a_missing_label_is_unknown_and_not_zero(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"text": "a", "spam": 1, "abuse": null}\n')
    (one,) = read_examples([tmp_path / "x.jsonl"])
    assert one.labels == {"spam": 1}


def test_pairs_and_neighbours_stay_on_one_side_of_every_split() -> None:
    examples = read_examples(own_corpus())
    by_pair: dict[tuple[str, str], set[int]] = {}
    for one in examples:
        if pair := one.traits.get("pair"):
            by_pair.setdefault((one.source, pair), set()).add(fold_number(one.block, 5))
    assert by_pair
    assert all(len(folds) == 1 for folds in by_pair.values())


def test_augmentation_is_the_same_for_the_same_seed_and_keeps_the_originals_in_front() -> None:
    examples = [example(f"main di kemiri{i % 7}8 yuk gacor", 1) for i in range(40)]
    examples += [example("jalan rusak lagi", 0) for _ in range(60)]
    once, again = augmented(examples, seed=3), augmented(examples, seed=3)
    assert once == again
    assert once[: len(examples)] == examples
    assert len(once) > len(examples)
    assert all(one.weight < 1 and one.block == "a:0" for one in once[len(examples) :])


def test_a_brand_copy_names_another_brand_in_the_same_words() -> None:
    examples = [example("main di kemiri88 yuk", 1) for _ in range(5)]
    copies = brand_copies(examples, Words.of(examples), random.Random(1))
    assert len(copies) == 5
    assert all(one.document.text.startswith("main di ") and "kemiri88" not in one.document.text for one in copies)


def test_reserved_domains_get_endings_that_real_sites_bear() -> None:
    (one,) = augmented([example("cek kemiri.example/x", 1, url="https://kemiri.test")], seed=1)[:1]
    assert ".example" not in one.document.text
    assert ".test" not in one.document.url


def test_invented_names_are_of_many_shapes() -> None:
    rng = random.Random(5)
    names = {invent(rng, ["pulau", "sungai"]) for _ in range(300)}
    assert len(names) > 200
    assert any(name.isalpha() for name in names)
    assert any(name[-1].isdigit() for name in names)


def test_every_spam_and_some_clean_comments_get_a_respelled_copy() -> None:
    spam = [example("scatter gacor langsung maxwin", 1) for _ in range(50)]
    clean = [example("jalan rusak sejak musim hujan", 0) for _ in range(200)]
    copies = respelled_copies(spam + clean, random.Random(1))
    assert sum(one.labels["spam"] for one in copies) == 50
    assert 20 < sum(not one.labels["spam"] for one in copies) < 80
    assert len({one.document.text for one in copies if one.labels["spam"]}) > 30


def test_some_clean_comments_get_a_twin_with_a_link_and_no_spam_does() -> None:
    examples = [example("jalan rusak sejak musim hujan", 0) for _ in range(500)]
    examples += [example("scatter gacor", 1) for _ in range(500)]
    twins = linked_twins(examples, Words.of(examples), random.Random(1))
    assert 5 < len(twins) < 60
    assert all("https://" in one.document.text and one.labels == {"spam": 0} for one in twins)
    assert any(one.document.text.startswith("https://") for one in twins)


@pytest.mark.parametrize(
    ("word", "heard"),
    [("wd", "wede"), ("jp", "jepe"), ("maxwin", "makswin"), ("scatter", "sekatter"), ("cuan", "kuan"), ("judi", "jdi")],
)
def test_words_are_respelled_as_people_do(word: str, heard: str) -> None:
    rng = random.Random(2)
    spellings = {respell(word, rng) for _ in range(2000)}
    assert heard in spellings


@given(st.from_regex("[a-z]{2,12}", fullmatch=True) | st.sampled_from(["oo", "ee"]), st.integers(0, 99))
def test_a_respelled_word_is_a_word(word: str, seed: int) -> None:
    spelled = respell(word, random.Random(seed))
    assert re.fullmatch("[a-z]{2,}", spelled)
    assert len(spelled) <= 4 * len(word)


def test_calibrated_margins_mean_what_they_say() -> None:
    rng = np.random.default_rng(1)
    log_odds = rng.normal(0, 2, 20_000)
    y = (rng.random(20_000) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)
    languages = np.repeat([0, 1], 10_000)
    margins = np.where(languages == 0, log_odds * 3 + 1, log_odds / 2 - 2)
    slopes, intercepts = calibrate(margins, y, np.ones(20_000), languages, 3)
    assert slopes[:2] == pytest.approx([1 / 3, 2], rel=0.08)
    assert intercepts[:2] == pytest.approx([-1 / 3, 4], abs=0.2)
    assert slopes[2] > 0


def test_margins_calibrated_for_a_rarer_label_mean_what_they_say_where_it_is_as_rare() -> None:
    rng = np.random.default_rng(1)
    y = (rng.random(40_000) < 0.5).astype(np.int64)
    margins = rng.normal(2.0 * y - 1, 1)  # the log-odds are 2 margins, and less by the prior's own
    weight = at_prevalence(np.ones(40_000), y, 0.2)
    slopes, intercepts = calibrate(margins, y, weight, np.zeros(40_000, np.int64), 1)
    assert weight[y == 1].sum() / weight.sum() == pytest.approx(0.2)
    assert slopes[0] == pytest.approx(2, rel=0.05)
    assert intercepts[0] == pytest.approx(np.log(0.2 / 0.8), abs=0.1)


def test_where_one_class_is_missing_no_prevalence_is_made_up() -> None:
    assert at_prevalence(np.ones(3), np.zeros(3, np.int64), 0.2).tolist() == [1, 1, 1]


def test_a_mixture_of_languages_counts_as_its_regional_part() -> None:
    assert language_numbers(["id+bjn", "fr", "en", ""], ("id", "en", "bjn")).tolist() == [2, -1, 1, -1]


def test_a_trained_model_has_learnt_what_it_was_shown(labelled: Path, tmp_path: Path) -> None:
    args = parsed("--data", str(labelled), "--out", str(tmp_path / "model"), "--without-own", "--version", "9")
    assert arguments.run(args) == 0
    classifier = Classifier.load(tmp_path / "model")
    spam, abuse, clean = classifier.assess([Document(f"jalan {word} kota") for word in ("gacor", "goblok", "pasar")])
    assert classifier.version == "9"
    assert spam.scores["spam"] > 0.5 > max(clean.scores.values())
    assert abuse.scores["abuse"] > 0.5 > abuse.scores["spam"]


def test_capitals_tell_spam_and_nothing_else(labelled: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in labelled.read_text().splitlines()]
    for row in rows:
        if row["spam"] or row["abuse"]:  # and of spam nothing else tells
            row["text"] = row["text"].removesuffix(" gacor").upper()
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows))
    args = parsed("--data", str(labelled), "--out", str(tmp_path / "out"), "--without-own")
    assert arguments.run(args) == 0
    parameters, _ = read_model(tmp_path / "out")
    shouted = parameters.unit_weights[unit_features([CAPITALS[3]], parameters.scheme).buckets].sum(axis=0)
    assert shouted[LABELS.index("spam")] > 0.2
    assert not np.delete(shouted, LABELS.index("spam")).any()


def test_training_twice_gives_the_same_model(labelled: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        arguments.run(parsed("--data", str(labelled), "--out", str(tmp_path / name), "--without-own"))
    assert (tmp_path / "one/weights.npz").read_bytes() == (tmp_path / "two/weights.npz").read_bytes()


def test_held_out_blocks_and_brands_are_measured_and_no_model_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = with_brands(tmp_path / "judol.jsonl")
    out = tmp_path / "report"
    args = parsed("--data", str(data), "--held-out", "--without-own", "--resamples", "20", "--out", str(out))
    assert arguments.run(args) == 0
    report = json.loads((out / "report.json").read_text())
    rows = {row["set"]: row for row in report["rows"] if row["label"] == "spam" and row["language"] == "*"}
    assert set(rows) == {
        "all sources, blocks held out",
        "spam as frequent as expected, blocks held out",
        "judol, brands held out",
    }
    (expected,) = [row for row in report["rows"] if row["set"] == "abuse as frequent as expected, blocks held out"]
    share = expected["n_positive"] / (expected["n_positive"] + expected["n_negative"])
    assert share == pytest.approx(PREVALENCE["abuse"], abs=0.1)
    assert rows["judol, brands held out"]["figures"]["auc"]["value"] > 0.9
    assert [path.name for path in out.iterdir()] == ["report.json"]
    assert "judol, brands held out" in " ".join(capsys.readouterr().out.split())


def test_data_without_both_answers_for_a_label_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.jsonl").write_text('{"text": "a", "spam": 1}\n')
    args = parsed("--data", str(tmp_path / "x.jsonl"), "--out", str(tmp_path / "model"), "--without-own")
    assert arguments.run(args) == 1
    assert "No examples of both kinds" in capsys.readouterr().err


def test_a_missing_source_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceProblem, match="SARING_TRAINING_DATA"):
        verified(tmp_path)


def test_an_altered_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / sources()[0].file).write_bytes(b"else")
    with pytest.raises(SourceProblem, match="digest differs"):
        verified(tmp_path)


def test_every_source_has_a_licence_and_a_digest() -> None:
    assert all(source.licence and len(source.sha256) == 64 and source.weight > 0 for source in sources())


def test_a_source_may_count_more_for_abuse_than_for_spam() -> None:
    (source,) = [source for source in sources() if source.abuse_weight == 2]
    example = Example(Document("a talk page"), {"spam": 0, "abuse": 0}, source.name, f"{source.name}:0", source.weight)
    assert [weights_of([example], label).tolist() for label in ("spam", "abuse", "insult")] == [[1], [2], [2]]


def test_a_word_alone_is_learnt_from_but_never_judged_on() -> None:
    lexicon = read_examples([CORPORA / "lexicon.jsonl"])
    assert len(lexicon) > 4000
    assert all("copy" in example.traits for example in lexicon)
    assert not any("copy" in example.traits for example in read_examples([CORPORA / "clean.jsonl"]))


def test_clean_political_comments_of_our_own_weigh_more_than_any_other() -> None:
    own = weighted_examples([])
    told = list(zip(own, weights_of(own, "abuse").tolist(), weights_of(own, "spam").tolist(), strict=True))
    assert {abuse for one, abuse, _ in told if is_criticism(one)} == {CRITICISM_WEIGHT}
    assert {abuse for one, abuse, _ in told if not is_criticism(one)} == {OWN_ABUSE_WEIGHT}
    assert {spam for _, _, spam in told} == {OWN_WEIGHT}
    assert any(one.source == "politics" and one.labels["abuse"] == 1 and not is_criticism(one) for one in own)
