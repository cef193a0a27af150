"""The shape of the code, held by its imports: they point one way, and the pure core knows nothing of the world."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import bot

ROOT = Path(bot.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
LONGEST = 320
LONGER: dict[str, str] = {}
"""Modules that may be longer → why."""

SHELL = frozenset({"cli", "check", "reading", "app", "demo", "web", "telegram", "__main__"})
INNER = frozenset({"nursing", "coordination", "store", "dialogues", "notification", "alliance"})
LEAVES = frozenset({"text", "settings"})
PURE = frozenset({"alliance", "dialogues", "notification"})

MAY_IMPORT: dict[str, frozenset[str]] = {
    "alliance": frozenset(),
    "dialogues": frozenset({"alliance"}),
    "notification": frozenset({"alliance"}),
    "text": frozenset({"alliance"}),
    "settings": frozenset({"text"}),
    "catalogues": frozenset({"text"}),
    "reading": frozenset({"text", "alliance"}),
    "store": frozenset({"text", "dialogues", "notification", "alliance"}),
    "nursing": frozenset({"text", "settings", "store", "dialogues", "notification", "alliance"}),
    "coordination": frozenset({"text", "settings", "nursing", "store", "dialogues", "notification", "alliance"}),
    "engine": INNER | LEAVES,
    "web": frozenset({"engine"}) | LEAVES,
    "telegram": frozenset({"engine", "alliance"}) | LEAVES,
    "app": frozenset({"web", "telegram", "engine"}) | INNER | LEAVES,
    "check": frozenset({"app", "telegram", "engine", "catalogues"}) | INNER | LEAVES,
    "demo": frozenset({"app", "engine"}) | INNER | LEAVES,
    "cli": frozenset({"app", "check", "reading", "demo", "engine", "catalogues"}) | INNER | LEAVES,
    "__main__": frozenset({"cli"}),
}
"""Part of the tree → the parts it may import. Imports point down this page only."""

PURE_MAY_IMPORT = frozenset(
    {"collections", "dataclasses", "datetime", "enum", "functools", "itertools", "json", "math", "re", "typing"}
)
PURE_MAY_IMPORT |= {"unicodedata", "zoneinfo", "rapidfuzz", "snowballstemmer"}
CLOCKS = frozenset({"now", "today", "utcnow", "fromtimestamp"})


def part_of(path: Path) -> str:
    """The first name below ``bot``: a package, or a module at the top."""
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT.parent))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_in(path: Path) -> Iterator[str]:
    """Every module that a file imports anywhere, also inside functions and for types only, by its full name."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: imports are absolute"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[str]:
    """The other parts of the tree that a file imports."""
    parts = {name.split(".")[1] for name in imports_in(path) if name.startswith("bot.")}
    return {part for part in parts if part != "__version__"} - {part_of(path)}


WITH_A_PART = [path for path in MODULES if part_of(path) != "__init__"]


def test_the_tree_is_what_this_page_says() -> None:
    assert {part_of(path) for path in WITH_A_PART} == set(MAY_IMPORT)
    assert SHELL | INNER | LEAVES | {"engine", "catalogues"} == set(MAY_IMPORT)


def test_this_page_has_no_circle() -> None:
    done: set[str] = set()
    while len(done) < len(MAY_IMPORT):
        free = {part for part, below in MAY_IMPORT.items() if below <= done} - done
        assert free, f"a circle among {sorted(set(MAY_IMPORT) - done)}"
        done |= free


@pytest.mark.parametrize("path", WITH_A_PART, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    assert ours(path) <= MAY_IMPORT[part_of(path)]


PURE_MODULES = [path for path in MODULES if part_of(path) in PURE]


@pytest.mark.parametrize("path", PURE_MODULES, ids=name_of)
def test_the_pure_core_imports_nothing_of_the_world(path: Path) -> None:
    outside = {name.split(".")[0] for name in imports_in(path)} - {"bot"}
    assert outside <= PURE_MAY_IMPORT


@pytest.mark.parametrize("path", PURE_MODULES, ids=name_of)
def test_the_pure_core_reads_no_clock_and_no_file(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                assert called.attr not in CLOCKS, f"line {node.lineno}: an instant is an argument"
            if isinstance(called, ast.Name):
                assert called.id not in {"open", "print", "input", "exec", "eval", "__import__"}, f"line {node.lineno}"
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.Global), f"line {getattr(node, 'lineno', 0)}"


def test_what_counts_as_pure_is_pure_all_the_way_down() -> None:
    assert all(MAY_IMPORT[part] <= PURE for part in PURE)


ONLY_IMPORTERS = {
    "telegram": {"telegram"},  # python-telegram-bot
    "sqlalchemy": {"store", "engine", "nursing", "coordination", "app", "settings", "demo"},
    "alembic": {"store"},
    "sqlite3": {"store"},
    "babel": {"text", "catalogues"},
    "apscheduler": {"app"},
}


@pytest.mark.parametrize("library", ONLY_IMPORTERS)
def test_a_library_is_imported_where_it_belongs(library: str) -> None:
    importers = {
        part_of(path) for path in WITH_A_PART if any(name.split(".")[0] == library for name in imports_in(path))
    }
    assert importers, f"nothing imports {library} any more"
    assert importers <= ONLY_IMPORTERS[library]


def test_every_import_is_of_a_library_that_the_package_asks_for() -> None:
    asked = {"aiohttp", "aiosqlite", "alembic", "apscheduler", "babel", "telegram", "sqlalchemy"}
    asked |= {"rapidfuzz", "snowballstemmer"}
    found = {name.split(".")[0] for path in MODULES for name in imports_in(path)}
    assert found - set(sys.stdlib_module_names) - {"bot"} <= asked


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_stay_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert (lines > LONGEST) == (name_of(path) in LONGER), f"{lines} lines"


def test_every_module_says_what_it_is() -> None:
    assert [name_of(path) for path in MODULES if not ast.get_docstring(tree_of(path))] == []


def test_no_part_is_named_after_nothing() -> None:
    empty_names = {"utils", "util", "helpers", "helper", "manager", "service", "base", "common", "misc"}
    assert [name_of(path) for path in MODULES if {path.stem, *path.relative_to(ROOT).parts} & empty_names] == []


def test_keys_are_written_out() -> None:
    """A key that is put together at run time could not be held against the catalogues."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Key"
        and not (
            len(node.args) == 1
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
            and "." in node.args[0].value
        )
    ]
    assert found == []


def test_a_transaction_ends_in_one_place() -> None:
    """``Database`` commits; nothing else does, so nothing half done is ever kept."""
    committers = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    }
    assert committers == {"bot/store/database.py"}
