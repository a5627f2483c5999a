"""Gates: nobody walks through one by accident."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsl.address import Address
from runner.errors import UsageError
from runner.options import RunOptions
from tests.runner.engine.fakes import World, made

pytestmark = pytest.mark.anyio


@pytest.fixture
def gated(world: World) -> World:
    """A clip behind a board that somebody wants to see first."""
    world.recipe.add("board", output="image").add("clip", {"input_image": made("board", "image")})
    board = Address("board")
    world.recipe.instances[board] = replace(world.recipe.instances[board], gate=True)
    world.recipe.deliver("clip", "clip")
    return world


async def test_a_run_does_not_go_past_a_gate(gated: World) -> None:
    """What waits behind a gate is refused before anything is made, and the gate is named."""
    with pytest.raises(UsageError, match="clip waits behind the gate of board"):
        await gated.project().run()

    assert gated.provider.jobs == []


async def test_what_lies_before_a_gate_can_be_made(gated: World) -> None:
    """With `--only`, the run ends at the gate."""
    outcome = await gated.project(only=("board",)).run()

    assert (outcome.status, [job.address for job in gated.provider.jobs]) == ("done", ["board"])


async def test_a_rehearsal_takes_no_notice_of_gates(gated: World) -> None:
    """A rehearsal goes on to the end."""
    outcome = await gated.project(RunOptions(provider="animatic")).run()

    assert (outcome.status, len(gated.provider.jobs)) == ("done", 2)
