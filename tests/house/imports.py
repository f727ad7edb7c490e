"""Reads the imports of a source tree without running it, and says what is against the rules of the house.

Works on any folder, so that the rules themselves can be tried on trees made to break them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOMS = ("db", "returns", "desktop", "resources")
ALLOWED = {
    "resources": frozenset({"resources"}),
    "db": frozenset({"db", "resources"}),
    "returns": frozenset({"returns", "db", "resources"}),
    "desktop": frozenset({"desktop", "returns", "db", "resources"}),
}
QT = frozenset({"PySide6", "shiboken6"})
LONGEST_FILE = 500


@dataclass(frozen=True)
class Import:
    """One name that one module takes from another; `line` is where."""

    module: str
    target: str
    line: int

    @property
    def room(self) -> str:
        return self.module.split(".")[0]

    @property
    def target_room(self) -> str:
        return self.target.split(".")[0]


def modules(root: Path) -> dict[str, Path]:
    """Dotted name → file, for every Python file in the rooms of the house."""
    found: dict[str, Path] = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(root: Path) -> list[Import]:
    """Every import of every module, inside functions and under TYPE_CHECKING too; ours down to the module."""
    known = modules(root)
    found: list[Import] = []
    for name, path in known.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for target in _targets(node, package, known):
                if target != name:
                    found.append(Import(name, target, getattr(node, "lineno", 0)))
    return found


def _targets(node: ast.AST, package: str, known: dict[str, Path]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = package.split(".")
            base = ".".join([*parts[: len(parts) - node.level + 1], *([base] if base else [])])
        for alias in node.names:
            inside = f"{base}.{alias.name}"
            yield inside if inside in known else base
    elif isinstance(node, ast.Call) and node.args:
        # importlib.import_module("desktop.x") and __import__("desktop.x") are imports too.
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        if called in {"import_module", "__import__"} and isinstance(first, ast.Constant):
            yield str(first.value)


def wrong_arrows(root: Path) -> list[str]:
    """Imports against the direction desktop → returns → db (→ resources for all)."""
    return [
        f"{found.module}:{found.line} imports {found.target}"
        for found in imports(root)
        if found.target_room in ROOMS and found.target_room not in ALLOWED[found.room]
    ]


def qt_imports(root: Path) -> list[str]:
    """Qt in a room that must work without a screen."""
    return [
        f"{found.module}:{found.line} imports {found.target}"
        for found in imports(root)
        if found.room != "desktop" and found.target_room in QT
    ]


def cycles(root: Path) -> list[list[str]]:
    """Groups of modules that reach each other, wherever in the file the import stands."""
    graph: dict[str, set[str]] = {name: set() for name in modules(root)}
    for found in imports(root):
        if found.target in graph:
            graph[found.module].add(found.target)
    reach = {name: _reachable(graph, name) for name in graph}
    groups = {
        tuple(sorted({name, *(other for other in reach[name] if name in reach[other])}))
        for name in graph
        if name in reach[name]
    }
    return [list(group) for group in sorted(groups)]


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(graph[name])
    return seen


def long_files(root: Path) -> list[str]:
    """Python files of more lines than anyone reads in one go.

    A migration is a record of what was done to real databases: it is never edited, so never split either.
    """
    found = []
    for name, path in modules(root).items():
        if name.startswith("db.migrations.versions."):
            continue
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            found.append(f"{path.relative_to(root)}: {lines} lines")
    return found
