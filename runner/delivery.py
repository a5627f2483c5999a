"""Deliverables: files under the names that the recipe gives them, complete or not there at all."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from runner.copying import copy, digest, sync_folder
from runner.errors import MediaError
from runner.journal import Placed


@dataclass(frozen=True, slots=True)
class Placing:
    """Whether a file had to be delivered, and how it lies there now."""

    placed: Placed
    changed: bool


def untouched(target: Path, placed: Placed | None, wanted: str) -> bool:
    """Whether what was delivered lies there still, by its size, inode and time of change."""
    if placed is None or placed.digest != wanted:
        return False
    try:
        return _placed(target, wanted) == placed
    except OSError:
        return False


def deliver(source: Path, wanted: str, target: Path, *, mode: int) -> Placing:
    """Put a copy of a file under its final name, unless that very file lies there already.

    Args:
        source: The file.
        wanted: Its digest.
        target: The final name, in a folder that is made if need be.
        mode: The permissions of the new file.

    Raises:
        MediaError: If the file is not what its digest says.
        OSError: If it cannot be written; what lay under the name before is still there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file() and not target.is_symlink() and digest(target)[0] == wanted:
        return Placing(_placed(target, wanted), changed=False)
    # The same name each time, so that what a killed run left behind is replaced and does not gather.
    part = target.with_name(f".{hashlib.sha256(os.fsencode(target)).hexdigest()[:16]}.part")
    part.unlink(missing_ok=True)
    try:
        if copy(source, part)[0] != wanted:
            raise MediaError(f"{source.name} was damaged while it was being delivered; run again")
        part.chmod(mode)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)
    return Placing(_placed(target, wanted), changed=True)


def permissions() -> int:
    """The permissions that the user's umask gives to new files. To be asked before threads are started."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def _placed(target: Path, wanted: str) -> Placed:
    found = target.stat(follow_symlinks=False)
    return Placed(wanted, found.st_size, found.st_ino, found.st_mtime_ns)
