"""A recipe opened for work: language, store, journal and engine put together for the commands."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dsl.address import Address
from dsl.diagnostics import Diagnostic
from dsl.graph import Graph
from runner.announce import View
from runner.clock import Clock, RealClock
from runner.errors import UsageError
from runner.estimate import Paces
from runner.gather import Setting
from runner.journal import Journal
from runner.judge import Judge
from runner.localfiles import LocalFiles
from runner.locks import reading_lock
from runner.makers import Makers, installed
from runner.options import RunOptions
from runner.plan import Plan
from runner.record import Failure, Outcome
from runner.state import state_folder
from runner.store import Store

__all__ = ["Equipment", "Failure", "Outcome", "Project", "RunOptions", "View", "open_project"]


@dataclass(frozen=True, slots=True)
class Equipment:
    """What is handed to the engine from outside; tests hand in their own.

    Attributes:
        makers: Who makes media.
        clock: The time.
        name_run: Gives each run a name of its own.
    """

    makers: Makers = field(default_factory=installed)
    clock: Clock = field(default_factory=RealClock)
    name_run: Callable[[], str] = lambda: secrets.token_hex(8)


@contextmanager
def open_project(recipe: Path, options: RunOptions | None = None) -> Iterator[Project]:
    """Compile a recipe and open it for work. Nothing is written before `run`.

    Raises:
        RecipeError: If the recipe has errors.
        OverrideError: If an override does not fit the recipe.
        UsageError: If the options make no sense for it.
        BusyError: If the store is being cleared up.
    """
    from runner.reading import choose, read

    options = options or RunOptions()
    graph = read(recipe, options, probe=True)
    only = frozenset(instance.address for name in options.only for instance in choose(graph, name))
    with reading_lock(state_folder(graph.recipe) / "locks"):
        yield Project(graph, options, Equipment(), only=only)


class Project:
    """A recipe opened for work.

    Attributes:
        graph: The recipe.
        findings: Warnings and notes about it.
        options: What the command line says.
        equipment: What is handed in from outside.
        root: The state folder, absolute; it need not be there yet.
        recipe: The recipe file with links resolved, to which the run lock is bound.
        history: What the journal calls the recipe. Beside it, a name that survives moving the folder.
        setting: What decides keys besides the instances.
        wanted: The instances that the run is about, in order.
        only: The instances it is confined to, without what they need; empty where it is not.
    """

    def __init__(
        self,
        graph: Graph,
        options: RunOptions,
        equipment: Equipment,
        *,
        only: frozenset[Address] = frozenset(),
    ) -> None:
        """Put a project together.

        Raises:
            UsageError: If no job may run at all.
        """
        if min(options.jobs, options.local_jobs) < 1:
            raise UsageError("at least one job must be allowed to run at once")
        self.graph = graph
        self.findings: tuple[Diagnostic, ...] = graph.findings
        self.options = options
        self.equipment = equipment
        self.root = state_folder(graph.recipe)
        self.recipe = graph.recipe.resolve()
        beside = self.root.parent == graph.recipe.parent
        self.history = graph.recipe.name if beside else str(self.recipe)
        self.only = only
        self.wanted = graph.needed(only or None)
        self.setting = Setting(
            equipment.makers, LocalFiles(), options.rendition, options.rehearsal, graph.instances
        )

    def plan(self) -> Plan:
        """What a run would do. Changes nothing on disk, and reads whatever state there is.

        Raises:
            MediaError: If a local input cannot be read.
            UsageError: If a provider or kind of step is not installed.
            StoreError: If the journal cannot be read.
        """
        journal = Journal.read(self.journal)
        try:
            return self.judge(Store(self.root, writable=False), journal)
        finally:
            journal.close()

    async def run(self, views: Sequence[View] = ()) -> Outcome:
        """Make what the recipe asks for, and deliver it.

        Raises:
            UsageError: If a provider that is needed is not available, or a gate is in the way; nothing was
                begun then.
            BusyError: If the recipe is being run by another process.
            StoreError: If the state cannot be written, or the disk is full.
            MediaError: If a local input cannot be read.
        """
        from runner.running import run

        self._refuse_unavailable()
        self._refuse_gates()
        return await run(self, views)

    def judge(self, store: Store, journal: Journal) -> Plan:
        """Judge every instance that is wanted, from what store and journal hold."""
        names = {each.provider for each in self.graph.instances.values() if each.provider}
        hosted = frozenset(name for name in names if self.equipment.makers.provider(name).hosted)
        paces = Paces(journal.paces(), hosted)
        return Judge(self.graph, self.history, self.setting, store, journal, paces).plan(self.wanted)

    @property
    def journal(self) -> Path:
        """Where the journal is."""
        return self.root / "journal.sqlite"

    @property
    def out(self) -> Path:
        """Where deliverables go, absolute."""
        if self.options.out is not None:
            return self.options.out.absolute()
        folder = self.graph.recipe.parent / "out"
        return folder / "rehearsal" if self.options.rehearsal else folder

    def _refuse_unavailable(self) -> None:
        """Refuse to begin what could not be finished for want of a provider."""
        providers = (self.graph.instances[address].provider for address in self.wanted)
        names = dict.fromkeys(name for name in providers if name)
        reasons = {name: why for name in names if (why := self.equipment.makers.provider(name).unavailable())}
        for planned in self.plan().instances.values() if reasons else ():
            if planned.verdict != "reuse" and planned.instance.provider in reasons:
                raise UsageError(reasons[planned.instance.provider])

    def _refuse_gates(self) -> None:
        """Refuse to go past a gate: nobody can approve it yet, and what lies behind it may cost money."""
        if self.options.rehearsal:
            return
        gates = {address for address in self.wanted if self.graph.instances[address].gate}
        for address in self.wanted:
            for passed in gates.intersection(self.graph.instances[address].inputs):
                raise UsageError(
                    f"{address} waits behind the gate of {passed}, and this release cannot open gates yet; "
                    f"make it with --only {passed}, look at it, and then take the gate out of the recipe"
                )
