"""Strangers' words made fit to show: no control characters, no signatures, not too long."""

from __future__ import annotations

import re
import unicodedata

LIMIT = 2048
"""Bytes of UTF-8 that a message may have."""

_QUERY = re.compile(r"(https?://[^\s\"'<>?#]*)[?#][^\s\"'<>]*", re.IGNORECASE)
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
