"""In whose name something is paid for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runner.ceiling import Ceiling


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
