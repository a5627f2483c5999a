"""Where instances stand, and the cancelling of jobs, over real HTTP."""

from __future__ import annotations

import json
import time
from typing import Any

import jsonschema
import pytest

from runner.locks import run_lock
from tests.runner.paid.desk import Desk
from tests.runner.paid.hosted import Set

STATUS = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["address", "state", "generation_id", "reason", "price_usd", "cost_usd"],
        "properties": {
            "address": {"type": "string"},
            "state": {
                "enum": [
                    "missing", "waiting", "running", "held", "stalled", "refused", "failed", "stale", "gated",
                    "done",
                ]
            },
            "generation_id": {"type": ["string", "null"]},
            "reason": {"type": "string"},
            "price_usd": {"type": ["number", "null"]},
            "cost_usd": {"type": ["number", "null"]},
        },
    },
}  # fmt: skip


@pytest.fixture
def desk(stage: Set, capsys: pytest.CaptureFixture[str]) -> Desk:
    """The command line at the set."""
    return Desk(stage, capsys)


def states(desk: Desk) -> dict[str, Any]:
    """The state of each instance, the whole fitting its schema."""
    ended = desk("status", "--json")
    assert (ended.status, ended.err) == (0, "")
    listed = json.loads(ended.out)
    jsonschema.validate(listed, STATUS)
    return {one["address"]: one["state"] for one in listed}


def stall(desk: Desk, monkeypatch: pytest.MonkeyPatch, *faults: str) -> None:
    """Have the first shot take longer than its deadline."""
    monkeypatch.setattr("runner.providers.hosted.session.DEADLINE_SECONDS", 0.5)
    for fault in faults:
        desk.stage.simulator.faults.add(fault)
    assert desk.stage.run(only=("plate/010",)).exit_status == 5


def test_nothing_run_yet(desk: Desk) -> None:
    """Before the first run all is missing or waits, and nothing is written."""
    before = sorted(desk.stage.folder.rglob("*"))

    assert states(desk) == {"plate/010": "missing", "plate/020": "missing", "film": "waiting"}
    assert sorted(desk.stage.folder.rglob("*")) == before


def test_done_stale_and_waiting(desk: Desk) -> None:
    """What was made is done; an edit makes a shot stale, and the film waits for it."""
    desk.stage.run()
    assert states(desk) == {"plate/010": "done", "plate/020": "done", "film": "done"}

    text = desk.stage.recipe.read_text("utf-8")
    desk.stage.recipe.write_text(text.replace("a rocket waits", "a rocket sleeps"), "utf-8")
    assert states(desk) == {"plate/010": "stale", "plate/020": "done", "film": "waiting"}


def test_held_refused_and_failed(desk: Desk) -> None:
    """A lost job is held, a shot that the provider will not make is refused, one that broke has failed."""
    lost = desk.hold()
    desk.mend()
    desk.stage.simulator.faults.add("moderation:1")
    desk.stage.run(only=("plate/020",))
    assert states(desk) == {"plate/010": "held", "plate/020": "refused", "film": "waiting"}

    text = desk.stage.recipe.read_text("utf-8")
    desk.stage.recipe.write_text(text.replace("it lifts off", "it stays"), "utf-8")
    desk.mend()
    desk.stage.simulator.faults.add("failed:1")
    desk.stage.run(only=("plate/020",))
    assert states(desk)["plate/020"] == "failed"
    assert lost not in desk("status").out


def test_a_late_listing_is_taken_up_by_status(desk: Desk) -> None:
    """`reel status` lists a held job's tag again, and takes the job up once the list shows it."""
    lost = desk.hold("slow-list:*:2.5", "reset-after-accept:1")
    assert states(desk)["plate/010"] in {"held", "running"}

    late = time.monotonic() + 60
    while states(desk)["plate/010"] != "running":
        assert time.monotonic() < late, "the list never shows it"

    assert lost in desk("status").out
    desk.mend()
    assert desk.stage.run(only=("plate/010",)).status == "done"
    assert desk.stage.posts == 1


def test_status_offline_and_beside_a_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key, without a provider and beside a run, what the journal knows is shown, quietly."""
    desk.hold()

    with run_lock(desk.stage.folder / ".reel/locks", desk.stage.recipe.resolve()):
        assert states(desk)["plate/010"] == "held"
    monkeypatch.delenv("OXEN_API_KEY")
    assert states(desk)["plate/010"] == "held"


def test_cancelling_a_stalled_job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stalled job is cancelled at the provider; the next run sends a new one."""
    stall(desk, monkeypatch, "processing-forever:1")
    assert states(desk)["plate/010"] == "stalled"

    told = desk("cancel", "plate/010")

    assert (told.status, told.err) == (0, "")
    assert "is cancelled" in told.out
    assert desk.stage.requests(lambda method, path: method == "DELETE" and "/ai/queue/" in path) == 1
    assert desk("cancel").out == "nothing goes on at the provider\n"
    desk.mend()
    assert desk.stage.run(only=("plate/010",)).status == "done"
    assert len(desk.stage.accepted) == 2


def test_what_is_made_in_spite_of_it_is_fetched(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that cannot be cancelled any more is paid for, so the next run fetches it."""
    stall(desk, monkeypatch, "slow-job:*:4", "cancel-400:*")

    told = desk("cancel")

    assert told.status == 0
    assert "was made before it could be cancelled" in told.out
    desk.mend()
    assert desk.stage.run(only=("plate/010",)).status == "done"
    assert desk.stage.posts == 1


def test_what_succeeds_although_it_was_cancelled_is_fetched(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a cancelled job is sent anew, its id is read again: what was made is not paid twice."""
    stall(desk, monkeypatch, "slow-job:*:3", "cancel-late:*")
    assert "is cancelled" in desk("cancel").out
    row = desk.stage.simulator.studio.rows[desk.stage.accepted[0]["generation_id"]]
    late = time.monotonic() + 60
    while not row.ended.is_set():
        assert time.monotonic() < late, "the job never ends"
        states(desk)
    desk.mend()

    assert desk.stage.run(only=("plate/010",)).status == "done"
    assert desk.stage.posts == len(desk.stage.accepted) == 1


def test_cancelling_takes_the_run_lock(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the recipe runs, nothing is cancelled; under another account neither."""
    stall(desk, monkeypatch, "processing-forever:1")

    with run_lock(desk.stage.folder / ".reel/locks", desk.stage.recipe.resolve()):
        assert desk("cancel").status == 6
    monkeypatch.setenv("OXEN_API_KEY", "somebody-else@key")
    told = desk("cancel")
    assert (told.status, "was sent under paid" in told.err) == (4, True)
    assert desk.stage.requests(lambda method, _path: method == "DELETE") == 0
