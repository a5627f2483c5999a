"""Where each instance of a recipe stands: the plan, the journal's attempts, the provider's list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import anyio

from runner.boot import boot_clock
from runner.errors import ReelError
from runner.journal import Journal, Record
from runner.plan import Planned, ReasonCode
from runner.resolving import held_journal
from runner.submit import Listed, State, after

if TYPE_CHECKING:
    from runner.project import Project

Standing: TypeAlias = Literal[
    "missing", "waiting", "running", "held", "stalled", "refused", "failed", "stale", "gated", "done"
]

_LOST = frozenset({State.HELD, State.ABANDONED})
_PATIENCE_SECONDS = 10.0
_BY_STATE: Mapping[State, Standing] = {
    State.HELD: "held",
    State.ABANDONED: "held",
    State.STALLED: "stalled",
}
_BY_REASON: Mapping[ReasonCode, Standing] = {
    "failed before": "failed",
    "refused before": "refused",
    "changed": "stale",
}


@dataclass(frozen=True, slots=True)
class Status:
    """Where an instance stands.

    Attributes:
        address: Its address.
        state: One word for it.
        generation_id: The provider's id; None where it has none.
        reason: Why it stands there, in words.
        price: USD reserved for the attempt; None where none was made, or no price was known.
        cost: USD, as the provider told; None until it does.
    """

    address: str
    state: Standing
    generation_id: str | None
    reason: str
    price: Decimal | None
    cost: Decimal | None


def standing(planned: Planned, record: Record | None) -> Standing:
    """One word for where an instance stands.

    Args:
        planned: What a run would do about it.
        record: The attempt that holds its key, or was the last for it; None where there is none.
    """
    if planned.verdict == "reuse":
        return "done"
    if record is not None and record.live:
        return _BY_STATE.get(record.attempt.state, "running")
    if planned.reason.code in _BY_REASON:
        return _BY_REASON[planned.reason.code]
    return "waiting" if planned.verdict in ("wait", "attach") else "missing"


def statuses(project: Project) -> list[Status]:
    """Where every instance of the recipe stands, in the order of the recipe. Changes nothing.

    Raises:
        StoreError: If the journal cannot be read.
        MediaError: If a local input cannot be read.
    """
    plan = project.plan()
    journal = Journal.read(project.journal)
    try:
        told = [plan.instances[one.address] for one in project.graph.told() if one.address in plan.instances]
        return [_status(planned, journal) for planned in told]
    finally:
        journal.close()


def _status(planned: Planned, journal: Journal) -> Status:
    record = journal.attempts.of(planned.key) if planned.key else None
    return Status(
        address=str(planned.instance.address),
        state=standing(planned, record),
        generation_id=record.attempt.generation_id if record is not None else None,
        reason=planned.reason.text,
        price=record.price if record is not None else None,
        cost=record.cost if record is not None else None,
    )


def status_json(status: Status) -> dict[str, Any]:
    """A status as JSON values: an object of `reel status --json`."""
    return {
        "address": status.address,
        "state": status.state,
        "generation_id": status.generation_id,
        "reason": status.reason,
        "price_usd": None if status.price is None else float(status.price),
        "cost_usd": None if status.cost is None else float(status.cost),
    }


async def look_again(project: Project) -> None:
    """List again the tags of attempts that were lost, and take up what the list shows by now.

    Where the recipe is being run, or the provider cannot be reached, nothing is done and nothing said.
    """
    journal = Journal.read(project.journal)
    try:
        lost = any(map(_is_lost, (sent.record for sent in journal.attempts.of_recipe(project.history))))
    finally:
        journal.close()
    if not lost:
        return
    try:
        with anyio.move_on_after(_PATIENCE_SECONDS):
            await _take_up(project)
    except ReelError:
        return


async def _take_up(project: Project) -> None:
    from runner.providers.hosted.counter import open_counter

    async with open_counter() as counter:
        account = (counter.account.origin, counter.account.name)
        with held_journal(project) as journal:
            for record in (sent.record for sent in journal.attempts.of_recipe(project.history)):
                if not _is_lost(record) or (record.origin, record.account) != account:
                    continue
                matches = await counter.matches(record.attempt.tag)
                moment = boot_clock()
                if matches is not None:
                    now = after(record.attempt, Listed(matches, moment.boot, moment.seconds))
                    if now != record.attempt:
                        journal.attempts.move(record, now)


def _is_lost(record: Record) -> bool:
    return record.attempt.state in _LOST and record.attempt.generation_id is None
