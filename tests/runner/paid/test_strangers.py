"""Events about generations whose ids are not known here, over real HTTP."""

from __future__ import annotations

import time

import pytest

from tests.runner.paid.hosted import Set


def test_an_event_tells_of_an_attempt_that_is_looked_for(stage: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job whose reply was lost is found when its event comes, and not only at the next look at the list."""
    monkeypatch.setenv("REEL_SETTLE", "110")
    monkeypatch.setattr("runner.driver.LIST_SECONDS", 60.0)
    for fault in ("reset-after-accept:1", "slow-list:*:0.5", "slow-job:*:1"):
        stage.simulator.faults.add(fault)
    began = time.monotonic()
    outcome = stage.run(only=("plate/010",))

    assert outcome.status == "done"
    assert time.monotonic() - began < 15
    generation_id = stage.accepted[0]["generation_id"]
    assert len(stage.accepted) == stage.posts == 1
    assert stage.requests(lambda method, path: method == "GET" and path.endswith(generation_id)) >= 1


def test_events_of_others_are_not_read_while_nothing_is_looked_for(stage: Set) -> None:
    """An event of another program's job costs no request, unless an attempt of ours is looked for."""
    stage.simulator.faults.add("events-foreign:*")
    stage.run(only=("plate",))

    ids = {entry["generation_id"] for entry in stage.accepted}
    assert (
        stage.requests(
            lambda method, path: (
                method == "GET"
                and ("/ai/queue/" in path or "/ai/generations/" in path)
                and path.rpartition("/")[2] not in ids
            )
        )
        == 0
    )
