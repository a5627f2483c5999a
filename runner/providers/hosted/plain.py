"""Strangers' words made fit to show: no control characters, no signatures, not too long."""

from __future__ import annotations

import re
import unicodedata

LIMIT = 2048
"""Bytes of UTF-8 that a message may have."""

_URL_QUERY = r"(https?:(?:\\?/){2}[^\s\"'<>?#]*?)(?:[?#]|\\u003[fF])[^\s\"'<>]*"
_QUERY = re.compile(_URL_QUERY, re.IGNORECASE)
_QUERY_BYTES = re.compile(_URL_QUERY.encode(), re.IGNORECASE)
_USERINFO = re.compile(r"(https?://)[^\s\"'<>/?#@]*@", re.IGNORECASE)
_GAPS = re.compile(r"\s+")
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str, limit: int = LIMIT) -> str:
    """One line of at most `limit` bytes: no escapes, direction marks, surrogates, or queries of URLs."""
    text = _GAPS.sub(" ", text[: 8 * limit])
    text = "".join(letter for letter in text if unicodedata.category(letter) not in _UNSHOWN).strip()
    text = _QUERY.sub(r"\1?…", _USERINFO.sub(r"\1", text))
    if len(text.encode()) <= limit:
        return text
    return text.encode()[: limit - len("…".encode())].decode(errors="ignore") + "…"


def unsigned(body: bytes) -> bytes:
    """A body as it came, but for the queries of the URLs in it, which may be signatures."""
    return _QUERY_BYTES.sub(rb"\1?...", body)
