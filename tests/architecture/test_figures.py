"""The docs tell the figures of the model that ships, as the programs printed them."""

from __future__ import annotations

import json

import pytest

from classifiers.archive import SHIPPED
from tools import figures


def test_the_pages_tell_the_kept_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert figures.main(["--check"]) == 0, capsys.readouterr().out


def test_the_kept_figures_are_of_the_shipped_model() -> None:
    kept = json.loads(figures.KEPT.read_text(encoding="utf-8"))
    assert kept["model"] == json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))["version"]


@pytest.mark.parametrize("want", figures.WANTED, ids=lambda want: f"{want.set} {want.label} {want.figure}")
def test_each_wanted_figure_was_measured(want: figures.Wanted) -> None:
    kept = json.loads(figures.KEPT.read_text(encoding="utf-8"))
    rows = [row["figures"] for row in kept["rows"] if (row["set"], row["label"]) == (want.set, want.label)]
    assert [want.figure in row for row in rows] == [True]
