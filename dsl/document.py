"""A recipe's text as data, every value with its place.

The values come from tomllib and the places from tree-sitter. This module knows TOML and nothing of what a
recipe means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from dsl import findings, syntax
from dsl.diagnostics import Diagnostic, RecipeError, Span
from dsl.places import Extent, Place, Places, places_of
from dsl.source import Source
from dsl.strings import decode

if TYPE_CHECKING:
    import pathlib

Path: TypeAlias = Sequence[str | int]
"""A way into the data, such as `("shots", 1, "start")`."""

MAX_BYTES = 256 * 1024

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")


class Document:
    """A file that is TOML.

    Attributes:
        file: Its name, as the user typed it.
        text: Its text, without a byte order mark.
        data: What the text says.
    """

    __slots__ = ("_root", "_source", "data", "file", "text")

    def __init__(self, source: Source, data: dict[str, Any], root: Place) -> None:
        self.file = source.file
        self.text = source.text
        self.data = data
        self._source = source
        self._root = root

    @classmethod
    def load(cls, path: pathlib.Path, file: str) -> Document:
        """Read a file.

        Args:
            path: Where it is.
            file: The name to show.

        Raises:
            RecipeError: If it cannot be read, is not TOML, or is more than a recipe may be (RM0xx).
        """
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
                size = len(data) if len(data) <= MAX_BYTES else max(len(data), path.stat().st_size)
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or "this is no path"
            found = findings.unreadable(Span(file, 1, 1, 1, 1), file, reason[:1].lower() + reason[1:])
            raise RecipeError([found], {file: ""}) from None
        return cls._parse(data, file, size)

    @classmethod
    def parse(cls, text: bytes, file: str) -> Document:
        """Read the bytes of a file.

        Raises:
            RecipeError: If they are not TOML, or more than a recipe may be (RM0xx).
        """
        return cls._parse(text, file, len(text))

    @classmethod
    def _parse(cls, data: bytes, file: str, size: int) -> Document:
        if size > MAX_BYTES:
            found = findings.too_large(Span(file, 1, 1, 1, 1), size, MAX_BYTES)
            raise RecipeError([found], {file: ""})
        source = _decoded(data, file)
        places = places_of(source)
        values = _values(source, places)
        if places.broken:
            places = places_of(source, anyway=True)
            if places.excesses:
                raise RecipeError(places.excesses, {file: source.text})
        return cls(source, values, places.root)

    def key(self, path: Path) -> Span:
        """The place of a key's last part; for a table, of the name in its header; for an item, the item."""
        return self._nearest(path, lambda place: place.key or place.value)

    def value(self, path: Path) -> Span:
        """The place of a whole value; for a table, its header."""
        return self._nearest(path, lambda place: place.value or place.header or place.key)

    def header(self, path: Path) -> Span:
        """The place of a table's header, for what is missing in it; a table in braces as a whole."""
        return self._nearest(path, _header)

    def within(self, path: Path, start: int, end: int) -> Span:
        """The place of `value[start:end]` of the string at a path, escapes and line ends reckoned with."""
        place = self._find(path)
        if place is None or place.value is None:
            return self.value(path)
        first, last = (self._source.offset(byte) for byte in place.value)
        written = self.text[first:last]
        if written[:1] not in {'"', "'"}:
            return self.value(path)
        begin, finish = decode(written).place(start, end)
        return self._source.span(first + begin, first + finish)

    def _find(self, path: Path) -> Place | None:
        place: Place | None = self._root
        for part in path:
            if place is None:
                break
            place = place.children.get(part)
        return place

    def _nearest(self, path: Path, choose: Callable[[Place], Extent | None]) -> Span:
        place, found = self._root, None
        for part in path:
            below = place.children.get(part)
            if below is None:
                break
            place, found = below, choose(below) or found
        return self._source.at_bytes(*found) if found else self._source.span(0, min(1, len(self.text)))


def _header(place: Place) -> Extent | None:
    """A table's header, or the key that makes one (`plate.duration = 8`); nothing for a plain value."""
    return place.header or (place.key if place.children and place.value is None else None)


def _decoded(data: bytes, file: str) -> Source:
    """Read bytes as text.

    Raises:
        RecipeError: If they are not UTF-8, or hold characters that TOML allows nowhere.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        source = Source(file, data.decode())
    except UnicodeDecodeError as error:
        source = Source(file, data.decode(errors="replace"))
        start = len(data[: error.start].decode())
        raise RecipeError([findings.not_utf8(source.span(start, start + 1))], {file: source.text}) from None
    bad = islice(_FORBIDDEN.finditer(source.text), syntax.MOST)
    if found := [findings.control_character(source.span(*char.span()), char[0]) for char in bad]:
        raise RecipeError(found, {file: source.text})
    return source


def _values(source: Source, places: Places) -> dict[str, Any]:
    """Let tomllib read what is known to be harmless.

    Raises:
        RecipeError: If it is not TOML, or is more than a recipe may be.
    """
    found: Sequence[Diagnostic] = ()
    if places.broken or places.excesses:
        found = syntax.explain(source) or places.excesses
        if found:
            raise RecipeError(found, {source.file: source.text})
    try:
        return tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:
        found = syntax.explain(source) or [syntax.refused(source, str(error))]
    raise RecipeError(found, {source.file: source.text})
