"""Keys of a TOML text as they are written, and what was meant by those that are none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import findings
from dsl.places import MAX_KEY_PARTS
from dsl.strings import decode
from dsl.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dsl.diagnostics import Diagnostic, Span
    from dsl.redefinition import Part

_ATOM = re.compile(r"\.|[^.]+")
_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_COMMENTS = ("//", "--", "/*", ";", "%")
_LONGEST = 40


class KeyReader:
    """Reads keys, and reports those that are wrong."""

    def __init__(self, span: Callable[[Token, Token], Span], report: Callable[[Diagnostic], None]) -> None:
        self._span = span
        self._report = report

    def parts(self, tokens: Sequence[Token], around: Span) -> Sequence[Part]:
        """The parts of a key; none where it is wrong, which is reported.

        Args:
            tokens: What stands before the `=`, or between the brackets of a header.
            around: What to point at where there is nothing.
        """
        if not tokens:
            self._report(findings.bad_key(around, "", "write a key here"))
            return ()
        whole = self._span(tokens[0], tokens[-1])
        parts: list[Part] = []
        wants_name = True
        for token in _atoms(tokens):
            if (token.text == ".") == wants_name:
                self._report(findings.bad_key(whole, _shown(tokens), _fix(tokens)))
                return ()
            if wants_name and (part := self._part(token)) is None:
                return ()
            if wants_name and part is not None:
                parts.append(part)
            wants_name = not wants_name
        if wants_name:
            self._report(findings.bad_key(whole, _shown(tokens), "a name is missing after the dot"))
            return ()
        if len(parts) > MAX_KEY_PARTS:
            self._report(findings.too_many_parts(whole, len(parts), MAX_KEY_PARTS))
            return ()
        return parts

    def _part(self, token: Token) -> Part | None:
        span = self._span(token, token)
        if token.kind == "open":
            self._report(findings.open_string(span, token.text[:1]))
        elif token.kind == "long":
            self._report(findings.bad_key(span, _shown([token]), "write it on one line"))
        elif token.kind == "word" and not _BARE.fullmatch(token.text):
            self._report(findings.bad_key(span, _shown([token]), _fix([token])))
        else:
            name = token.text if token.kind == "word" else decode(token.text).value
            return name, token.start, token.end
        return None

    def without_equals(self, tokens: Sequence[Token]) -> None:
        """Report a line that begins like a key and has no `=`."""
        first = tokens[0]
        if first.text.startswith(_COMMENTS):
            return self._report(
                findings.bad_key(self._span(first, tokens[-1]), _shown([first]), "a comment begins with #")
            )
        for token in tokens[:2]:
            if token.kind == "word" and (colon := token.text.find(":")) >= 0:
                mark = Token("mark", ":", token.start + colon, token.start + colon + 1)
                key = first.text.partition(":")[0] or first.text
                return self._report(
                    findings.no_equals(self._span(mark, mark), key[:_LONGEST], 'write "=" for ":"')
                )
        if first.kind == "open":
            return self._report(findings.open_string(self._span(first, first), first.text[:1]))
        key = first.text[:_LONGEST]
        value = tokens[1].text[:_LONGEST] if len(tokens) > 1 else "…"
        return self._report(findings.no_equals(self._span(first, first), key, f"write {key} = {value}"))


def _atoms(tokens: Sequence[Token]) -> list[Token]:
    """Tokens with the dots of bare words apart."""
    found: list[Token] = []
    for token in tokens:
        if token.kind == "word":
            atoms = _ATOM.finditer(token.text)
            found += (Token("word", a[0], token.start + a.start(), token.start + a.end()) for a in atoms)
        else:
            found.append(token)
    return found


def _shown(tokens: Sequence[Token]) -> str:
    text = " ".join(token.text for token in tokens)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def _fix(tokens: Sequence[Token]) -> str:
    words = [token.text for token in tokens]
    if words[0].startswith(_COMMENTS):
        return "a comment begins with #"
    if any(".." in word for word in words) or "." in {words[0][0], words[-1][-1]}:
        return "write one dot between two names"
    if all(_BARE.fullmatch(word) for word in words) and len(words) > 1:
        return f"write {'_'.join(words)[:_LONGEST]}, or put it in quotes"
    return "write letters, digits, _ and -, or put it in quotes"
