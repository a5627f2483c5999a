"""The models there are, for people: one line a model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from runner.models import Known, takes
from runner.views.words import count_of, printable, rate_of

_HEADS = ("model", "makes", "takes", "seed", "price", "asked", "title")


def models_text(models: Sequence[Known], today: date) -> str:
    """What `reel models` prints."""
    rows = [_HEADS, *(_row(each, today) for each in models)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    asked = sum(each.live is not None for each in models)
    return "\n".join([*lines, "", f"{count_of(len(models), 'model')}, {_origin(asked)}"])


def _row(each: Known, today: date) -> tuple[str, ...]:
    model, (rate, unit) = each.model, each.rate
    price = (
        "?" if rate is None else f"{rate_of(rate)} a second" if unit == "second" else f"{rate_of(rate)} each"
    )
    return (
        model.id,
        model.output,
        ", ".join(takes(model)) or "-",
        "yes" if model.takes_seed else "no",
        price,
        age_of(each.age(today)) + (", differs" if each.drift else ""),
        printable(model.title),
    )


def age_of(days: int | None) -> str:
    """How long ago the provider was asked: `never`, `today`, `3 days ago`."""
    if days is None:
        return "never"
    return "today" if days == 0 else f"{count_of(days, 'day')} ago"


def _origin(asked: int) -> str:
    if not asked:
        return "as they come with reelmake; reel models --refresh asks the provider, for prices too"
    return f"{asked} of them as the provider described them too; prices are those of the defaults"
