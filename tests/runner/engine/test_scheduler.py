"""The scheduler: order, limits, sharing, failure and interruption, without any I/O."""

from __future__ import annotations

import os
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.limits import Lane, Limits
from runner.scheduler import (
    Action,
    Begun,
    Block,
    Cancel,
    Complete,
    Ended,
    Fail,
    Finish,
    Interrupted,
    Node,
    Refused,
    Scheduler,
    Settle,
    Settled,
    Start,
    Told,
    Work,
)

TRIALS = max(1, int(200 * float(os.environ.get("REEL_TRIALS", "1"))))


def one_work(name: str, lane: Lane = "local") -> tuple[Work, ...]:
    return (Work(f"work of {name}", lane),)


@dataclass
class Stage:
    """Plays the engine's part: settles at once, and ends running works in the order asked for."""

    nodes: list[Node]
    places: dict[Lane, int] = field(default_factory=lambda: {"local": 2, "hosted": 3})
    works: Callable[[str], tuple[Work, ...]] = one_work
    bad: frozenset[str] = frozenset()
    started: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    blocked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)
    most: dict[Lane, int] = field(default_factory=lambda: {"local": 0, "hosted": 0})
    finished: bool = False

    def __post_init__(self) -> None:
        self.scheduler = Scheduler(self.nodes, Limits(self.places))
        self.lanes: dict[str, Lane] = {}
        self.log: list[Action] = []

    def tell(self, told: Told) -> None:
        queue = deque([told])
        while queue:
            for action in self.scheduler.handle(queue.popleft()):
                self.log.append(action)
                if isinstance(action, Settle):
                    queue.append(self.settle(action.node))
                else:
                    self.note(action)

    def settle(self, node: str) -> Settled:
        works = self.works(node)
        self.lanes |= {work.name: work.lane for work in works}
        if not works:
            self.done.append(node)
        return Settled(node, works)

    def note(self, action: Action) -> None:
        match action:
            case Start(work):
                self.started.append(work)
                self.running.append(work)
                for lane in self.most:
                    busy = sum(self.lanes[name] == lane for name in self.running)
                    self.most[lane] = max(self.most[lane], busy)
            case Complete(node):
                self.done.append(node)
            case Fail(node):
                self.failed.append(node)
            case Block(node, by):
                self.blocked[node] = by
            case Finish():
                self.finished = True

    def end(self, work: str, how: Literal["done", "failed", "cancelled"] = "done") -> None:
        self.running.remove(work)
        self.tell(Ended(work, how))

    def play(self, rng: random.Random | None = None) -> None:
        self.tell(Begun())
        while self.running:
            work = rng.choice(self.running) if rng else self.running[0]
            self.end(work, "failed" if work in self.bad else "done")


@st.composite
def graphs(draw: st.DrawFn) -> list[Node]:
    size = draw(st.integers(1, 12))
    nodes: list[Node] = []
    for index in range(size):
        needs = draw(st.lists(st.integers(0, index - 1), unique=True, max_size=3)) if index else []
        weight = draw(st.integers(0, 5))
        nodes.append(Node(str(index), tuple(map(str, needs)), weight=float(weight)))
    return nodes


@settings(max_examples=TRIALS, deadline=None)
@given(
    graphs(),
    st.randoms(use_true_random=False),
    st.integers(1, 3),
    st.integers(1, 3),
    st.lists(st.sampled_from(["local", "hosted"]), min_size=12, max_size=12),
)
def test_everything_runs_once_within_the_limits_and_after_its_needs(
    nodes: list[Node], rng: random.Random, local: int, hosted: int, lanes: list[Lane]
) -> None:
    """Whatever the graph and the order of completion, all is done once, in order, within the limits."""
    stage = Stage(
        nodes, {"local": local, "hosted": hosted}, works=lambda name: one_work(name, lanes[int(name)])
    )

    stage.play(rng)

    assert stage.finished
    assert sorted(stage.done) == sorted(node.name for node in nodes)
    assert sorted(stage.started) == sorted(f"work of {node.name}" for node in nodes)
    assert stage.most["local"] <= local
    assert stage.most["hosted"] <= hosted
    place = {name: index for index, name in enumerate(stage.done)}
    assert all(place[need] < place[node.name] for node in nodes for need in node.needs)


