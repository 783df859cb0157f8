"""No file ties the repository to a registry or to somebody's disk."""

from pathlib import Path

import pytest

from tools.addresses import REGISTRIES, check, problems_in

ROOT = Path(__file__).parents[2]


def test_no_file_of_the_repository_names_a_registry_or_somebodys_disk() -> None:
    assert check(ROOT) == []


@pytest.mark.parametrize("host", [".".join(labels) for labels in REGISTRIES])
def test_a_registry_is_found_with_its_line(host: str) -> None:
    text = f"# a lock\n--index-url https://{host}/simple\n"

    assert list(problems_in("some.lock", text)) == [f"some.lock:2: a registry's host: {host}"]


@pytest.mark.parametrize("folder", ["root", "home", "work", "Users"])
def test_a_path_of_one_machine_is_found(folder: str) -> None:
    (problem,) = problems_in("service/app.py", f'PATH = "/{folder}/somebody/model"')

    assert problem.endswith(f"a path of one machine: /{folder}/somebody")


@pytest.mark.parametrize(
    "line",
    [
        "see https://example.com/home/page and ./work/notes",
        "SARING_DATA_DIR: /tmp/saring",
        "volumes: [data:/data]",
        "#!/usr/bin/env bash",
        "read it /root",
    ],
)
def test_ordinary_addresses_and_paths_are_let_through(line: str) -> None:
    assert list(problems_in("docs/index.md", line)) == []


def test_a_lock_that_names_its_registry_in_every_line_is_refused() -> None:
    (problem,) = problems_in("uv.lock", "")

    assert "requirements*.lock" in problem
