"""Prices in every documented shape, and in none."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from runner.providers.hosted.prices import price

SECOND = {"method": "per_video_output_second"}
LABELS = {
    **SECOND,
    "cost_per_second": 0.08,
    "cost_per_second_by_resolution": {"1080p": "0.08", "2k": 0.16, "4k": 0.32},
}
SOUND = {**SECOND, "cost_per_second": "0.10", "cost_per_second_with_audio": "0.20"}
HIGH = {**SECOND, "cost_per_second": "0.10", "cost_per_second_high_res": "0.30"}
GRID = {
    "method": "per_image",
    "cost_per_image": "0.09",
    "cost_per_image_grid": {"high": {"2K": "0.12", "4K": 0.24}},
}


@pytest.mark.parametrize(
    ("pricing", "params", "seconds", "expected"),
    [
        ({**SECOND, "cost_per_second": 0.08}, {}, 6, "0.48"),
        ({**SECOND, "cost_per_second": "0.08"}, {}, 0.5, "0.040"),
        ({"method": "per_audio_output_second", "cost_per_second": 0.1}, {}, 3, "0.3"),
        (LABELS, {"resolution": "1080p"}, 6, "0.48"), (LABELS, {"resolution": "4K"}, 10, "3.20"),
        (LABELS, {"resolution": "2160p"}, 10, "3.20"), (LABELS, {"resolution": "1440p"}, 1, "0.16"),
        (SOUND, {"generate_audio": True}, 5, "1.00"), (SOUND, {"generate_audio": False}, 5, "0.50"),
        ({**SECOND, "cost_per_second": 1, "cost_per_second_with_audio": 1}, {}, 2, "2"),
        ({**LABELS, "cost_per_second_with_audio": 1}, {"resolution": "4k",
        "generate_audio": False}, 1, "0.32"),
        (HIGH, {"resolution": "720p"}, 1, "0.10"), (HIGH, {"resolution": "4k"}, 1, "0.30"),
        ({**HIGH, "cost_per_second_high_res": None}, {}, 1, "0.10"),
        ({**HIGH, "cost_per_second_high_res": "0.10"}, {}, 1, "0.10"),
        ({"method": "per_image", "cost_per_image": "0.04"}, {}, None, "0.04"),
        ({**GRID, "cost_per_image_grid": None}, {}, None, "0.09"),
        (GRID, {"quality": "high", "resolution": "2k"}, None, "0.12"),
        (GRID, {"output_quality": "HIGH", "size": "4K"}, None, "0.24"),
    ],
)  # fmt: skip
def test_a_documented_price_is_exact(
    pricing: Any, params: dict[str, Any], seconds: float | None, expected: str
) -> None:
    """By the second, by resolution, with sound, in high resolution, by the image and by its grid."""
    assert price(pricing, params, seconds) == Decimal(expected)


@pytest.mark.parametrize(
    ("pricing", "params", "seconds"),
    [
        (None, {}, 6), ({}, {}, 6), ("cheap", {}, 6), ({"cost_per_second": 0.08}, {}, 6),
        ({"method": "token", "input_cost_per_token": 1}, {}, 6),
        ({"method": "time", "cost_per_second": 1}, {}, 6),
        ({"method": "per_megapixel", "cost_per_second": 1}, {}, 6),
        ({**SECOND, "cost_per_second": 0.08}, {}, None),
        ({**SECOND, "cost_per_second": None}, {}, 6), ({**SECOND, "cost_per_second": "NaN"}, {}, 6),
        ({**SECOND, "cost_per_second": -1}, {}, 6), ({**SECOND, "cost_per_second": 0}, {}, 6),
        ({**SECOND, "cost_per_second": True}, {}, 6), ({**SECOND, "cost_per_second": 0.08}, {}, 0),
        (LABELS, {}, 6), (LABELS, {"resolution": "8k"}, 6), (LABELS, {"resolution": 1080}, 6),
        ({**LABELS, "cost_per_second_by_resolution": {"2k": 1, "1440p": 2}}, {"resolution": "2k"}, 6),
        (SOUND, {}, 5), (SOUND, {"generate_audio": "yes"}, 5), (HIGH, {"resolution": "1080p"}, 1),
        (HIGH, {}, 1),
        ({**LABELS, "cost_per_second_with_audio": 1}, {"resolution": "4k", "generate_audio": True}, 1),
        ({**SOUND, "cost_per_second_high_res": 9}, {"resolution": "4k", "generate_audio": True}, 1),
        (GRID, {}, None), (GRID, {"quality": "low", "resolution": "2k"}, None),
        (GRID, {"quality": "high"}, None),
        ({**GRID, "cost_per_image_grid": {"high": 1}}, {"quality": "high", "resolution": "2k"}, None),
    ],
)  # fmt: skip
def test_what_is_not_said_is_not_guessed(pricing: Any, params: dict[str, Any], seconds: float | None) -> None:
    """Wherever the documentation leaves the rate open, the price is unknown."""
    assert price(pricing, params, seconds) is None


def test_a_default_counts_where_nothing_is_sent() -> None:
    """The schema's defaults decide what is not sent, and what is sent goes before them."""
    assert price(LABELS, {}, 6, {"resolution": "2k"}) == Decimal("0.96")
    assert price(LABELS, {"resolution": "1080p"}, 6, {"resolution": "2k"}) == Decimal("0.48")


def test_lengths_are_exact() -> None:
    """A length that is no decimal gives a price to the digits that matter."""
    found = price({**SECOND, "cost_per_second": "0.24"}, {}, Fraction(121, 24))

    assert found is not None
    assert round(found, 6) == Decimal("1.210000")
