"""The file that a download grows in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_SYNC_EVERY = 8 * 2**20
_READ = 2**20


class PartFile:
    """Bytes on their way: appended, hashed as they come, and brought to the disk every 8 MiB.

    Args:
        path: Where; a link is refused.
        keep: Whether what lies there already is kept, to go on after it.

    Raises:
        OSError: If it cannot be opened or read.
    """

    def __init__(self, path: Path, *, keep: bool) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self.path = path
        self._file = os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0)
        self._hash = hashlib.sha256()
        self._synced = 0
        self.size = 0
        if keep:
            while chunk := self._file.read(_READ):
                self._hash.update(chunk)
                self.size += len(chunk)
        else:
            self.restart()

    def restart(self) -> None:
        """Forget all bytes."""
        self._file.seek(0)
        self._file.truncate()
        self._hash = hashlib.sha256()
        self.size = self._synced = 0

    def write(self, chunk: bytes) -> None:
        """Append."""
        view = memoryview(chunk)
        while view:
            view = view[self._file.write(view) :]
        self._hash.update(chunk)
        self.size += len(chunk)

    @property
    def due(self) -> bool:
        """Whether it is time to `sync`."""
        return self.size - self._synced >= _SYNC_EVERY

    def sync(self) -> None:
        """Bring all bytes to the disk."""
        os.fsync(self._file.fileno())
        self._synced = self.size

    def digest(self) -> str:
        """SHA-256 of all bytes, 64 hexadecimal digits."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Close it; the bytes stay."""
        self._file.close()

    def discard(self) -> None:
        """Close it and remove it."""
        self._file.close()
        self.path.unlink(missing_ok=True)
