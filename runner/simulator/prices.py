"""Prices of the simulator: every documented shape of the `pricing` object, and what a job costs by it.

The figures are the simulator's own. Where a model's maker publishes a list price, that is the figure; the
others are round numbers, and nobody is charged any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zlib import crc32

from dsl.catalog import Model

_EMPTY = {
    "method": None,
    "cost_per_second": None,
    "cost_per_second_by_resolution": None,
    "cost_per_second_high_res": None,
    "cost_per_second_with_audio": None,
    "cost_per_image": None,
    "cost_per_image_grid": None,
    "input_cost_per_token": None,
    "output_cost_per_token": None,
}
_LTX_PRO = {"720p": 0.04, "1080p": 0.08, "2k": 0.16, "4k": 0.32}
_SANE = 10**6
_HIGH = frozenset({"1440p", "2k", "2160p", "4k"})

_VIDEO: tuple[Mapping[str, Any], ...] = (
    {"cost_per_second": 0.05},
    {"cost_per_second": "0.06", "cost_per_second_high_res": "0.12"},
    {"cost_per_second": 0.04, "cost_per_second_with_audio": 0.06},
    {
        "cost_per_second_by_resolution": {"480p": 0.03, "720p": 0.05, "1080p": 0.1, "4k": 0.3},
        "cost_per_second": 0.1,
    },
)
_IMAGE: tuple[Mapping[str, Any], ...] = (
    {"cost_per_image": 0.01},
    {"cost_per_image": "0.02"},
    {
        "cost_per_image_grid": {"standard": {"1K": 0.01, "2K": 0.02}, "high": {"1K": 0.03, "2K": 0.05}},
        "cost_per_image": 0.03,
    },
)
_OWN: dict[str, Mapping[str, Any]] = {
    "ltx-2-3-pro": {"cost_per_second_by_resolution": _LTX_PRO},
    "ltx-2-3-pro-text-to-video": {"cost_per_second_by_resolution": _LTX_PRO},
    "ltx-2-3-pro-extend-video": {"cost_per_second": 0.1},
    "ltx-2-3-pro-retake": {"cost_per_second": 0.1},
    "ltx-2-3-quality-reference-video-to-video": {"cost_per_second": 0.05},
    "bytedance-depth-anything-video": {"method": "time", "cost_per_second": 0.002},
}


def pricing(model: Model) -> dict[str, Any]:
    """The model's `pricing` object; models that share no price of their own vary in its shape."""
    shapes, method = (_VIDEO, "per_video_output_second") if model.output == "video" else (_IMAGE, "per_image")
    figures = _OWN.get(model.id, shapes[crc32(model.id.encode()) % len(shapes)])
    return _EMPTY | {"method": method} | dict(figures)


def cost(model: Model, parameters: Mapping[str, Any]) -> Decimal:
    """USD for one generation, to a hundredth of a cent."""
    price = pricing(model)
    given = {name: facts.get("default") for name, facts in model.parameters.items()} | dict(parameters)
    amount = (
        _per_image(price, given) if model.output == "image" else _per_second(price, given) * seconds(given)
    )
    return amount.quantize(Decimal("0.0001"))


def seconds(given: Mapping[str, Any]) -> Decimal:
    """The length of the output that parameters ask for; 5 s where they say nothing of it."""
    if frames := given.get("num_frames"):
        return _number(frames) / (_number(given.get("frames_per_second")) or Decimal(24))
    return _number(given.get("duration")) or Decimal(5)


def _per_second(price: Mapping[str, Any], given: Mapping[str, Any]) -> Decimal:
    resolution = str(given.get("resolution", ""))
    by_resolution = price["cost_per_second_by_resolution"] or {}
    if resolution in by_resolution:
        return _number(by_resolution[resolution])
    if resolution in _HIGH and price["cost_per_second_high_res"]:
        return _number(price["cost_per_second_high_res"])
    if given.get("generate_audio") and price["cost_per_second_with_audio"]:
        return _number(price["cost_per_second_with_audio"])
    return _number(price["cost_per_second"])


def _per_image(price: Mapping[str, Any], given: Mapping[str, Any]) -> Decimal:
    grid = (price["cost_per_image_grid"] or {}).get(given.get("output_quality"), {})
    return _number(grid.get(str(given.get("resolution", "1K")), price["cost_per_image"]))


def _number(value: object) -> Decimal:
    """A number, or a string of one; nothing for `auto` and whatever else is no number."""
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return Decimal(0)
    return number if number.is_finite() and 0 <= number < _SANE else Decimal(0)
