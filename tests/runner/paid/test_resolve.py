"""What the user decides about held jobs, over real HTTP."""

from __future__ import annotations

import time

import pytest

from runner.locks import run_lock
from tests.runner.paid.desk import Desk
from tests.runner.paid.hosted import Set


@pytest.fixture
def desk(stage: Set, capsys: pytest.CaptureFixture[str]) -> Desk:
    """The command line at the set."""
    return Desk(stage, capsys)


def test_adopting_the_right_id_makes_the_film(desk: Desk) -> None:
    """The lost generation, once named by the user, is fetched; nothing is sent a second time."""
    lost = desk.hold()

    told = desk("resolve", "plate/010", "--adopt", lost)

    assert (told.status, told.err) == (0, "")
    assert lost in told.out
    desk.mend()
    outcome = desk.stage.run()
    assert outcome.status == "done"
    assert outcome.outputs["film"][0].is_file()
    assert [entry["body"]["prompt"] for entry in desk.stage.accepted] == ["a rocket waits", "it lifts off"]


def test_evidence_without_a_choice(desk: Desk) -> None:
    """What was sent, what is at stake, who looks alike and the three ways on are shown; nothing changes."""
    lost = desk.hold()

    for flags in ((), ("--non-interactive",)):
        told = desk("resolve", "plate/010", *flags)

        assert told.status == 4
        assert "at stake  $0.48" in told.out
        assert "a rocket waits" in told.out
        assert f"{lost} has the same model and prompt, and may be another's: " in told.out
        assert f"resolve {desk.stage.recipe} plate/010 --adopt {lost}" in told.out
        assert "--resubmit" in told.out
        assert "--abandon" in told.out
    assert desk.stage.plan()["plate/010"] == ("held", "held")
    assert desk.stage.posts == 1


def test_resubmitting_pays_twice_by_the_users_word(desk: Desk) -> None:
    """A list that shows no match lets the user send anew: the ledger has two."""
    desk.hold()

    assert desk("resolve", "plate/010", "--resubmit").status == 0
    assert desk.stage.posts == 1
    desk.mend()
    assert desk.stage.run(only=("plate/010",)).status == "done"

    assert len(desk.stage.accepted) == 2
    assert desk.stage.run(only=("plate/010",)).made == 0


def test_a_match_that_appears_late_is_adopted_instead_of_resubmitting(desk: Desk) -> None:
    """`--resubmit` reads the list once more, finds the job, and takes it: the ledger has one."""
    lost = desk.hold("slow-list:*:2.5", "reset-after-accept:1")
    late = time.monotonic() + 60
    while f"{lost} bears its tag" not in desk("resolve", "plate/010").out:
        assert time.monotonic() < late, "the list never shows it"

    told = desk("resolve", "plate/010", "--resubmit")

    assert told.status == 0
    assert f"not sent again: the provider's list shows it now; adopted {lost}" in told.out
    desk.mend()
    assert desk.stage.run(only=("plate/010",)).status == "done"
    assert len(desk.stage.accepted) == desk.stage.posts == 1


def test_a_list_that_cannot_be_read_refuses_to_resubmit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the list cannot be read, nothing may be sent anew."""
    desk.hold()
    monkeypatch.setattr("runner.providers.hosted.patience.Patience._pause", lambda *_: None)
    desk.stage.simulator.faults.add("list-500:*")

    told = desk("resolve", "plate/010", "--resubmit")

    assert told.status == 4
    assert "cannot be read" in told.err
    assert desk.stage.plan()["plate/010"] == ("held", "held")


def test_what_is_abandoned_is_not_run_again(desk: Desk) -> None:
    """A job given up stays given up over runs, until the user has it sent anew."""
    desk.hold()

    assert desk("resolve", "plate/010", "--abandon").status == 0
    assert desk("resolve", "plate/010", "--abandon").status == 4
    desk.mend()
    assert desk.stage.run(only=("plate/010",)).exit_status == 4
    assert desk.stage.posts == 1

    assert desk("resolve", "plate/010", "--resubmit").status == 0
    assert desk.stage.run(only=("plate/010",)).status == "done"
    assert len(desk.stage.accepted) == 2


def test_ids_that_may_not_be_adopted(desk: Desk) -> None:
    """An id that is missing, no id, held by another attempt, or under another tag is refused."""
    desk.hold()
    desk.mend()
    desk.stage.run(only=("plate/020",))
    other = str(desk.stage.accepted[1]["generation_id"])

    for wrong, why in {
        "00000000-0000-4000-8000-000000000000": "knows no generation",
        "../x": "knows no generation",
        other: "belongs to plate/020 already",
    }.items():
        told = desk("resolve", "plate/010", "--adopt", wrong)

        assert (told.status, why in told.err) == (4, True), told.err
    assert desk.stage.plan()["plate/010"] == ("held", "held")


def test_a_generation_of_another_tag_is_not_adopted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another machine has asked for under the same account stays its own."""
    desk.hold()
    desk.mend()
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("REEL_HOME", str(desk.stage.folder / "elsewhere"))
        desk.stage.run(only=("plate/020",))
    other = str(desk.stage.accepted[1]["generation_id"])

    told = desk("resolve", "plate/010", "--adopt", other)

    assert (told.status, "bears another tag" in told.err) == (4, True)


def test_another_account_decides_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under another key, neither adopting nor resubmitting is possible, and the evidence says why."""
    lost = desk.hold()
    monkeypatch.setenv("OXEN_API_KEY", "somebody-else@key")

    for choice in (("--adopt", lost), ("--resubmit",)):
        told = desk("resolve", "plate/010", *choice)
        assert (told.status, "under another account" in told.err) == (4, True)
    assert "it was sent under paid" in desk("resolve", "plate/010").out


def test_without_a_key_there_is_evidence_and_giving_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, what the journal knows is shown, and a job can be given up; nothing else."""
    desk.hold()
    monkeypatch.delenv("OXEN_API_KEY")

    assert "OXEN_API_KEY is not set" in desk("resolve", "plate/010").out
    assert desk("resolve", "plate/010", "--resubmit").status == 2
    assert desk("resolve", "plate/010", "--abandon").status == 0


def test_the_recipe_must_not_be_running(desk: Desk) -> None:
    """A decision takes the run lock: while the recipe runs, the exit status is 6."""
    desk.hold()

    with run_lock(desk.stage.folder / ".reel/locks", desk.stage.recipe.resolve()):
        told = desk("resolve", "plate/010", "--abandon")

    assert told.status == 6


def test_one_choice_and_a_known_address(desk: Desk) -> None:
    """Two choices, an address that is none, and an address that sent nothing are mistakes of usage."""
    assert desk("resolve", "plate/010", "--abandon").status == 2
    desk.hold()

    assert desk("resolve", "plate/010", "--abandon", "--resubmit").status == 2
    assert "nothing in the recipe is called" in desk("resolve", "plate/9", "--abandon").err
    assert "nothing was sent for plate/020" in desk("resolve", "plate/020", "--abandon").err


def test_what_is_not_held_needs_no_decision(desk: Desk) -> None:
    """Of a job that is done, there is nothing to decide."""
    desk.stage.run(only=("plate/010",))

    assert desk("resolve", "plate/010").status == 0
    told = desk("resolve", "plate/010", "--resubmit")
    assert (told.status, "nothing is to be decided: it is done" in told.err) == (4, True)
