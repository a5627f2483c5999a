"""The journal against the provider's own list, over real HTTP."""

from __future__ import annotations

import shutil
from decimal import Decimal

import pytest

from tests.runner.paid.desk import Desk
from tests.runner.paid.hosted import Set


@pytest.fixture
def desk(stage: Set, capsys: pytest.CaptureFixture[str]) -> Desk:
    """The command line at the set."""
    return Desk(stage, capsys)


def test_equal(desk: Desk) -> None:
    """After an ordinary run, journal and list agree to the cent."""
    desk.stage.run()

    told = desk("audit")

    assert (told.status, told.err) == (0, "")
    assert told.out == "2 jobs compared: $0.96 by the journal, $0.96 by the provider\nno difference\n"


def test_a_lost_job_is_a_difference(desk: Desk) -> None:
    """While it is not known what became of a job, the audit says so, with what is at stake."""
    desk.hold()

    told = desk("audit")

    assert told.status == 1
    assert "plate/010: nobody knows whether the job of " in told.out
    assert "($0.48)" in told.out
    assert "1 difference" in told.out


def test_a_journal_from_before_is_found_out(desk: Desk) -> None:
    """With a state folder that was put back, the job that it has forgotten is named, and what it cost."""
    desk.stage.simulator.faults.add("failed:1")
    desk.stage.run(only=("plate/010",))
    assert desk("audit").status == 0
    state, saved = desk.stage.folder / ".reel", desk.stage.folder / "saved"
    shutil.copytree(state, saved)
    desk.stage.run(only=("plate",))
    shutil.rmtree(state)
    shutil.copytree(saved, state)
    forgotten, other = (one["generation_id"] for one in desk.stage.accepted[1:])
    if desk.stage.accepted[1]["body"]["prompt"] != "a rocket waits":
        forgotten, other = other, forgotten

    told = desk("audit")

    assert told.status == 1
    assert f"the provider has {forgotten} for plate/010, and the journal has not, $0.48" in told.out
    assert other not in told.out
    assert "1 job more with a tag of reelmake's, of other recipes" in told.out


def test_costs_that_differ(desk: Desk) -> None:
    """A cost that the provider has changed since is a difference, with both figures."""
    desk.stage.run(only=("plate/010",))
    row = desk.stage.simulator.studio.rows[desk.stage.accepted[0]["generation_id"]]
    row.cost = Decimal("0.96")

    told = desk("audit")

    assert told.status == 1
    assert f"plate/010 ({row.id}) cost $0.48 here, and $0.96 there" in told.out


def test_without_a_key_or_a_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a run there is nothing to audit, and without a key nobody to ask."""
    assert desk("audit").status == 2
    desk.stage.run(only=("plate/010",))
    monkeypatch.delenv("OXEN_API_KEY")
    assert desk("audit").status == 2


def test_a_list_that_cannot_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the list cannot be read, nothing is said to agree."""
    desk.stage.run(only=("plate/010",))
    monkeypatch.setattr("runner.providers.hosted.patience.Patience._pause", lambda *_: None)
    desk.stage.simulator.faults.add("list-500:*")

    told = desk("audit")

    assert (told.status, "cannot be read whole" in told.err) == (1, True)
