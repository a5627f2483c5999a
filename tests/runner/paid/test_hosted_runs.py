"""Recipes rendered at the simulator, from the text to the film, over real HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from runner.events import (
    InstanceFinished,
    InstanceResubmitted,
    InstanceReused,
    InstanceSubmitted,
    InstanceWarned,
    RunFinished,
)
from runner.views.plain import Plain
from runner.views.progress import RunProgress
from tests.runner.paid.hosted import CANARY, ROOT, Set


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_film_is_rendered_and_then_reused(stage: Set, backend: str) -> None:
    """Each shot is one POST; the next run sends nothing at all, not even to look."""
    outcome = stage.run(backend=backend)

    assert (outcome.status, outcome.exit_status) == ("done", 0)
    assert outcome.outputs["film"][0].is_file()
    assert stage.posts == len(stage.accepted) == 2
    assert len(stage.of(InstanceSubmitted)) == 2
    assert outcome.spent == Decimal("0.96")
    assert stage.of(RunFinished)[0].spent_usd == 0.96

    before = stage.requests(lambda _method, path: "/ai/models/" not in path)
    assert stage.run(backend=backend).made == 0
    assert stage.requests(lambda _method, path: "/ai/models/" not in path) == before


def test_a_run_needs_one_stream_and_few_requests(stage: Set) -> None:
    """One event stream; beside it, uploads and downloads, a generation takes a POST and a look."""
    stage.run()

    assert stage.requests(lambda _method, path: path.endswith("/api/events")) == 1
    looks = stage.requests(
        lambda method, path: method == "GET" and ("/ai/queue/" in path or "/ai/generations/" in path)
    )
    assert looks <= 2 * len(stage.accepted)


def test_what_is_sent_is_what_the_recipe_says(stage: Set) -> None:
    """The body has the model, the parameters as declared, a URL for the picture and the tag; nothing else."""
    stage.run(only=("plate/010",))

    body = stage.accepted[0]["body"]
    assert body.keys() == {
        "model", "prompt", "input_image", "duration", "resolution", "target_directory"
    } | (body.keys() & {"seed"})  # fmt: skip
    assert body["prompt"] == "a rocket waits"
    assert body["input_image"].startswith("http")
    assert body["target_directory"].startswith("reelmake/")


def test_plan_knows_the_price(stage: Set) -> None:
    """Prices come from the provider's own description of the model, and a plan sends nothing else."""
    assert stage.plan() == {
        "plate/010": ("run", "new"),
        "plate/020": ("run", "new"),
        "film": ("wait", "upstream"),
    }
    assert stage.requests(lambda _method, path: "/ai/models/" not in path) == 0


@pytest.mark.parametrize(("limit", "status"), [("0.95", 3), ("0.96", 0)])
def test_a_ceiling_below_the_plan_refuses_all_of_it(stage: Set, limit: str, status: int) -> None:
    """A plan that costs more than the ceiling sends nothing, and says what would fit."""
    outcome = stage.run(max_cost=Decimal(limit))

    assert outcome.exit_status == status
    if status:
        assert outcome.status == "refused"
        assert stage.posts == 0
        assert "$0.96 is more than the ceiling of $0.95" in outcome.refusal
        assert stage.of(RunFinished)[0].status == "refused"


def test_the_ceiling_of_the_configuration_counts(stage: Set, tmp_path: Path) -> None:
    """The lower of the recipe's ceiling and the user's counts, where the command line gives none."""
    (tmp_path / "config.toml").write_text("max_cost = 0.5\n", "utf-8")
    stage.recipe.write_text("max_cost = 5.0\n" + stage.recipe.read_text("utf-8"), "utf-8")

    assert stage.run().exit_status == 3
    assert stage.posts == 0


def _chained(stage: Set) -> None:
    text = stage.recipe.read_text("utf-8").partition("[steps.film]")[0]
    stage.recipe.write_text(
        text
        + """
[steps.restyle]
uses = "reference-video-to-video"
for_each = "shots"
input_video = "${plate.video}"
prompt = "gouache"
""",
        "utf-8",
    )


def test_a_chained_clip_is_handed_over_by_its_own_url(stage: Set) -> None:
    """What the provider has made is not uploaded again: its own result's fresh URL is passed on."""
    _chained(stage)
    assert stage.run(only=("restyle/010",)).status == "done"

    plate, restyle = stage.accepted
    assert plate["generation_id"] in restyle["body"]["input_video"]
    assert stage.requests(lambda method, path: method == "POST" and "workbench" in path) == 1


def test_a_chained_clip_that_cannot_be_read_is_uploaded(stage: Set) -> None:
    """A model that cannot download the earlier result is sent an upload, as a new attempt that is shown."""
    _chained(stage)
    stage.simulator.faults.add("input-unreachable:2")
    outcome = stage.run(only=("restyle/010",))

    assert outcome.status == "done"
    assert len(stage.accepted) == 3
    assert stage.accepted[0]["generation_id"] not in stage.accepted[2]["body"]["input_video"]
    assert [each.address for each in stage.of(InstanceResubmitted)] == ["restyle/010"]


