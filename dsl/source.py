"""The text of a file, and where a stretch of it lies in lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from dsl.diagnostics import Span


class Source:
    """A text and its places.

    Lines end at line feeds alone, as in TOML.

    Attributes:
        file: The file's name, as it is shown.
        text: The text, without a byte order mark.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    @cached_property
    def data(self) -> bytes:
        """The text as UTF-8."""
        return self.text.encode()

    def span(self, start: int, end: int) -> Span:
        """The place of `text[start:end]`; offsets in code points."""
        line, end_line = bisect_right(self._starts, start), bisect_right(self._starts, end)
        return Span(
            self.file,
            line,
            start - self._starts[line - 1] + 1,
            end_line,
            end - self._starts[end_line - 1] + 1,
        )

    def at(self, line: int, column: int) -> int:
        """The offset of a line and a column, both from 1, in code points."""
        return min(self._starts[min(line, len(self._starts)) - 1] + column - 1, len(self.text))

    def at_bytes(self, start: int, end: int) -> Span:
        """The place of `data[start:end]`; offsets in bytes."""
        return self.span(self.offset(start), self.offset(end))

    def offset(self, byte: int) -> int:
        """The code point that begins at a byte; both from 0."""
        return byte if self._code_points is None else bisect_right(self._code_points, byte) - 1

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins, in code points."""
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n")[:-1])]

    @cached_property
    def _code_points(self) -> list[int] | None:
        """Where each code point begins, in bytes; None where that is the same number."""
        if self.text.isascii():
            return None
        return [0, *accumulate(len(char.encode()) for char in self.text)]
