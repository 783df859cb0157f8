"""Writes what the shipped model reaches into the docs and the model's card, from the reports of the two programs.

    saring evaluate --data DEV-FILE… --unseen-brands TRAINING-FILE… --out REPORTS/foreign
    saring train --held-out --reproduce TRAINING-FOLDER --out REPORTS/held-out
    python -m tools.figures REPORTS     keeps the figures in classifiers/models/figures.json and writes the pages
    python -m tools.figures             writes the pages from what was kept
    python -m tools.figures --check     says which of them are not what was kept

A test holds the pages to the kept figures, and those to the version of the shipped model.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from classifiers import LABELS
from classifiers.archive import SHIPPED
from tools.markdown import table

KEPT = SHIPPED / "figures.json"
EXPLAINED = Path("docs/explanation/model.md")
CARDS = (SHIPPED / "CARD.md", Path("docs/model-card.md"))

Report = dict[str, Any]


class Wanted(NamedTuple):
    """A figure that the docs tell: where it stands in the reports, and what we want of it."""

    what: str
    set: str
    label: str
    figure: str
    goal: str


_AUC, _RECALL, _HOLD, _ECE = "auc", "recall_at_1_percent", "false_alarms_hold", "calibration_error"
_SAID = {_AUC: "AUC", _RECALL: "recall at 1 % false alarms", _HOLD: "clean over hold", _ECE: "calibration error"}
WANTED = (
    Wanted("YouTube judol", "id_spam_nafhan_test", "spam", _AUC, "≥ .993"),
    Wanted("YouTube judol", "id_spam_nafhan_test", "spam", _RECALL, "≥ .92"),
    Wanted("the same, no brand of the training data", "id_spam_nafhan_test, unseen brands", "spam", _RECALL, ""),
    Wanted("other people's judol, brands held out", "id_judol_gbennnn, brands held out", "spam", _RECALL, "≥ .85"),
    Wanted("live chat", "id_live_chat", "spam", _HOLD, "≤ .005"),
    Wanted("other people's ham", "id_ham_test", "spam", _HOLD, "≤ .005"),
    Wanted("SMS", "id_sms", "spam", _AUC, "≥ .97"),
    Wanted("Twitter, Indonesian", "id_abuse_ibrohim_3000", "abuse", _AUC, "≥ .80"),
    Wanted("Javanese and Sundanese", "jv_su_abuse", "abuse", _AUC, "≥ .75"),
    Wanted("English news comments", "en_news_ucc", "abuse", _AUC, "≥ .77"),
    Wanted("English YouTube comments", "en_youtoxic", "abuse", _AUC, "≥ .87"),
    Wanted("own corpus, blocks held out", "own corpus, blocks held out", "spam", _AUC, "≥ .995"),
    Wanted("own corpus, blocks held out", "own corpus, blocks held out", "abuse", _AUC, "≥ .95"),
    Wanted("political criticism, held out", "political criticism, blocks held out", "abuse", _HOLD, "≤ .03"),
    Wanted("all sources, blocks held out", "all sources, blocks held out", "spam", _ECE, "≤ .03"),
    Wanted("all sources, blocks held out", "all sources, blocks held out", "abuse", _ECE, "≤ .03"),
    Wanted(
        "the same, abuse as frequent as expected", "abuse as frequent as expected, blocks held out", "abuse", _ECE, ""
    ),
)


def main(words: Sequence[str]) -> int:
    """0; or 1 where a page is not what was kept (--check), or a report is missing."""
    if words and words[0] != "--check":
        try:
            keep(Path(words[0]))
        except (OSError, ValueError) as problem:
            print(f"figures: {problem}", file=sys.stderr)
            return 1
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    pages = {path: written(path, kept) for path in (EXPLAINED, *CARDS)}
    stale = [path for path, text in pages.items() if text != path.read_text(encoding="utf-8")]
    if "--check" in words:
        for path in stale:
            print(f"figures: {path} does not tell the kept figures; run `python -m tools.figures`")
        return bool(stale)
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
        print(f"wrote {path}")
    return 0


def keep(reports: Path) -> None:
    """Joins the two reports in one file beside the model. Raises ValueError where the first is of another model."""
    foreign, held_out = (
        json.loads((reports / name / "report.json").read_text(encoding="utf-8")) for name in ("foreign", "held-out")
    )
    shipped = json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))["version"]
    if foreign["model"] != shipped:
        raise ValueError(f"the report is of model {foreign['model']}, the shipped one is {shipped}")
    rows = [row for row in (*foreign["rows"], *held_out["rows"]) if row["language"] == "*"]
    kept = {"model": shipped, "confidence": 0.95, "rows": rows, "functional": foreign["functional"]}
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def written(path: Path, kept: Report) -> str:
    """The page with each of its marked sections as the kept figures have it."""
    text = path.read_text(encoding="utf-8")
    for name, section in SECTIONS.items():
        before, begin, rest = text.partition(f"<!-- figures: {name} -->\n")
        if begin:
            _, end, after = rest.partition("<!-- end of figures -->")
            text = before + begin + section(kept) + end + after
    return text


def goals(kept: Report) -> str:
    """What is wanted, what is reached."""
    return table(
        ("set", "label", "figure", "reached (95 % interval)", "goal"),
        (
            (
                want.what,
                want.label,
                _SAID[want.figure],
                _told(kept, want.set, want.label, want.figure),
                want.goal or "–",
            )
            for want in WANTED
        ),
    )


def held_out(kept: Report) -> str:
    """Each label on blocks held out."""
    own, everything = "own corpus, blocks held out", "all sources, blocks held out"
    return table(
        ("label", "AUC, own corpus", "error, own corpus", "error, all sources"),
        (
            (
                label,
                _told(kept, own, label, _AUC),
                _told(kept, own, label, _ECE),
                _told(kept, everything, label, _ECE),
            )
            for label in LABELS
        ),
    )


def bands(kept: Report) -> str:
    """What the shipped policy's bands do on each set by others."""
    return table(
        ("set", "label", "band", "precision", "recall", "clean over it"),
        (
            (
                row["set"],
                row["label"],
                band,
                *(_said(row["figures"].get(f"{name}_{band}")) for name in ("precision", "recall", "false_alarms")),
            )
            for row in kept["rows"]
            for band in ("hold", "reject")
            if "held out" not in row["set"] and f"false_alarms_{band}" in row["figures"]
        ),
    )


def functional(kept: Report) -> str:
    """How many of our own functional checks pass."""
    return table(
        ("checks", "label", "wanted", "passed"),
        (
            (
                one["category"],
                one["label"],
                f"{'over' if one['expected'] else 'under'} hold",
                f"{one['passed']} of {one['total']}",
            )
            for one in kept["functional"]
        ),
    )


def version(kept: Report) -> str:
    """Which model they are of."""
    return f"Model {kept['model']}.\n"


SECTIONS: dict[str, Callable[[Report], str]] = {
    "version": version,
    "goals": goals,
    "held out": held_out,
    "bands": bands,
    "functional": functional,
}


def _told(kept: Report, set_: str, label: str, figure: str) -> str:
    rows = (row for row in kept["rows"] if (row["set"], row["label"]) == (set_, label))
    return _said(next((row["figures"].get(figure) for row in rows), None))


def _said(figure: Any) -> str:
    if figure is None or figure["value"] is None:
        return "–"
    value, low, high = (f"{figure[end]:.3f}".removeprefix("0") for end in ("value", "low", "high"))
    return f"{value} ({low}–{high})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
