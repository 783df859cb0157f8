"""A model on disk: `weights.npz`, `model.json`, and `SHA256SUMS` over both (`sha256sum -c` reads it). No pickle.

The numbers are 16-bit floats, as in memory. Most weights are zero: of each array the file holds its shape, a bit for
each number that says whether it is another, and these others. That is as short as deflate makes it, and read in a
quarter of the time.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from classifiers.document import LABELS, ModelProblem
from classifiers.hashing import HashingScheme
from classifiers.parameters import Halves, Parameters
from classifiers.text import FOLD_VERSION

PROTOCOL: Final = 2
"""Raised whenever a folder written before can no longer be read as it was meant."""
SHIPPED: Final = Path(__file__).parent / "models"

_WEIGHTS: Final = "weights.npz"
_MANIFEST: Final = "model.json"
_SUMS: Final = "SHA256SUMS"
_ARRAYS: Final = ("unit_weights", "pair_weights", "bias", "slopes", "intercepts")


def write_model(folder: Path, parameters: Parameters, version: str, notes: Mapping[str, Any]) -> None:
    """Writes a model; `notes` (what it was trained on and with) go into the manifest and are not read back."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {
        "protocol": PROTOCOL,
        "version": version,
        "labels": parameters.labels,
        "languages": parameters.languages,
        "fold": FOLD_VERSION,
        "scheme": asdict(parameters.scheme),
        **notes,
    }
    contents = {
        _WEIGHTS: _packed({name: getattr(parameters, name) for name in _ARRAYS}),
        _MANIFEST: json.dumps(manifest, indent=1, ensure_ascii=False).encode() + b"\n",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    # Last, so that a folder half written is never taken for whole.
    (folder / _SUMS).write_text("".join(f"{_digest(content)}  {name}\n" for name, content in contents.items()))


def read_model(folder: Path) -> tuple[Parameters, str]:
    """The parameters and the version of a model. Raises ModelProblem, one sentence that says what to do."""
    contents = _verified(folder)
    manifest = _manifest(folder, contents[_MANIFEST])
    try:
        with np.load(io.BytesIO(contents[_WEIGHTS]), allow_pickle=False) as arrays:
            weights = {name: _unpacked(arrays, name) for name in _ARRAYS}
        parameters = Parameters(
            scheme=HashingScheme(**manifest["scheme"]),
            labels=tuple(manifest["labels"]),
            languages=tuple(manifest["languages"]),
            **weights,
        )
    except (KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise ModelProblem(f"The model in {folder} is not as its manifest says ({error}); {_AGAIN}.") from error
    _check_shapes(folder, parameters)
    return parameters, str(manifest["version"])


_AGAIN: Final = "install saring again, or train the model again with `saring train`"


def _verified(folder: Path) -> dict[str, bytes]:
    """The files of a model folder, each of them as its digest says."""
    try:
        sums = {line[66:]: line[:64] for line in (folder / _SUMS).read_text().splitlines()}
        contents = {name: (folder / name).read_bytes() for name in (_MANIFEST, _WEIGHTS)}
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise ModelProblem(f"There is no model in {folder}: {missing} is missing; {_AGAIN}.") from error
    except (OSError, ValueError) as error:
        raise ModelProblem(f"The model in {folder} cannot be read ({error}); {_AGAIN}.") from error
    for name, content in contents.items():
        if sums.get(name) != _digest(content):
            raise ModelProblem(f"{folder / name} is truncated or was altered: its digest differs; {_AGAIN}.")
    return contents


def _manifest(folder: Path, content: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
        protocol, labels, fold = manifest["protocol"], tuple(manifest["labels"]), manifest["fold"]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelProblem(f"{folder / _MANIFEST} is no manifest of a model ({error!r}); {_AGAIN}.") from error
    if protocol != PROTOCOL:
        raise ModelProblem(f"The model in {folder} speaks protocol {protocol}, this saring {PROTOCOL}; {_AGAIN}.")
    if labels != LABELS:
        told = ", ".join(map(str, labels))
        raise ModelProblem(f"The model in {folder} tells {told}, not {', '.join(LABELS)}; {_AGAIN}.")
    if fold != FOLD_VERSION:
        raise ModelProblem(f"The model in {folder} reads fold {fold}, this saring writes {FOLD_VERSION}; {_AGAIN}.")
    return dict(manifest)


def _check_shapes(folder: Path, parameters: Parameters) -> None:
    n_labels, n_languages = len(parameters.labels), len(parameters.languages)
    wanted = {
        "unit_weights": (2**parameters.scheme.unit_bits, n_labels + n_languages),
        "pair_weights": (2**parameters.scheme.pair_bits, n_labels),
        "bias": (n_labels + n_languages,),
        "slopes": (n_languages, n_labels),
        "intercepts": (n_languages, n_labels),
    }
    for name, shape in wanted.items():
        if getattr(parameters, name).shape != shape:
            raise ModelProblem(f"The model in {folder} has {name} of a wrong shape; {_AGAIN}.")


def _packed(arrays: Mapping[str, np.ndarray[Any, Any]]) -> bytes:
    """An npz whose bytes depend on the arrays alone: numpy's own would carry the time of day."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, array in arrays.items():
            is_told = array != 0
            parts = {"shape": np.array(array.shape), "told": np.packbits(is_told), "numbers": array[is_told]}
            for part, content in parts.items():
                member = io.BytesIO()
                np.lib.format.write_array(member, content, allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.{part}.npy"), member.getvalue())
    return packed.getvalue()


def _unpacked(arrays: Mapping[str, np.ndarray[Any, Any]], name: str) -> Halves:
    """The array of that name, as `_packed` wrote it."""
    numbers = arrays[f"{name}.numbers"].astype(np.float16, copy=False)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} is not finite")
    shape, told = arrays[f"{name}.shape"].tolist(), arrays[f"{name}.told"]
    size = math.prod(shape)
    # Asked in this order: a size that is not borne out takes no memory.
    if len(told) != (size + 7) // 8 or np.count_nonzero(is_told := np.unpackbits(told, count=size)) != len(numbers):
        raise ValueError(f"{name} holds other numbers than it tells of")
    array = np.zeros(shape, np.float16)
    array.reshape(-1)[is_told.view(np.bool_)] = numbers
    return array


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
