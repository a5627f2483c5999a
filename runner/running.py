"""One run of a project, from its locks to its last event."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from dsl.values import Derived, Made
from runner.announce import Announcements, View
from runner.delivering import Delivering
from runner.delivery import permissions
from runner.events import RunFinished, RunStarted
from runner.execute import Execution
from runner.journal import Journal
from runner.limits import Lane
from runner.locks import run_lock, store_lock
from runner.making import Making
from runner.plan import Plan
from runner.record import Outcome, RunRecord
from runner.stage import Stage
from runner.state import create, scratch
from runner.steps import Steps
from runner.store import Store
from runner.workshop import Workshop

if TYPE_CHECKING:
    from runner.project import Project


async def run(project: Project, views: Sequence[View]) -> Outcome:
    """Make and deliver what a project wants.

    Raises:
        BusyError: If the recipe is being run by another process.
        StoreError: If the state cannot be written, or the disk is full.
        MediaError: If a local input cannot be read.
    """
    create(project.root)
    name, clock, locks = project.equipment.name_run(), project.equipment.clock, project.root / "locks"
    with ExitStack() as stack:
        stack.enter_context(store_lock(locks))
        stack.enter_context(run_lock(locks, project.recipe))
        folder = stack.enter_context(scratch(project.root, name))
        journal = Journal.open(project.journal)
        stack.callback(journal.close)
        store, record = Store(project.root), RunRecord()
        plan = project.judge(store, journal)
        announcements = Announcements(journal, name, [record, *views])
        workshop = Workshop(project.setting, store, folder)
        stage = Stage(project.history, workshop, journal, announcements, clock)
        journal.begin_run(name, project.history, clock.now())
        addresses = tuple(map(str, plan.instances))
        announcements.add(
            RunStarted(clock.now(), name, project.graph.recipe, addresses, project.options.rehearsal)
        )
        limits: dict[Lane, int] = {"local": project.options.local_jobs, "hosted": project.options.jobs}
        execution = Execution(_steps(project, plan, stage), limits, announcements)
        await execution.run()
        outcome = _outcome(project, record, execution.signalled)
        journal.end_run(name, clock.now(), outcome.status)
        announcements.add(
            RunFinished(
                at=clock.now(),
                run=name,
                status=outcome.status,
                outputs=outcome.outputs,
                made=outcome.made,
                reused=outcome.reused,
                failed=tuple(failure.address for failure in outcome.failures),
                blocked=tuple(record.blocked),
                missing=outcome.missing,
            )
        )
        announcements.flush()
    return outcome


def _steps(project: Project, plan: Plan, stage: Stage) -> Steps:
    """The nodes of the run: every instance wanted, and every deliverable that comes of them."""
    working = [each.instance for each in plan.instances.values() if each.verdict != "reuse"]
    read = {source for instance in working for source in instance.inputs}
    nodes: dict[str, Making | Delivering] = {
        str(address): Making(planned, stage, address in read) for address, planned in plan.instances.items()
    }
    mode = permissions()
    for index, delivery in enumerate(project.graph.deliveries):
        inner = delivery.source.source if isinstance(delivery.source, Derived) else delivery.source
        if inner.address in plan.instances if isinstance(inner, Made) else not project.only:
            name = f"out {index}"
            nodes[name] = Delivering(name, delivery, project.out, mode, stage)
    return Steps(nodes, stage)


def _outcome(project: Project, record: RunRecord, signalled: Sequence[signal.Signals]) -> Outcome:
    status = record.status(interrupted=bool(signalled))
    statuses = {"done": 0, "failed": 1, "interrupted": 143 if signal.SIGTERM in signalled else 130}
    return Outcome(
        status=status,
        exit_status=statuses[status],
        outputs=record.outputs(tuple(delivery.name for delivery in project.graph.deliveries)),
        failures=tuple(record.failures),
        missing=record.missing(),
        made=record.made,
        reused=record.reused,
    )
