"""What a run lends to a provider that spends money: the journal, the time, and how much there is to spend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runner.boot import BootClock
from runner.ceiling import Ceiling
from runner.clock import Clock
from runner.journal import Attempts, Uploads


@dataclass(frozen=True, slots=True)
class Desk:
    """What a run lends to a provider.

    Attributes:
        run: The run's id.
        spending: The run to whose spending this one's is added.
        recipe: What the journal calls the recipe.
        attempts: What was paid for.
        uploads: What was handed over.
        ceiling: What may be spent.
        clock: The time.
        boot: The boot clock.
        alive: Whether the process of a run is still there.
    """

    run: str
    spending: str
    recipe: str
    attempts: Attempts
    uploads: Uploads
    ceiling: Ceiling
    clock: Clock
    boot: BootClock
    alive: Callable[[str], bool]
