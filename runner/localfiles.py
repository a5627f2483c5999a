"""Files of the user's own: counted by content, read where they are, and never changed under a running job."""

from __future__ import annotations

from pathlib import Path

from runner.copying import copy, digest
from runner.errors import MediaError


class LocalFiles:
    """Digests of the user's files, each file read once as long as it does not change."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, ...], str, int]] = {}

    def digest(self, path: Path) -> tuple[str, int]:
        """The SHA-256 of a file, and how many bytes it has.

        Raises:
            MediaError: If it cannot be read.
        """
        try:
            found = path.stat()
            state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            if (known := self._known.get(path)) is None or known[0] != state:
                known = (state, *digest(path))
                self._known[path] = known
        except OSError as error:
            raise MediaError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error
        return known[1], known[2]


def snapshot(path: Path, wanted: str, target: Path) -> None:
    """Copy a file whose digest is known, so that an edit made meanwhile cannot slip into the work.

    Raises:
        MediaError: If the file is another one by now, or cannot be read.
        OSError: If the copy cannot be written.
    """
    if not path.is_file():
        raise MediaError(f"{path} is gone since this run began")
    found, _ = copy(path, target, durable=False)
    if found != wanted:
        target.unlink()
        raise MediaError(f"{path} was changed while reelmake was running; run again to use it as it is now")
