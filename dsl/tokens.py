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


def tokens_of(text: str) -> list[Token]:
    """Split a text; the last token is `end`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "other":
            kind = "word"
        if kind == "open_long":
            kind = "open"
        start, end = match.span(match.lastgroup or 0)
        written = match[match.lastgroup or 0]
        if kind in {"comment", "open"} and written.endswith("\r"):
            end, written = end - 1, written[:-1]
        found.append(Token(cast("TokenKind", kind), written, start, end))
        if kind == "end":
            break
    return found
