"""Whether somebody is to be asked before money is spent, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

ASK_ABOVE = Decimal("1.00")
"""USD above which a run on a terminal is confirmed; `confirm_above` in the configuration goes before it."""


def question(prices: Iterable[Decimal | None], ask_above: Decimal) -> str | None:
    """What to ask before a plan is carried out; None where nobody need be asked.

    Args:
        prices: USD of each job of the plan that is still to be made. An unknown price, None, is asked about
            always: it is never the same as nothing.
        ask_above: USD in all above which to ask.
    """
    paid = [price for price in prices if price != 0]
    jobs = "1 job" if len(paid) == 1 else f"{len(paid)} jobs"
    known = [price for price in paid if price is not None]
    if len(known) < len(paid):
        return f"{jobs} will be paid for, and the price of {len(paid) - len(known)} is not known. Go on?"
    total = sum(known, Decimal(0))
    return f"{jobs} will be paid for: ${total:.2f} in all. Go on?" if total > ask_above else None
