"""Auditing a recipe: reads the provider's list, notes the costs that it has told since, and compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.audit import Audit, audit
from runner.errors import FailedError
from runner.resolving import held_journal

if TYPE_CHECKING:
    from runner.project import Project


async def audited(project: Project) -> Audit:
    """Compare the journal with the provider's list.

    Raises:
        FailedError: If the list cannot be read whole.
        UsageError: If nothing was ever run, or there is no key.
        BusyError: If the recipe is being run by another process.
        OxenError: If the provider cannot be reached.
    """
    from runner.providers.hosted.counter import open_counter

    async with open_counter() as counter:
        with held_journal(project) as journal:
            account = counter.account
            rows = await counter.everything()
            if rows is None:
                raise FailedError(
                    "the provider's list cannot be read whole, so nothing is certain; try again"
                )
            listed = {row.generation_id: row for row in rows}
            for sent in journal.attempts.of_recipe(project.history):
                row = listed.get(sent.record.attempt.generation_id or "")
                same = (sent.record.origin, sent.record.account) == (account.origin, account.name)
                if same and row is not None and row.cost is not None and sent.record.cost is None:
                    journal.attempts.settle(sent.record, row.cost)
            return audit(journal.attempts.of_recipe(project.history), rows, account.origin, account.name)
