"""A key that no test may let out, and the search for it in whatever the tests produce."""

from __future__ import annotations

import base64
import logging
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote, quote_plus

_SPELT = "enim_laoc_a_ni==sgnis~3d+Q7/yranac-kxo"
KEY = _SPELT[::-1]
"""Spelt backwards, so that a copy of this file does not have it."""

_CHUNK = 4 * 2**20


@cache
def forms(key: str = KEY) -> tuple[bytes, ...]:
    """The bytes by which a key is known: itself, and what base64, URLs, JSON and hexadecimal make of it.

    In base64 a text looks different at each of three offsets in what surrounds it; its first and last
    letters, which depend on the surroundings, are left away.
    """
    raw = key.encode()
    plain = quote(key, safe="")
    found = {raw, raw.hex().encode(), raw.hex().upper().encode(), raw.replace(b"/", rb"\/")}
    found |= {each.encode() for each in (plain, quote(key), quote_plus(key, safe="/~"), quote_plus(key))}
    found |= {"".join(part.lower() if part.startswith("%") else part for part in _parts(plain)).encode()}
    found |= {
        "".join(f"%{byte:02x}" for byte in raw).encode(),
        "".join(f"%{byte:02X}" for byte in raw).encode(),
    }
    for offset in range(3):
        start = -(-offset * 4 // 3)
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(bytes(offset) + raw)
            found.add(whole[start : (offset + len(raw)) * 4 // 3])
    return tuple(sorted(found))


def _parts(text: str) -> Iterator[str]:
    """A quoted text in its letters and its escapes."""
    while text:
        length = 3 if text.startswith("%") else 1
        yield text[:length]
        text = text[length:]


def shows(data: bytes | str) -> bool:
    """Whether the key is in there, in any of its forms."""
    if isinstance(data, str):
        data = data.encode(errors="replace")
    return any(form in data for form in forms())


def file_shows(path: Path) -> bool:
    """Whether the key is in a file, or in its name."""
    if shows(str(path)):
        return True
    overlap = max(map(len, forms())) - 1
    with path.open("rb", buffering=0) as file:
        for start, stop in _written(file.fileno()):
            before = b""
            for at in range(start, stop, _CHUNK):
                chunk = os.pread(file.fileno(), min(_CHUNK, stop - at), at)
                if shows(before + chunk):
                    return True
                before = chunk[-overlap:]
    return False


def _written(descriptor: int) -> Iterator[tuple[int, int]]:
    """Where a file has bytes that somebody wrote: a test may make one of a terabyte that is all holes."""
    at, end = 0, os.fstat(descriptor).st_size
    while at < end:
        try:
            start = os.lseek(descriptor, at, os.SEEK_DATA)
        except OSError:
            return
        at = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, at


def files_that_show(folder: Path) -> list[Path]:
    """The regular files below a folder that have the key in them or in their names."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and file_shows(path)
    ]


class Listener(logging.Handler):
    """Hears every log record, and whatever else it is given, and notes where the key was shown.

    Attributes:
        heard: Where it was shown, in words; whoever reports it takes it out.
    """

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a log record: its message, its arguments and its traceback."""
        self.note(f"a log record of {record.name}", f"{self.format(record)} {record.args!r}")

    def note(self, what: str, data: bytes | str | None) -> None:
        """Look at something."""
        if data and shows(data):
            self.heard.append(what)

    def taken(self) -> list[str]:
        """Where it was shown since this was last asked."""
        heard, self.heard = self.heard, []
        return heard
