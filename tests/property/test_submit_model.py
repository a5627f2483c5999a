"""Every interleaving of crashes, lost replies and late lists, against the real machine of `runner/submit.py`.

The world below is a provider that may accept a POST or not, answer it or not, and list a job late, and a
client that may die before and after each thing it does, twice at the most. It is walked exhaustively.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from runner.submit import (
    FETCH_TRIES,
    LIVE,
    Accepted,
    Attempt,
    Delivered,
    Fetched,
    FetchFailed,
    Listed,
    NotSent,
    Recorded,
    Resumed,
    Seen,
    State,
    Unclear,
    after,
    next_action,
)

TICK = 40.0
MAX_CRASHES = 2
MAX_POSTS = 3
TAG = "reelmake/run/attempt"


@dataclass(frozen=True)
class World:
    """The provider, the journal and the living process at one moment.

    Attributes:
        clock: Boot clock, seconds.
        crashes: How often the client has died.
        posts: How often a POST was begun.
        jobs: When each job of ours was accepted; more than one is money paid twice.
        lag: How late a job shows in the list, seconds.
        echoes: Whether the provider's rows bear the tag.
        journal: What a new process would find.
        memory: What the living process knows.
    """

    clock: float = 0.0
    crashes: int = 0
    posts: int = 0
    jobs: tuple[float, ...] = ()
    lag: float = 0.0
    echoes: bool = True
    journal: Attempt | None = None
    memory: Attempt | None = None


Walk = Callable[[World], Iterator[World]]


def attempt(world: World) -> Attempt:
    return Attempt(
        uuid="attempt", key="key", tag=TAG, state=State.INTENT, boot="boot", intended_at=world.clock
    )


def commit(world: World, changed: Attempt) -> Iterator[World]:
    """The state is written and then kept in memory; the process may die on either side of the commit."""
    if world.crashes < MAX_CRASHES:
        yield replace(world, memory=None, crashes=world.crashes + 1)
        yield replace(world, journal=changed, memory=None, crashes=world.crashes + 1)
    yield replace(world, journal=changed, memory=changed)


def sends(world: World) -> Iterator[tuple[World, Accepted | Delivered | NotSent | Unclear | None]]:
    """What a POST can come to: the world after it, and the reply; None is death while it was on its way."""
    world = replace(world, posts=world.posts + 1)
    landed = replace(world, jobs=(*world.jobs, world.clock))
    yield landed, Accepted("ours")
    yield landed, Delivered()
    yield landed, Unclear("the reply was lost")
    yield world, Unclear("it never arrived")
    yield world, NotSent("no connection")
    if world.crashes < MAX_CRASHES:
        yield landed, None
        yield world, None


def listed(world: World, now: float) -> Listed:
    """A foreign twin, the same model and prompt without our tag, is in every list and matches nothing."""
    visible = [at for at in world.jobs if world.echoes and now - at >= world.lag]
    return Listed(tuple(f"ours{n}" for n, _ in enumerate(visible)), "boot", now)


def careful(world: World) -> Iterator[World]:  # noqa: C901, PLR0912 - One branch an action.
    """One step of a client that does what the machine says."""
    if world.memory is None:
        if world.journal is None:
            yield from commit(world, attempt(world))
        else:
            found = after(replace(world.journal, listed_since=None), Resumed())
            yield from (
                commit(world, found) if found != world.journal else iter([replace(world, memory=found)])
            )
        return
    now = world.clock + TICK
    match next_action(world.memory):
        case "send":
            for later, reply in sends(world):
                if reply is None:
                    yield replace(later, memory=None, crashes=world.crashes + 1)
                else:
                    yield from commit(replace(later, clock=now), after(world.memory, reply))
        case "list":
            changed = after(world.memory, listed(world, now))
            moved = replace(world, clock=now)
            if changed.state is world.memory.state:
                yield replace(moved, memory=changed)
            else:
                yield from commit(moved, changed)
        case "poll":
            assert world.jobs, "an id was kept for a job that was never accepted"
            yield from commit(world, after(world.memory, Seen("succeeded", has_result=True)))
        case "fetch":
            if world.memory.generation_id is None:
                named = after(world.memory, listed(world, now))
                if named != world.memory:
                    yield from commit(world, named)
                gone = world.memory
                for _ in range(FETCH_TRIES):
                    gone = after(gone, FetchFailed("expired"))
                yield from commit(replace(world, clock=now), gone)
            yield from commit(world, after(world.memory, Fetched()))
        case "record":
            yield from commit(world, after(world.memory, Recorded()))
        case _:
            if world.memory.state is State.NOT_SENT and world.posts < MAX_POSTS:
                yield from commit(replace(world, journal=None, memory=None), attempt(world))


def naive(world: World) -> Iterator[World]:
    """One step of a client that keeps the id after the reply and sends again when there was none."""
    if world.journal is not None:
        return
    for later, reply in sends(world):
        if isinstance(reply, Accepted):
            yield from commit(later, replace(attempt(later), state=State.DONE, generation_id="ours"))
        elif reply is None:
            yield replace(later, crashes=world.crashes + 1)
        elif later.posts < MAX_POSTS:
            yield later


def endings(start: World, walk: Walk) -> Counter[World]:
    """Every world in which nothing more happens, with the number of paths that lead there."""
    ends: Counter[World] = Counter()
    paths = Counter({start: 1})
    while paths:
        onwards: Counter[World] = Counter()
        for world, count in paths.items():
            following = list(walk(world))
            if not following:
                ends[world] += count
            for then in following:
                onwards[then] += count
        paths = onwards
    return ends


LAGS = [0.0, 100.0, 10_000.0]


@pytest.mark.parametrize("lag", LAGS)
@pytest.mark.parametrize("echoes", [True, False])
def test_no_interleaving_pays_twice(lag: float, *, echoes: bool) -> None:
    """Whatever dies or is lost, at most one job is accepted for a key."""
    ends = endings(World(lag=lag, echoes=echoes), careful)

    assert {0, 1} >= {len(world.jobs) for world in ends}
    assert sum(ends.values()) > 100


@pytest.mark.parametrize("lag", LAGS)
@pytest.mark.parametrize("echoes", [True, False])
def test_no_interleaving_loses_a_paid_job(lag: float, *, echoes: bool) -> None:
    """A job that was accepted ends as the key's result, or held for the user to see."""
    ends = endings(World(lag=lag, echoes=echoes), careful)

    states = {world.journal.state for world in ends if world.jobs and world.journal}
    assert states <= {State.DONE, State.HELD}
    assert all(world.journal is not None for world in ends if world.jobs)


