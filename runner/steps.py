"""What the scheduler's names mean: nodes are instances and deliverables, works are tasks on the stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner.delivering import Delivering
from runner.errors import ReelError
from runner.making import Making
from runner.scheduler import Node, Refused, Settled
from runner.stage import Stage


@dataclass(slots=True)
class Steps:
    """The nodes of a run by name, in order, and what they share."""

    nodes: Mapping[str, Making | Delivering]
    stage: Stage

    def wanted(self) -> list[Node]:
        """The nodes as the scheduler knows them."""
        return [node.node() for node in self.nodes.values()]

    def settle(self, name: str) -> Settled | Refused:
        """Find out what a node takes, or that its inputs will not do."""
        try:
            return Settled(name, self.nodes[name].settle())
        except ReelError as error:
            self.nodes[name].fail(str(error))
            return Refused(name)

    async def perform(self, work: str) -> bool:
        """Do a work, and say whether it is done."""
        task = self.stage.tasks[work]
        began = self.stage.clock.elapsed()
        try:
            task.result = await task.perform()
        except Exception as error:  # noqa: BLE001 - a plug-in can fail in any way, and only its step fails.
            task.error = _words(error)
            return False
        finally:
            task.took = self.stage.clock.elapsed() - began
        return True

    def keep(self, work: str) -> None:
        """Note in the journal what came of a work that is done."""
        task = self.stage.tasks[work]
        task.keep(task)

    def fail(self, name: str, work: str) -> None:
        """Note that a node failed with a work of its own."""
        self.nodes[name].fail(self.stage.tasks[work].error)


def _words(error: BaseException) -> str:
    """What went wrong, for people; of several things at once, the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, ReelError):
        return str(error)
    if isinstance(error, OSError):
        return f"{(error.strerror or str(error)).lower()}{f': {error.filename}' if error.filename else ''}"
    return f"{type(error).__name__}: {error}"
