"""The state folder: where it is, who may look into it, and a private scratch folder for each run."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from runner.copying import sync_folder
from runner.errors import StoreError
from runner.locks import abandoned, held

_FOLDERS = ("objects", "locks", "tmp")


def state_folder(recipe: Path) -> Path:
    """`REEL_HOME`, else `.reel` beside the recipe; absolute."""
    if home := os.environ.get("REEL_HOME"):
        return Path(home).absolute()
    return recipe.parent / ".reel"


def create(root: Path) -> None:
    """Make the state folder and what is in it, for the user alone.

    Raises:
        StoreError: If that is not possible.
    """
    try:
        if all((root / name).is_dir() for name in _FOLDERS):
            return
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in _FOLDERS:
            (root / name).mkdir(mode=0o700, exist_ok=True)
        sync_folder(root)
        sync_folder(root.parent)
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        raise StoreError(
            f"the state folder {root} cannot be made: {words}; set REEL_HOME to a folder you may write"
        ) from error


@contextlib.contextmanager
def scratch(root: Path, run: str) -> Iterator[Path]:
    """A private folder for what is half made, removed afterwards; those of dead processes are removed first.

    A folder belongs to whoever holds the lock in it. Making one and clearing others away exclude each other,
    so that nobody takes a folder for abandoned whose owner has just made it.

    Raises:
        StoreError: If it cannot be made.
    """
    folder = root / "tmp" / run
    gate = root / "locks" / "tmp.lock"
    with contextlib.ExitStack() as stack:
        with held(gate):
            _clear(root / "tmp")
            try:
                folder.mkdir(mode=0o700)
            except OSError as error:
                raise StoreError(
                    f"{folder} cannot be made: {(error.strerror or str(error)).lower()}"
                ) from error
            stack.enter_context(held(folder / "lock"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _clear(tmp: Path) -> None:
    for folder in tmp.iterdir():
        if abandoned(folder / "lock"):
            shutil.rmtree(folder, ignore_errors=True)
