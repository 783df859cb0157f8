"""Models on disk: written and read back the same; any damage is told in one sentence that says what to do."""

import json
import re
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from classifiers import LABELS, Classifier, ModelProblem
from classifiers.archive import SHIPPED, read_model, write_model
from classifiers.hashing import HashingScheme
from classifiers.parameters import LANGUAGES, Parameters


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tmp_path / "model", small(), "1.2.3", {})
    return tmp_path / "model"


def small() -> Parameters:
    rng = np.random.default_rng(1)

    def numbers(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float16]]:
        return rng.standard_normal(shape).astype(np.float16)

    n_labels, n_languages = len(LABELS), len(LANGUAGES)
    return Parameters(
        scheme=HashingScheme(unit_bits=6, pair_bits=5),
        labels=LABELS,
        languages=LANGUAGES,
        unit_weights=numbers(64, n_labels + n_languages),
        pair_weights=numbers(32, n_labels),
        bias=numbers(n_labels + n_languages),
        slopes=abs(numbers(n_languages, n_labels)),
        intercepts=numbers(n_languages, n_labels),
    )


def resign(folder: Path) -> None:
    names = ("weights.npz", "model.json")
    lines = [f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines))


def with_manifest(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        manifest = json.loads((folder / "model.json").read_text())
        (folder / "model.json").write_text(json.dumps({**manifest, **changes}))
        resign(folder)

    return change


def truncate(folder: Path) -> None:
    content = (folder / "weights.npz").read_bytes()
    (folder / "weights.npz").write_bytes(content[: len(content) // 2])


def empty_arrays(folder: Path) -> None:
    np.savez(folder / "weights.npz", bias=np.zeros(1))
    resign(folder)


def no_numbers(folder: Path) -> None:
    write_model(folder, Parameters(**{**fields(small()), "bias": np.full(12, np.nan, np.float16)}), "1", {})


def fewer_numbers(folder: Path) -> None:
    with np.load(folder / "weights.npz") as arrays:
        told = dict(arrays)
    np.savez(folder / "weights.npz", **{**told, "bias.numbers": told["bias.numbers"][:1]})
    resign(folder)


def fields(parameters: Parameters) -> dict[str, object]:
    return {name: getattr(parameters, name) for name in Parameters.__dataclass_fields__}


def test_a_model_is_read_as_it_was_written(folder: Path) -> None:
    parameters, version = read_model(folder)
    assert version == "1.2.3"
    for name, value in fields(small()).items():
        assert np.array_equal(getattr(parameters, name), value)  # type: ignore[arg-type]


def test_the_same_parameters_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_model(tmp_path / "again", small(), "1.2.3", {})
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "There is no model": shutil.rmtree,
    "model.json is missing": lambda folder: (folder / "model.json").unlink(),
    "truncated or was altered": truncate,
    "model.json is truncated or was altered": lambda folder: (folder / "model.json").write_text("{}"),
    "speaks protocol 99": with_manifest(protocol=99),
    "tells spam, ham": with_manifest(labels=["spam", "ham"]),
    "reads fold 99": with_manifest(fold=99),
    "no manifest of a model": with_manifest(labels=7),
    "not as its manifest says": empty_arrays,
    "wrong shape": with_manifest(languages=["id"]),
    "not finite": no_numbers,
    "bias holds other numbers than it tells of": fewer_numbers,
}


@pytest.mark.parametrize("said", DAMAGE)
def test_a_damaged_model_is_refused_in_one_sentence_that_says_what_to_do(folder: Path, said: str) -> None:
    DAMAGE[said](folder)
    with pytest.raises(ModelProblem, match=re.escape(said)) as problem:
        Classifier.load(folder)
    assert "saring train" in str(problem.value)
    assert "\n" not in str(problem.value)


def test_the_shipped_model_is_small_and_holds_no_pickle() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 20_000_000
    assert Classifier.load().labels == LABELS
