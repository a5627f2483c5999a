"""What may be spent: decided from what is settled, what is reserved, and what one more thing would cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run and those it goes on from have spent.

    Attributes:
        amount: USD, settled and reserved; held and unknown attempts at their reserved price.
        unpriced: How many attempts have neither a price nor a cost.
        overrun: Whether anything cost more than was reserved for it.
    """

    amount: Decimal = Decimal(0)
    unpriced: int = 0
    overrun: bool = False


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What may be spent at most.

    Attributes:
        limit: USD; None for no ceiling.
        allow_unpriced: Whether what has no known price may be bought all the same.
    """

    limit: Decimal | None = None
    allow_unpriced: bool = False

    def refusal(self, price: Decimal | None, spent: Spent) -> str | None:
        """Why something of this price may not be bought now; None if it may.

        Args:
            price: USD; None where it is not known.
            spent: What has been spent by now.
        """
        if self.limit is None:
            return None
        if spent.overrun:
            return (
                f"something cost more than was reserved for it, so the ceiling of {_usd(self.limit)} cannot "
                "be kept; look at what was spent, then raise --max-cost"
            )
        if (price is None or spent.unpriced) and not self.allow_unpriced:
            return (
                f"the price is not known, so the ceiling of {_usd(self.limit)} cannot be kept; "
                "--allow-unpriced buys it all the same"
            )
        wanted = spent.amount + (price or Decimal(0))
        if wanted <= self.limit:
            return None
        before = f" after {_usd(spent.amount)} already spent" if spent.amount else ""
        return (
            f"{_usd(price or Decimal(0))}{before} is more than the ceiling of {_usd(self.limit)}; "
            f"raise it to {_usd(wanted)} with --max-cost, or make less with --only"
        )


def lowest(*limits: Decimal | None) -> Decimal | None:
    """The lowest of several ceilings, of which some are not set."""
    return min((limit for limit in limits if limit is not None), default=None)


def _usd(amount: Decimal) -> str:
    """An amount as it is compared: a hundredth of a cent can decide."""
    cents = amount.quantize(Decimal("0.01"))
    return f"${cents}" if cents == amount else f"${amount.normalize():f}"
