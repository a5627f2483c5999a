"""What was paid, job by job, over real HTTP; and the ways on that a run names at its end."""

from __future__ import annotations

import json

import jsonschema
import pytest

from tests.runner.paid.desk import Desk
from tests.runner.paid.hosted import Set

COSTS = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": [
            "address", "state", "generation_id", "at", "model", "estimate_usd", "actual_usd",
        ],
        "properties": {
            "address": {"type": "string"},
            "state": {"type": "string"},
            "generation_id": {"type": ["string", "null"]},
            "at": {"type": "string"},
            "model": {"type": "string"},
            "estimate_usd": {"type": ["number", "null"]},
            "actual_usd": {"type": ["number", "null"]},
        },
    },
}  # fmt: skip


@pytest.fixture
def desk(stage: Set, capsys: pytest.CaptureFixture[str]) -> Desk:
    """The command line at the set."""
    return Desk(stage, capsys)


def test_nothing_was_sent(desk: Desk) -> None:
    """Before the first job there are no costs, and no state is made."""
    assert json.loads(desk("costs", "--json").out) == []
    assert desk("costs").out == "nothing was sent to a provider yet\n"
    assert not (desk.stage.folder / ".reel").exists()


def test_estimate_beside_actual(desk: Desk) -> None:
    """A job that cost more, one whose reply was lost, and the one sent in its place are all there."""
    lost = desk.hold()
    desk("resolve", "plate/010", "--resubmit")
    desk.mend()
    desk.stage.simulator.faults.add("high-cost:2:1.25")
    desk.stage.run()

    told = desk("costs", "--json")
    costs = json.loads(told.out)
    jsonschema.validate(costs, COSTS)
    assert [(one["state"], one["estimate_usd"]) for one in costs] == [
        ("superseded", 0.48), ("done", 0.48), ("done", 0.48),
    ]  # fmt: skip
    assert costs[0]["actual_usd"] is None
    assert sorted(one["actual_usd"] for one in costs[1:]) == [0.48, 1.25]
    assert lost not in told.out
    text = desk("costs").out
    assert "total" in text
    assert "$1.44" in text
    assert "$1.73" in text
    assert "up to $0.48 more" in text


def test_a_refused_job_costs_nothing(desk: Desk) -> None:
    """What the provider refused outright is listed, and is in no sum."""
    desk.stage.simulator.faults.add("422:1")
    desk.stage.run(only=("plate/010",))

    (cost,) = json.loads(desk("costs", "--json").out)
    assert (cost["state"], cost["actual_usd"]) == ("rejected", 0)
    assert desk("costs").out.splitlines()[-1].split() == ["total", "$0.00", "$0.00"]


def test_a_run_names_the_ways_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held or stalled is told with the commands that lead on, ready to be typed."""
    monkeypatch.chdir(desk.stage.folder)
    desk.hold()
    assert "    reel resolve two.toml plate/010  " in desk("run", "--only", "plate/010").err

    desk.mend()
    monkeypatch.setattr("runner.providers.hosted.session.DEADLINE_SECONDS", 0.5)
    desk.stage.simulator.faults.add("processing-forever:*")
    told = desk("run", "--only", "plate/020").err
    assert "    reel run two.toml  goes on waiting\n" in told
    assert "    reel cancel two.toml plate/020  cancels it" in told
