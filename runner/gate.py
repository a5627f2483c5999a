"""The gate of one account: when a paid request may go out.

While an attempt of the account is not reconciled, nothing is sent: an outage that loses one reply would
otherwise lose them all. A rate limit closes the gate for everybody, once; a lack of credit closes it for
good.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runner.clock import Clock
from runner.errors import PausedError

if TYPE_CHECKING:
    from anyio import Event

_LOOK = 60.0
"""Seconds at most between two looks: the clock may be asleep while the machine is."""


@dataclass(slots=True)
class Gate:
    """Opens and closes the way out of one account.

    Attributes:
        clock: The time.
    """

    clock: Clock
    _open_at: float = 0.0
    _paused: str = ""
    _unresolved: set[str] = field(default_factory=set)
    _changed: list[Event] = field(default_factory=list)

    async def passed(self) -> None:
        """Wait until a paid request may go out.

        Raises:
            PausedError: If the account is out of credit, or its key is refused.
        """
        while True:
            if self._paused:
                raise PausedError(self._paused)
            if self._unresolved:
                await self._change()
            elif (wait := self._open_at - self.clock.elapsed()) > 0:
                await self.clock.sleep(min(wait, _LOOK))
            else:
                return

    def close_for(self, seconds: float) -> None:
        """Let nothing out for a while: the provider asked for it."""
        self._open_at = max(self._open_at, self.clock.elapsed() + seconds)

    def pause(self, why: str) -> None:
        """Let nothing out any more in this run."""
        self._paused = self._paused or why
        self._tell()

    @contextmanager
    def unresolved(self, attempt: str) -> Iterator[None]:
        """Let nothing out while it is unknown what became of an attempt."""
        self._unresolved.add(attempt)
        try:
            yield
        finally:
            self._unresolved.discard(attempt)
            self._tell()

    async def _change(self) -> None:
        import anyio

        changed = anyio.Event()
        self._changed.append(changed)
        await changed.wait()

    def _tell(self) -> None:
        for changed in self._changed:
            changed.set()
        self._changed.clear()
