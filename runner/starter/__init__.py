"""The project that `reel init` begins with: a recipe of two shots and a picture that anyone may use."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from dsl.diagnostics import shown
from runner.errors import UsageError

RECIPE = "film.toml"
_FILES = (RECIPE, "boards/pad.jpg", "boards/RIGHTS.md")
_SLATE_LENGTH = 8


def begin(folder: Path) -> Path:
    """Write the starter project into a folder, which is made where it does not exist.

    Returns:
        The recipe.

    Raises:
        UsageError: If a file of that name is there already; nothing is written then.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder that does not exist yet")
    if taken := [name for name in _FILES if (folder / name).exists() or (folder / name).is_symlink()]:
        raise UsageError(
            f"{folder / taken[0]} is there already, and init never overwrites; name another folder"
        )
    project = files(__name__) / "project"
    for name in _FILES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = (project / name).read_bytes()
        with path.open("xb") as file:
            file.write(_named(content, folder.resolve().name) if name == RECIPE else content)
    return folder / RECIPE


def _named(recipe: bytes, name: str) -> bytes:
    """The recipe with the title and the slate that a folder's name suggests."""
    title = shown(name).strip() or "A film"
    slate = re.sub(r"[^A-Z0-9]", "", title.upper())[:_SLATE_LENGTH] or "FILM"
    text = recipe.decode()
    # JSON's escapes are TOML's too.
    text = text.replace("TITLE", json.dumps(title, ensure_ascii=False).replace("\x7f", ""), 1)
    return text.replace("SLATE", f'"{slate}"', 1).encode()
