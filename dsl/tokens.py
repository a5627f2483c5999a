"""The tokens of a TOML text, those of a broken one too: nothing is refused here."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias, cast

TokenKind: TypeAlias = Literal["newline", "comment", "long", "string", "open", "mark", "word", "end"]

_TOKEN = re.compile(
    r"""[ \t]*+(?:
      (?P<newline>\r?\n)
    | (?P<comment>\#[^\n]*+)
    | (?P<long>\"\"\"(?:[^"\\]++|\\[\s\S]|"{1,2}(?!"))*+"{3,5} | '''(?:[^']++|'{1,2}(?!'))*+'{3,5})
    | (?P<open_long>(?:\"\"\"|''')[\s\S]*+)
    | (?P<string>"(?:[^"\\\n]++|\\[^\n])*+" | '[^'\n]*+')
    | (?P<open>["'][^\n]*+)
    | (?P<mark>[\[\]{}=,])
    | (?P<word>[^\s\[\]{}=,\#"']++ | \S)
    | (?P<end>\Z)
    | (?P<other>\s)
    )""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A token and where it is, in code points from 0.

    `long` is a string of several lines, `open` one without its closing quote, `mark` a bracket, `=` or `,`.
    """

    kind: TokenKind
    text: str
    start: int
    end: int


class Tokens:
    """The tokens of a text, found when they are first asked for: few may be wanted of a hopeless text."""

    def __init__(self, text: str) -> None:
        self._found: list[Token] = []
        self._left = _TOKEN.finditer(text)

    def __getitem__(self, index: int) -> Token:
        found = self._found
        while index >= len(found):
            found.append(_token(next(self._left)))
        return found[index]

    def between(self, start: int, end: int) -> list[Token]:
        """The tokens from one index to another, which have been asked for already."""
        return self._found[start:end]


def _token(match: re.Match[str]) -> Token:
    group = match.lastgroup or "other"
    kind = {"other": "word", "open_long": "open"}.get(group, group)
    start, end = match.span(group)
    written = match[group]
    if kind in {"comment", "open"} and written.endswith("\r"):
        end, written = end - 1, written[:-1]
    return Token(cast("TokenKind", kind), written, start, end)
