"""Waiting for a generation: until somebody says that it has ended, or until it is time to look anyway.

A generation is known by its id; one whose id is not known yet is waited for by its tag.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runner.clock import Clock

if TYPE_CHECKING:
    from anyio import Event

_REMEMBERED = 1000


@dataclass(slots=True)
class Waker:
    """Wakes whoever waits for a generation. It says that it is time to look, and never what will be seen.

    Attributes:
        clock: The time.
        listening: Whether somebody would say so: the event stream is connected.
    """

    clock: Clock
    listening: bool = False
    _waiting: dict[str, set[Event]] = field(default_factory=lambda: defaultdict(set))
    _early: dict[str, None] = field(default_factory=dict)
    _told: dict[str, None] = field(default_factory=dict)

    def wake(self, generation_id: str) -> None:
        """Wake who waits for this generation; remembered for a while, where nobody does yet."""
        _remember(self._told, generation_id)
        if waiting := self._waiting.get(generation_id):
            for event in waiting:
                event.set()
            return
        _remember(self._early, generation_id)

    def told(self, generation_id: str) -> bool:
        """Whether somebody has said lately that this generation has ended."""
        return generation_id in self._told

    def wake_all(self) -> None:
        """Wake everybody: events may have been missed."""
        for waiting in self._waiting.values():
            for event in waiting:
                event.set()

    async def wait(self, generation_id: str, seconds: float) -> None:
        """Wait until woken, or until the time is over."""
        import anyio

        if generation_id in self._early:
            del self._early[generation_id]
            return
        woken = anyio.Event()
        self._waiting[generation_id].add(woken)
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._alarm, seconds, woken)
                await woken.wait()
                tasks.cancel_scope.cancel()
        finally:
            self._waiting[generation_id].discard(woken)
            if not self._waiting[generation_id]:
                del self._waiting[generation_id]

    async def _alarm(self, seconds: float, woken: Event) -> None:
        await self.clock.sleep(seconds)
        woken.set()


def _remember(names: dict[str, None], name: str) -> None:
    names[name] = None
    if len(names) > _REMEMBERED:
        del names[next(iter(names))]
