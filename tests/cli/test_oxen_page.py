"""What docs/oxen.md says of failures, made to happen at a simulator."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from runner.simulator.options import Options
from runner.simulator.server import Simulator
from tests.cli.conftest import PICTURE, ROOT, Reel

RECIPE = """\
schema = "reelmake/1"
slate = "ONE"
[steps.still]
uses = "edit-image"
input_image = "board.jpg"
prompt = "a rocket at dusk"
"""
HAPPENED = {
    "the model refuses what it was asked for": "moderation:1-",
    "a parameter is wrong": "422:1-:resolution is odd",
    "the model failed": "failed:1-:the model broke",
    "no clear answer came, and the list does not show the job": "reset-after-accept:1-+tagless:1-",
    "it was made, and cannot be fetched": "html-instead-of-video:1-",
    "the account is out of credit": "402:1-",
    "the key is refused": "401:1-",
    "too many requests, or the service stumbles while it is asked for news": "429:1+get-500:1",
}
BY_WORDS = {
    "it would cost more than it may": (["--max-cost", "0.001"], {}),
    "the key is missing": ([], {"OXEN_API_KEY": ""}),
}


def rows() -> dict[str, tuple[str, int]]:
    """The table of the page: what is said and the exit status, by what happened."""
    page = (ROOT / "docs/oxen.md").read_text("utf-8")
    cells = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("|")]
    found = [[cell.strip() for cell in row] for row in cells if row[-1].strip().isdigit()]
    said = {row[0]: re.match(r"`(.+?)`", row[1]) for row in found}
    return {row[0]: (words[1] if (words := said[row[0]]) else "", int(row[-1])) for row in found}


@pytest.fixture
def one(folder: Path) -> Path:
    """A recipe that has one still made of one picture."""
    shutil.copyfile(PICTURE, folder / "board.jpg")
    recipe = folder / "one.toml"
    recipe.write_text(RECIPE, "utf-8")
    return recipe


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """A simulator to be entered, and the settings for it."""
    monkeypatch.setenv("OXEN_API_KEY", "x")
    monkeypatch.setenv("REEL_SETTLE", "1")
    return Simulator(Options(render="fast", job_seconds=0.5))


@pytest.mark.parametrize("what", HAPPENED)
def test_each_failure_ends_as_the_page_says(
    what: str, one: Path, reel: Reel, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words and the exit status of a failure are those of the page."""
    words, status = rows()[what]
    with simulator:
        monkeypatch.setenv("OXEN_BASE_URL", simulator.url)
        for fault in HAPPENED[what].split("+"):
            simulator.faults.add(fault)
        ended = reel("run", one.name)

        assert (ended.status, len(simulator.accepted) <= 1) == (status, True), ended.err
    assert words in ended.err


@pytest.mark.parametrize("what", BY_WORDS)
def test_what_is_refused_beforehand_sends_nothing(
    what: str, one: Path, reel: Reel, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ceiling that is too low and a key that is missing end as the page says, before anything is sent."""
    words, status = rows()[what]
    arguments, environment = BY_WORDS[what]
    with simulator:
        monkeypatch.setenv("OXEN_BASE_URL", simulator.url)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        ended = reel("run", one.name, *arguments)

        assert (ended.status, simulator.accepted) == (status, [])
        assert {request.method for request in simulator.requests} <= {"GET"}
    assert words in ended.err


def test_the_page_leaves_little_to_belief() -> None:
    """Of the failures on the page all but two, which take a file of 30 MiB or half an hour, happen here."""
    assert rows().keys() - HAPPENED.keys() - BY_WORDS.keys() == {
        "a file is too large",
        "a job takes longer than half an hour",
    }
