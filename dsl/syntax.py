"""What is wrong with a text that is not TOML.

tomllib stops at the first error. This reader goes on at the next line that can begin a key or a table, and
never recurses, so that all mistakes of any text are found in one pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from dsl import findings
from dsl.keys import KeyReader
from dsl.places import MAX_DEPTH
from dsl.redefinition import Defined, Definitions
from dsl.scalars import bad_escapes, excess, is_scalar, misspelt
from dsl.tokens import Token, Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.diagnostics import Diagnostic, Span
    from dsl.redefinition import Part
    from dsl.source import Source

MOST = 100
"""The most findings given about one text."""

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_CLOSING = {"[": "]", "{": "}"}


def explain(source: Source) -> Sequence[Diagnostic]:
    """Find every syntax error, excess and duplicate of a text; nothing in one that is TOML."""
    return _Reader(source).read()


def refused(source: Source, reason: str) -> Diagnostic:
    """Say what tomllib says, at its place."""
    at = len(source.text)
    if (found := _PLACE.search(reason)) and found[1]:
        at = source.at(int(found[1]), int(found[2]))
    reason = _PLACE.sub("", reason)
    return findings.not_toml(source.span(at, min(at + 1, len(source.text))), reason[:1].lower() + reason[1:])


@dataclass(slots=True)
class _Frame:
    """A list or a table in braces that is being read.

    Attributes:
        bracket: Its opening bracket.
        table: What its keys belong to, where it is a table.
        depth: How deep it lies in the data.
        after: What was read last in it: `nothing` yet, a `key` with its `=`, a `value`, or a `comma`.
        inner: What the keys of the next table in it belong to, where a key has named it.
    """

    bracket: Token
    table: Defined
    depth: int
    after: Literal["nothing", "key", "value", "comma"] = "nothing"
    inner: Defined | None = None


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._tokens = Tokens(source.text)
        self._at = 0
        self._found: list[Diagnostic] = []
        self._lines: set[int] = set()
        self._definitions = Definitions(source, self._found.append)
        self._keys = KeyReader(self._span, self._report)
        self._table = self._definitions.root
        self._depth = 0

    def read(self) -> Sequence[Diagnostic]:
        while (token := self._token).kind != "end" and len(self._found) < MOST:
            if token.kind in {"newline", "comment"}:
                self._at += 1
            elif token.text == "[":
                self._header()
            else:
                self._pair()
        return self._found

    @cached_property
    def _closed(self) -> dict[int, int]:
        return _closed(self._tokens)

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _span(self, first: Token, last: Token | None = None) -> Span:
        return self._source.span(first.start, (last or first).end)

    def _report(self, found: Diagnostic) -> None:
        """Keep a finding, unless its line has one: the second is mostly a consequence of the first."""
        if found.span.line not in self._lines:
            self._lines.add(found.span.line)
            self._found.append(found)

    def _skip_line(self) -> None:
        while self._token.kind not in {"newline", "end"}:
            self._at += 1

    def _end_line(self, after: Token) -> None:
        """Go to the end of a line that should hold nothing more."""
        if (token := self._token).kind not in {"newline", "comment", "end"}:
            self._report(
                findings.trailing(self._span(token), token.text[:40], self._trailing_fix(after, token))
            )
        self._skip_line()

    def _trailing_fix(self, after: Token, token: Token) -> str:
        following = self._tokens[self._at + 1]
        if token.text.startswith(("//", "--", "/*")):
            return "a comment begins with #"
        if token.text == "]":
            return "write [[…]] for a list of tables, or delete this bracket"
        if token.text == "," and after.kind == "word" and following.kind == "word":
            return f"write {after.text[:20]}.{following.text[:20]} for a number, or a list in [ and ]"
        if token.text in {",", ";"}:
            return "delete this: a line ends without a sign"
        if after.kind == "string" and token.kind in {"word", "open"} and token.start == after.end:
            return 'write \\" for a quote within a text'
        return "begin a new line here"

    def _header(self) -> None:
        first = self._token
        double = (second := self._tokens[self._at + 1]).text == "[" and second.start == first.end
        last = second if double else first
        self._at += 2 if double else 1
        key = self._until_mark()
        close = self._token
        if close.text != "]":
            opened = self._source.span(first.start, last.end)
            self._report(findings.open_bracket(opened, "[[" if double else "[", "]]" if double else "]"))
            return self._skip_line()
        self._at += 1
        if double and not (self._token.text == "]" and self._token.start == close.end):
            self._report(findings.open_bracket(self._source.span(first.start, last.end), "[[", "]]"))
            return self._skip_line()
        self._at += double
        parts = self._keys.parts(key, self._span(first, close))
        if parts:
            self._open(parts, double=double)
        self._end_line(close)
        return None

    def _open(self, parts: Sequence[Part], *, double: bool) -> None:
        self._table = (self._definitions.list_table if double else self._definitions.table)(parts)
        self._depth = len(parts) + double

    def _until_mark(self) -> list[Token]:
        start = self._at
        while self._token.kind in {"word", "string", "long", "open"}:
            self._at += 1
        return self._tokens.between(start, self._at)

    def _pair(self) -> None:
        start, key = self._token, self._until_mark()
        if self._token.text != "=":
            if not key:
                self._report(findings.bad_key(self._span(start), start.text, "write a key, = and a value"))
            else:
                self._keys.without_equals(key)
            if self._token.text in _CLOSING:
                self._value(_unnamed(self._token), self._depth + 1)
            return self._skip_line()
        equals = self._token
        self._at += 1
        parts = self._keys.parts(key, self._span(start, equals))
        if not parts:
            parts = ()
        table = self._definitions.pair(self._table, parts) if parts else _unnamed(self._token)
        if self._token.kind in {"newline", "comment", "end"}:
            self._report(findings.no_value(self._span(equals), key[0].text[:40] if key else ""))
            return self._skip_line()
        if self._value(table, self._depth + len(parts)):
            self._end_line(self._tokens[self._at - 1])
        return None

    def _value(self, table: Defined, depth: int) -> bool:
        """Read a value with all that lies in it; whether its end was found."""
        if self._token.text not in _CLOSING:
            return self._plain(nested=False)
        frames = [_Frame(self._token, table, depth)]
        self._at += 1
        while frames:
            frame = frames[-1]
            if frame.depth >= MAX_DEPTH:
                self._report(findings.too_deep(self._span(frame.bracket), MAX_DEPTH))
                self._skip_line()
                return False
            if self._token.kind == "end" or self._statement_ahead(frame):
                self._unclosed(frame)
                return False
            if self._token.text == _CLOSING[frame.bracket.text]:
                self._close(frame)
                frames.pop()
                if frames:
                    frames[-1].after = "value"
            elif not self._inside(frame, frames):
                return False
        return True

    def _unclosed(self, frame: _Frame) -> None:
        bracket = frame.bracket.text
        self._report(findings.open_bracket(self._span(frame.bracket), bracket, _CLOSING[bracket]))

    def _close(self, frame: _Frame) -> None:
        if frame.bracket.text == "{" and frame.after == "comma":
            self._report(
                findings.broken_inline_table(self._span(self._tokens[self._at - 1]), "delete this comma")
            )
        self._at += 1

    def _inside(self, frame: _Frame, frames: list[_Frame]) -> bool:
        """Take one step within a list or a table in braces; whether to go on."""
        token = self._token
        braces = frame.bracket.text == "{"
        if token.kind in {"newline", "comment"}:
            if braces:
                return self._broken_inline(frame)
            self._at += 1
        elif token.text == ",":
            if frame.after != "value":
                self._report(findings.trailing(self._span(token), ",", "delete this comma"))
            frame.after = "comma"
            self._at += 1
        elif frame.after == "value":
            self._report(findings.no_comma(self._span(token)))
            frame.after = "comma"
            if token.kind == "mark" and token.text not in _CLOSING:
                self._at += 1
        elif braces and frame.after != "key":
            return self._inline_pair(frame)
        elif token.text in _CLOSING:
            frame.after = "value"
            frames.append(_Frame(token, frame.inner or _unnamed(token), frame.depth + 1))
            frame.inner = None
            self._at += 1
        elif token.kind == "mark":
            self._report(findings.trailing(self._span(token), token.text, "delete this"))
            self._at += 1
        else:
            self._plain(nested=True)
            frame.after = "value"
        return True

    def _broken_inline(self, frame: _Frame) -> bool:
        """A line break in a table in braces: wrong, but its end is known if there is one."""
        closed = self._closed.get(frame.bracket.start, -1)
        if closed < self._token.start:
            self._unclosed(frame)
            self._skip_line()
            return False
        fix = "write it on one line, or as a table with a header of its own"
        self._report(findings.broken_inline_table(self._span(frame.bracket), fix))
        while self._token.start < closed:
            self._at += 1
        frame.after = "nothing"
        return True

    def _inline_pair(self, frame: _Frame) -> bool:
        start, key = self._token, self._until_mark()
        if self._token.text != "=":
            if key:
                self._keys.without_equals(key)
            else:
                self._report(findings.bad_key(self._span(start), start.text, "write a key, = and a value"))
                self._at += 1
            frame.after = "value"
            return True
        self._at += 1
        parts = self._keys.parts(key, self._span(start, self._tokens[self._at - 1]))
        if parts:
            frame.inner = self._definitions.pair(frame.table, parts)
        if self._token.text in {"}", ","} or self._token.kind in {"newline", "comment", "end"}:
            self._report(
                findings.no_value(self._span(self._tokens[self._at - 1]), key[0].text[:40] if key else "")
            )
            frame.after = "value"
        else:
            frame.after = "key"
        return True

    def _plain(self, *, nested: bool) -> bool:
        """Read a value that holds no others; whether it is one."""
        token = self._token
        if token.kind in {"string", "long"}:
            for start, end, text in bad_escapes(token.text):
                self._report(
                    findings.bad_escape(self._source.span(token.start + start, token.start + end), text)
                )
            self._at += 1
            return True
        if token.kind == "open":
            quote = token.text[:3] if token.text[:3] in {'"""', "'''"} else token.text[:1]
            span = (
                self._source.span(token.start, token.start + len(quote))
                if len(quote) > 1
                else self._span(token)
            )
            self._report(findings.open_string(span, quote))
            self._at += 1
            return False
        if token.kind == "word":
            return self._word(token, nested=nested)
        self._report(findings.trailing(self._span(token), token.text, "write a value here"))
        if not nested:
            self._skip_line()
        return False

    def _word(self, token: Token, *, nested: bool) -> bool:
        following = self._tokens[self._at + 1]
        dated = f"{token.text} {following.text}"
        if (
            following.kind == "word"
            and following.start == token.end + 1
            and ":" in following.text
            and is_scalar(dated)
        ):
            self._at += 2
            return True
        if is_scalar(token.text):
            self._at += 1
            if found := excess(self._span(token), token.text):
                self._report(found)
            return True
        ends = {",", "]", "}"} if nested else set()
        last = token
        while self._token.kind not in {"newline", "comment", "end"} and self._token.text not in ends:
            last = self._token
            self._at += 1
        self._report(misspelt(self._span(token, last), self._source.text[token.start : last.end]))
        return False

    def _statement_ahead(self, frame: _Frame) -> bool:
        """Whether a list has plainly ended, since this line begins a key or a table of the file."""
        if frame.bracket.text != "[" or self._tokens[self._at - 1].kind != "newline":
            return False
        at = self._at
        if self._token.text == "[":
            return frame.after == "value" and _is_header(self._tokens, at)
        while self._tokens[at].kind in {"word", "string"}:
            at += 1
        return at > self._at and self._tokens[at].text == "="


def _unnamed(token: Token) -> Defined:
    """A table of its own: an item of a list, or one whose key is wrong."""
    return Defined("table", ("", token.start, token.end), 0)


def _is_header(tokens: Tokens, at: int) -> bool:
    """Whether a line is a table's header, `[steps.plate]`."""
    while tokens[at].text == "[":
        at += 1
    named = tokens[at].kind in {"word", "string"} and not is_scalar(tokens[at].text)
    while tokens[at].kind in {"word", "string"}:
        at += 1
    closed = tokens[at].text == "]"
    while tokens[at].text == "]":
        at += 1
    return named and closed and tokens[at].kind in {"newline", "comment", "end"}


def _closed(tokens: Tokens) -> dict[int, int]:
    """Where each brace that is closed before the next table ends: by the offset of the opening one."""
    found: dict[int, int] = {}
    opened: list[Token] = []
    at = -1
    while (token := tokens[(at := at + 1)]).kind != "end":
        if token.text == "[" and (at == 0 or tokens[at - 1].kind == "newline") and _is_header(tokens, at):
            opened.clear()
        elif token.kind == "mark" and token.text == "{":
            opened.append(token)
        elif token.kind == "mark" and token.text == "}" and opened:
            found[opened.pop().start] = token.start
    return found