@settings(max_examples=TRIALS, deadline=None)
@given(graphs(), st.randoms(use_true_random=False), st.frozensets(st.integers(0, 11), max_size=3))
def test_a_failure_stops_its_dependents_and_nothing_else(
    nodes: list[Node], rng: random.Random, bad: frozenset[int]
) -> None:
    """What fails or descends from a failure is not done; everything else is."""
    stage = Stage(nodes, bad=frozenset(f"work of {index}" for index in bad))

    stage.play(rng)

    doomed: set[str] = set()
    for node in nodes:
        if int(node.name) in bad or doomed & set(node.needs):
            doomed.add(node.name)
    assert stage.finished
    assert set(stage.done) == {node.name for node in nodes} - doomed
    assert set(stage.failed) | set(stage.blocked) == doomed
    assert set(stage.failed) & set(stage.blocked) == set()


@settings(max_examples=TRIALS, deadline=None)
@given(graphs(), st.randoms(use_true_random=False), st.integers(0, 12))
def test_after_an_interruption_nothing_is_begun(nodes: list[Node], rng: random.Random, patience: int) -> None:
    """Interrupted at any moment, it cancels what runs, begins nothing more and finishes."""
    stage = Stage(nodes)
    stage.tell(Begun())
    for _ in range(patience):
        if stage.running:
            stage.end(rng.choice(stage.running))
    begun = list(stage.started)

    stage.tell(Interrupted())
    cancelled = [action.work for action in stage.log if isinstance(action, Cancel)]
    assert sorted(cancelled) == sorted(stage.running)
    for work in list(stage.running):
        stage.end(work, "cancelled")

    assert stage.finished
    assert stage.started == begun


