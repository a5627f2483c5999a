"""The store: what was made, by the digest of its bytes. A file under its final name is complete.

An object is written beside the others under a name of its own, put on the disk, and only then renamed. It is
read-only and bears a fixed time of change, so that one that was tampered with shows it without being read.
Its bytes are verified when a process first reads them; what is damaged is set aside and counts as missing.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from runner.artifact import Artifact
from runner.copying import copy, digest, sync_folder
from runner.errors import StoreError

_STAMP = 946_684_800  # 2000-01-01, which every file system can write down.
_MODE = 0o444


class Store:
    """Objects by digest."""

    def __init__(self, root: Path, *, writable: bool = True) -> None:
        """Use the store in the state folder `root`; one that is not writable changes nothing on the disk."""
        self._objects = root / "objects"
        self._corrupt = root / "corrupt"
        self._writable = writable
        self._verified: set[str] = set()
        self._parts = itertools.count()

    def present(self, artifact: Artifact) -> bool:
        """Whether an object is there and looks untouched. Its bytes are read only where it does not."""
        if artifact.digest in self._verified:
            return True
        try:
            found = self._name(artifact.digest).stat(follow_symlinks=False)
        except OSError:
            return False
        if found.st_size == artifact.size and found.st_mtime == _STAMP:
            return True
        return self.path(artifact.digest) is not None

    def verified(self, wanted: str) -> Path | None:
        """Where an object lies, if its bytes were verified in this process already. Reads nothing."""
        return self._name(wanted) if wanted in self._verified else None

    def path(self, wanted: str) -> Path | None:
        """Where an object lies, its bytes verified once in this process; None if it is not there."""
        if known := self.verified(wanted):
            return known
        name = self._name(wanted)
        try:
            found, _ = digest(name)
        except OSError:
            return None
        if found != wanted:
            self._set_aside(name)
            return None
        if self._writable:
            os.utime(name, (_STAMP, _STAMP))
        self._verified.add(wanted)
        return name

    def publish(self, made: Path, scratch: Path) -> tuple[str, int]:
        """Put a file into the store. The file itself is left where it is.

        Args:
            made: The file.
            scratch: A folder on the store's file system for the copy until it is complete.

        Returns:
            Its digest and how many bytes it has.

        Raises:
            StoreError: If it cannot be written, as on a full disk; nothing of it is left behind.
        """
        part = scratch / f"{os.getpid()}-{next(self._parts)}.part"
        try:
            found, size = copy(made, part)
            try:
                os.chmod(part, _MODE)  # noqa: PTH101 - beside os.utime.
                os.utime(part, (_STAMP, _STAMP))
                self._enter(part, self._name(found))
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"the store cannot take what was made: {_words(error)}") from error
        self._verified.add(found)
        return found, size

    def _enter(self, part: Path, name: Path) -> None:
        folder = name.parent
        if not folder.is_dir():
            self._build_shelves()
        part.replace(name)
        sync_folder(folder)

    def _build_shelves(self) -> None:
        """Make every folder that an object can lie in: all of them cost one wait for the disk."""
        for number in range(256):
            (self._objects / f"{number:02x}").mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(self._objects)

    def _set_aside(self, name: Path) -> None:
        if self._writable:
            self._corrupt.mkdir(mode=0o700, exist_ok=True)
            name.replace(self._corrupt / name.name)

    def _name(self, wanted: str) -> Path:
        return self._objects / wanted[:2] / wanted


def _words(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
