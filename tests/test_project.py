"""The project's own files: pins that agree, and nothing in them of any machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)(?: ; (.*?))? \\$", re.MULTILINE)


def pins(name: str) -> dict[tuple[str, str], set[str]]:
    """The versions and markers that a file pins, with their hashes."""
    text = (ROOT / name).read_text("utf-8")
    parts = PIN.split(text)[1:]
    found: dict[tuple[str, str], set[str]] = {}
    for at in range(0, len(parts), 4):
        found.setdefault((parts[at], parts[at + 1]), set()).update(
            re.findall(r"sha256:([0-9a-f]{64})", parts[at + 3])
        )
    return found


def test_both_pin_files_agree() -> None:
    """What is installed to make a film is a part of what the tests use, version by version, hash by hash."""
    everything, running = pins("constraints.txt"), pins("constraints-run.txt")

    assert running
    assert {pin: hashes for pin, hashes in running.items() if everything.get(pin) != hashes} == {}


def test_every_dependency_is_pinned() -> None:
    """No dependency that the project declares is left to chance."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.split(r"[^A-Za-z0-9._-]", one)[0].lower() for one in project["dependencies"]}

    assert declared <= {name for name, _ in pins("constraints-run.txt")}


@pytest.mark.parametrize("name", ["constraints.txt", "constraints-run.txt"])
def test_pins_name_no_machine(name: str) -> None:
    """The pins hold names, versions and hashes: no path, no index, no link."""
    lines = (ROOT / name).read_text("utf-8").splitlines()

    assert [line for line in lines if re.search(r"://|file:|--(index|extra|find)|(^|\s)/\w", line)] == []


def test_only_make_speaks_of_how_to_test() -> None:
    """The README's test command is the one that the project's own checks run."""
    assert "\nmake test\n" in (ROOT / "README.md").read_text("utf-8")
    assert "\nmake test" in (ROOT / ".ci/run").read_text("utf-8")


def test_pictures_are_small() -> None:
    """No file of the project weighs more than a megabyte, so that a clone is quick."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], capture_output=True, check=True, cwd=ROOT, encoding="utf-8"
    )
    names = [name for name in listed.stdout.split("\0") if name]
    heavy = [name for name in names if (ROOT / name).is_file() and (ROOT / name).stat().st_size > 1_000_000]

    assert heavy == []
