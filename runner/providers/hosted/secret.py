"""Text that must not be shown: the API key, and URLs whose query is a signature."""

from __future__ import annotations

import base64
import json
from typing import NoReturn
from urllib.parse import quote, quote_plus, urlsplit

HIDDEN = "***"
_SHORT = 8


class Secret:
    """An API key. It shows itself as `***` wherever it is printed or logged, and cannot be pickled."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself; to be called only where a header is made."""
        return self._value

    def scrub(self, text: str) -> str:
        """The text without the key, in any of the forms in which a server may echo it."""
        for form in self._forms():
            text = text.replace(form, HIDDEN)
        return text

    def scrub_bytes(self, body: bytes) -> bytes:
        """As `scrub`, for a body that may be in any encoding that extends ASCII."""
        for form in self._forms():
            body = body.replace(form.encode(), HIDDEN.encode())
        return body

    def _forms(self) -> list[str]:
        # A key of a few letters (`x`, for a simulator) protects nothing, and would blot out ordinary text.
        if len(self._value) < _SHORT:
            return []
        raw = self._value.encode()
        coded = {
            base64.b64encode(raw).decode().rstrip("="),
            base64.urlsafe_b64encode(raw).decode().rstrip("="),
        }
        forms = {self._value, quote(self._value, safe=""), quote_plus(self._value)}
        forms |= {json.dumps(self._value)[1:-1], *coded}
        return sorted(forms, key=len, reverse=True)

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("an API key is not written anywhere")


class SignedUrl:
    """A URL that may carry a signature in its query: shown without it, and never part of a key."""

    __slots__ = ("_url",)

    def __init__(self, url: str) -> None:
        self._url = url

    def reveal(self) -> str:
        """The whole URL, for the request itself."""
        return self._url

    def __str__(self) -> str:
        try:
            parts = urlsplit(self._url)
            host = parts.netloc.rpartition("@")[2]
        except ValueError:
            return "(a malformed URL)"
        return f"{parts.scheme}://{host}{parts.path}" + ("?…" if parts.query else "")

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SignedUrl) and other._url == self._url

    def __hash__(self) -> int:
        return hash((SignedUrl, self._url))
