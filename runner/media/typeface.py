"""How wide text is in the bundled font, read from the font itself, so that lines can be broken beforehand.

Only the tables that say which glyph a character has, and how far it moves the pen, are read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FONT = Path(__file__).with_name("fonts") / "NotoSans-Regular.ttf"


def font() -> Path:
    """The bundled font: Noto Sans Regular, under the SIL Open Font License that lies beside it."""
    return _FONT


@dataclass(frozen=True, slots=True)
class Typeface:
    """The widths of a font's characters.

    Attributes:
        advances: How far each character moves the pen, in ems.
        missing: The same for the box that stands for a character the font lacks.
    """

    advances: Mapping[str, float]
    missing: float

    def has(self, character: str) -> bool:
        """Whether the font can show a character."""
        return character in self.advances

    def width(self, text: str) -> float:
        """How wide a line is, in ems; multiply by the font's size for pixels."""
        return sum(self.advances.get(character, self.missing) for character in text)


@cache
def typeface() -> Typeface:
    """The bundled font's widths."""
    data = _FONT.read_bytes()
    tables = _tables(data)
    (units,) = struct.unpack_from(">H", data, tables["head"] + 18)
    (long,) = struct.unpack_from(">H", data, tables["hhea"] + 34)

    def advance(glyph: int) -> float:
        # After the last width of its own, every glyph has that width.
        (wide,) = struct.unpack_from(">H", data, tables["hmtx"] + 4 * min(glyph, long - 1))
        return int(wide) / int(units)

    return Typeface(
        {character: advance(glyph) for character, glyph in _glyphs(data, tables["cmap"])}, advance(0)
    )


def _tables(data: bytes) -> dict[str, int]:
    """Where each table of the file begins."""
    (count,) = struct.unpack_from(">H", data, 4)
    rows = (struct.unpack_from(">4sLLL", data, 12 + 16 * index) for index in range(count))
    return {tag.decode("ascii"): offset for tag, _, offset, _ in rows}


def _glyphs(data: bytes, cmap: int) -> Iterator[tuple[str, int]]:
    """Each character of the font and its glyph, from the map in segments (format 4)."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    starts = (cmap + struct.unpack_from(">HHL", data, cmap + 4 + 8 * index)[2] for index in range(count))
    at = next(start for start in starts if struct.unpack_from(">H", data, start) == (4,))
    (double,) = struct.unpack_from(">H", data, at + 6)
    for segment in range(0, double, 2):
        (end,) = struct.unpack_from(">H", data, at + 14 + segment)
        (start,) = struct.unpack_from(">H", data, at + 16 + double + segment)
        (delta,) = struct.unpack_from(">H", data, at + 16 + 2 * double + segment)
        place = at + 16 + 3 * double + segment
        (offset,) = struct.unpack_from(">H", data, place)
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", data, place + offset + 2 * (code - start))
            if glyph or not offset:
                yield chr(code), (glyph + delta) & 0xFFFF
