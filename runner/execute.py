"""The one async loop: obeys the scheduler, and turns what happens into events.

It chooses nothing. What a node takes is found out in `steps`; in which order work is begun, by the scheduler.
"""

from __future__ import annotations

import math
import signal
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import anyio
from anyio.abc import TaskGroup, TaskStatus
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from runner.announce import Announcements
from runner.errors import ReelError
from runner.limits import Lane, Limits
from runner.scheduler import (
    Begun,
    Block,
    Cancel,
    Complete,
    Ended,
    Fail,
    Finish,
    Interrupted,
    Scheduler,
    Settle,
    Start,
    Told,
)
from runner.steps import Steps


@dataclass(slots=True)
class Execution:
    """One run of one plan.

    Attributes:
        steps: What the nodes are, what they take, and what is noted of them.
        limits: How many works each lane has place for.
        announcements: The way out for events.
        signalled: Signals received, in order; empty where nobody interrupted.
    """

    steps: Steps
    limits: Mapping[Lane, int]
    announcements: Announcements
    signalled: list[signal.Signals] = field(default_factory=list)
    _scopes: dict[str, anyio.CancelScope] = field(default_factory=dict)

    async def run(self) -> None:
        """Work until nothing more can be done, or somebody interrupts.

        Raises:
            StoreError: If the journal cannot be written; what runs is cancelled.
        """
        broken: ReelError | None = None
        send, receive = anyio.create_memory_object_stream[Told](math.inf)
        async with send, receive, anyio.create_task_group() as tasks:
            if threading.current_thread() is threading.main_thread():
                await tasks.start(self._listen, send)
            try:
                await self._loop(tasks, send, receive)
            except ReelError as error:
                broken = error  # Raised below, because a task group would wrap it.
            tasks.cancel_scope.cancel()
        if broken:
            raise broken

    async def _loop(
        self, tasks: TaskGroup, send: MemoryObjectSendStream[Told], receive: MemoryObjectReceiveStream[Told]
    ) -> None:
        scheduler = Scheduler(self.steps.wanted(), Limits(self.limits))
        told: deque[Told] = deque([Begun()])
        while True:
            while told:
                if isinstance(ended := told.popleft(), Ended) and ended.how == "done":
                    self.steps.keep(ended.work)
                for action in scheduler.handle(ended):
                    if isinstance(action, Finish):
                        self.announcements.flush()
                        return
                    if isinstance(action, Settle):
                        told.append(self.steps.settle(action.node))
                    elif isinstance(action, Start):
                        self._start(tasks, action, send)
                    else:
                        self._note(action)
            self.announcements.flush()
            told.append(await receive.receive())
            while receive.statistics().current_buffer_used:
                told.append(receive.receive_nowait())

    def _note(self, action: Cancel | Complete | Fail | Block) -> None:
        match action:
            case Cancel(work):
                self._scopes[work].cancel()
            case Complete(node, work):
                self.steps.nodes[node].complete(work)
            case Fail(node, work):
                self.steps.fail(node, work)
            case Block(node, by):
                self.steps.nodes[node].block(by)

    def _start(self, tasks: TaskGroup, start: Start, send: MemoryObjectSendStream[Told]) -> None:
        self.steps.nodes[start.node].started(start.work)
        self._scopes[start.work] = anyio.CancelScope()
        tasks.start_soon(self._perform, start, send)

    async def _perform(self, start: Start, send: MemoryObjectSendStream[Told]) -> None:
        with (scope := self._scopes[start.work]):
            how = await self.steps.perform(start.work)
        if scope.cancelled_caught or (scope.cancel_called and how == "failed"):
            send.send_nowait(Ended(start.work, "cancelled"))
        else:
            send.send_nowait(Ended(start.work, how))

    async def _listen(
        self, send: MemoryObjectSendStream[Told], *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        """Take Ctrl-C and SIGTERM for a wish to stop, as long as the run lasts."""
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            task_status.started()
            async for number in signals:
                self.signalled.append(number)
                send.send_nowait(Interrupted())
