"""Repositories, what lies in them, and signed addresses that expire."""

from __future__ import annotations

import hashlib
import hmac
import mimetypes
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

SIGNATURE = "oxen_signature"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in a repository.

    Attributes:
        path: Where its bytes are.
        content_type: Its media type.
        etag: Its ETag, quoted.
    """

    path: Path
    content_type: str
    etag: str


@dataclass(slots=True)
class Files:
    """All repositories of the simulator.

    An address here is `NAMESPACE/REPOSITORY/file/BRANCH/PATH`, not quoted: what follows `/api/repos/`.

    Attributes:
        folder: Where bytes are kept.
        secret: What signatures are made with.
        url_seconds: How long a signature can be used.
        now: Unix time, seconds.
        public: For each repository, `NAMESPACE/NAME`, whether everybody may read it.
        stored: Files by address.
    """

    folder: Path
    secret: bytes
    url_seconds: float
    now: Callable[[], float]
    public: dict[str, bool] = field(default_factory=dict)
    stored: dict[str, Stored] = field(default_factory=dict)

    def keep(self, address: str, source: Path) -> Stored:
        """Put a file into a repository under an address; the source is moved."""
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        kept = self.folder / digest
        shutil.move(source, kept)
        content_type = mimetypes.guess_type(address)[0] or "application/octet-stream"
        self.stored[address] = Stored(kept, content_type, f'"{digest[:32]}"')
        return self.stored[address]

    def url(self, base: str, address: str) -> str:
        """A signed URL for an address; `base` is the origin, without a slash at its end."""
        return f"{base}/api/repos/{quote(address)}?{SIGNATURE}={self.signature(address)}"

    def signature(self, address: str) -> str:
        """A signature that can be used from now on until it expires."""
        expires = f"{self.now() + self.url_seconds:.3f}"
        return f"{expires}-{self._mac(address, expires)}"

    def signed(self, address: str, signature: str) -> bool:
        """Whether a signature is for this address and has not expired."""
        expires, _, mac = signature.partition("-")
        return hmac.compare_digest(mac.encode(), self._mac(address, expires).encode()) and self.now() < float(
            expires
        )

    def open_to_all(self, address: str) -> bool:
        """Whether an address lies in a public repository."""
        return self.public.get("/".join(address.split("/")[:2]), False)

    def _mac(self, address: str, expires: str) -> str:
        return hmac.new(self.secret, f"{expires}\n{address}".encode(), "sha256").hexdigest()[:40]
