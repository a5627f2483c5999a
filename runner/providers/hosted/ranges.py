"""Going on with a download where it ended: which bytes a reply brings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from runner.providers.hosted.errors import Mark

_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_STRONG = re.compile(r'"[\x21\x23-\x7e]{1,500}"')


@dataclass(frozen=True, slots=True)
class Coming:
    """What a successful reply brings.

    Attributes:
        start: The offset of its first byte in the whole.
        total: Bytes of the whole; None where it is not told.
        etag: Its strong ETag, where it has one.
    """

    start: int
    total: int | None
    etag: str | None


def strong_etag(headers: Mapping[str, str]) -> str | None:
    """The ETag by which bytes may be put together; a weak one promises too little."""
    value = headers.get("etag", "").strip()
    return value if _STRONG.fullmatch(value) else None


def range_headers(mark: Mark, size: int) -> dict[str, str]:
    """Ask for the bytes from `size` on, if what is there has not changed."""
    return {"Range": f"bytes={size}-", "If-Range": mark.etag}


def coming(status: int, headers: Mapping[str, str], mark: Mark | None, size: int) -> Coming | None:
    """What a 200 or 206 brings; None if it does not fit what is there, so that only a fresh start is safe.

    Args:
        status: 200 or 206.
        headers: Names in lower case.
        mark: What the range was asked for with; None if none was.
        size: Bytes that are there.
    """
    etag = strong_etag(headers)
    length = _length(headers)
    if status != 206:  # noqa: PLR2004 - Statuses read best as such.
        return Coming(0, length, etag)
    found = _RANGE.fullmatch(headers.get("content-range", "").strip())
    if found is None or mark is None or etag not in {None, mark.etag}:
        return None
    start, end = int(found[1]), int(found[2])
    total = None if found[3] == "*" else int(found[3])
    whole = total is None or end + 1 == total
    known = mark.total is None or total is None or total == mark.total
    if start != size or end < start or not whole or not known or length not in {None, end - start + 1}:
        return None
    return Coming(start, end + 1, mark.etag)


def _length(headers: Mapping[str, str]) -> int | None:
    value = headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None  # noqa: PLR2004
