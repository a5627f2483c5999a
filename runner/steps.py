"""What the scheduler's names mean: nodes are instances and deliverables, works are tasks on the stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from runner.delivering import Delivering
from runner.errors import CeilingError, HeldError, PausedError, ReelError, RefusedError, StalledError
from runner.following import Following
from runner.making import Making
from runner.scheduler import Node, Refused, Settled
from runner.stage import Stage, Trouble


@dataclass(slots=True)
class Steps:
    """The nodes of a run by name, in order, and what they share."""

    nodes: Mapping[str, Making | Delivering | Following]
    stage: Stage

    def wanted(self) -> list[Node]:
        """The nodes as the scheduler knows them."""
        return [node.node() for node in self.nodes.values()]

    def settle(self, name: str) -> Settled | Refused:
        """Find out what a node takes, or that its inputs will not do."""
        try:
            return Settled(name, self.nodes[name].settle())
        except ReelError as error:
            self.nodes[name].fail(str(error), "failed")
            return Refused(name)

    async def perform(self, work: str) -> Literal["done", "failed", "held"]:
        """Do a work, and say how it ended."""
        task = self.stage.tasks[work]
        began = self.stage.clock.elapsed()
        try:
            task.result = await task.perform()
        except Exception as error:  # noqa: BLE001 - a plug-in can fail in any way, and only its step fails.
            task.error, task.trouble = _words(error), _trouble(error)
            return "failed" if task.trouble in ("failed", "refused") else "held"
        finally:
            task.took = self.stage.clock.elapsed() - began
        return "done"

    def keep(self, work: str) -> None:
        """Note in the journal what came of a work that is done."""
        task = self.stage.tasks[work]
        task.keep(task)

    def fail(self, name: str, work: str) -> None:
        """Note that a node failed or is held with a work of its own."""
        task = self.stage.tasks[work]
        self.nodes[name].fail(task.error, task.trouble)


def _first(error: BaseException) -> BaseException:
    """Of several things that went wrong at once, the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _trouble(error: BaseException) -> Trouble:
    match _first(error):
        case RefusedError():
            return "refused"
        case HeldError():
            return "held"
        case StalledError() | PausedError():
            return "stalled"
        case CeilingError():
            return "unpaid"
    return "failed"


def _words(error: BaseException) -> str:
    """What went wrong, for people."""
    error = _first(error)
    if isinstance(error, ReelError):
        return str(error)
    if isinstance(error, OSError):
        return f"{(error.strerror or str(error)).lower()}{f': {error.filename}' if error.filename else ''}"
    return f"{type(error).__name__}: {error}"
