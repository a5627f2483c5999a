"""What a generation costs, from the model's own `pricing`; None where it does not say, never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from runner.providers.hosted.rows import money

_SAME = {"2k": "1440p", "4k": "2160p", "uhd": "2160p", "fhd": "1080p", "hd": "720p"}
_PER_SECOND = ("per_video_output_second", "per_audio_output_second")


def price(
    pricing: object,
    params: Mapping[str, Any],
    seconds: float | Fraction | None,
    defaults: Mapping[str, Any] | None = None,
) -> Decimal | None:
    """USD for one generation.

    A rate of nothing is taken for a price that is not filled in: only a ceiling that knows the price holds.

    Args:
        pricing: The model's `pricing` object.
        params: What is sent.
        seconds: The length of what is made; None if it is not known.
        defaults: The schema's defaults, for parameters that are not sent.
    """
    if not isinstance(pricing, Mapping):
        return None
    effective = {**(defaults or {}), **params}
    method = pricing.get("method")
    if method == "per_image":
        return _per_image(pricing, effective)
    if method in _PER_SECOND and seconds is not None:
        rate, length = _per_second(pricing, effective), _exact(seconds)
        return None if rate is None or length is None else rate * length
    return None


def _per_second(pricing: Mapping[str, Any], params: Mapping[str, Any]) -> Decimal | None:
    """The rate, where what is documented tells it; how surcharges combine is not documented."""
    base = _rate(pricing.get("cost_per_second"))
    with_audio = _rate(pricing.get("cost_per_second_with_audio"))
    high = _rate(pricing.get("cost_per_second_high_res"))
    by_resolution = pricing.get("cost_per_second_by_resolution")
    if isinstance(by_resolution, Mapping) and by_resolution:
        base = _rate(_labelled(by_resolution, params.get("resolution")))
        high = None
    if with_audio is not None and with_audio != base:
        sounds = params.get("generate_audio")
        if not isinstance(sounds, bool):
            return None
        if sounds:
            plain = not by_resolution and high in {None, base}
            return with_audio if plain else None
    if high is not None and high != base:
        return _by_size(base, high, params.get("resolution"))
    return base


def _by_size(base: Decimal | None, high: Decimal, resolution: object) -> Decimal | None:
    """Where the high rate begins is not documented: only the ends of the scale are certain."""
    label = _label(resolution)
    if label in {"360p", "480p", "540p", "720p"}:
        return base
    return high if label == "2160p" else None


def _per_image(pricing: Mapping[str, Any], params: Mapping[str, Any]) -> Decimal | None:
    grid = pricing.get("cost_per_image_grid")
    if not isinstance(grid, Mapping) or not grid:
        return _rate(pricing.get("cost_per_image"))
    quality = params.get("quality", params.get("output_quality"))
    row = _labelled(grid, quality)
    if not isinstance(row, Mapping):
        return None
    return _rate(_labelled(row, params.get("resolution", params.get("size"))))


def _labelled(table: Mapping[str, Any], wanted: object) -> Any:
    label = _label(wanted)
    found = [value for name, value in table.items() if label is not None and _label(name) == label]
    return found[0] if len(found) == 1 else None


def _label(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    text = value.strip().casefold()
    return _SAME.get(text, text)


def _rate(value: Any) -> Decimal | None:
    amount = money(value)
    return None if amount is None or amount == 0 else amount


def _exact(seconds: float | Fraction) -> Decimal | None:
    """Seconds as a decimal: to the billionth, which no price shows."""
    length = Fraction(seconds).limit_denominator(10**6)
    return Decimal(length.numerator) / Decimal(length.denominator) if length > 0 else None
