"""Events about generations whose ids nobody here knows: one may be ours, and its id never came."""

from __future__ import annotations

from dataclasses import dataclass, field

from anyio.abc import TaskGroup

from runner.journal import Attempts
from runner.providers.hosted.client import Account, Oxen
from runner.providers.hosted.errors import OxenError
from runner.waker import Waker

_MOST = 1000
"""Rows that are read in a session; other programs may use the same key."""


@dataclass(slots=True)
class Strangers:
    """Reads the row of an unknown generation once, while an attempt of the account is looked for.

    Whoever looks for the attempt whose tag the row bears is woken; the row itself sets no state.

    Attributes:
        oxen: The API.
        attempts: What was paid for.
        account: Whose events are heard.
        waker: Wakes by tag.
        tasks: Where rows are read, so that events are heard meanwhile.
    """

    oxen: Oxen
    attempts: Attempts
    account: Account
    waker: Waker
    tasks: TaskGroup
    _read: set[str] = field(default_factory=set)

    def hear(self, generation_id: str) -> None:
        """Take notice of an event."""
        origin, name = self.account.origin, self.account.name
        if generation_id in self._read or len(self._read) >= _MOST:
            return
        if not self.attempts.looked_for(origin, name) or self.attempts.holder(generation_id, origin, name):
            return
        self._read.add(generation_id)
        self.tasks.start_soon(self._look, generation_id)

    async def _look(self, generation_id: str) -> None:
        try:
            row = await self.oxen.find(generation_id)
        except OxenError:
            return
        looked_for = self.attempts.looked_for(self.account.origin, self.account.name)
        if row is not None and row.target_directory in looked_for:
            self.waker.wake(row.target_directory)
