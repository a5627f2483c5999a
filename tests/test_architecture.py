"""The house rules that a machine can hold, read from the source with `ast`: nothing is imported here."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("dsl", "runner")
LONGEST = 400
MEDIAN = 150
BODY = 20
METHODS = 4

DOORS = {
    "click": ("runner/cli/",),
    "rich_click": ("runner/cli/",),
    "rich": ("runner/cli/", "runner/views/"),
    "httpx": ("runner/providers/", "runner/simulator/"),
    "networkx": ("dsl/graph.py",),
    "ffmpeg": ("runner/media/",),
    "imageio_ffmpeg": ("runner/media/",),
    "av": ("runner/media/",),
    "sqlite3": ("runner/journal/",),
    "tree_sitter": ("dsl/",),
}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "core"}
PURE = (
    "runner/scheduler.py",
    "runner/limits.py",
    "runner/submit.py",
    "runner/ceiling.py",
    "dsl/timeline.py",
)
IMPURE = {
    "anyio",
    "asyncio",
    "trio",
    "httpx",
    "os",
    "pathlib",
    "random",
    "sqlite3",
    "subprocess",
    "time",
    "uuid",
}


def sources() -> list[Path]:
    """Every module of the two packages."""
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    """A module's path below the root, as the rules write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is named in an import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_dsl_never_imports_runner() -> None:
    """The language knows nothing of what runs it."""
    found = [
        name_of(path)
        for path in (ROOT / "dsl").rglob("*.py")
        if any(module.split(".")[0] == "runner" for module in imported(tree_of(path)))
    ]

    assert found == []


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_one_door(library: str) -> None:
    """A library is imported only where the house has its door."""
    found = [
        name_of(path)
        for path in sources()
        if library in {module.split(".")[0] for module in imported(tree_of(path))}
    ]

    assert [path for path in found if not path.startswith(DOORS[library])] == []


def test_only_cli_knows_cli() -> None:
    """Nothing reaches up into the command line."""
    found = [
        name_of(path)
        for path in sources()
        if not name_of(path).startswith("runner/cli/")
        and any(module.startswith("runner.cli") for module in imported(tree_of(path)))
    ]

    assert found == []


def test_the_engine_knows_no_view() -> None:
    """Events are the only way out of the engine: it never imports what shows them."""
    found = [
        name_of(path)
        for path in sources()
        if not name_of(path).startswith(("runner/cli/", "runner/views/"))
        and any(module.startswith("runner.views") for module in imported(tree_of(path)))
    ]

    assert found == []


def test_only_cli_prints_and_exits() -> None:
    """Outside `runner/cli`, nothing calls print, input or exit."""
    calls = {
        (name_of(path), ast.unparse(node.func))
        for path in sources()
        if not name_of(path).startswith("runner/cli/")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
    }

    assert [
        call for call in sorted(calls) if call[1] in {"print", "input", "exit", "sys.exit", "os._exit"}
    ] == []


@pytest.mark.parametrize("module", PURE)
def test_decisions_are_pure(module: str) -> None:
    """What chooses does no input or output, and asks no clock."""
    names = {name.split(".")[0] for name in imported(tree_of(ROOT / module))}

    assert names & IMPURE == set()


def test_imports_make_no_circle() -> None:
    """At the top of the files, imports go one way."""
    modules = {
        name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): path
        for path in sources()
    }
    waiting = {
        module: {
            name
            for node in tree_of(path).body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in imported(node)
            if name in modules and name != module
        }
        for module, path in modules.items()
    }
    while free := {module for module, needs in waiting.items() if not needs & waiting.keys()}:
        waiting = {module: needs for module, needs in waiting.items() if module not in free}

    assert sorted(waiting) == []


def test_no_file_has_a_vague_name() -> None:
    """A file is called after its one idea."""
    named = [name_of(path) for path in [*sources(), *(ROOT / "tests").rglob("*.py")]]

    assert [path for path in named if Path(path).stem.strip("_") in VAGUE] == []


def test_files_are_short() -> None:
    """No file is longer than 400 lines, and half of them are shorter than 150."""
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in sources()}
    lengths = {path: length for path, length in lengths.items() if length > 2}

    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}
    assert statistics.median(lengths.values()) <= MEDIAN


def test_commands_are_short() -> None:
    """A command's body has fewer than 20 lines, its docstring aside."""
    bodies = {
        name_of(path): function.body[-1].end_lineno - function.body[1].lineno + 1  # type: ignore[operator]
        for path in (ROOT / "runner/cli").glob("*.py")
        for function in functions(tree_of(path))
        if function.name == "command" and function.decorator_list and len(function.body) > 1
        if any("click.command" in ast.unparse(decorator) for decorator in function.decorator_list)
    }

    assert len(bodies) >= 8
    assert {path: length for path, length in bodies.items() if length >= BODY} == {}


def test_protocols_are_small() -> None:
    """A protocol asks for at most four methods."""
    sizes = {
        f"{name_of(path)}:{node.name}": len(list(functions(node)))
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
    }

    assert sizes
    assert {name: size for name, size in sizes.items() if size > METHODS} == {}


def test_annotations_are_never_evaluated() -> None:
    """Every file that has code begins with `from __future__ import annotations`."""
    found = [
        name_of(path)
        for path in [*sources(), *(ROOT / "tests").rglob("*.py")]
        if tree_of(path).body[bool(ast.get_docstring(tree_of(path))) :]
        and "__future__.annotations" not in imported(tree_of(path))
    ]

    assert found == []


def test_every_test_states_its_fact() -> None:
    """Every test function has a docstring of whole sentences."""
    silent = [
        f"{name_of(path)}:{function.lineno} {function.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for function in functions(tree_of(path))
        if function.name.startswith("test_") and not (ast.get_docstring(function) or "").endswith(".")
    ]

    assert silent == []
