"""The last words of a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dsl.graph import Graph
from runner.events import Delivered, InstanceFinished
from runner.options import RunOptions
from runner.project import Failure, Outcome
from runner.reading import read
from runner.views.closing import closing
from runner.views.progress import RunProgress

NOW = datetime(2026, 11, 21, tzinfo=UTC)
DONE = Outcome("done", 0, {}, (), (), made=1, reused=6)
FILM = Delivered(NOW, "film", "film", Path("/out/TNY_film.mp4"), "digest", changed=True)


@pytest.fixture
def graph(tiny: Path) -> Graph:
    """The recipe of three shots, with its first frame as a poster."""
    text = tiny.read_text("utf-8")
    outputs = '\n[outputs]\nfilm = "${film.video}"\nposter = "${plate/010.first_frame}"\n'
    tiny.write_text(text + outputs, "utf-8")
    return read(tiny, RunOptions(), probe=False)


def test_a_film_is_named_with_its_length(graph: Graph) -> None:
    """The path of what was delivered comes with its declared length, where this run did not make it."""
    words = closing(DONE, RunProgress(delivered=[FILM]), graph)

    assert words.results == ("film  /out/TNY_film.mp4  2.8 s (70 frames at 25 fps)",)
    assert words.troubles == ()


def test_a_film_that_was_cut_short_has_its_own_length(graph: Graph) -> None:
    """What this run has made is given as it is, and a film without a clip says which."""
    progress = RunProgress()
    progress(InstanceFinished(NOW, "film", "key", "digest", 1000, "mp4", 1.8, 45, 1.0))
    progress(replace(FILM, missing=("trimmed/030",)))
    outcome = replace(
        DONE,
        status="failed",
        exit_status=1,
        failures=(Failure("plate/030", "no\x1b such file\nlast line"),),
        missing=("trimmed/030",),
    )

    words = closing(outcome, progress, graph)

    assert words.results == ("film  /out/TNY_film.mp4  1.8 s (45 frames at 25 fps)",)
    assert words.troubles == (
        "plate/030 failed: no\N{REPLACEMENT CHARACTER} such file\n    last line",
        "the film has no picture of its own for trimmed/030",
    )


def test_the_length_of_a_film_without_a_clip_is_not_guessed(graph: Graph) -> None:
    """Where a clip is missing, the declared length would be a lie, and is left out."""
    words = closing(DONE, RunProgress(delivered=[replace(FILM, missing=("trimmed/030",))]), graph)

    assert words.results == ("film  /out/TNY_film.mp4",)


def test_a_still_has_no_length(graph: Graph) -> None:
    """A frame taken from a video is delivered without the video's length, and after the film."""
    poster = replace(FILM, address="plate/010", name="poster", path=Path("/out/TNY_poster.png"))

    words = closing(DONE, RunProgress(delivered=[poster, FILM]), graph)

    assert words.results[1] == "poster  /out/TNY_poster.png"


def test_nothing_to_do_is_said(graph: Graph) -> None:
    """When nothing was made, that is said first."""
    idle = replace(DONE, made=0, reused=7)

    there = closing(idle, RunProgress(delivered=[replace(FILM, changed=False)]), graph).results
    lost = closing(idle, RunProgress(delivered=[FILM]), graph).results

    assert there[0] == "nothing to do: 7 instances up to date"
    assert lost[0] == "delivered what was there: 7 instances up to date"


def test_an_interruption_says_how_to_go_on(graph: Graph) -> None:
    """After Ctrl-C the last word is that nothing is lost."""
    words = closing(replace(DONE, status="interrupted", exit_status=130), RunProgress(), graph)

    assert words.troubles == (
        "interrupted; what was finished is kept, and the same command goes on from there",
    )
