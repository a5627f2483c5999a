"""Ctrl-C and SIGTERM: a clean stop, an intact journal, and a next run that goes on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import anyio
import pytest

from runner.events import Event, InstanceFinished, InstanceStarted, RunFinished
from runner.journal import Journal
from runner.project import Outcome
from tests.crash.worker import story
from tests.runner.engine.fakes import World

pytestmark = pytest.mark.anyio


async def interrupted(world: World, *numbers: signal.Signals) -> Outcome:
    """Run, and be sent signals when the first restyle begins, which would take for ever."""

    def hear(event: Event) -> None:
        world.note(event)
        if isinstance(event, InstanceStarted) and event.address == "restyle/010":
            for number in numbers:
                os.kill(os.getpid(), number)

    world.provider.takes["restyle/010"] = 1e6
    with anyio.fail_after(60):
        return await world.project().run([hear])


@pytest.mark.parametrize(
    ("numbers", "status"),
    [
        ((signal.SIGINT,), 130),
        ((signal.SIGINT, signal.SIGINT), 130),
        ((signal.SIGTERM,), 143),
        ((signal.SIGINT, signal.SIGTERM), 143),
    ],
)
async def test_a_signal_stops_cleanly(
    tmp_path: Path, numbers: tuple[signal.Signals, ...], status: int
) -> None:
    """What runs is cancelled, what was finished is kept, and the journal says interrupted."""
    world = story(tmp_path)

    outcome = await interrupted(world, *numbers)

    assert (outcome.status, outcome.exit_status) == ("interrupted", status)
    assert world.provider.running == 0
    assert isinstance(world.events[-1], RunFinished)
    assert outcome.failures == ()
    assert list((tmp_path / ".reel" / "tmp").iterdir()) == []
    journal = Journal.read(tmp_path / ".reel" / "journal.sqlite")
    assert journal.events()[-1]["status"] == "interrupted"
    journal.close()


async def test_the_next_run_goes_on(tmp_path: Path) -> None:
    """After Ctrl-C the same command finishes, and does nothing again that was finished."""
    world = story(tmp_path)
    await interrupted(world, signal.SIGINT)
    finished = {event.address for event in world.of(InstanceFinished)}
    world.provider.takes.clear()
    world.provider.jobs.clear()

    outcome = await world.project().run()

    assert outcome.exit_status == 0
    assert "restyle/010" in world.provider.rendered
    assert finished
    assert not finished & set(world.provider.rendered)


async def test_handlers_are_given_back(tmp_path: Path) -> None:
    """After a run, signals do what they did before it."""
    before = signal.getsignal(signal.SIGTERM)

    await story(tmp_path).project().run()

    assert signal.getsignal(signal.SIGTERM) == before
