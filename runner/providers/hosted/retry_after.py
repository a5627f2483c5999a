"""How long a server asks to wait."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 900.0
"""Seconds; whoever asks for more is asked again after this."""

_NUMBER = re.compile(r"[+-]?\d{1,400}(\.\d{0,40})?")


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header, from 0 to `LONGEST`; None if it says nothing usable.

    Args:
        value: The header: seconds or an HTTP date; anything else is as if it were absent.
        now: The wall's time in UTC, against which a date is read.
    """
    if value is None:
        return None
    value = value.strip()[:500]
    if value.isascii() and _NUMBER.fullmatch(value):
        return _clamped(float(value))
    try:
        when = parsedate_to_datetime(value)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return _clamped((when - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _clamped(seconds: float) -> float:
    return min(LONGEST, max(0.0, seconds))
