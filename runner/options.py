"""What a command line says about a run: apart from the engine, which `check` need not load to read it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from runner.job import Rendition


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
        max_cost: USD that may be spent at most; None for what the recipe and the user's configuration say.
        allow_unpriced: Whether what has no known price may be bought under a ceiling.
    """

    provider: str | None = None
    sets: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    only: tuple[str, ...] = ()
    jobs: int = 8
    local_jobs: int = field(default_factory=_cores)
    rendition: Rendition = field(default_factory=Rendition)
    out: Path | None = None
    allow_roots: tuple[Path, ...] = ()
    allow_large: bool = False
    max_cost: Decimal | None = None
    allow_unpriced: bool = False

    @property
    def rehearsal(self) -> bool:
        """Whether the animatic provider stands in for the real ones."""
        return self.provider == "animatic"
