"""A provider without a network, a process that can die, and a journal between them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import anyio

from runner.boot import Moment
from runner.ceiling import Ceiling
from runner.clock import VirtualClock
from runner.driver import Driver
from runner.gate import Gate
from runner.job import Report
from runner.journal import Attempts, Journal, Record
from runner.order import Body, Order
from runner.payer import Payer
from runner.remote import FetchError, Posted, ReadError, Refusal, Sighting
from runner.submit import Accepted, Attempt, Delivered, NotSent, Rejected, Seen, Unclear
from runner.waker import Waker

T = TypeVar("T")
ORIGIN, ACCOUNT = "https://oxen.example", "you"


class DeathError(BaseException):
    """The process dies here."""


@dataclass
class Provider:
    """What goes on at the provider, whoever asks: the ledger that nobody can argue with.

    Attributes:
        clock: The time.
        replies: What each POST in turn meets: `ok`, `lost` (accepted, no reply), `delivered` (made, no id),
            `vanished` (not accepted, no
            reply), `offline`, or a refusal. `ok` once they are used up.
        ends: What becomes of each job in turn: `succeeded`, or a refusal. `succeeded` once they are used up.
        lag: Seconds until a list shows a job.
        echoes: Whether rows bear their tags.
        takes: Seconds a job takes; None for ever.
        fetches: What each fetch in turn meets: `ok` or words of an error. `ok` once they are used up.
        missing: Whether the provider no longer knows any id.
        unreadable: How many looks fail.
    """

    clock: VirtualClock
    replies: list[str | Refusal] = field(default_factory=list)
    ends: list[str | Refusal] = field(default_factory=list)
    lag: float = 0.0
    echoes: bool = True
    takes: float | None = 60.0
    fetches: list[str] = field(default_factory=list)
    missing: bool = False
    unreadable: int = 0
    posts: list[tuple[float, Mapping[str, Any]]] = field(default_factory=list)
    jobs: dict[str, tuple[float, str | None, str | Refusal]] = field(default_factory=dict)
    looks: int = 0
    lists: int = 0
    _ids: itertools.count[int] = field(default_factory=itertools.count)

    async def submit(self, body: Mapping[str, Any], *, attempt: str, fresh: Callable[[], bool]) -> Posted:
        del attempt
        assert fresh()
        now = self.clock.elapsed()
        how = self.replies.pop(0) if self.replies else "ok"
        if how == "offline":
            return Posted(NotSent("no connection"))
        self.posts.append((now, body))
        if isinstance(how, Refusal):
            return Posted(Rejected(how.message), how)
        if how in {"ok", "lost", "delivered"}:
            generation_id = str(UUID(int=next(self._ids)))
            self.jobs[generation_id] = (
                now,
                body.get("target_directory"),
                self.ends.pop(0) if self.ends else "succeeded",
            )
        if how == "delivered":
            return Posted(Delivered(), result=f"url of post {len(self.posts)}")
        return Posted(Accepted(generation_id) if how == "ok" else Unclear("no reply came"))

    async def look(self, generation_id: str) -> Sighting:
        self.looks += 1
        if self.unreadable:
            self.unreadable -= 1
            raise ReadError("the provider is down")
        if self.missing:
            return Sighting(Seen("missing"))
        began, _, end = self.jobs[generation_id]
        if self.takes is None or self.clock.elapsed() < began + self.takes:
            return Sighting(Seen("running"))
        if isinstance(end, Refusal):
            return Sighting(Seen("failed", message=end.message), refusal=end)
        return Sighting(Seen("succeeded", has_result=True), f"url {self.looks}", Decimal("0.30"))

    async def matches(self, tag: str) -> tuple[str, ...] | None:
        self.lists += 1
        now = self.clock.elapsed()
        return tuple(
            name
            for name, (began, own, _) in self.jobs.items()
            if self.echoes and own == tag and now >= began + self.lag
        )

    async def fetch(self, result: Any, folder: Path) -> Path:
        if result is None:
            raise FetchError("there is no URL")
        if (how := self.fetches.pop(0) if self.fetches else "ok") != "ok":
            raise FetchError(how)
        path = folder / "result"
        path.write_text("video 4 made")
        return path


class Mortal(Attempts):
    """The journal of a process that dies at a given commit: just before it, or just after."""

    countdown = 10**9
    after = False

    def begin(self, *given: Any) -> Record:
        return self._dying(super().begin, *given)

    def move(self, *given: Any, **named: Any) -> Record:
        return self._dying(super().move, *given, **named)

    def take(self, *given: Any) -> Record | None:
        return self._dying(super().take, *given)

    def _dying(self, commit: Callable[..., T], *given: Any, **named: Any) -> T:
        self.countdown -= 1
        if self.countdown == 0 and not self.after:
            raise DeathError
        result = commit(*given, **named)
        if self.countdown == 0:
            raise DeathError
        return result


@dataclass
class Studio:
    """Runs of one account over one journal.

    Attributes:
        folder: Where the journal and the clips are.
        clock: The time.
        provider: The provider.
        dead: Runs whose processes are gone.
    """

    folder: Path
    clock: VirtualClock = field(default_factory=VirtualClock)
    ceiling: Ceiling = field(default_factory=Ceiling)
    account: str = ACCOUNT
    boot: str = "boot"
    dead: set[str] = field(default_factory=set)
    reports: list[Report] = field(default_factory=list)
    uploads: list[bool] = field(default_factory=list)
    chained: bool = False

    def __post_init__(self) -> None:
        self.provider = Provider(self.clock)
        self.journal = Journal.open(self.folder / "journal.sqlite")
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def time(self) -> AsyncIterator[None]:
        """Let virtual time pass."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.clock.drive)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()

    def driver(self, run: str, attempts: Attempts | None = None) -> Driver:
        payer = Payer(
            run=run,
            spending="spending",
            recipe="film.toml",
            provider="oxen",
            origin=ORIGIN,
            account=self.account,
            ceiling=self.ceiling,
            alive=lambda owner: owner not in self.dead,
        )
        return Driver(
            attempts=attempts or self.journal.attempts,
            remote=self.provider,
            gate=Gate(self.clock),
            waker=Waker(self.clock),
            clock=self.clock,
            boot=lambda: Moment(self.boot, self.clock.elapsed()),
            payer=payer,
            new_id=lambda: str(UUID(int=next(self._numbers))),
            pause=lambda looks: min(30.0, 10.0 * (looks + 1)),
            breath=lambda: 2.0,
        )

    def mortal(self, countdown: int, *, after: bool) -> Mortal:
        attempts = Mortal(self.journal.attempts._rows)
        attempts.countdown, attempts.after = countdown, after
        return attempts

    def order(self, key: str = "key", price: Decimal | None = Decimal("0.25"), **more: Any) -> Order:
        async def body(tag: str | None, upload: bool) -> Body:
            self.uploads.append(upload)
            return Body(
                {"prompt": key, **({"target_directory": tag} if tag else {})}, self.chained and not upload
            )

        return Order(
            key, f"plate/{key}", "image-to-video", "video", price, {"prompt": key}, body,
            report=self.reports.append, **more,
        )  # fmt: skip

    def attempt(self, key: str = "key") -> Attempt:
        record = self.journal.attempts.of(key)
        assert record is not None
        return record.attempt
