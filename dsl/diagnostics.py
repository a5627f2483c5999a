"""Findings about a recipe: where, what, and what to do; and how they are shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]

_WIDEST = 100  # Columns of a terminal that the shown line may fill.
_LEAD = 30  # Columns kept before the caret where a line is shortened.
_TAB = "    "


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a recipe file.

    Lines and columns count from 1, columns in code points; `end_column` is exclusive.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        code: Stable, `RM` and three digits; the families are in docs/diagnostics.md.
        severity: An error stops `plan` and `run`; warnings and notes do not.
        message: One sentence without a full stop.
        span: The very token the finding is about.
        help: What to do about it, shown at the caret; None where there is no one fix.
    """

    code: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None


class RecipeError(Exception):
    """A recipe cannot be used; everything found wrong with it, at once.

    Attributes:
        diagnostics: All findings, warnings and notes among them, by place.
        sources: The text of each file they are about, by the file's name.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> None:
        self.diagnostics = in_order(diagnostics)
        self.sources = dict(sources)
        super().__init__("; ".join(f"{d.code} {d.message}" for d in self.diagnostics))


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort findings by place, each of them once."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda d: (d.span, d.code, d.message)))


def picture(diagnostic: Diagnostic, text: str) -> str:
    """Draw a finding with the line it is about and a caret under the very token.

    A place that goes on for several lines is marked to the end of its first. Without a line to show (an
    unreadable file) only the words and the place are given.

    Args:
        diagnostic: What to draw.
        text: The whole text of the file it is about.
    """
    span = diagnostic.span
    number = str(span.line)
    margin = " " * len(number)
    lines = _lines(text)
    drawn = [
        f"{diagnostic.severity}[{diagnostic.code}]: {shown(diagnostic.message)}",
        f"{margin}--> {shown(span.file)}:{span.line}:{span.column}",
    ]
    help_lines = [shown(line) for line in (diagnostic.help or "").splitlines()]
    if span.line <= len(lines) and text:
        line = lines[span.line - 1]
        end = span.end_column if span.end_line == span.line else len(line) + 1
        source, before, carets = _window(line, span.column - 1, end - 1)
        marks = f"{margin} | {' ' * before}{'^' * carets}"
        if len(help_lines) == 1:
            marks += f" {help_lines.pop()}"
        drawn += [f"{margin} |", f"{number} | {source}".rstrip(), marks]
    for lead, line in zip(_leads(), help_lines, strict=False):
        drawn.append(f"{margin} {lead} {line}".rstrip())
    return "\n".join(drawn)


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Give a finding as `reel check --json` prints it."""
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "message": diagnostic.message,
        "help": diagnostic.help,
    }


def as_github(diagnostic: Diagnostic) -> str:
    """Give a finding as a workflow command, which GitHub shows beside the line."""
    span = diagnostic.span
    level = "notice" if diagnostic.severity == "note" else diagnostic.severity
    place = {"file": span.file, "line": span.line, "endLine": span.end_line, "col": span.column}
    if span.end_line == span.line:
        place["endColumn"] = max(span.column, span.end_column - 1)
    place["title"] = diagnostic.code
    properties = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in place.items())
    words = diagnostic.message if diagnostic.help is None else f"{diagnostic.message}: {diagnostic.help}"
    return f"::{level} {properties}::{_escaped(words)}"


def shown(text: str) -> str:
    """Make text from a recipe safe for a terminal: what would move, hide or turn text becomes a mark."""
    return "".join(
        _TAB if char == "\t" else char if _harmless(char) else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def _harmless(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs" or char == "\N{ZERO WIDTH JOINER}"


def _escaped(text: str, also: str = "") -> str:
    for char in f"%\r\n{also}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    """Split at line feeds alone, as TOML does."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def _leads() -> Iterator[str]:
    yield "="
    while True:
        yield " "


def _window(line: str, start: int, end: int) -> tuple[str, int, int]:
    """Shorten a long line around its caret.

    Returns:
        The text to show, the columns before the caret, and the columns of the caret, at least one.
    """
    start = min(start, len(line))
    end = max(start, min(end, len(line)))
    before, marked = _width(line[:start]), max(1, _width(line[start:end]))
    if _width(line) <= _WIDEST:
        return shown(line), before, marked
    first = 0
    if before + min(marked, _WIDEST - _LEAD) > _WIDEST:
        first = start
        while first > 0 and _width(line[first - 1 : start]) < _LEAD:
            first -= 1
    opening = "\N{HORIZONTAL ELLIPSIS}" if first else ""
    last, room = first, _WIDEST - len(opening) - 1
    while last < len(line) and (room := room - _width(line[last])) >= 0:
        last += 1
    closing = "\N{HORIZONTAL ELLIPSIS}" if last < len(line) else ""
    before = len(opening) + _width(line[first:start])
    marked = max(1, _width(line[start : min(end, last)]))
    return f"{opening}{shown(line[first:last])}{closing}", before, marked


def _width(text: str) -> int:
    """Columns a terminal gives to a text."""
    if text.isascii() and "\t" not in text:
        return len(text)
    return sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(char: str) -> int:
    if char == "\t":
        return len(_TAB)
    if (
        unicodedata.combining(char)
        or char == "\N{ZERO WIDTH JOINER}"
        or unicodedata.category(char) in {"Mn", "Me"}
    ):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
