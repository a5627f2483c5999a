"""How a run ends when something is held, stalled, refused or too dear: what waits, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import (
    CeilingError,
    FailedError,
    HeldError,
    PausedError,
    ReelError,
    RefusedError,
    StalledError,
)
from runner.events import (
    InstanceBlocked,
    InstanceFailed,
    InstanceHeld,
    InstanceStalled,
    InstanceUnpaid,
)
from tests.runner.engine.fakes import World, clips

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two hosted shots and a film that puts up with missing clips."""
    monkeypatch.delenv("REEL_HOME", raising=False)
    monkeypatch.setenv("REEL_CONFIG", str(tmp_path / "config.toml"))
    world = World(tmp_path)
    for shot in ("010", "020"):
        world.recipe.add(f"plate/{shot}", {"prompt": shot}, provider="hosted")
    film = clips("plate/010", "plate/020", on_missing="slug")
    world.recipe.film("film", film).deliver("film", "film")
    return world


@pytest.mark.parametrize(
    ("error", "status", "exit_status", "event"),
    [
        (HeldError("look at it"), "held", 4, InstanceHeld),
        (StalledError("it is slow"), "stalled", 5, InstanceStalled),
        (PausedError("no credit"), "stalled", 5, InstanceStalled),
        (CeilingError("too dear"), "refused", 3, InstanceUnpaid),
    ],
)
async def test_what_may_come_yet_is_no_missing_clip(
    world: World, error: ReelError, status: str, exit_status: int, event: type[InstanceHeld]
) -> None:
    """The other shot is made, and no film is cut: it waits for the clip, whatever on_missing says."""
    world.hosted.bad["plate/010"] = error
    outcome = await world.project().run([world.note])

    assert (outcome.status, outcome.exit_status) == (status, exit_status)
    assert [(each.address, each.message) for each in world.of(event)] == [("plate/010", str(error))]
    assert [each.address for each in world.of(InstanceBlocked)] == ["film"]
    assert world.hosted.rendered.count("plate/020") == 1
    assert world.cut == []
    assert outcome.failures == ()

    world.hosted.bad.clear()
    assert (await world.project().run()).status == "done"


async def test_a_refused_shot_is_a_missing_clip(world: World) -> None:
    """A refusal by moderation fails its shot; siblings go on, and the film has a slug for it."""
    world.hosted.bad["plate/010"] = RefusedError("flagged")
    outcome = await world.project().run([world.note])

    assert (outcome.status, outcome.exit_status) == ("failed", 1)
    assert outcome.missing == ("plate/010",)
    assert [each.refused for each in world.of(InstanceFailed)] == [True]
    planned = {str(address): each for address, each in world.project().plan().instances.items()}
    assert (planned["plate/010"].verdict, planned["plate/010"].reason.code) == ("run", "refused before")


@pytest.mark.parametrize(
    ("errors", "status"),
    [
        ((HeldError("h"), CeilingError("c")), "held"),
        ((CeilingError("c"), StalledError("s")), "refused"),
        ((StalledError("s"), FailedError("f")), "stalled"),
        ((HeldError("h"), FailedError("f")), "held"),
    ],
)
async def test_of_several_the_gravest_counts(
    world: World, errors: tuple[ReelError, ReelError], status: str
) -> None:
    """Held goes before the ceiling, the ceiling before stalled, and all of them before a failure."""
    world.hosted.bad = dict(zip(("plate/010", "plate/020"), errors, strict=True))

    assert (await world.project().run()).status == status
