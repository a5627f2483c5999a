"""What a user wishes otherwise than the recipe says: `--set`, `--seed`, `--provider`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dsl.recipe import Recipe, Written
from dsl.report import Path
from dsl.suggestion import did_you_mean


class OverrideError(ValueError):
    """A variable to be set does not exist, or does not take the value."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Wishes that come with a command.

    Attributes:
        vars: Values for names in `[vars]`, as typed; a name within a table has dots. They are taken as they
            are: `${` in them means nothing.
        seed: The root seed.
        provider: Who renders, whatever the recipe says.
        allow_large: Whether more than 1,000 instances are allowed.
        circled: The take that is used of an instance, by its address without a take; the first of others.
    """

    vars: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    provider: str | None = None
    allow_large: bool = False
    circled: Mapping[str, int] = field(default_factory=dict)


def override_vars(recipe: Recipe, overrides: Overrides) -> dict[Path, bool | int | float | str]:
    """The values to set, by path, each of the type it has in the recipe.

    Raises:
        OverrideError: If a name is not in `[vars]`, or a value is not of its type, or the seed is below 0.
    """
    if overrides.seed is not None and overrides.seed < 0:
        raise OverrideError("a seed is 0 or more")
    found: dict[Path, bool | int | float | str] = {}
    for name, text in overrides.vars.items():
        known: Mapping[str, Any] = recipe.values["vars"]
        at: Written | None = None
        for part in name.split("."):
            if part not in known:
                hint = did_you_mean(part, known) or (f"it has {', '.join(known)}" if known else "it is empty")
                raise OverrideError(f'there is no "{name}" in [vars] to set: {hint}')
            at = at.below(part) if at else recipe.values["vars"][part]
            known = at.value if isinstance(at.value, dict) else {}
        if at is not None:
            found[at.path] = _typed(name, text, at.value)
    return found


def _typed(name: str, text: str, current: object) -> bool | int | float | str:
    match current:
        case str():
            return text
        case bool():
            if text.lower() in ("true", "false"):
                return text.lower() == "true"
            wanted = "true or false"
        case int():
            wanted = "a whole number"
            if re.fullmatch(r"[+-]?[0-9]{1,18}", text, re.ASCII):
                return int(text)
        case float():
            wanted = "a number"
            if (number := _number(text)) is not None:
                return number
        case _:
            raise OverrideError(
                f'"{name}" is a list or table, and only text, numbers, true and false can be set'
            )
    raise OverrideError(f'"{name}" takes {wanted}, and "{text}" is none')


def _number(text: str) -> float | None:
    try:
        number = float(text) if len(text) <= 18 else math.nan  # noqa: PLR2004
    except ValueError:
        return None
    return number if math.isfinite(number) else None
