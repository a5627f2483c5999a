"""What was paid for a recipe: every attempt, beside what was expected of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.journal import Sent
from runner.submit import State

_FREE = frozenset({State.NOT_SENT, State.REJECTED})


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over attempts, USD.

    Attributes:
        estimate: What was set aside; what had no known price is left out.
        actual: What the provider has told.
        open: What is set aside for attempts whose cost nobody knows yet.
        unpriced: How many attempts have neither a price nor a cost.
    """

    estimate: Decimal
    actual: Decimal
    open: Decimal
    unpriced: int


def totals(sents: Iterable[Sent]) -> Totals:
    """The sums over attempts; what provably cost nothing is in none of them."""
    records = [sent.record for sent in sents if sent.record.attempt.state not in _FREE]
    waiting = [record for record in records if record.cost is None]
    return Totals(
        estimate=sum((record.price or Decimal(0) for record in records), Decimal(0)),
        actual=sum((record.cost or Decimal(0) for record in records), Decimal(0)),
        open=sum((record.price or Decimal(0) for record in waiting), Decimal(0)),
        unpriced=sum(record.price is None for record in waiting),
    )


def actual(sent: Sent) -> Decimal | None:
    """What an attempt has cost, USD; None where nobody knows."""
    return Decimal(0) if sent.record.attempt.state in _FREE else sent.record.cost


def cost_json(sent: Sent) -> dict[str, Any]:
    """An attempt as JSON values: an object of `reel costs --json`."""
    record, cost = sent.record, actual(sent)
    return {
        "address": record.address,
        "state": record.attempt.state.value,
        "generation_id": record.attempt.generation_id,
        "at": sent.at.isoformat(),
        "model": sent.body.get("model"),
        "estimate_usd": None if record.price is None else float(record.price),
        "actual_usd": None if cost is None else float(cost),
    }
