"""What is uploaded, and what is remembered of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import anyio.to_thread

from dsl.values import MediaType
from runner.providers.hosted.errors import UploadError
from runner.providers.hosted.secret import SignedUrl

_TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif", "bmp": "image/bmp",
    "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "mkv": "video/x-matroska",
    "wav": "audio/wav", "mp3": "audio/mpeg", "m4a": "audio/mp4", "flac": "audio/flac", "ogg": "audio/ogg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A media file that a model is to read.

    Attributes:
        path: Where it lies.
        digest: SHA-256 of its bytes, 64 hexadecimal digits.
        media: Its kind.
        container: The short name of its container, which becomes the extension.
    """

    path: Path
    digest: str
    media: MediaType
    container: str

    @property
    def name(self) -> str:
        """Its name at the provider: it tells nothing of the user's folders."""
        return f"{self.digest}.{self.container}"

    @property
    def mime(self) -> str:
        """Its media type for HTTP."""
        return _TYPES.get(self.container, "application/octet-stream")

    def size(self) -> int:
        """Its bytes.

        Raises:
            UploadError: If it cannot be read.
        """
        try:
            return self.path.stat().st_size
        except OSError as error:
            raise UploadError(f"{self.path} cannot be read: {error.strerror}") from None

    @asynccontextmanager
    async def multipart(self, field: str, data: Mapping[str, str]) -> AsyncIterator[Mapping[str, Any]]:
        """The file, opened anew, as httpx takes it.

        Raises:
            UploadError: If it cannot be read.
        """
        try:
            file = await anyio.to_thread.run_sync(lambda: self.path.open("rb"))
        except OSError as error:
            raise UploadError(f"{self.path} cannot be read: {error.strerror}") from None
        try:
            yield {"files": {field: (self.name, file, self.mime)}, "data": dict(data)}
        finally:
            file.close()


class UploadCache(Protocol):
    """Remembers what has been uploaded where, across runs. Nothing secret is handed to it."""

    def place(self, route: str, digest: str) -> str | None:
        """Where the file was put by that route; None if it is not known."""
        ...

    def put(self, route: str, digest: str, place: str) -> None:
        """Remember it."""
        ...

    def forget(self, route: str, digest: str) -> None:
        """It is there no more."""
        ...


class Uploader(Protocol):
    """Hands local files to models.

    Attributes:
        public: Whether everybody in the world can read what is uploaded, for as long as it lies there.
    """

    public: bool

    async def url(self, file: LocalFile) -> SignedUrl:
        """A URL from which a model can read the file, soon.

        Raises:
            UploadError: If the file may not or cannot be uploaded.
            OxenError: If the provider refuses, or the network fails.
        """
        ...


class MemoryCache:
    """A cache that lasts as long as the process."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], str] = {}

    def place(self, route: str, digest: str) -> str | None:
        """Where the file was put by that route; None if it is not known."""
        return self._places.get((route, digest))

    def put(self, route: str, digest: str, place: str) -> None:
        """Remember it."""
        self._places[route, digest] = place

    def forget(self, route: str, digest: str) -> None:
        """It is there no more."""
        self._places.pop((route, digest), None)