@settings(max_examples=TRIALS, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_the_same_story_gives_the_same_decisions(nodes: list[Node], rng: random.Random) -> None:
    """It is deterministic: told the same, it answers the same."""
    seed = rng.randrange(1 << 30)
    first, second = Stage(nodes), Stage(nodes)

    first.play(random.Random(seed))
    second.play(random.Random(seed))

    assert first.log == second.log


def test_the_longest_remaining_chain_goes_first() -> None:
    """With one place, the head of the longest chain is begun before shorter ones written earlier."""
    nodes = [
        Node("short", weight=3),
        Node("head", weight=1),
        Node("middle", ("head",), weight=1),
        Node("tail", ("middle",), weight=2),
    ]
    stage = Stage(nodes, {"local": 1, "hosted": 1})

    stage.play()

    assert stage.started == ["work of head", "work of short", "work of middle", "work of tail"]


def test_equal_chains_go_in_the_order_written() -> None:
    """Where nothing else decides, story order does."""
    stage = Stage([Node(name, weight=1) for name in ("c", "a", "b")], {"local": 1, "hosted": 1})

    stage.play()

    assert stage.started == ["work of c", "work of a", "work of b"]


def test_a_full_lane_does_not_hold_up_the_other() -> None:
    """Hosted jobs go on while every core is busy."""
    lanes: Mapping[str, Lane] = {"a": "local", "b": "local", "c": "hosted"}
    stage = Stage([Node(name) for name in "abc"], {"local": 1, "hosted": 1}, lambda n: one_work(n, lanes[n]))

    stage.tell(Begun())

    assert stage.running == ["work of a", "work of c"]


def test_nodes_with_the_same_work_share_it() -> None:
    """Equal work is done once, and completes everybody who wanted it, before or after it was done."""
    nodes = [Node("a"), Node("b"), Node("first"), Node("c", ("first",))]
    same = (Work("same", "local"),)
    stage = Stage(nodes, works=lambda name: () if name == "first" else same)

    stage.play()

    assert stage.started == ["same"]
    assert sorted(stage.done) == ["a", "b", "c", "first"]


def test_shared_work_that_failed_is_not_tried_again_in_the_run() -> None:
    """Whoever comes to want it later fails with it."""
    nodes = [Node("a"), Node("first"), Node("late", ("first",))]
    stage = Stage(
        nodes,
        {"local": 1, "hosted": 1},
        works=lambda name: one_work(name) if name == "first" else (Work("same", "local"),),
        bad=frozenset({"same"}),
    )

    stage.play()

    assert stage.started == ["same", "work of first"]
    assert stage.failed == ["a", "late"]


def test_a_work_waits_for_those_before_it() -> None:
    """A chain is done in order, and its last work completes the node."""
    chain = (Work("frame", "local"), Work("sound", "local"), Work("render", "hosted", ("frame", "sound")))
    stage = Stage([Node("a")], works=lambda _: chain)
    stage.tell(Begun())
    assert stage.running == ["frame", "sound"]

    stage.end("frame")
    assert stage.running == ["sound"]
    stage.end("sound")
    assert stage.running == ["render"]
    assert stage.done == []
    stage.end("render")

    assert stage.done == ["a"]
    assert stage.finished


def test_a_work_that_fails_early_fails_everybody_behind_it() -> None:
    """Who shares only the later work fails too, and the later work is never begun."""
    works = {
        "a": (Work("frame", "local"), Work("render", "local", ("frame",))),
        "b": (Work("render", "local", ("frame",)),),
    }
    stage = Stage([Node("a"), Node("b")], works=works.__getitem__, bad=frozenset({"frame"}))

    stage.play()

    assert stage.started == ["frame"]
    assert stage.failed == ["a", "b"]
    assert stage.finished


def test_a_failure_that_is_tolerated_blocks_nobody() -> None:
    """A film that puts up with missing clips is settled once every clip is over."""
    film = Node("film", ("a", "b"), frozenset({"a", "b"}))
    stage = Stage([Node("a"), Node("b"), film], bad=frozenset({"work of a"}))

    stage.play()

    assert stage.failed == ["a"]
    assert stage.blocked == {}
    assert stage.done == ["b", "film"]


def test_a_blocked_need_is_tolerated_like_a_failed_one() -> None:
    """A clip that could not be tried is missing just as one that failed."""
    nodes = [Node("plate"), Node("clip", ("plate",)), Node("film", ("clip",), frozenset({"clip"}))]
    stage = Stage(nodes, bad=frozenset({"work of plate"}))

    stage.play()

    assert stage.blocked == {"clip": ("plate",)}
    assert stage.done == ["film"]


def test_what_blocks_is_named_in_full() -> None:
    """A blocked node names every need that failed, not just the first."""
    nodes = [Node("a"), Node("b"), Node("c"), Node("d", ("a", "b", "c"))]
    stage = Stage(nodes, bad=frozenset({"work of a", "work of c"}))

    stage.play()

    assert stage.blocked == {"d": ("a", "c")}


def test_a_node_that_is_refused_counts_as_failed() -> None:
    """A node whose inputs will not do blocks its dependents, and begins nothing."""
    scheduler = Scheduler([Node("a"), Node("b", ("a",))], Limits({"local": 1, "hosted": 1}))
    assert scheduler.handle(Begun()) == [Settle("a")]

    assert scheduler.handle(Refused("a")) == [Block("b", ("a",)), Finish()]


def test_a_higher_wish_moves_shared_work_forward() -> None:
    """Queued work gains the priority of a more urgent node that comes to want it."""
    nodes = [
        Node("now", weight=100),
        Node("low", weight=1),
        Node("mid", weight=5),
        Node("high", ("now",), weight=50),
    ]
    works = {"now": "now", "low": "shared", "mid": "mid", "high": "shared"}
    stage = Stage(nodes, {"local": 1, "hosted": 1}, lambda name: (Work(works[name], "local"),))

    stage.play()

    assert stage.started == ["now", "shared", "mid"]


def test_a_graph_without_nodes_finishes_at_once() -> None:
    """Nothing to do is done."""
    assert Scheduler([], Limits({"local": 1, "hosted": 1})).handle(Begun()) == [Finish()]


def test_a_long_chain_of_blocked_nodes_needs_no_deep_stack() -> None:
    """Failure runs down a chain of thousands without recursion."""
    nodes = [Node("0")] + [Node(str(n), (str(n - 1),)) for n in range(1, 5000)]
    stage = Stage(nodes, bad=frozenset({"work of 0"}))

    stage.play()

    assert len(stage.blocked) == 4999
    assert stage.finished


def test_a_lane_without_places_is_refused() -> None:
    """A limit of nothing would never finish, and is an error at once."""
    with pytest.raises(ValueError, match="never finish"):
        Limits({"local": 0, "hosted": 1})
