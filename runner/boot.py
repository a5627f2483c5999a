"""The boot clock: seconds that go on while the machine sleeps, and which boot they count from.

Deadlines that concern money are kept on it, because a laptop that was shut for a night must not take its
intents for fresh, nor a provider's list for settled that nobody has read yet.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment on the boot clock.

    Attributes:
        boot: Which boot; moments of different boots cannot be compared.
        seconds: Seconds since that boot, time asleep included.
    """

    boot: str
    seconds: float


class BootClock(Protocol):
    """Tells the boot clock's time."""

    def __call__(self) -> Moment:
        """The moment it is now."""
        ...


def boot_clock() -> Moment:
    """The machine's boot clock; where it has none, the monotonic clock of this process alone."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Moment(_boot(), time.clock_gettime(clock))


@cache
def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        # Nothing names the boot, so no moment of another process may ever seem to be of this one.
        return f"process-{uuid.uuid4()}"
