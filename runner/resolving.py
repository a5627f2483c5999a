"""Resolving held attempts: finds the one that is meant, asks the provider, and commits what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio

from runner.decide import DECIDABLE, Candidate, Choice, Decision, Told, alike, decide, undecidable
from runner.errors import HeldError, ReelError, UsageError
from runner.journal import Journal, Sent
from runner.locks import run_lock, store_lock
from runner.reading import choose
from runner.submit import after

if TYPE_CHECKING:
    from runner.project import Project
    from runner.providers.hosted.counter import Counter

_PATIENCE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an attempt.

    Attributes:
        sent: The attempt.
        exact: Generations that bear its tag.
        alike: Generations that only look like it.
        offline: Why the provider could not be asked; empty where it was.
    """

    sent: Sent
    exact: tuple[Candidate, ...] = ()
    alike: tuple[Candidate, ...] = ()
    offline: str = ""


@contextmanager
def held_journal(project: Project) -> Iterator[Journal]:
    """The journal, to be written, with the recipe's run held.

    Raises:
        UsageError: If nothing was ever run.
        BusyError: If the recipe is being run by another process.
    """
    if not project.journal.exists():
        raise UsageError(f"nothing was sent for {project.graph.recipe.name} yet")
    locks = project.root / "locks"
    with ExitStack() as stack:
        stack.enter_context(store_lock(locks))
        stack.enter_context(run_lock(locks, project.recipe))
        journal = Journal.open(project.journal)
        stack.callback(journal.close)
        yield journal


def attempt_of(project: Project, journal: Journal, name: str) -> Sent:
    """The attempt that is meant by an address: the one that holds its key, else the last made.

    Raises:
        UsageError: If nothing is called so, nothing was sent for it, or several are held.
    """
    sents = {each.record.attempt.uuid: each for each in journal.attempts.of_recipe(project.history)}
    addresses = {name}
    if not any(each.record.address == name for each in sents.values()):
        addresses = {str(instance.address) for instance in choose(project.graph, name)}
    found = {uuid: each for uuid, each in sents.items() if each.record.address in addresses}
    for address, planned in project.plan().instances.items():
        record = journal.attempts.of(planned.key) if planned.key and str(address) in addresses else None
        if record is not None:
            found[record.attempt.uuid] = journal.attempts.sent(record.attempt.uuid)
    if not found:
        raise UsageError(f"nothing was sent for {name} yet, so there is nothing to decide")
    held = [each for each in found.values() if each.record.attempt.state in DECIDABLE]
    live = [each for each in found.values() if each.record.live]
    if len({each.record.address for each in held}) > 1:
        names = ", ".join(sorted({each.record.address for each in held}))
        raise UsageError(f"several are held: {names}; name one of them")
    return (held or live or list(found.values()))[-1]


async def gather_evidence(project: Project, name: str) -> Evidence:
    """What is known of an attempt; changes nothing, and does without the provider if need be."""
    from runner.providers.hosted.counter import open_counter

    journal = Journal.read(project.journal)
    try:
        sent = attempt_of(project, journal, name)
        if sent.record.attempt.state not in DECIDABLE:
            return Evidence(sent, offline=undecidable(sent.record))
        try:
            with anyio.fail_after(_PATIENCE_SECONDS):
                async with open_counter() as counter:
                    return await _listed(sent, journal, counter)
        except TimeoutError:
            return Evidence(sent, offline="the provider does not answer")
        except ReelError as error:
            return Evidence(sent, offline=str(error))
    finally:
        journal.close()


async def _listed(sent: Sent, journal: Journal, counter: Counter) -> Evidence:
    record = sent.record
    if not _same_account(sent, counter):
        return Evidence(sent, offline=f"it was sent under {record.account} at {record.origin}")
    rows = await counter.everything()
    if rows is None:
        return Evidence(sent, offline="the provider's list cannot be read whole")
    taken = [
        row.generation_id
        for row in rows
        if (holder := journal.attempts.holder(row.generation_id, record.origin, record.account)) is not None
        and holder.attempt.uuid != record.attempt.uuid
    ]
    found = alike(sent, rows, taken)
    exact = tuple(row for row in rows if row.tag == record.attempt.tag)
    return Evidence(sent, exact, tuple(row for row in found if row not in exact))


async def resolve(project: Project, name: str, choice: Choice, generation_id: str | None) -> Decision:
    """Carry out a choice about a held attempt.

    Raises:
        HeldError: If the choice is refused; nothing was changed then.
        UsageError: If there is no such attempt, or no key.
        BusyError: If the recipe is being run by another process.
    """
    with held_journal(project) as journal:
        sent = attempt_of(project, journal, name)
        if choice != "abandon" and sent.record.provider != "oxen":
            raise UsageError(f"the provider {sent.record.provider} cannot be asked; --abandon is left")
        asks = choice != "abandon" and sent.record.attempt.state in DECIDABLE
        told = await _told(sent, journal, choice, generation_id) if asks else Told()
        decision = decide(sent, choice, generation_id, told)
        if decision.fact is None:
            raise HeldError(f"{name}: {decision.words}")
        journal.attempts.move(sent.record, after(sent.record.attempt, decision.fact))
    return replace(decision, words=f"{name}: {decision.words}")


async def _told(sent: Sent, journal: Journal, choice: Choice, generation_id: str | None) -> Told:
    from runner.providers.hosted.counter import open_counter

    async with open_counter() as counter:
        if not _same_account(sent, counter):
            return Told()
        if choice == "resubmit":
            return Told(same_account=True, matches=await counter.matches(sent.record.attempt.tag))
        wanted = generation_id or ""
        holder = journal.attempts.holder(wanted, counter.account.origin, counter.account.name)
        return Told(same_account=True, row=await counter.find(wanted), holder=holder)


def _same_account(sent: Sent, counter: Counter) -> bool:
    account = counter.account
    return (sent.record.origin, sent.record.account) == (account.origin, account.name)
