"""How long a server asks to wait, whatever it writes."""

from __future__ import annotations

import pytest

from runner.providers.hosted.retry_after import LONGEST, retry_after
from tests.runner.hosted.bench import NOW


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None), ("", None), ("soon", None), ("NaN", None), ("inf", None), ("0x10", None), ("1e3", None),
        ("٣", None), ("Sat, 99 Nov 2026 12:00:00 GMT", None), ("1;2", None),
        ("0", 0), ("7", 7), ("7.5", 7.5), (" 12 ", 12), ("+3", 3), ("-5", 0),
        ("100000000000000000000", LONGEST),
        ("9" * 400, LONGEST), ("901", LONGEST), ("900", 900),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30), ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST), ("Sat, 21 Nov 2026 12:00:30 -0000", 30),
        ("Sat, 21 Nov 2026 14:00:30 +0200", 30),
    ],
)  # fmt: skip
def test_any_header_is_a_clamped_wait_or_nothing(value: str | None, seconds: float | None) -> None:
    """Seconds and dates are clamped to a quarter of an hour, and garbage is as if it were absent."""
    assert retry_after(value, NOW) == seconds
