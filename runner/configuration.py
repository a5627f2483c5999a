"""The user's own configuration, where it concerns every provider: what may be spent, and what is asked."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from decimal import Decimal

from runner.errors import UsageError


def max_cost(environ: Mapping[str, str] = os.environ) -> Decimal | None:
    """USD that a run may spend at most, from `max_cost` in the configuration; None where it sets none.

    Raises:
        UsageError: If it is no such thing.
    """
    return _price("max_cost", environ)


def confirm_above(environ: Mapping[str, str] = os.environ) -> Decimal | None:
    """USD above which a run on a terminal is confirmed, from `confirm_above`; None where it sets none.

    Raises:
        UsageError: If it is no such thing.
    """
    return _price("confirm_above", environ)


def _price(name: str, environ: Mapping[str, str]) -> Decimal | None:
    from runner.providers.hosted.settings import configuration_file

    place = configuration_file(environ)
    try:
        value = tomllib.loads(place.read_text("utf-8")).get(name)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"the configuration {place} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        # TOML errors may quote the line, and the line may be the key's.
        raise UsageError(f"the configuration {place} is not TOML; look at its quotes and brackets") from None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise UsageError(f"{place}: {name} must be a price in USD, 0 or more")
    return Decimal(str(value))
