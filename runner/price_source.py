"""Where the prices in a plan come from, and of which day they are."""

from __future__ import annotations

from runner.plan import Plan


def price_source(plan: Plan) -> str:
    """Whose the prices of hosted work are, in words; empty where nothing hosted has a known price.

    Raises:
        UsageError: If the configuration cannot be used.
    """
    from runner.providers.hosted.copies import days
    from runner.providers.hosted.settings import read_settings

    models = [
        planned.instance.model
        for planned in plan.instances.values()
        if planned.instance.provider == "oxen" and planned.instance.model and planned.price
    ]
    if not models:
        return ""
    if read_settings().loopback:
        return "a simulator's, which nobody is charged"
    dated = days(models)
    return f"as of {' to '.join(dict.fromkeys((dated[0], dated[-1])))}" if dated else ""
