"""The providers of a run, each opened for as long as the run lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Container, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from runner.desk import Desk
from runner.errors import ReelError
from runner.job import Render
from runner.journal import Journal, Record
from runner.providers import Provider


@asynccontextmanager
async def opened(providers: Iterable[Provider], desk: Desk) -> AsyncIterator[dict[str, Render]]:
    """What does the work of each provider, by its name.

    Raises:
        ReelError: Whatever the body raises, as it is: a provider's task group would wrap it.
    """
    broken: ReelError | None = None
    async with AsyncExitStack() as stack:
        renderers = {
            provider.name: await stack.enter_async_context(provider.session(desk)) for provider in providers
        }
        try:
            yield renderers
        except ReelError as error:
            broken = error
    if broken is not None:
        raise broken


def left_over(journal: Journal, renderers: Container[str], desk: Desk) -> list[Record]:
    """What earlier runs paid for at providers that are open, and left, their processes gone."""
    return [
        record
        for record in journal.attempts.left()
        if record.provider in renderers and record.owner != desk.run and not desk.alive(record.owner)
    ]
