"""What is loaded before a command has done anything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from runner.cli.app import COMMANDS

HEAVY = {"anyio", "av", "ffmpeg", "httpx", "imageio_ffmpeg", "jsonschema", "networkx", "pydantic", "sqlite3"}
LOADED = """
import contextlib, io, json, sys
from runner.cli import main
sys.argv = json.loads(sys.argv[1])
with contextlib.redirect_stdout(io.StringIO()):
    status = main()
print(json.dumps([status, sorted({name.split(".")[0] for name in sys.modules})]))
"""


def loaded(*arguments: str, folder: Path) -> tuple[int, set[str]]:
    """The exit status of a command, and the packages that were imported for it."""
    program = [sys.executable, "-c", LOADED, json.dumps(["reel", *arguments])]
    shown = subprocess.run(program, capture_output=True, check=True, cwd=folder, encoding="utf-8")
    status, modules = json.loads(shown.stdout)
    return int(status), set(modules)


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help_loads_nothing_heavy(command: tuple[str, ...], folder: Path) -> None:
    """Help is shown without any library that renders, sends, stores or validates."""
    status, modules = loaded(*command, "--help", folder=folder)

    assert status == 0
    assert modules & HEAVY == set()


def test_check_never_loads_what_decodes_or_sends(tiny: Path) -> None:
    """`reel check` imports neither httpx nor PyAV nor ffmpeg."""
    status, modules = loaded("check", tiny.name, folder=tiny.parent)

    assert status == 0
    assert modules & {"httpx", "av", "ffmpeg", "imageio_ffmpeg", "anyio", "sqlite3"} == set()


def test_check_of_a_wrong_recipe_never_loads_them_either(tiny: Path) -> None:
    """Neither does it to explain a mistake."""
    tiny.write_text(tiny.read_text("utf-8").replace("${shot.start}", "${shots.start}"), "utf-8")

    status, modules = loaded("check", tiny.name, folder=tiny.parent)

    assert status == 2
    assert modules & {"httpx", "av", "ffmpeg", "imageio_ffmpeg", "anyio", "sqlite3"} == set()
