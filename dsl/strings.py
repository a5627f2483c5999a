"""TOML strings, character by character: what each stands for, and where in the source it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# In the order tried: the end of a line hidden by a backslash, an escape, a line break, any other character.
_BASIC = re.compile(
    r"(?P<hidden>\\[ \t]*\r?\n[ \t\r\n]*)"
    r"|\\(?:u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})|(?P<letter>.))"
    r"|(?P<break>\r\n)|.",
    re.DOTALL,
)
_LITERAL = re.compile(r"(?P<break>\r\n)|.", re.DOTALL)
_LETTERS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A string's value and the source of each of its characters.

    Attributes:
        value: What the string stands for.
        starts: For each character of the value, where its source begins, from the opening quote.
        ends: For each character of the value, where its source ends.
    """

    value: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where the source of `value[start:end]` begins and ends; an empty slice is where it would be."""
        count = len(self.value)
        start = max(0, min(start, count))
        end = max(start, min(end, count))
        if start < end:
            return self.starts[start], self.ends[end - 1]
        at = self.starts[start] if start < count else self.ends[-1] if self.ends else 1
        return at, at


@lru_cache(maxsize=16)  # One long text may be asked for thousands of places.
def decode(source: str) -> Decoded:
    """Read one of TOML's four kinds of string, quotes included; it must be a correct one."""
    quote = source[:3] if source[:3] in {'"""', "'''"} else source[:1]
    first = len(quote)
    if len(quote) > 1 and (opening := re.match(r"\r?\n", source[first : first + 2])):
        first += opening.end()
    last = max(first, len(source) - len(quote))
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    pattern = _BASIC if quote.startswith('"') else _LITERAL
    for found in pattern.finditer(source, first, last):
        group = found.lastgroup
        if group == "hidden":
            continue
        chars.append(_character(found))
        starts.append(found.start())
        ends.append(found.end())
    return Decoded("".join(chars), tuple(starts), tuple(ends))


def _character(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "break":
            return "\n"
        case "letter":
            return _LETTERS.get(found["letter"], found["letter"])
        case "short" | "long" as group:
            code = int(found[group], 16)
            return chr(code) if code <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"  # noqa: PLR2004
        case _:
            return found[0]
