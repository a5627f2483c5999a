"""What may be spent: the decision, and the sum it rests on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runner.ceiling import Ceiling, Spent, lowest

USD = Decimal


@pytest.mark.parametrize(
    ("limit", "price", "spent", "words"),
    [
        (None, None, Spent(USD(9), 3, overrun=True), None),
        (USD(1), USD(1), Spent(), None),
        (USD(1), USD("0.4"), Spent(USD("0.6")), None),
        (USD(1), USD("1.0001"), Spent(), "$1.0001 is more than the ceiling of $1.00; raise it to $1.0001"),
        (USD(1), USD("0.41"), Spent(USD("0.6")), "$0.41 after $0.60 already spent is more than"),
        (USD(1), None, Spent(), "the price is not known"),
        (USD(1), USD("0.1"), Spent(USD("0.1"), 1), "the price is not known"),
        (USD(1), USD("0.1"), Spent(USD("0.1"), overrun=True), "cost more than was reserved"),
        (USD(0), USD("0.01"), Spent(), "$0.01 is more than the ceiling of $0.00"),
    ],
)
def test_what_is_refused(
    limit: Decimal | None, price: Decimal | None, spent: Spent, words: str | None
) -> None:
    """To the hundredth of a cent, what does not fit is refused, and the words say what would."""
    refusal = Ceiling(limit).refusal(price, spent)

    assert refusal is None if words is None else words in str(refusal)


def test_unpriced_things_may_be_allowed() -> None:
    """Who allows unpriced things still has a ceiling for those that have a price."""
    ceiling = Ceiling(USD(1), allow_unpriced=True)

    assert ceiling.refusal(None, Spent(USD(1), 2)) is None
    assert ceiling.refusal(USD("0.01"), Spent(USD(1), 2)) is not None


def test_the_lowest_counts() -> None:
    """Of several ceilings the lowest counts, and one that is not set is none."""
    assert lowest(None, USD(3), USD(2)) == USD(2)
    assert lowest(None, None) is None
