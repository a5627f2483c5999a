"""Words for people: text that is safe to show, sizes, times and money."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dsl.diagnostics import shown

_CONTEXT = 16
_THOUSAND = 1000
_MINUTE = 60
_CENT = Decimal("0.01")


def printable(text: str) -> str:
    """Text from a recipe or a file name, without what a terminal would obey; a line break is a space."""
    return shown("".join(" " if character.isspace() else character for character in text))


def clipped(text: str, width: int) -> str:
    """Text of at most `width` characters, its end cut off with an ellipsis where it is longer."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def difference(before: str, after: str, width: int) -> tuple[str, str]:
    """Two texts of at most about `width` characters each, cut so that where they differ can be seen.

    What they share at their beginning is left out, but for a few words, and an ellipsis stands for it.
    """
    if max(len(before), len(after)) <= width:
        return before, after
    shared = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    start = max(0, before.rfind(" ", 0, max(shared - _CONTEXT, 0)) + 1)
    lead = "…" if start else ""
    return clipped(lead + before[start:], width), clipped(lead + after[start:], width)


def seconds_of(seconds: float | Fraction | None, *, exact: bool = False) -> str:
    """A length: `6.0 s`, `23.67 s`, always with two decimals if `exact`; `?` where it is not known."""
    if seconds is None:
        return "?"
    number = f"{float(seconds):.2f}"
    return f"{number if exact else number.removesuffix('0')} s"


def clock_of(seconds: float) -> str:
    """Time that has passed: `0:07`, `12:40`, `1:02:03`."""
    minutes, rest = divmod(int(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def price_of(price: Decimal | float | None) -> str:
    """USD: `$0.41`, `$0.0025`; `?` where it is not known, which is never the same as nothing."""
    if price is None:
        return "?"
    exact = Decimal(str(price))
    return rate_of(exact) if 0 < exact < _CENT else f"${exact:.2f}"


def bytes_of(count: int) -> str:
    """A size: `812 B`, `36.6 kB`, `1.2 GB`."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < _THOUSAND:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= _THOUSAND
    return f"{size:.1f} GB"


def count_of(count: int, noun: str) -> str:
    """`1 shot`, `4 shots`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def rate_of(price: Decimal) -> str:
    """USD for one of many: `$0.08`, and `$0.0025` where cents do not say it."""
    cents = price.quantize(_CENT)
    return f"${cents if cents == price else price.normalize():f}"
