"""Oxen in one run: connects when something is first to be rendered, listens with one stream, renders jobs."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup

from runner.driver import DEADLINE_SECONDS, Driver
from runner.gate import Gate
from runner.job import Job, Render
from runner.order import Order
from runner.payer import Payer
from runner.providers.hosted.bodies import Bodies, canonical
from runner.providers.hosted.client import Oxen, open_oxen
from runner.providers.hosted.download import Downloader, open_downloader
from runner.providers.hosted.errors import Cause, OxenError
from runner.providers.hosted.pace import Pace
from runner.providers.hosted.queue import Queue, key_refused
from runner.providers.hosted.strangers import Strangers
from runner.providers.hosted.stream import Connected, EventStream, Hint
from runner.providers.hosted.uploads import uploader
from runner.waker import Waker

if TYPE_CHECKING:
    from runner.desk import Desk
    from runner.providers.hosted.settings import Settings

_HEARD_SECONDS = 10.0
"""How long the first request waits for the event stream; without it, polling does."""


@asynccontextmanager
async def open_session(settings: Settings, desk: Desk) -> AsyncIterator[Render]:
    """What renders on Oxen; nothing is connected to before it is first asked to."""
    async with (
        open_oxen(settings) as oxen,
        open_downloader(settings) as downloader,
        anyio.create_task_group() as tasks,
    ):
        yield _Session(settings, desk, oxen, downloader, tasks).render
        tasks.cancel_scope.cancel()


@dataclass(slots=True)
class _Session:
    settings: Settings
    desk: Desk
    oxen: Oxen
    downloader: Downloader
    tasks: TaskGroup
    _connecting: anyio.Lock = field(default_factory=anyio.Lock)
    _connected: tuple[Driver, Bodies] | None = None

    async def render(self, job: Job) -> Path:
        """Have a job made, or go on with what was paid for it before.

        Raises:
            ReelError: As `Driver.make` does.
        """
        async with self._connecting:
            if self._connected is None:
                self._connected = await self._connect()
        driver, bodies = self._connected
        order = Order(
            key=job.key,
            address=job.address,
            uses=job.uses,
            output=job.output,
            price=job.price,
            canonical=canonical(job),
            body=lambda tag, upload: bodies.body(job, tag, upload=upload),
            only_follow=job.only_follow,
            report=job.report,
        )
        return await driver.make(order, job.folder)

    async def _connect(self) -> tuple[Driver, Bodies]:
        desk, settings = self.desk, self.settings
        try:
            account = await self.oxen.account()
        except OxenError as error:
            if error.cause is Cause.KEY:
                raise key_refused(error) from None
            raise
        pace, waker = Pace.of(settings, Random()), Waker(desk.clock)  # noqa: S311 - Jitter is no secret.
        await self._listen(waker, Strangers(self.oxen, desk.attempts, account, waker, self.tasks))
        driver = Driver(
            attempts=desk.attempts,
            remote=Queue(self.oxen, self.downloader, waker.told),
            gate=Gate(desk.clock),
            waker=waker,
            clock=desk.clock,
            boot=desk.boot,
            payer=Payer(
                run=desk.run,
                spending=desk.spending,
                recipe=desk.recipe,
                provider="oxen",
                origin=account.origin,
                account=account.name,
                ceiling=desk.ceiling,
                alive=desk.alive,
            ),
            new_id=lambda: str(uuid.uuid4()),
            pause=lambda looks: pace.pause(looks, listening=waker.listening),
            breath=pace.breath,
            settle=pace.settle,
            deadline=DEADLINE_SECONDS,
        )
        source = partial(desk.attempts.source, origin=account.origin, account=account.name)
        return driver, Bodies(self.oxen, uploader(self.oxen, desk.uploads), source)

    async def _listen(self, waker: Waker, strangers: Strangers) -> None:
        """Begin to listen, and wait until events are heard or it is clear that they are not, for now."""
        tried = anyio.Event()
        self.tasks.start_soon(self._hear, waker, strangers, tried)
        with anyio.move_on_after(_HEARD_SECONDS):
            await tried.wait()

    async def _hear(self, waker: Waker, strangers: Strangers, tried: anyio.Event) -> None:
        async with aclosing(EventStream(self.settings).listen()) as heard:
            async for item in heard:
                if isinstance(item, Hint):
                    waker.wake(item.generation_id)
                    strangers.hear(item.generation_id)
                    continue
                waker.listening = isinstance(item, Connected)
                tried.set()
                waker.wake_all()
