"""The wheel is whole: code and data, and nothing of the development around it."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

from tools.addresses import tracked_files

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names in a wheel built from this repository."""
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("dist")), versions=["standard"])
    with ZipFile(built) as archive:
        return frozenset(archive.namelist())


def test_every_file_of_the_two_packages_is_in_the_wheel(wheel: frozenset[str]) -> None:
    files = {name for name in tracked_files(ROOT) if name.startswith(("service/", "classifiers/"))}

    assert files - wheel == set()


def test_only_the_two_packages_and_their_papers_are_in_the_wheel(wheel: frozenset[str]) -> None:
    folders = {name.partition("/")[0] for name in wheel}

    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"service", "classifiers"}


def test_the_licence_comes_with_the_wheel(wheel: frozenset[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel)
