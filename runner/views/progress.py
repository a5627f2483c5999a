"""A run as a fold over its events: where each instance stands. Board and closing words read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from runner.events import (
    Delivered,
    Event,
    InstanceBlocked,
    InstanceFailed,
    InstanceFinished,
    InstanceHeld,
    InstanceProgressed,
    InstanceReused,
    InstanceStalled,
    InstanceStarted,
    InstanceUnpaid,
    RunFinished,
    RunStarted,
)

State: TypeAlias = Literal["waiting", "running", "done", "reused", "failed", "held", "blocked"]


@dataclass(slots=True)
class Progress:
    """Where one instance stands.

    Attributes:
        address: The instance.
        state: What it is doing.
        since: When that state began, UTC; None while it waits.
        part: How much of its work is done, 0 to 1.
        took: Seconds of work, once done.
        seconds: How long it plays, where this run has made it; None for images.
        frames: How many frames it has, likewise.
    """

    address: str
    state: State = "waiting"
    since: datetime | None = None
    part: float = 0.0
    took: float = 0.0
    seconds: float | None = None
    frames: int | None = None


@dataclass(slots=True)
class RunProgress:
    """Where a run stands. Call it with each event.

    The board draws from a thread of its own, and so every reading goes over a copy.

    Attributes:
        started: When the run began, UTC; None before.
        instances: By address, in the plan's order.
        delivered: Deliverables so far.
        finished: The last event, once the run is over.
    """

    started: datetime | None = None
    instances: dict[str, Progress] = field(default_factory=dict)
    delivered: list[Delivered] = field(default_factory=list)
    finished: RunFinished | None = None

    def __call__(self, event: Event) -> None:  # noqa: C901 - A case an event.
        """Take notice of what happened."""
        match event:
            case RunStarted():
                self.started = event.at
                self.instances = {address: Progress(address) for address in event.instances}
            case InstanceProgressed():
                self._of(event.address).part = event.part
            case InstanceStarted():
                self._turn(Progress(event.address, "running", event.at))
            case InstanceReused():
                self._turn(Progress(event.address, "reused", event.at, part=1.0))
            case InstanceFinished(seconds=seconds, frames=frames, took=took):
                self._turn(Progress(event.address, "done", event.at, 1.0, took, seconds, frames))
            case InstanceFailed():
                self._turn(Progress(event.address, "failed", event.at, part=1.0))
            case InstanceHeld(left_over=True):
                pass
            case InstanceHeld() | InstanceStalled() | InstanceUnpaid():
                self._turn(Progress(event.address, "held", event.at, part=1.0))
            case InstanceBlocked():
                self._turn(Progress(event.address, "blocked", event.at, part=1.0))
            case Delivered():
                self.delivered.append(event)
            case RunFinished():
                self.finished = event

    def count(self, *states: State) -> int:
        """How many instances are in any of these states."""
        return sum(progress.state in states for progress in list(self.instances.values()))

    @property
    def part(self) -> float:
        """How much of the whole run is done, 0 to 1, every instance counting the same."""
        total = len(self.instances)
        return sum(progress.part for progress in list(self.instances.values())) / total if total else 0.0

    def latest(self, *states: State) -> list[Progress]:
        """The instances in any of these states, the one that turned to it last first."""
        found = [(p.since, p) for p in list(self.instances.values()) if p.since and p.state in states]
        return [progress for _, progress in sorted(found, key=lambda pair: pair[0], reverse=True)]

    def _of(self, address: str) -> Progress:
        return self.instances.setdefault(address, Progress(address))

    def _turn(self, progress: Progress) -> None:
        self.instances[progress.address] = progress
