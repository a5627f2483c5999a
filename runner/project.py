"""A recipe opened for work: language, store, journal and engine put together for the commands."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dsl.diagnostics import Diagnostic
from dsl.graph import Graph
from runner.events import Event, RunStatus
from runner.job import Rendition
from runner.plan import Plan


class View(Protocol):
    """Shows a run. A view that raises is dropped, and the run goes on."""

    def __call__(self, event: Event) -> None:
        """Take notice of what happened."""
        ...


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a command line says about a run.

    Attributes:
        provider: Overrides every provider in the recipe; `animatic` makes the run a rehearsal.
        sets: Overrides of `[vars]`, as typed.
        seed: Overrides the recipe's root seed.
        only: Addresses or names of steps to which the run is confined, with what they need.
        jobs: How many hosted jobs run at once.
        local_jobs: How many local jobs run at once.
        rendition: How animatics are drawn.
        out: Where to deliver; None for `out/` beside the recipe (rehearsals: `out/rehearsal/`).
        allow_roots: Folders, besides the recipe's own, from which media may be read.
        allow_large: Whether more than 1,000 instances are accepted.
    """

    provider: str | None = None
    sets: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    only: tuple[str, ...] = ()
    jobs: int = 8
    local_jobs: int = field(default_factory=lambda: len(os.sched_getaffinity(0)))
    rendition: Rendition = field(default_factory=Rendition)
    out: Path | None = None
    allow_roots: tuple[Path, ...] = ()
    allow_large: bool = False

    @property
    def rehearsal(self) -> bool:
        """Whether the animatic provider stands in for the real ones."""
        return self.provider == "animatic"


@dataclass(frozen=True, slots=True)
class Failure:
    """An instance that could not be made, and why."""

    address: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        status: As in `run_finished`.
        exit_status: 0 done, 1 a step failed or a film has a slug, 130 interrupted, 143 terminated.
        outputs: What was delivered, absolute paths by the output's name.
        failures: What failed, in the order in which it did.
        missing: Clips that a delivered film has a slug for, or that were dropped from it.
        made: How many instances were made.
        reused: How many needed no work.
    """

    status: RunStatus
    exit_status: int
    outputs: Mapping[str, tuple[Path, ...]]
    failures: tuple[Failure, ...]
    missing: tuple[str, ...]
    made: int
    reused: int


class Project(Protocol):
    """A recipe opened for work. Leave it with `with`, so that its locks and files are given back."""

    graph: Graph
    findings: tuple[Diagnostic, ...]

    def plan(self) -> Plan:
        """What a run would do. Changes nothing on disk, and reads whatever state there is."""
        ...

    async def run(self, views: Sequence[View] = ()) -> Outcome:
        """Make what the recipe asks for, and deliver it."""
        ...
