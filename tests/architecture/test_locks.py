"""The lock files hold what pyproject.toml asks for, by hash: what is forgotten here is missing on a fresh machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUN, BUILD, DEV = "requirements.lock", "requirements-build.lock", "requirements-dev.lock"


def pins(lock: str) -> dict[str, set[str]]:
    """The versions that `lock` pins, by canonical name; a universal lock may pin one for each range of Pythons."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def unmet(requirements: list[str], lock: str) -> list[str]:
    """The `requirements` that no pin, or a pin out of range, answers in `lock`."""
    pinned = pins(lock)
    return [
        text
        for text, wanted in ((text, Requirement(text)) for text in requirements)
        if not (versions := pinned.get(canonicalize_name(wanted.name)))
        or not all(wanted.specifier.contains(version) for version in versions)
    ]


def test_the_lock_for_running_answers_every_dependency() -> None:
    assert unmet(PROJECT["project"]["dependencies"], RUN) == []


def test_the_lock_for_building_answers_the_backend() -> None:
    assert unmet(PROJECT["build-system"]["requires"] + PROJECT["dependency-groups"]["build"], BUILD) == []


def test_the_lock_for_developing_answers_every_extra() -> None:
    extras = [text for extra in PROJECT["project"]["optional-dependencies"].values() for text in extra]

    assert unmet(extras + PROJECT["dependency-groups"]["lock"], DEV) == []


@pytest.mark.parametrize("lock", [RUN, BUILD])
def test_developing_uses_the_versions_that_run(lock: str) -> None:
    developed = pins(DEV)

    assert {name: developed[name] for name in pins(lock) if name in developed} == {
        name: versions for name, versions in pins(lock).items() if name in developed
    }


@pytest.mark.parametrize("lock", [RUN, BUILD, DEV])
def test_every_pin_has_a_hash_and_nothing_else_is_named(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").strip())

    assert [entry for entry in entries if not re.match(r"[\w.-]+==.*\\\n    --hash=sha256:[0-9a-f]{64}", entry)] == []
