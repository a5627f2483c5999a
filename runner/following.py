"""What an earlier run has paid for and left: followed to its end, whether or not anybody asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from runner.events import InstanceHeld
from runner.job import Report
from runner.journal import Record
from runner.scheduler import Node, Work
from runner.stage import Stage, Task, Trouble


def _unheard(_: Report) -> None:
    """That it was accepted was said when it was."""


@dataclass(slots=True)
class Following:
    """A paid attempt that is left over.

    Attributes:
        record: As it stood when the run began.
        stage: What the nodes of the run share.
    """

    record: Record
    stage: Stage

    @property
    def name(self) -> str:
        """What the scheduler calls it."""
        return f"attempt {self.record.attempt.uuid}"

    def node(self) -> Node:
        """The attempt as the scheduler knows it."""
        return Node(self.name)

    def settle(self) -> tuple[Work, ...]:
        """What it takes; it is the same work as that of an instance with its key."""
        key = self.record.attempt.key
        perform = partial(self.stage.workshop.follow, self.record, _unheard)
        self.stage.tasks.setdefault(key, Task(perform, self._keep))
        return (Work(key, "follow"),)

    def started(self, work: str) -> None:
        """Nothing is said of what nobody asks for."""

    def complete(self, work: str) -> None:
        """Nothing is said of what nobody asks for; it is there when somebody does."""

    def fail(self, message: str, trouble: Trouble) -> None:
        """Say what needs a decision; the rest is in the journal."""
        if trouble == "held":
            at, key = self.stage.clock.now(), self.record.attempt.key
            self.stage.announcements.add(InstanceHeld(at, self.record.address, key, message, left_over=True))

    def block(self, by: tuple[str, ...]) -> None:
        """It waits for nobody."""

    def _keep(self, task: Task) -> None:
        record = self.record
        self.stage.journal.add_made(
            record.attempt.key, task.result, uses=record.uses, maker=record.provider, took=task.took
        )