def test_what_is_held_is_said_by_the_plan(stage: Set) -> None:
    """A plan says which shot is held, and what waits for it; it costs nothing and is not sent."""
    stage.simulator.faults.add("500-before-accept:1")
    outcome = stage.run(jobs=1)

    assert (outcome.status, outcome.exit_status) == ("held", 4)
    held = outcome.held[0].address
    assert stage.plan()[held] == ("held", "held")
    assert stage.plan()["film"] == ("wait", "upstream")
    assert outcome.outputs == {}


def test_a_ceiling_holds_over_resumed_runs(stage: Set) -> None:
    """What a run that did not end in success has spent or reserved counts for the next, until one does."""
    stage.simulator.faults.add("500-before-accept:1")
    assert stage.run(max_cost=Decimal("0.96"), jobs=1).status == "held"
    text = stage.recipe.read_text("utf-8")
    stage.recipe.write_text(
        text.replace("a rocket waits", "it waits").replace("it lifts", "up it lifts"), "utf-8"
    )

    outcome = stage.run(max_cost=Decimal("0.96"))
    assert (outcome.status, stage.posts) == ("refused", 2)
    assert "$0.96 after $0.96 already spent" in outcome.refusal
    outcome = stage.run(max_cost=Decimal("1.92"))
    assert (outcome.status, stage.posts) == ("done", 4)
    assert len(outcome.held) == 1  # Nobody asks for it any more, and it is shown all the same.


def test_no_byte_anywhere_has_the_key(stage: Set) -> None:
    """The key is in no file that a run writes, and presigned queries are in none either."""
    stage.simulator.faults.add("failed:1:no such luck")
    stage.run()
    stage.run()

    written = [path for path in stage.folder.rglob("*") if path.is_file()]
    assert len(written) > 5
    for path in written:
        data = path.read_bytes()
        assert CANARY.encode() not in data, path
        if path.suffix not in {".mp4", ".jpg"} and "objects" not in path.parts:
            assert b"signature=" not in data.lower(), path


def _reel(stage: Set, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; from runner.cli import main; sys.exit(main())",
         "run", str(stage.recipe), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=stage.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


def _until_accepted(stage: Set, count: int) -> None:
    late = time.monotonic() + 60
    while len(stage.accepted) < count:
        assert time.monotonic() < late, "nothing was accepted"
        time.sleep(0.005)


def test_killed_while_the_reply_is_on_its_way(stage: Set) -> None:
    """A process killed after its jobs were accepted and before it knew has them adopted by the next run."""
    stage.simulator.faults.add("hold-reply:*:3000")
    with _reel(stage) as process:
        _until_accepted(stage, 2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    stage.simulator.faults.clear()
    assert stage.plan()["plate/010"] == ("attach", "in flight")

    outcome = stage.run()

    assert outcome.status == "done"
    assert len(stage.accepted) == stage.posts == 2
    assert len(stage.of(InstanceFinished)) == 3
    assert stage.of(InstanceReused) == []


def test_ctrl_c_keeps_what_was_paid(stage: Set) -> None:
    """Ctrl-C prints the ids and ends with 130; the next run fetches the same jobs and pays nothing."""
    stage.simulator.faults.add("slow-job:*:3")
    told = ""
    with _reel(stage) as process:
        assert process.stdout is not None
        while sum(accepted["generation_id"] in told for accepted in stage.accepted) < 2:
            told += process.stdout.readline().decode()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["status"] == "interrupted"
    for accepted in stage.accepted:
        assert accepted["generation_id"] in err.decode()
    assert CANARY.encode() not in out + err

    assert stage.run().status == "done"
    assert stage.posts == 2


def test_what_the_recipe_no_longer_asks_for_is_followed(stage: Set) -> None:
    """A job whose shot was rewritten meanwhile is fetched all the same, and is there when it is wanted."""
    stage.simulator.faults.add("hold-reply:*:3000")
    with _reel(stage) as process:
        _until_accepted(stage, 2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    stage.simulator.faults.clear()
    text = stage.recipe.read_text("utf-8")
    stage.recipe.write_text(text.replace("a rocket waits", "a rocket sleeps"), "utf-8")
    assert stage.run().status == "done"
    assert len(stage.accepted) == 3

    stage.recipe.write_text(text, "utf-8")
    assert stage.plan()["plate/010"] == ("reuse", "up to date")
    assert stage.run().status == "done"
    assert len(stage.accepted) == stage.posts == 3


def test_a_status_word_that_is_not_documented_is_warned_of_once(
    stage: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counts as running; the word is kept as it came, shown once a job, however often it is seen."""
    monkeypatch.setattr("runner.providers.hosted.pace._NEAR_LISTENING", 0.05)
    for fault in ("unknown-status:*:pondering", "slow-job:*:1"):
        stage.simulator.faults.add(fault)
    outcome = stage.run(only=("plate",))

    assert outcome.status == "done"
    warned = stage.of(InstanceWarned)
    assert sorted(event.address for event in warned) == ["plate/010", "plate/020"]
    assert {event.status for event in warned} == {"pondering"}
    lines: list[str] = []
    Plain(RunProgress(), lines.append)(warned[0])
    what = f'the provider says "pondering" of {warned[0].generation_id}, which is not documented'
    assert lines == [f"warning  {warned[0].address}: {what}: taken for running"]
