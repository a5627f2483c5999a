"""How often is looked: slowly at the provider's, where an event tells; fast at a server on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from runner.errors import UsageError
from runner.submit import SETTLE_SECONDS

if TYPE_CHECKING:
    from runner.providers.hosted.settings import Settings

_NEAR, _NEAR_LISTENING = 0.25, 2.0
_FAR, _FAR_LISTENING = 10.0, 30.0
_FAR_LONGEST = 30.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between looks.

    Attributes:
        first: Before the first look at a job that nobody would tell about.
        longest: Between looks, once a job has taken long.
        listening: Between looks while the event stream is connected: a safety net.
        settle: How long a list may lag behind.
        rng: Draws the jitter.
    """

    first: float
    longest: float
    listening: float
    settle: float
    rng: Random = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, rng: Random) -> Pace:
        """The pace for a server.

        Raises:
            UsageError: If `REEL_SETTLE` is no number of seconds.
        """
        if settings.loopback:
            first, listening = settings.poll or _NEAR, _NEAR_LISTENING
            return cls(first, first * 4, max(first, listening), _settle(), rng)
        first = settings.poll or _FAR
        return cls(first, max(first, _FAR_LONGEST), max(first, _FAR_LISTENING), SETTLE_SECONDS, rng)

    def pause(self, looks: int, *, listening: bool) -> float:
        """Seconds until the next look, after so many."""
        if listening:
            return self.listening * self.rng.uniform(0.9, 1.1)
        return min(self.longest, self.first * 1.25**looks) * self.rng.uniform(0.8, 1.2)

    def breath(self) -> float:
        """Seconds before another try at what has just failed: full jitter."""
        return self.first * self.rng.uniform(0.1, 1.0)


def _settle() -> float:
    """`REEL_SETTLE`; read only where the server is on this machine."""
    text = os.environ.get("REEL_SETTLE")
    if text is None:
        return SETTLE_SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= SETTLE_SECONDS:
        raise UsageError(f"REEL_SETTLE must be a number of seconds, more than 0, at most {SETTLE_SECONDS:g}")
    return seconds
