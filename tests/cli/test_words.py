"""Words for people: what is shown, and what is not let through."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from runner.views import words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a plain text", "a plain text"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\x1b[2Jgone", "\N{REPLACEMENT CHARACTER}[2Jgone"),
        ("bell\x07", "bell\N{REPLACEMENT CHARACTER}"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", "\N{REPLACEMENT CHARACTER}gpj.exe"),
        ("half \ud800", "half \N{REPLACEMENT CHARACTER}"),
        ("[bold]not markup[/]", "[bold]not markup[/]"),
        ("Häfen, 港, 👩‍🚀", "Häfen, 港, 👩‍🚀"),
    ],
    ids=ascii,
)
def test_what_a_terminal_would_obey_is_made_visible(text: str, shown: str) -> None:
    """Text is shown as it is, but for what moves the cursor, hides or turns text."""
    assert words.printable(text) == shown


def test_short_texts_are_compared_whole() -> None:
    """Two texts that fit are left alone."""
    assert words.difference("dawn mist", "storm light", 20) == ("dawn mist", "storm light")


def test_long_texts_are_shown_where_they_differ() -> None:
    """Of two long texts, what they share at their beginning is left out, but for a few words."""
    shared = "the rocket stands among its towers at first light, then "

    before, after = words.difference(shared + "lifts off", shared + "waits for the wind to drop", 40)

    assert (before, after) == ("…first light, then lifts off", "…first light, then waits for the wind t…")


def test_a_text_that_only_grew_shows_its_end() -> None:
    """Where one text begins with the other, the place where it goes on is shown."""
    before, after = words.difference("a" * 50, "a" * 50 + " b", 30)

    assert len(before) <= 31
    assert len(after) <= 31


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(Fraction(6), "6.0 s"), (Fraction(145, 24), "6.04 s"), (23.5, "23.5 s"), (None, "?")],
    ids=str,
)
def test_lengths(seconds: Fraction | float | None, shown: str) -> None:
    """Lengths have one or two decimals, and an unknown one is a question mark."""
    assert words.seconds_of(seconds) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(7.9, "0:07"), (760, "12:40"), (3723, "1:02:03")], ids=str)
def test_time_that_has_passed(seconds: float, shown: str) -> None:
    """Time is shown as a clock, rounded down."""
    assert words.clock_of(seconds) == shown


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        (Decimal("0.405"), "$0.40"), (Decimal("0.0025"), "$0.0025"), (Decimal(0), "$0.00"), (0.01, "$0.01"),
        (None, "?"),
    ],
    ids=str,
)  # fmt: skip
def test_prices(price: Decimal | float | None, shown: str) -> None:
    """An unknown price is a question mark, never nothing; nor is a price below a cent."""
    assert words.price_of(price) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(812, "812 B"), (36_614, "36.6 kB"), (2_000_000, "2.0 MB"), (4_100_000_000, "4.1 GB")],
    ids=str,
)
def test_sizes(count: int, shown: str) -> None:
    """Sizes are in the unit that reads best."""
    assert words.bytes_of(count) == shown


def test_counts() -> None:
    """One is singular."""
    assert (words.count_of(1, "shot"), words.count_of(4, "shot")) == ("1 shot", "4 shots")
