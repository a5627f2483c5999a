"""Oxen's counter: what is asked of it between runs, about what was paid for. Nothing here costs money."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from runner.decide import Candidate
from runner.errors import UsageError
from runner.providers.hosted.client import Account, Cancelled, Oxen, open_oxen
from runner.providers.hosted.download import open_downloader
from runner.providers.hosted.errors import Cause, OxenError
from runner.providers.hosted.queue import Queue, key_refused
from runner.providers.hosted.rows import Row, is_id
from runner.providers.hosted.settings import Settings, read_settings
from runner.remote import Sighting


@dataclass(frozen=True, slots=True)
class Counter:
    """The counter, for one account.

    Attributes:
        account: Whose key it is.
    """

    account: Account
    _oxen: Oxen
    _queue: Queue

    async def matches(self, tag: str) -> tuple[str, ...] | None:
        """The generations that bear a tag; None where the list could not be read whole."""
        return await self._queue.matches(tag)

    async def everything(self) -> tuple[Candidate, ...] | None:
        """All generations of the account; None where a list could not be read whole."""
        rows: dict[str, Row] = {}
        try:
            for read in (self._oxen.list_queue, self._oxen.list_generations):
                listing = await read()
                if not listing.complete:
                    return None
                rows |= {row.generation_id: row for row in listing.rows}
        except OxenError:
            return None
        return tuple(map(_candidate, rows.values()))

    async def find(self, generation_id: str) -> Candidate | None:
        """A generation; None if the account has none of that id.

        Raises:
            OxenError: If it cannot be read.
        """
        row = await self._oxen.find(generation_id) if is_id(generation_id) else None
        return None if row is None else _candidate(row)

    async def look(self, generation_id: str) -> Sighting:
        """A generation as the paid-attempt machine sees it. Raises as `Queue.look` does."""
        return await self._queue.look(generation_id)

    async def cancel(self, generation_id: str) -> Cancelled:
        """Ask to cancel a generation.

        Raises:
            OxenError: If it could not be asked.
        """
        return await self._oxen.cancel(generation_id)


def settings() -> Settings:
    """Where the provider is, and with which key.

    Raises:
        UsageError: If there is no key.
    """
    found = read_settings()
    if found.key is None:
        raise UsageError("OXEN_API_KEY is not set, so the provider cannot be asked; set it and try again")
    return found


@asynccontextmanager
async def open_counter() -> AsyncIterator[Counter]:
    """The counter, for as long as it is needed.

    Raises:
        UsageError: If there is no key.
        PausedError: If the key is refused.
        OxenError: If the provider cannot be reached.
    """
    found = settings()
    async with open_oxen(found) as oxen, open_downloader(found) as downloader:
        try:
            account = await oxen.account()
        except OxenError as error:
            if error.cause is Cause.KEY:
                raise key_refused(error) from None
            raise
        yield Counter(account, oxen, Queue(oxen, downloader, lambda _: False))


def _candidate(row: Row) -> Candidate:
    return Candidate(
        generation_id=row.generation_id,
        standing=row.standing,
        model=row.model,
        prompt=row.prompt,
        tag=row.target_directory,
        at=None if row.enqueued_at is None else datetime.fromtimestamp(row.enqueued_at, UTC),
        cost=row.cost,
        retried_from=row.retried_from_id,
    )
