"""In whose name something is paid for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from runner.ceiling import Ceiling
from runner.journal import Ordered
from runner.order import Order


@dataclass(frozen=True, slots=True)
class Payer:
    """In whose name attempts are made.

    Attributes:
        run: The run's id, for tags, and as the owner of its attempts.
        spending: The run to whose spending they are added.
        recipe: What the journal calls the recipe.
        provider: The provider's name.
        origin: Where they are sent.
        account: Who pays.
        ceiling: What may be spent.
        alive: Whether the process of a run is still there.
    """

    run: str
    spending: str
    recipe: str
    provider: str
    origin: str
    account: str
    ceiling: Ceiling
    alive: Callable[[str], bool]

    def ordered(self, order: Order, at: datetime) -> Ordered:
        """What is noted of an attempt that begins; `at` is the wall's time in UTC."""
        return Ordered(
            run=self.run,
            spending=self.spending,
            recipe=self.recipe,
            address=order.address,
            uses=order.uses,
            output=order.output,
            provider=self.provider,
            origin=self.origin,
            account=self.account,
            body=order.canonical,
            price=order.price,
            at=at,
        )
