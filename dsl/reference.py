"""References: `${shot.action}`, `${prev.plate.last_frame}`, `${plate/010.video}`.

A text is scanned once, by hand, into stretches of plain text and references. Nothing is looked up here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

RESERVED = ("vars", "cast", "style", "shot", "prev", "next", "matrix", "recipe")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_LABEL = re.compile(r"-?[0-9]+\.[0-9]+(?=[.,}])|-?[0-9]+(?=[.,}])|[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)

Fault: TypeAlias = Literal["unclosed", "empty", "nested", "spaces", "take", "name", "point"]


@dataclass(frozen=True, slots=True)
class Word:
    """One name within a reference, and where it stands: characters [start:end] of the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference.

    Attributes:
        words: The names between the dots, at least one.
        point: The labels after the slash; empty where no axis is fixed.
        start: Where `${` begins in the text.
        end: One past the closing brace.
    """

    words: tuple[Word, ...]
    point: tuple[Word, ...]
    start: int
    end: int

    @property
    def root(self) -> Word:
        """The first name."""
        return self.words[0]

    def __str__(self) -> str:
        return ".".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that looks like a reference and is not one.

    Attributes:
        fault: What is wrong with it.
        start: The first character concerned.
        end: One past the last.
    """

    fault: Fault
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scan:
    """A text, taken apart.

    Attributes:
        parts: Plain text, unescaped, and references, in order.
        problems: What could not be read; such stretches are not among the parts.
    """

    parts: tuple[str | Ref, ...]
    problems: tuple[Problem, ...]

    @property
    def whole(self) -> Ref | None:
        """The reference, where the text is nothing but one."""
        only = self.parts[0] if len(self.parts) == 1 and not self.problems else None
        return only if isinstance(only, Ref) else None


@lru_cache(maxsize=4096)
def scan(text: str) -> Scan:
    """Take a text apart; `$${` stands for a literal `${`."""
    parts: list[str | Ref] = []
    problems: list[Problem] = []
    plain: list[str] = []
    position = 0
    while (dollar := text.find("${", position)) >= 0:
        if dollar > position and text[dollar - 1] == "$":
            plain.append(text[position : dollar - 1] + "${")
            position = dollar + 2
            continue
        plain.append(text[position:dollar])
        if joined := "".join(plain):
            parts.append(joined)
        plain.clear()
        found, position = _one(text, dollar)
        if isinstance(found, Ref):
            parts.append(found)
        else:
            problems.append(found)
    plain.append(text[position:])
    if joined := "".join(plain):
        parts.append(joined)
    return Scan(tuple(parts), tuple(problems))


def _one(text: str, start: int) -> tuple[Ref | Problem, int]:
    """Read the reference that begins at `start`; also say where to go on."""
    close = text.find("}", start)
    inner = text.find("${", start + 2)
    if 0 <= inner < close:
        end = text.find("}", close + 1) + 1 or close + 1
        return Problem("nested", inner, close + 1), end
    if close < 0:
        line_end = text.find("\n", start)
        return Problem("unclosed", start, line_end if line_end >= 0 else len(text)), len(text)
    body = text[start + 2 : close]
    if not body.strip():
        return Problem("empty", start, close + 1), close + 1
    if body != body.strip():
        return Problem("spaces", start + 2, close), close + 1
    return _words(text, start, close), close + 1


def _words(text: str, start: int, close: int) -> Ref | Problem:
    words: list[Word] = []
    point: list[Word] = []
    at = start + 2
    while True:
        if (name := _NAME.match(text, at, close)) is None:
            return Problem("name", at, _stop(text, at, close))
        words.append(Word(name[0], name.start(), name.end()))
        at = name.end()
        if at < close and text[at] == "/" and not point:
            separator = "/"
            while separator in ("/", ","):
                if (label := _LABEL.match(text, at + 1, close + 1)) is None:
                    return Problem("point", at + 1, _stop(text, at + 1, close))
                point.append(Word(label[0], label.start(), label.end()))
                at = label.end()
                separator = text[at]
        if at == close:
            return Ref(tuple(words), tuple(point), start, close + 1)
        if text[at] == "@":
            return Problem("take", at, _stop(text, at + 1, close))
        if text[at] != ".":
            return Problem("name", at, _stop(text, at + 1, close))
        at += 1


def _stop(text: str, at: int, close: int) -> int:
    """Where the offending stretch that begins at `at` ends: at the next dot or the brace, never empty."""
    dot = text.find(".", at, close)
    return max(dot if dot >= 0 else close, at + 1)
