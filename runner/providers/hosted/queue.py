"""Oxen's queue as the engine knows a provider's: replies and errors told in the engine's words."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import anyio
import anyio.to_thread

from dsl.catalog import model
from runner.errors import MediaError, PausedError
from runner.providers.hosted.client import Oxen, SyncEndpoint
from runner.providers.hosted.download import Downloader
from runner.providers.hosted.errors import (
    Cause,
    DownloadError,
    InterruptedDownloadError,
    Mark,
    OxenError,
    Problem,
    UnsafeUrlError,
)
from runner.providers.hosted.matching import tagged
from runner.providers.hosted.outcome import Refused
from runner.providers.hosted.rows import Row
from runner.providers.hosted.secret import SignedUrl
from runner.providers.hosted.sync_reply import Made
from runner.remote import FetchError, Posted, ReadError, Refusal, Sighting, Why
from runner.submit import Delivered, Seen

_WHY: dict[Cause, Why] = {
    Cause.CONTENT: "content",
    Cause.PARAMETER: "parameter",
    Cause.RATE: "rate",
    Cause.TRANSIENT: "transient",
    Cause.CREDIT: "credit",
    Cause.KEY: "key",
    Cause.INPUT: "input",
}


@dataclass(slots=True)
class Queue:
    """Oxen's queue.

    Attributes:
        oxen: The API.
        downloader: Fetches results.
        told: Whether an event has told that a generation has ended: then the history has its row and cost.
    """

    oxen: Oxen
    downloader: Downloader
    told: Callable[[str], bool]
    _marks: dict[Path, Mark] = field(default_factory=dict)
    _proving: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(os.cpu_count() or 1))

    async def submit(self, body: Mapping[str, Any], *, attempt: str, fresh: Callable[[], bool]) -> Posted:
        """Ask for one generation, once; with `mode = "sync"`, by the call that comes back when it is made."""
        if self.oxen.settings.mode == "sync":
            outcome = await self.oxen.generate(_endpoint(body), body, fresh=fresh)
        else:
            outcome = await self.oxen.submit(body, fresh=fresh, attempt=attempt)
        if isinstance(outcome, Made):
            return Posted(Delivered(), result=outcome.urls[0])
        if not isinstance(outcome, Refused):
            return Posted(outcome)
        refusal = _refusal(outcome.problem)
        if outcome.names_tag:
            refusal = Refusal("tag", refusal.message)
        return Posted(outcome, refusal)

    async def look(self, generation_id: str) -> Sighting:
        """The row of a generation.

        Raises:
            ReadError: If it cannot be read this time.
            PausedError: If the key is not accepted.
        """
        try:
            row = await self._row(generation_id)
        except OxenError as error:
            if error.cause is Cause.KEY:
                raise key_refused(error) from None
            raise ReadError(str(error), error.problem.retry_after) from None
        if row is None:
            return Sighting(Seen("missing"))
        problem = row.problem
        refusal = None if problem is None else _refusal(problem)
        return Sighting(row.seen, row.result_url, row.cost, refusal, row.status if row.strange else None)

    async def _row(self, generation_id: str) -> Row | None:
        """The row; of what has ended the history's, which has the cost, if it can be had."""
        row = None if self.told(generation_id) else await self.oxen.find(generation_id)
        if row is not None and (row.standing == "running" or row.cost is not None):
            return row
        try:
            detail = await self.oxen.detail(generation_id)
        except OxenError:
            return row or await self.oxen.find(generation_id)
        return detail if row is None or detail.standing == row.standing else row

    async def matches(self, tag: str) -> tuple[str, ...] | None:
        """The generations that bear a tag; None where a list could not be read whole."""
        rows: dict[str, Row] = {}
        try:
            for read in (self.oxen.list_queue, self.oxen.list_generations):
                listing = await read(folder=tag)
                if not listing.complete:
                    return None
                rows |= {row.generation_id: row for row in listing.rows}
        except OxenError:
            return None
        return tagged(rows.values(), tag)

    async def fetch(self, result: Any, folder: Path) -> Path:
        """Fetch a result into a folder, whole, and prove it by decoding all of it.

        Raises:
            FetchError: If it did not come.
        """
        from runner.media.probe import probe
        from runner.media.prove import prove

        if not isinstance(result, SignedUrl):
            raise FetchError("the provider gives no URL for it")
        part = folder / "result"
        try:
            done = await self.downloader.fetch(result, part, self._marks.pop(part, None))
            async with self._proving:
                await prove(done.path, await anyio.to_thread.run_sync(probe, done.path))
        except InterruptedDownloadError as error:
            if error.mark is not None:
                self._marks[part] = error.mark
            raise FetchError(str(error)) from None
        except (DownloadError, UnsafeUrlError, OxenError, MediaError) as error:
            raise FetchError(str(error)) from None
        return done.path


def _endpoint(body: Mapping[str, Any]) -> SyncEndpoint:
    """The blocking endpoint that has the model."""
    known = model(str(body.get("model")))
    paths: tuple[SyncEndpoint, ...] = get_args(SyncEndpoint)
    return next((path for path in paths if known and known.endpoint == path), "/videos/generate")


def _refusal(problem: Problem) -> Refusal:
    message = problem.message
    if problem.cause is Cause.CREDIT:
        message = f"out of credit: {message}; top up at the provider and run again, nothing accepted is lost"
    if problem.cause is Cause.KEY:
        message = f"the API key is not accepted: {message}; check OXEN_API_KEY and run again"
    return Refusal(_WHY.get(problem.cause, "other"), message, problem.retry_after)


def key_refused(error: OxenError) -> PausedError:
    """What a key that is not accepted means for the run."""
    return PausedError(_refusal(error.problem).message)
