"""One run of a project, from its locks to its last event."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.values import Derived, Made
from runner.announce import Announcements, View
from runner.boot import boot_clock
from runner.ceiling import Ceiling, lowest
from runner.configuration import max_cost
from runner.delivering import Delivering
from runner.delivery import permissions
from runner.desk import Desk
from runner.events import RunFinished, RunStarted
from runner.execute import Execution
from runner.following import Following
from runner.journal import Journal
from runner.limits import Lane
from runner.locks import abandoned, run_lock, store_lock
from runner.making import Making
from runner.plan import Plan
from runner.record import Outcome, RunRecord
from runner.sessions import left_over, opened
from runner.stage import Stage
from runner.state import create, scratch
from runner.steps import Steps
from runner.store import Store
from runner.workshop import Workshop

if TYPE_CHECKING:
    from runner.project import Project
    from runner.providers import Provider

_STATUSES = {"done": 0, "failed": 1, "refused": 3, "held": 4, "stalled": 5}


async def run(project: Project, views: Sequence[View]) -> Outcome:
    """Make and deliver what a project wants.

    Raises:
        BusyError: If the recipe is being run by another process.
        StoreError: If the state cannot be written, or the disk is full.
        MediaError: If a local input cannot be read.
    """
    create(project.root)
    name, locks = project.equipment.name_run(), project.root / "locks"
    with ExitStack() as stack:
        stack.enter_context(store_lock(locks))
        stack.enter_context(run_lock(locks, project.recipe))
        folder = stack.enter_context(scratch(project.root, name))
        journal = Journal.open(project.journal)
        stack.callback(journal.close)
        return await _Run(project, name, folder, journal, views).run()


@dataclass(slots=True)
class _Run:
    """A run that holds its locks."""

    project: Project
    name: str
    folder: Path
    journal: Journal
    views: Sequence[View]

    async def run(self) -> Outcome:
        project, name, journal = self.project, self.name, self.journal
        clock, rehearsal = project.equipment.clock, project.options.rehearsal
        store, record = Store(project.root), RunRecord()
        plan = project.judge(store, journal)
        announcements = Announcements(journal, name, [record, *self.views])
        spending = journal.begin_run(name, project.history, clock.now(), rehearsal=rehearsal)
        addresses = tuple(map(str, plan.instances))
        announcements.add(RunStarted(clock.now(), name, project.graph.recipe, addresses, rehearsal))
        announcements.flush()
        desk = self._desk(spending)
        record.refusal = _refusal(plan, desk)
        signalled: list[signal.Signals] = []
        if not record.refusal:
            async with opened(self._providers(plan), desk) as renderers:
                workshop = Workshop(project.setting, store, self.folder, renderers)
                stage = Stage(project.history, workshop, journal, announcements, clock)
                limits: dict[Lane, int] = {
                    "local": project.options.local_jobs,
                    "hosted": project.options.jobs,
                    "follow": _ENDLESS,
                }
                steps = self._steps(plan, stage, desk)
                await Execution(steps, limits, announcements, signalled).run()
        outcome = self._outcome(record, signalled, desk)
        journal.end_run(name, clock.now(), outcome.status)
        announcements.add(self._finished(outcome, record))
        announcements.flush()
        return outcome

    def _desk(self, spending: str) -> Desk:
        project, options = self.project, self.project.options
        limit = options.max_cost
        if limit is None and not options.rehearsal:
            limit = lowest(project.graph.max_cost, max_cost())
        return Desk(
            run=self.name,
            spending=spending,
            recipe=project.history,
            attempts=self.journal.attempts,
            uploads=self.journal.uploads,
            ceiling=Ceiling(limit, options.allow_unpriced),
            clock=project.equipment.clock,
            boot=boot_clock,
            alive=lambda run: not abandoned(project.root / "tmp" / run / "lock"),
        )

    def _providers(self, plan: Plan) -> list[Provider]:
        """Who renders what is wanted, as far as it can be reached."""
        makers = self.project.equipment.makers
        names = dict.fromkeys(each.instance.provider for each in plan.instances.values())
        found = [makers.provider(name) for name in names if name]
        return [provider for provider in found if not provider.hosted or provider.unavailable() is None]

    def _steps(self, plan: Plan, stage: Stage, desk: Desk) -> Steps:
        """The nodes of the run: instances, deliverables, and what earlier runs paid for and left."""
        project = self.project
        working = [each.instance for each in plan.instances.values() if each.verdict != "reuse"]
        read = {source for instance in working for source in instance.inputs}
        nodes: dict[str, Making | Delivering | Following] = {
            str(address): Making(planned, stage, address in read)
            for address, planned in plan.instances.items()
        }
        mode = permissions()
        for index, delivery in enumerate(project.graph.deliveries):
            inner = delivery.source.source if isinstance(delivery.source, Derived) else delivery.source
            if inner.address in plan.instances if isinstance(inner, Made) else not project.only:
                name = f"out {index}"
                nodes[name] = Delivering(name, delivery, project.out, mode, stage)
        asked = {each.key for each in plan.instances.values()}
        for record in left_over(self.journal, stage.workshop.renderers, desk):
            if record.attempt.key not in asked:
                following = Following(record, stage)
                nodes[following.name] = following
        return Steps(nodes, stage)

    def _outcome(self, record: RunRecord, signalled: Sequence[signal.Signals], desk: Desk) -> Outcome:
        status = record.status(interrupted=bool(signalled))
        stopped = 143 if signal.SIGTERM in signalled else 130
        spent = desk.attempts.spent(desk.spending)
        return Outcome(
            status=status,
            exit_status=_STATUSES.get(status, stopped),
            outputs=record.outputs(tuple(delivery.name for delivery in self.project.graph.deliveries)),
            failures=tuple(record.failures),
            missing=record.missing(),
            made=record.made,
            reused=record.reused,
            held=(*record.held, *record.left_over),
            stalled=tuple(record.stalled),
            unpaid=tuple(record.unpaid),
            remote=dict(record.remote),
            refusal=record.refusal,
            spent=None if spent.unpriced or not spent.amount else spent.amount,
        )

    def _finished(self, outcome: Outcome, record: RunRecord) -> RunFinished:
        return RunFinished(
            at=self.project.equipment.clock.now(),
            run=self.name,
            status=outcome.status,
            outputs=outcome.outputs,
            made=outcome.made,
            reused=outcome.reused,
            failed=tuple(failure.address for failure in outcome.failures),
            blocked=tuple(record.blocked),
            missing=outcome.missing,
            held=tuple(failure.address for failure in outcome.held),
            stalled=tuple(failure.address for failure in outcome.stalled),
            unpaid=tuple(failure.address for failure in outcome.unpaid),
            spent_usd=None if outcome.spent is None else float(outcome.spent),
        )


_ENDLESS = 10**9
"""Places for what was paid for already: there it costs nothing to be followed."""


def _refusal(plan: Plan, desk: Desk) -> str:
    """Why nothing of the plan may be begun; empty where it may."""
    if plan.totals.price == 0:
        return ""
    return desk.ceiling.refusal(plan.totals.price, desk.attempts.spent(desk.spending)) or ""
