"""What to do next. Told what happened, it answers with what to begin; it knows no clock, no file, no await.

A *node* is an instance or a delivery, known from the start. What a node takes is found out when all it waits
for is over (`Settle`), because only then are its inputs, and so its key, known. The answer is a chain of
*works*, named so that equal work has an equal name: nodes whose works have the same name share them.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from runner.limits import Lane, Limits


@dataclass(frozen=True, slots=True)
class Node:
    """Something that is wanted.

    Attributes:
        name: Its name, unique.
        needs: The nodes that must be over before it is settled.
        tolerates: Those of them that may have failed.
        weight: Seconds it is thought to take, for the critical path.
    """

    name: str
    needs: tuple[str, ...] = ()
    tolerates: frozenset[str] = frozenset()
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work; one place of its lane is taken while it runs.

    Attributes:
        name: Equal for equal work.
        lane: Whose place it takes.
        after: Works that must be done first, named in this answer or before.
    """

    name: str
    lane: Lane
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """Tells the scheduler to begin."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Tells what a node takes: works of which the last completes it, or none if it is complete."""

    node: str
    works: tuple[Work, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Tells that a node cannot be settled: its inputs are there and will not do."""

    node: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Tells that a work is over: `held` where it neither failed nor is done, and goes on another time."""

    work: str
    how: Literal["done", "failed", "held", "cancelled"]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Tells that nothing more is to be begun, and that what runs is to be cancelled."""


@dataclass(frozen=True, slots=True)
class Settle:
    """Asks what a node takes; answer with `Settled` or `Refused`."""

    node: str


@dataclass(frozen=True, slots=True)
class Start:
    """Asks to begin a work, on behalf of the node that wanted it first; answer with `Ended`."""

    work: str
    node: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Asks to cancel a running work; answer with `Ended`."""

    work: str


@dataclass(frozen=True, slots=True)
class Complete:
    """Says that a node is done, thanks to a work."""

    node: str
    work: str


@dataclass(frozen=True, slots=True)
class Fail:
    """Says that a node failed or is held, because a work of its own did or is."""

    node: str
    work: str


@dataclass(frozen=True, slots=True)
class Block:
    """Says that a node will not be done, because of others."""

    node: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finish:
    """Says that nothing runs and nothing more can be begun."""


Told: TypeAlias = Begun | Settled | Refused | Ended | Interrupted
Action: TypeAlias = Settle | Start | Cancel | Complete | Fail | Block | Finish
_State: TypeAlias = Literal["waiting", "settling", "working", "done", "failed", "held"]
_Over: TypeAlias = Literal["done", "failed", "held"]
_WorkState: TypeAlias = Literal["waiting", "queued", "running", "done", "failed", "held"]


@dataclass(slots=True)
class _Job:
    work: Work
    state: _WorkState = "waiting"
    wanted_by: list[str] = field(default_factory=list)
    priority: float = 0.0


class Scheduler:
    """Chooses the work that the longest remaining chain waits for, as long as places are free."""

    def __init__(self, nodes: Sequence[Node], limits: Limits) -> None:
        """Take nodes in an order where each comes after all it needs."""
        self._nodes = {node.name: node for node in nodes}
        self._rank = {node.name: rank for rank, node in enumerate(nodes)}
        self._limits = limits
        self._state: dict[str, _State] = dict.fromkeys(self._nodes, "waiting")
        self._left = {node.name: len(set(node.needs)) for node in nodes}
        self._dependents: dict[str, list[str]] = defaultdict(list)
        for node in nodes:
            for need in dict.fromkeys(node.needs):
                self._dependents[need].append(node.name)
        self._priority = self._critical_paths(nodes)
        self._jobs: dict[str, _Job] = {}
        self._chain: dict[str, tuple[str, ...]] = {}
        self._queue: dict[Lane, list[tuple[float, int, str]]] = {lane: [] for lane in get_args(Lane)}
        self._running = 0
        self._settling = 0
        self._open = len(self._nodes)
        self._stopping = False
        self._actions: list[Action] = []

    def handle(self, told: Told) -> list[Action]:
        """Take in what happened, and answer with what to do, in that order."""
        match told:
            case Begun():
                for name in self._nodes:
                    self._settle_if_ready(name)
            case Settled(node, works):
                self._settling -= 1
                self._settled(node, works)
            case Refused(node):
                self._settling -= 1
                self._over(node, "failed")
            case Ended(work, how):
                self._ended(self._jobs[work], how)
            case Interrupted():
                self._stopping = True
                self._actions += [Cancel(name) for name, job in self._jobs.items() if job.state == "running"]
        self._start_what_fits()
        if not self._running and (self._stopping or not self._open):
            self._actions.append(Finish())
        actions, self._actions = self._actions, []
        return actions

    def _critical_paths(self, nodes: Sequence[Node]) -> dict[str, float]:
        longest: dict[str, float] = {}
        for node in reversed(nodes):
            after = max((longest[name] for name in self._dependents[node.name]), default=0.0)
            longest[node.name] = node.weight + after
        return longest

    def _settle_if_ready(self, name: str) -> None:
        if self._state[name] == "waiting" and self._left[name] == 0 and not self._stopping:
            self._state[name] = "settling"
            self._settling += 1
            self._actions.append(Settle(name))

    def _settled(self, name: str, works: tuple[Work, ...]) -> None:
        self._state[name] = "working"
        self._chain[name] = tuple(work.name for work in works)
        if not works:
            self._over(name, "done")
            return
        for work in works:
            job = self._jobs.setdefault(work.name, _Job(work))
            job.wanted_by.append(name)
            if self._priority[name] > job.priority:
                job.priority = self._priority[name]
                if job.state == "queued":
                    self._enqueue(job)
        for job in self._works(name):
            self._advance(job)
        self._follow(name)

    def _works(self, name: str) -> list[_Job]:
        return [self._jobs[work] for work in self._chain[name]]

    def _advance(self, job: _Job) -> None:
        """Queue a work whose predecessors are done; let it go the way of one that is not."""
        before = [self._jobs[name].state for name in job.work.after]
        if job.state == "waiting" and "failed" in before:
            job.state = "failed"
        elif job.state == "waiting" and "held" in before:
            job.state = "held"
        elif job.state == "waiting" and all(state == "done" for state in before):
            job.state = "queued"
            self._enqueue(job)

    def _follow(self, name: str) -> None:
        """Close a node if one of its works failed or is held, or the last is done."""
        works = self._works(name)
        if broken := next((job for job in works if job.state in ("failed", "held")), None):
            self._actions.append(Fail(name, broken.work.name))
            self._over(name, "held" if broken.state == "held" else "failed")
        elif works[-1].state == "done":
            self._actions.append(Complete(name, works[-1].work.name))
            self._over(name, "done")

    def _enqueue(self, job: _Job) -> None:
        heapq.heappush(
            self._queue[job.work.lane], (-job.priority, self._rank[job.wanted_by[0]], job.work.name)
        )

    def _start_what_fits(self) -> None:
        if self._settling or self._stopping:
            return  # What is being settled may turn out to be more urgent than what is queued.
        for lane, queue in self._queue.items():
            while queue and self._limits.free(lane):
                job = self._jobs[heapq.heappop(queue)[2]]
                if job.state != "queued":
                    continue  # It was queued again with a higher priority, and has been started.
                self._limits.take(lane)
                job.state = "running"
                self._running += 1
                self._actions.append(Start(job.work.name, job.wanted_by[0]))

    def _ended(self, job: _Job, how: Literal["done", "failed", "held", "cancelled"]) -> None:
        self._running -= 1
        self._limits.give_back(job.work.lane)
        if how == "cancelled":
            job.state = "waiting"
            return
        job.state = how
        concerned = dict.fromkeys(job.wanted_by)
        for name in job.wanted_by:
            for later in self._works(name):
                self._advance(later)
                if later.state in ("failed", "held"):
                    concerned.update(dict.fromkeys(later.wanted_by))
        for name in concerned:
            if self._state[name] == "working":
                self._follow(name)

    def _over(self, name: str, state: _Over) -> None:
        """Close a node, and settle or block what waited for it. Without recursion: chains can be long.

        What is held may come yet, so nobody goes on without it, and who waits for it is held too.
        """
        closing: list[tuple[str, _Over]] = [(name, state)]
        while closing:
            name, state = closing.pop()
            self._state[name] = state
            self._open -= 1
            for dependent in self._dependents[name]:
                self._left[dependent] -= 1
                if self._left[dependent]:
                    continue
                node = self._nodes[dependent]
                by = tuple(n for n in dict.fromkeys(node.needs) if self._state[n] in ("failed", "held"))
                held = any(self._state[n] == "held" for n in by)
                if held or any(n not in node.tolerates for n in by):
                    self._actions.append(Block(dependent, by))
                    closing.append((dependent, "held" if held else "failed"))
                else:
                    self._settle_if_ready(dependent)
