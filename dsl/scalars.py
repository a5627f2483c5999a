"""Plain values of TOML as they are written, and what was meant by those that are none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import findings
from dsl.places import MAX_DIGITS, digits_of
from dsl.wording import shown_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.diagnostics import Diagnostic, Span

_INTEGER = re.compile(
    r"[+-]?(?:0|[1-9](?:_?[0-9])*)|0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*",
    re.ASCII,
)
_FLOAT = re.compile(
    r"[+-]?(?:inf|nan|(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?)",
    re.ASCII,
)
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
_DATE = re.compile(
    rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[Tt ]{_TIME}(?:[Zz]|[+-][0-9]{{2}}:[0-9]{{2}})?)?|{_TIME}", re.ASCII
)
_LEADING_ZERO = re.compile(r"[+-]?0[0-9]+", re.ASCII)
_HALF_FLOAT = re.compile(r"(?P<sign>[+-]?)(?:\.(?P<after>[0-9]+)|(?P<before>[0-9]+)\.)", re.ASCII)
_ESCAPE = re.compile(
    r"\\(?P<ok>[btnfr\"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[ \t]*\r?\n)"
    r"|\\(?P<bad>u[0-9A-Fa-f]{0,3}|U[0-9A-Fa-f]{0,7}|.)",
    re.DOTALL,
)
_SURROGATES = range(0xD800, 0xE000)
_LAST = 0x10FFFF
_NOTHING = {"null", "none", "nil", "undefined"}
_SWITCHES = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_CURLY_QUOTES = (
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}«„`"
)
_SHORT = 60


def is_scalar(text: str) -> bool:
    """Whether a word is a number, a truth value, a date or a time."""
    return text in {"true", "false"} or any(form.fullmatch(text) for form in (_INTEGER, _FLOAT, _DATE))


def excess(span: Span, word: str) -> Diagnostic | None:
    """The finding about an integer with more digits than a recipe may use."""
    if len(word) > MAX_DIGITS and _INTEGER.fullmatch(word) and (digits := digits_of(word)) > MAX_DIGITS:
        return findings.too_many_digits(span, digits, MAX_DIGITS)
    return None


def misspelt(span: Span, text: str) -> Diagnostic:
    """The finding about a text that stands where a value should, and is none."""
    if (fix := _meant(text)) is not None:
        return findings.bad_value(span, text if len(text) <= _SHORT else "this", fix)
    if text[0] in _CURLY_QUOTES:
        fix = 'write straight quotes, "'
    else:
        fix = "put it in quotes" if len(text) > _SHORT or '"' in text else f"write {shown_value(text)}"
    return findings.unquoted(span, fix)


def _meant(text: str) -> str | None:
    """What to write for a value in the manner of another language; None for what looks like text."""
    if text.lower() in _SWITCHES:
        return f"write {_SWITCHES[text.lower()]}"
    if text.lower() in _NOTHING:
        return "TOML has no such value: leave the key out"
    if _LEADING_ZERO.fullmatch(text):
        short = len(text) <= MAX_DIGITS
        return (
            f'write "{text}", in quotes, for an id, or {int(text)} for the number'
            if short
            else "put it in quotes"
        )
    if text.endswith(";") and is_scalar(text[:-1]):
        return f"write {text[:-1]}: a line ends without a sign"
    if found := _HALF_FLOAT.fullmatch(text):
        number = f"{found['sign']}{found['before'] or 0}.{found['after'] or 0}"
        return f"write {number}" if len(number) <= _SHORT else "write digits on both sides of the dot"
    return None


def bad_escapes(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield each escape of a string that is none: where it begins and ends, and itself."""
    if not text.startswith('"'):
        return
    for found in _ESCAPE.finditer(text):
        code = int(found["ok"][1:], 16) if found["ok"] and found["ok"][0] in "uU" else 0
        if found["bad"] or code in _SURROGATES or code > _LAST:
            yield *found.span(), found[0]
