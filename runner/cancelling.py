"""Cancelling accepted jobs at the provider. Only a look tells what became of one: it may be made anyway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from runner.errors import HeldError
from runner.journal import Attempts, Record
from runner.remote import ReadError
from runner.resolving import attempt_of, held_journal
from runner.submit import State, after

if TYPE_CHECKING:
    from runner.clock import Clock
    from runner.project import Project
    from runner.providers.hosted.counter import Counter

_ACCEPTED = frozenset({State.SUBMITTED, State.STALLED})
_UNCLEAR = frozenset({State.INTENT, State.UNKNOWN})
_LOOKS = 20


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What became of a job that was to be cancelled.

    Attributes:
        ended: Whether it is certain by now what became of it.
        words: The same in words.
    """

    ended: bool
    words: str


async def cancel(project: Project, name: str | None) -> list[Cancelled]:
    """Cancel what was accepted for a recipe, or for one address of it.

    Raises:
        UsageError: If nothing was sent, or there is no key.
        HeldError: If a job is of another account; those before it are cancelled.
        BusyError: If the recipe is being run by another process.
        OxenError: If the provider cannot be asked.
    """
    with held_journal(project) as journal:
        if name is None:
            records = [sent.record for sent in journal.attempts.of_recipe(project.history)]
            chosen = [record for record in records if record.attempt.state in _ACCEPTED | _UNCLEAR]
        else:
            chosen = [attempt_of(project, journal, name).record]
        return await _cancelled(journal.attempts, chosen, project.equipment.clock)


async def _cancelled(attempts: Attempts, chosen: Sequence[Record], clock: Clock) -> list[Cancelled]:
    from runner.providers.hosted.counter import open_counter

    done = [_not_accepted(record) for record in chosen if record.attempt.state not in _ACCEPTED]
    accepted = [record for record in chosen if record.attempt.state in _ACCEPTED]
    if not accepted:
        return done
    async with open_counter() as counter:
        account = (counter.account.origin, counter.account.name)
        for record in accepted:
            if (record.origin, record.account) != account:
                raise HeldError(f"{record.address} was sent under {record.account} at {record.origin}")
            done.append(await _one(attempts, record, counter, clock))
    return done


async def _one(attempts: Attempts, record: Record, counter: Counter, clock: Clock) -> Cancelled:
    generation_id = record.attempt.generation_id or ""
    record = attempts.move(record, replace(record.attempt, cancelling=True))
    await counter.cancel(generation_id)
    for look in range(_LOOKS):
        try:
            sighting = await counter.look(generation_id)
        except ReadError:
            await clock.sleep(min(0.25 * 2**look, 5.0))
            continue
        if sighting.seen.status != "running":
            refusal = sighting.refusal
            now = after(record.attempt, sighting.seen)
            if now.state is not record.attempt.state:
                why = refusal.why if refusal is not None else None
                record = attempts.move(record, now, cost=sighting.cost, why=why)
                break
        await clock.sleep(min(0.25 * 2**look, 5.0))
    return _said(record)


def _said(record: Record) -> Cancelled:
    named = f"{record.address} ({record.attempt.generation_id})"
    cost = "" if record.cost is None else f", for ${record.cost.normalize():f}"
    match record.attempt.state:
        case State.CANCELLED:
            return Cancelled(ended=True, words=f"{named} is cancelled{cost}")
        case State.SUCCEEDED:
            words = f"{named} was made before it could be cancelled{cost}; `reel run` fetches it"
            return Cancelled(ended=True, words=words)
        case State.FAILED:
            return Cancelled(ended=True, words=f"{named} has failed already{cost}")
        case State.HELD:
            return Cancelled(ended=True, words=f"{named} is held: {record.attempt.message}")
        case _:
            return Cancelled(ended=False, words=f"{named} was asked to stop, and has not stopped yet")


def _not_accepted(record: Record) -> Cancelled:
    if record.attempt.state in _UNCLEAR:
        words = f"{record.address}: nobody knows yet whether it was accepted; `reel run` looks for it first"
        return Cancelled(ended=False, words=words)
    return Cancelled(ended=True, words=f"{record.address} is {record.attempt.state}: nothing to cancel")
