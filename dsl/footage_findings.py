"""The words of findings about media across steps (RM4), by code."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from dsl.diagnostics import Diagnostic, Span
from dsl.findings import listing


def length_hint(best: bool, *, shorter: bool, limit: int) -> str:
    """What to do about a restyle that is not as long as its plate."""
    if not best:
        return 'num_frames = "match" takes the length of the plate'
    if shorter:
        return f"the model makes {limit} frames at the most: trim the plate, or lower frames_per_second"
    return f"the model makes {limit} frames at the least"


def other_length(
    span: Span,
    restyle: str,
    more: int,
    made: tuple[Fraction | None, int | None],
    plate: tuple[Fraction | None, int | None],
    *,
    hint: str,
) -> Diagnostic:
    """A restyle that is shorter or longer than the video it restyles."""
    also = f"; {more} more likewise" if more else ""
    longer = (made[0] or 0) > (plate[0] or 0)
    return _warning(
        "RM406",
        span,
        f"{restyle} lasts {_length(*made)} and its plate {_length(*plate)}: "
        f"{_seconds(abs((made[0] or Fraction(0)) - (plate[0] or Fraction(0))))} s "
        f"too {'long' if longer else 'short'}{also}",
        hint,
    )


def frame_rates(span: Span, film: str, rates: Sequence[Fraction]) -> Diagnostic:
    """Clips of different frame rates in one film."""
    named = listing([f"{float(rate):g}" for rate in rates], "and")
    return _warning(
        "RM407",
        span,
        f'"{film}" is cut from clips of {named} frames a second, and takes the rate of the first',
        f"make them alike, or write fps = {float(rates[0]):g} if that is meant",
    )


def shapes(span: Span, film: str, ratios: Sequence[Fraction]) -> Diagnostic:
    """Clips of different shapes in one film."""
    named = [f"{ratio.numerator}:{ratio.denominator}" for ratio in ratios]
    return _warning(
        "RM408",
        span,
        f'"{film}" is cut from clips of {listing(named, "and")}, and takes the shape of the first',
        'make them alike, or write fit = "pad" or "crop" if that is meant',
    )


def many_frames(span: Span, restyle: str, frames: int, size: str, limit: int) -> Diagnostic:
    """More frames of a large picture than the model is known to take."""
    smaller = "" if size == "auto" else ', or leave resolution at "auto"'
    return _warning(
        "RM409",
        span,
        f"{restyle} has {frames} frames, and more than about {limit} of this size are known to be refused",
        f"keep to shorter plates{smaller}",
    )


def smaller(span: Span, model: str, cap: int, side: int) -> Diagnostic:
    """A plate larger than what the model makes of it."""
    return _note(
        "RM410",
        span,
        f"{model} makes at most {cap} pixels on the short side, and its plates have {side}",
    )


def odd_frames(span: Span, frames: int, near: int) -> Diagnostic:
    """A number of frames that the model does not make."""
    return _warning("RM411", span, f"the model makes 8k + 1 frames, and {frames} is none", f"write {near}")


def film_made(span: Span, step: str, clips: int, made: Fraction, plates: Fraction | None) -> Diagnostic:
    """How much film a restyle makes, which is what it costs."""
    count = "1 clip" if clips == 1 else f"{clips} clips"
    out_of = "" if plates is None else f" out of {_seconds(plates)} s"
    return _note("RM412", span, f'"{step}" makes {count}, {_seconds(made)} s of film{out_of}')


def _length(seconds: Fraction | None, frames: int | None) -> str:
    counted = f" ({frames} frames)" if frames is not None else ""
    return f"{_seconds(seconds or Fraction(0))} s{counted}"


def _seconds(seconds: Fraction) -> str:
    return f"{float(seconds):.2f}".rstrip("0").rstrip(".")


def _warning(code: str, span: Span, message: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic(code, "warning", message, span, hint)


def _note(code: str, span: Span, message: str) -> Diagnostic:
    return Diagnostic(code, "note", message, span)
