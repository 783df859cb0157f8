"""Find what ties a file to one machine: package registries' host names, and paths of somebody's disk.

Reads every file that git tracks. A lock or a script that names a registry bypasses the mirror its reader has set up;
a path of the author's disk works on that disk alone.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

#: Hosts in parts, since this file must not name them either.
REGISTRIES = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("registry", "npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("deb", "debian", "org"),
    ("security", "debian", "org"),
    ("archive", "ubuntu", "com"),
    ("docker", "io"),
    ("hub", "docker", "com"),
    ("download", "docker", "com"),
    ("ghcr", "io"),
    ("gcr", "io"),
    ("quay", "io"),
    ("crates", "io"),
    ("proxy", "golang", "org"),
    ("rubygems", "org"),
    ("conda", "anaconda", "org"),
    ("unpkg", "com"),
    ("jsdelivr", "net"),
    ("cdnjs", "cloudflare", "com"),
)
REGISTRY = re.compile(rf"\b(?:{'|'.join(re.escape('.'.join(host)) for host in REGISTRIES)})\b", re.IGNORECASE)

#: The first folders of somebody's disk. In a container's files ``/data`` and ``/tmp`` are the container's own.
FOLDERS = ("root", "home", "work", "Users", "workspace", "mnt")
MACHINE_PATH = re.compile(rf"(?<![\w./:-])/(?:{'|'.join(FOLDERS)})/[\w.-]+")

#: Files that would name a registry in every line.
FORBIDDEN = frozenset({"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json"})

#: Texts that people wrote, where a slash and a word are only that.
PROSE = ("classifiers/corpora/",)


def problems_in(name: str, text: str) -> Iterator[str]:
    """``file:line: what is wrong`` for each address in `text`, the content of the file `name`."""
    if Path(name).name in FORBIDDEN:
        yield f"{name}:1: this kind of lock names its registry; use requirements*.lock"
    if name.startswith(PROSE):
        return
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in ((REGISTRY, "a registry's host"), (MACHINE_PATH, "a path of one machine")):
            if (match := pattern.search(line)) is not None:
                yield f"{name}:{number}: {what}: {match[0]}"


def tracked_files(root: Path) -> list[str]:
    """The paths that git tracks below `root`, and those it would: new files count before they are committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return sorted(name for name in listed.stdout.split("\0") if (root / name).is_file())


def check(root: Path) -> list[str]:
    """Every such address in the repository at `root`; binary files are passed over."""
    problems: list[str] = []
    for name in tracked_files(root):
        try:
            text = (root / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        problems.extend(problems_in(name, text))
    return problems


def main() -> int:
    """Print every address found; 1 when there is one."""
    problems = check(Path(__file__).parent.parent)
    print("\n".join(problems) or "addresses: no file names a registry or somebody's disk")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