def test_with_tags_and_a_settled_list_every_accepted_job_is_adopted() -> None:
    """Where rows bear the tag and the list settles in time, only a request that was lost is asked about."""
    ends = endings(World(lag=100.0), careful)

    asked = [world for world in ends if world.journal and world.journal.state is State.HELD]
    assert all(world.jobs == () for world in asked)
    assert all(world.journal and world.journal.state is State.DONE for world in ends if world.jobs)


def test_without_tags_it_asks_and_never_guesses() -> None:
    """Where no row bears the tag, a lost reply ends in a question, whether or not the job was accepted."""
    ends = endings(World(echoes=False), careful)

    asked = {len(world.jobs) for world in ends if world.journal and world.journal.state is State.HELD}
    assert {0, 1} == asked


def test_a_naive_client_pays_twice_in_the_same_world() -> None:
    """The world can tell: sending again after a lost reply is paid twice on many paths."""
    ends = endings(World(), naive)

    twice = sum(count for world, count in ends.items() if len(world.jobs) > 1)
    assert twice > 100


def test_every_state_holds_its_key_until_the_job_is_settled() -> None:
    """A new attempt for a key is possible only when none may still be accepted or fetched."""
    settled = {State.NOT_SENT, State.REJECTED, State.DONE, State.FAILED, State.CANCELLED, State.SUPERSEDED}

    assert settled == set(State) - LIVE


def test_a_delivered_result_whose_id_is_unknown_is_looked_for_and_not_paid_again() -> None:
    """A blocking call's URL dies with its process: the attempt is unknown then, and still holds its key."""
    delivered = after(attempt(World()), Delivered())
    found = after(delivered, Resumed())

    assert (delivered.state, next_action(delivered)) == (State.SUCCEEDED, "fetch")
    assert (found.state, next_action(found)) == (State.UNKNOWN, "list")
    adopted = after(found, Listed(("ours",), "boot", 1000.0))
    assert (adopted.state, adopted.generation_id) == (State.SUBMITTED, "ours")
    assert after(found, Listed((), "boot", 1000.0)).state is State.HELD
    assert after(replace(delivered, generation_id="ours"), Resumed()).state is State.SUCCEEDED
