"""A run as a fold over its events, and the outcome that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from runner.events import (
    Delivered,
    Event,
    InstanceBlocked,
    InstanceFailed,
    InstanceFinished,
    InstanceHeld,
    InstanceReused,
    InstanceStalled,
    InstanceSubmitted,
    InstanceUnpaid,
    RunStatus,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An instance that was not made, and why."""

    address: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        status: As in `run_finished`.
        exit_status: 0 done, 1 a step failed or a film has a slug, 3 refused by the ceiling, 4 held, 5 stalled
            or out of credit, 130 interrupted, 143 terminated.
        outputs: What was delivered, absolute paths by the output's name.
        failures: What failed, in the order in which it did.
        missing: Clips that a delivered film has a slug for, or that were dropped from it.
        made: How many instances were made.
        reused: How many needed no work.
        held: What needs a decision, what earlier runs left included.
        stalled: What goes on another time.
        unpaid: What does not fit under the ceiling.
        remote: Work that goes on at a provider: the ids by address.
        refusal: Why nothing was begun; empty where something was.
        spent: USD that this run and those it goes on from have spent or reserved; None where nothing was
            ordered, or a price is not known.
    """

    status: RunStatus
    exit_status: int
    outputs: Mapping[str, tuple[Path, ...]]
    failures: tuple[Failure, ...]
    missing: tuple[str, ...]
    made: int
    reused: int
    held: tuple[Failure, ...] = ()
    stalled: tuple[Failure, ...] = ()
    unpaid: tuple[Failure, ...] = ()
    remote: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    spent: Decimal | None = None


@dataclass(slots=True)
class RunRecord:
    """What a run has come to so far. Call it with each event."""

    made: int = 0
    reused: int = 0
    failures: list[Failure] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)
    held: list[Failure] = field(default_factory=list)
    left_over: list[Failure] = field(default_factory=list)
    stalled: list[Failure] = field(default_factory=list)
    unpaid: list[Failure] = field(default_factory=list)
    remote: dict[str, str] = field(default_factory=dict)
    refusal: str = ""

    def __call__(self, event: Event) -> None:
        """Take notice of what happened."""
        match event:
            case InstanceFinished():
                self.made += 1
                self.remote.pop(event.address, None)
            case InstanceSubmitted():
                self.remote[event.address] = event.generation_id
            case InstanceHeld():
                kept = self.left_over if event.left_over else self.held
                kept.append(Failure(event.address, event.message))
            case InstanceStalled():
                self.stalled.append(Failure(event.address, event.message))
            case InstanceUnpaid():
                self.unpaid.append(Failure(event.address, event.message))
            case InstanceReused():
                self.reused += 1
            case InstanceFailed():
                self.failures.append(Failure(event.address, event.message))
                self.remote.pop(event.address, None)
            case InstanceBlocked():
                self.blocked.append(event.address)
            case Delivered():
                self.delivered.append(event)
            case _:
                pass

    def outputs(self, names: tuple[str, ...]) -> dict[str, tuple[Path, ...]]:
        """What lies under its final name, in the order of the names given."""
        return {
            name: paths
            for name in dict.fromkeys(names)
            if (paths := tuple(each.path for each in self.delivered if each.name == name))
        }

    def missing(self) -> tuple[str, ...]:
        """Clips that a delivered film does without, each once."""
        return tuple(dict.fromkeys(clip for each in self.delivered for clip in each.missing))

    def status(self, *, interrupted: bool) -> RunStatus:
        """How the run ended, all in all."""
        if interrupted:
            return "interrupted"
        if self.held:
            return "held"
        if self.refusal or self.unpaid:
            return "refused"
        if self.stalled:
            return "stalled"
        return "failed" if self.failures or self.blocked or self.missing() else "done"
