"""The studio: what is accepted, how it is worked on, and how it ends."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from dsl.catalog import Model
from runner.errors import MediaError
from runner.simulator.faults import Faults
from runner.simulator.files import Files
from runner.simulator.ledger import Ledger
from runner.simulator.media import Reach, UnreachableError
from runner.simulator.models import Shelf
from runner.simulator.options import Options
from runner.simulator.prices import cost
from runner.simulator.renderers import Renderer, Wanted
from runner.simulator.rows import RESERVED, Row
from runner.simulator.stream import Hub

_QUEUED_PART = 0.1
_QUEUED_MOST = 0.5
_SLOW = 30.0
_FLAGGED = "content_policy_violation: The content was flagged by a content checker."
_UNREACHABLE = "Failed to download input: 403 Client Error: Forbidden for url: https://example.com/input"


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that was made, as it came.

    Attributes:
        method: Its method.
        path: Its path.
        query: Its query, without the question mark.
        host: The host it was sent to.
        user_agent: What the client says it is.
        authorization: Its key; None where it has none.
    """

    method: str
    path: str
    query: str
    host: str
    user_agent: str
    authorization: str | None


@dataclass(slots=True)
class Studio:
    """All state of a simulator.

    Attributes:
        options: How it behaves.
        folder: For the bytes of results and uploads.
        secret: What signatures are made with.
        renderer: Makes the clips.
        own: Names of this server, `HOST:PORT`.
        now: Unix time, seconds.
        rows: Every generation by its id, in the order of acceptance.
        requests: The last hundred thousand requests.
        closing: Set when the server is to end.
    """

    options: Options
    folder: Path
    secret: bytes
    renderer: Renderer
    own: frozenset[str]
    now: Callable[[], float] = time.time
    rows: dict[str, Row] = field(default_factory=dict)
    requests: deque[Seen] = field(default_factory=lambda: deque(maxlen=100_000))
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    faults: Faults = field(init=False)
    ledger: Ledger = field(init=False)
    files: Files = field(init=False)
    shelf: Shelf = field(init=False)
    hub: Hub = field(init=False)
    _work: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.faults = Faults.of(self.options.faults)
        self.ledger = Ledger(self.options.ledger)
        self.files = Files(self.folder, self.secret, self.options.url_seconds, self.now)
        self.shelf = Shelf(self.options.schema_key, self.options.drift)
        self.hub = Hub(self.faults, self.signed)

    def accept(
        self, user: str, model: Model, body: Mapping[str, Any], *, hurry: bool = False, **known: Any
    ) -> Row:
        """Accept one generation: it is in the ledger, and it is worked on, whatever becomes of the reply.

        Args:
            user: Who asks.
            model: The model.
            body: The whole body.
            hurry: Whether it takes no more time than it must.
            known: Further fields of the ledger's entry; `retried_from` is also kept in the row.
        """
        row = Row(
            id=str(uuid4()),
            user=user,
            model=model,
            parameters={name: value for name, value in body.items() if name not in RESERVED},
            prompt=body.get("prompt"),
            namespace=body.get("target_namespace") or user,
            repo=body.get("target_repo"),
            directory=body.get("target_directory"),
            enqueued_at=self.now(),
            faults=self.faults.strike("job") | ({"slow-job": "0"} if hurry else {}),
            retried_from=known.get("retried_from"),
        )
        unknown = self.shelf.unknown(model, {k: v for k, v in row.parameters.items() if k != "prompt"})
        entry = {"at": row.enqueued_at, "generation_id": row.id, "user": user, "model": model.id, **known}
        self.ledger.accept(entry | {"unknown": unknown, "body": dict(body)})
        self.rows[row.id] = row
        if unknown:
            self.options.say(f"{model.id} does not know {', '.join(unknown)}; ignored")
        task = asyncio.get_running_loop().create_task(self._follow(row))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return row

    def cancel(self, row: Row) -> None:
        """Cancel a generation; one that has ended stays as it is."""
        if not row.ended.is_set() and "cancel-late" in row.faults:
            row.status = "cancelled"
        elif not row.ended.is_set():
            row.end("cancelled", self.now())
            row.cost = Decimal(0)

    def signed(self, origin: str, row: Row) -> str:
        """A URL for a row's result, good for as long as the options say."""
        return self.files.url(origin, address(row))

    def result_url(self, origin: str, row: Row) -> str:
        """The `result_url` of a row."""
        signed = self.signed(origin, row)
        return signed if self.options.results == "presigned" else signed.partition("?")[0]

    async def close(self) -> None:
        """End all work and every stream."""
        self.closing.set()
        self.hub.close()
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        for row in self.rows.values():  # Whoever still waits for one is let go.
            row.ended.set()

    async def _follow(self, row: Row) -> None:
        """Work on a row until it has ended, and tell those who listen."""
        slow = row.faults.get("slow-job")
        least = self.options.job_seconds if slow is None else float(slow or _SLOW)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        if await _ends(row, min(_QUEUED_MOST, _QUEUED_PART * least)):
            return
        if row.status == "queued":
            row.status, row.started_at = "processing", self.now()
        work = loop.create_task(self._make(row))
        ending = loop.create_task(row.ended.wait())
        try:
            await asyncio.wait({work, ending}, return_when=asyncio.FIRST_COMPLETED)
            if row.ended.is_set() or await _ends(row, least - (loop.time() - begun)):
                return
            self._settle(row, *work.result())
        finally:
            work.cancel()
            ending.cancel()
            shutil.rmtree(self.folder / row.id, ignore_errors=True)

    def _settle(self, row: Row, path: Path | None, error: str | None) -> None:
        if "processing-forever" in row.faults:
            return
        if "cancelled" in row.faults:
            self.cancel(row)
            return
        row.error, row.cost = error, Decimal(0)
        if path is not None:
            row.suffix = path.suffix
            self.files.keep(address(row), path)
            row.cost = cost(row.model, row.parameters)
        if "high-cost" in row.faults:
            row.cost = Decimal(row.faults["high-cost"] or 99)
        if "no-cost" in row.faults:
            row.cost = None
        row.end("failed" if error else "succeeded", self.now())
        self.options.say(f"{row.id} {row.status}{f': {error}' if error else ''}")
        self.hub.announce(row)

    async def _make(self, row: Row) -> tuple[Path | None, str | None]:
        """Check and render a job: its file, or what went wrong."""
        scripted = self._scripted(row)
        given = {**row.parameters, **({} if row.prompt is None else {"prompt": row.prompt})}
        if error := scripted or self.shelf.fault(row.model, given):
            return None, error
        folder = self.folder / row.id
        folder.mkdir()
        reach = Reach(self.files, self.own, folder, self.options.say)
        known = {k: v for k, v in given.items() if k in row.model.parameters and v is not None}
        try:
            media = reach.gather(row.model, known)
            plain = {k: v for k, v in known.items() if k not in media}
            return await self.renderer.render(Wanted(row.id, row.model, plain, media, folder)), None
        except UnreachableError as error:
            return None, str(error)
        except MediaError as error:
            return None, f"Getting model response error: 422 - {error}"
        except Exception as error:  # noqa: BLE001 - a job that breaks the simulator has failed, and no other has.
            self.options.say(f"{row.id}: {type(error).__name__}: {error}")
            return None, "Internal server error"

    def _scripted(self, row: Row) -> str | None:
        texts = {
            "moderation": row.faults.get("moderation") or _FLAGGED,
            "insufficient-credits": "Insufficient credits",
            "input-unreachable": _UNREACHABLE,
            "failed": row.faults.get("failed") or "Getting model response error: 500 - the model failed",
        }
        return next((words for name, words in texts.items() if name in row.faults), None)


def address(row: Row) -> str:
    """Where the result of a row lies, after `/api/repos/`."""
    return f"{row.user}/playground/file/main/generations/{row.id}{row.suffix}"


async def _ends(row: Row, seconds: float) -> bool:
    """Let time pass; whether the row has ended meanwhile."""
    if seconds > 0:
        try:
            await asyncio.wait_for(row.ended.wait(), seconds)
        except TimeoutError:
            return row.ended.is_set()
    return row.ended.is_set()
