"""The picture of rooms and arrows holds, and the program that says so can be believed."""

import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tools.layers import ROOMS, broken_rule, check, imports_of

ROOT = Path(__file__).parents[2]


def problems(tmp_path: Path, name: str, source: str) -> list[str]:
    """What the checker says of a repository that holds only `source` as the file `name`."""
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(source, "utf-8")
    return check(tmp_path)


def test_every_import_of_the_repository_follows_the_picture() -> None:
    assert check(ROOT) == []


def test_the_picture_itself_has_no_circle() -> None:
    assert set(TopologicalSorter(ROOMS).static_order()) == ROOMS.keys()


@pytest.mark.parametrize("outer", ["web", "workers"])
@pytest.mark.parametrize("inner", ["store", "scoring", "notify", "classifiers", "app", "cli"])
def test_the_edges_reach_the_outside_world_only_through_flow(outer: str, inner: str) -> None:
    module = inner if inner == "classifiers" else f"service.{inner}"
    (found,) = imports_of(f"import {module}", package=f"service.{outer}")

    assert broken_rule(outer, found) is not None


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("service/domain/comment.py", "from service import store"),
        ("service/domain/comment.py", "from ..store import keys"),
        ("service/domain/comment.py", "def late():\n    import service.web.views"),
        ("service/domain/comment.py", "import pydantic"),
        ("service/domain/comment.py", "from service import telemetry"),
        ("service/flow/submit.py", "from service.web import problems"),
        ("service/flow/submit.py", "import redis.asyncio as redis"),
        ("service/store/cases.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from service import flow"),
        ("service/web/api/queue.py", "from ...store.keys import KEYS"),
        ("service/cli/train.py", "import classifiers.train"),
        ("service/scoring/champion.py", "from sklearn.linear_model import LogisticRegression"),
        ("service/settings.py", "from service.domain import policy"),
        ("classifiers/model.py", "from service.domain import comment"),
        ("service/attic/__init__.py", ""),
    ],
)
def test_a_forbidden_import_is_told_with_its_file(tmp_path: Path, name: str, source: str) -> None:
    (problem,) = problems(tmp_path, name, source)

    assert problem.startswith(f"{name}:{max(1, len(source.splitlines()))}: ")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("service/__main__.py", "from service.cli import main"),
        ("service/cli/train.py", "def train():\n    import classifiers.train"),
        ("service/cli/train.py", "if TYPE_CHECKING:\n    from classifiers import Classifier"),
        ("service/cli/__init__.py", "from service import __version__"),
        ("service/app.py", "from service import flow, notify, scoring, settings, store, telemetry, web, workers"),
        ("service/web/api/queue.py", "from . import views\nfrom ...flow import review\nfrom ... import i18n"),
        ("service/flow/submit.py", "from service.store import comments\nfrom service.domain.policy import judge"),
        ("service/scoring/champion.py", "from classifiers.model import Model\nimport numpy as np"),
        ("service/domain/policy.py", "from service.errors import SaringError\nfrom dataclasses import dataclass"),
        ("classifiers/train.py", "from sklearn.linear_model import LogisticRegression"),
    ],
)
def test_an_allowed_import_is_let_through(tmp_path: Path, name: str, source: str) -> None:
    assert problems(tmp_path, name, source) == []


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("import service.app", id="serving"),
        pytest.param("import service.cli; service.cli.parser()", id="the command line"),
    ],
)
def test_scikit_learn_waits_until_somebody_trains(program: str) -> None:
    report = f"{program}; import sys; print([name for name in sys.modules if name.startswith('sklearn')])"

    loaded = subprocess.run([sys.executable, "-c", report], check=True, capture_output=True, text=True, cwd=ROOT)

    assert loaded.stdout.strip() == "[]"
