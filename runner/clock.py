"""Time, as the engine is told it. The virtual twin for tests serves both anyio backends."""

from __future__ import annotations

import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from anyio import Event

_TURNS = 25


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> datetime:
        """The wall's time in UTC, for people; it may jump."""
        ...

    def elapsed(self) -> float:
        """Seconds since some moment in the past, for measuring; it never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class RealClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The wall's time in UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Seconds on the machine's monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let real time pass."""
        import anyio

        await anyio.sleep(seconds)


class VirtualClock:
    """Time that stands still while anything can go on, and then jumps to the next sleeper.

    Start `drive` in a task group beside what is tested, and cancel it afterwards.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, Event]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        """The start and what has virtually passed since."""
        return self._start + timedelta(seconds=self._elapsed)

    def elapsed(self) -> float:
        """Virtual seconds since the start."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Wait until `drive` has let the time pass."""
        import anyio

        woken = anyio.Event()
        heapq.heappush(self._sleepers, (self._elapsed + max(0.0, seconds), next(self._order), woken))
        await woken.wait()

    async def drive(self) -> None:
        """Whenever every other task waits, jump to the next sleeper and wake it. Runs until cancelled."""
        import anyio

        while True:
            # On asyncio `wait_all_tasks_blocked` looks ten times a second; after a few turns of the loop
            # everybody waits already, and it returns at its first look.
            for _ in range(_TURNS):
                await anyio.lowlevel.checkpoint()
            await anyio.wait_all_tasks_blocked()
            # A task that waits for a thread only looks as if it had nothing to do.
            if self._sleepers and not anyio.to_thread.current_default_thread_limiter().borrowed_tokens:
                self._elapsed, _, woken = heapq.heappop(self._sleepers)
                woken.set()
