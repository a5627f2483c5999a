"""Of which days the prices in a plan are."""

from __future__ import annotations

from runner.plan import Plan


def price_days(plan: Plan) -> list[str]:
    """The days of the copies that the prices of hosted work come from, oldest first.

    Raises:
        UsageError: If the configuration cannot be used.
    """
    from runner.providers.hosted.copies import days

    return days(
        planned.instance.model
        for planned in plan.instances.values()
        if planned.instance.provider == "oxen" and planned.instance.model and planned.price
    )
