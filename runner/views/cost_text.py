"""Costs, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from runner.costs import actual, totals
from runner.views.table import table
from runner.views.words import count_of, price_of

if TYPE_CHECKING:
    from runner.journal import Sent


def cost_text(sents: Sequence[Sent]) -> str:
    """What `reel costs` prints."""
    if not sents:
        return "nothing was sent to a provider yet"
    rows = [("", "", "estimate", "actual", "")]
    for sent in sents:
        record = sent.record
        state = record.attempt.state.replace("_", " ")
        known = price_of(record.price), price_of(actual(sent))
        rows.append((record.address, state, *known, record.attempt.generation_id or record.attempt.tag))
    sums = totals(sents)
    rows.append(("total", "", price_of(sums.estimate), price_of(sums.actual), ""))
    lines = table(rows)
    if sums.open:
        lines.append(f"not known yet what it cost: up to {price_of(sums.open)} more")
    if sums.unpriced:
        lines.append(f"neither price nor cost is known of {count_of(sums.unpriced, 'job')}")
    return "\n".join(lines)
