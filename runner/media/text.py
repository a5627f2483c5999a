"""Text on a picture: made safe, broken into lines, and burnt in.

Text from a recipe never enters a filter graph. It is written to a file with a hexadecimal name, and drawtext
is told to draw that file as it is. The font is always the bundled one, because a bare machine has none.
"""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path
from typing import Any

from runner.media.typeface import font, typeface

__all__ = ["burn", "clean", "font", "lines_of", "shortened", "width"]

_ELLIPSIS = "…"
# Of a text nobody can read to its end in a picture, the rest need not be looked at.
_MOST_CHARACTERS = 4_000
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean(text: str) -> str:
    """The text as one line that any font engine takes.

    White space becomes single spaces. Control and format characters, lone surrogates and the invisible
    selectors of emoji go; a run of characters that the bundled font lacks becomes one `□`, because a row
    of boxes tells no more than one.
    """
    known = typeface()
    shown: list[str] = []
    for character in unicodedata.normalize("NFC", " ".join(text[:_MOST_CHARACTERS].split())):
        if unicodedata.category(character) in _DROPPED or "\ufe00" <= character <= "\ufe0f":
            continue
        if known.has(character):
            shown.append(character)
        elif not shown or shown[-1] != "□":
            shown.append("□")
    return " ".join("".join(shown).split())


def width(text: str, size: float) -> float:
    """How wide a line is drawn, in pixels, at a font size in pixels."""
    return typeface().width(text) * size


def shortened(text: str, size: float, room: float) -> str:
    """The text cleaned, and cut after a word with an ellipsis where it is wider than `room` pixels."""
    text = clean(text)
    if width(text, size) <= room:
        return text
    while text and width(text + _ELLIPSIS, size) > room:
        head, _, _ = text.rpartition(" ")
        text = head or text[:-1]
    return text.rstrip(" ,.;:-") + _ELLIPSIS if text else ""


def lines_of(text: str, size: float, room: float, most: int) -> list[str]:
    """Break a text, cleaned, into lines no wider than `room` pixels, and at most so many of them.

    Words wider than a line are cut where the line ends. What does not fit ends in an ellipsis.
    """
    lines: list[str] = []
    rest = clean(text)
    while rest and len(lines) < most - 1:
        line, rest = _first_line(rest, size, room)
        lines.append(line)
    return [*lines, shortened(rest, size, room)] if rest else lines


def _first_line(text: str, size: float, room: float) -> tuple[str, str]:
    """The words that fit on a line, and the rest."""
    taken, edge, end = 0.0, 0, len(text)
    known = typeface()
    for index, character in enumerate(text):
        if character == " ":
            edge = index
        taken += known.width(character) * size
        if taken > room and character != " ":
            end = edge or max(1, index)
            break
    return text[:end].rstrip(), text[end:].lstrip()


def burn(
    stream: Any, text: str, folder: Path, *, x: int, y: int, size: int, color: str, **options: Any
) -> Any:
    """Draw one or several lines of clean text.

    Args:
        stream: An ffmpeg-python video stream.
        text: What `clean`, `shortened` or `lines_of` (joined with newlines) gave; if empty, nothing is drawn.
        folder: A private folder, where the text is written to a file.
        x: Pixels from the left edge.
        y: Pixels from the top edge to the top of the line, capitals and descenders or not.
        size: Of the font, in pixels.
        color: As ffmpeg writes colours, `white@0.9`.
        options: More options of drawtext; numbers and fixed words only.
    """
    if not text:
        return stream
    written = text.encode()
    path = folder / f"{hashlib.sha256(written).hexdigest()[:16]}.txt"
    path.write_bytes(written)
    place = {"x": x, "y": y, "y_align": "font"}
    return stream.filter(
        "drawtext", fontfile=str(font()), textfile=str(path), expansion="none",
        fontsize=size, fontcolor=color, **place, **options,
    )  # fmt: skip
