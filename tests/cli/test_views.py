"""The views of a run: folds over its events, and what is drawn from them."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from runner.events import (
    Delivered,
    Event,
    InstanceBlocked,
    InstanceFailed,
    InstanceFinished,
    InstanceProgressed,
    InstanceReused,
    InstanceStarted,
    RunFinished,
    RunStarted,
)
from runner.views.board import Board
from runner.views.lines import Lines
from runner.views.plain import Plain
from runner.views.progress import RunProgress

START = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
PATH = Path("/films/out/LFT_film.mp4")


def at(seconds: float) -> datetime:
    """Seconds into the run."""
    return START + timedelta(seconds=seconds)


def began(*instances: str) -> RunStarted:
    """A rehearsal of these instances begins."""
    return RunStarted(START, "run", Path("/films/liftoff.toml"), instances, rehearsal=True)


def started(address: str, seconds: float) -> InstanceStarted:
    """Work on an instance begins."""
    return InstanceStarted(at(seconds), address, "image-to-video", "animatic", "ltx-2-3-pro", "key")


def finished(address: str, seconds: float) -> InstanceFinished:
    """An instance is made."""
    return InstanceFinished(at(seconds), address, "key", "digest", 1_200_000, "mp4", 6.0, 144, 3.14)


RUN: tuple[Event, ...] = (
    began("plate/010", "plate/020", "plate/030", "restyle/030", "film"),
    InstanceReused(at(0.1), "plate/010", "key", "digest"),
    started("plate/020", 0.2),
    started("plate/030", 0.3),
    InstanceProgressed(at(1), "plate/020", 0.5),
    finished("plate/020", 4),
    InstanceFailed(at(5), "plate/030", "key", "ffmpeg ended with status 1:\n\x1b[31mno such filter"),
    InstanceBlocked(at(5), "restyle/030", ("plate/030",)),
    started("film", 6),
)


def told(*events: Event) -> RunProgress:
    """The fold over events."""
    progress = RunProgress()
    for event in events:
        progress(event)
    return progress


def drawn(progress: RunProgress, *, width: int = 80, height: int = 24, now: float = 10) -> str:
    """The board as it stands on a terminal of that size."""
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=None)
    with console.capture() as captured:
        console.print(Board("Liftoff", progress, console, lambda: at(now)), end="")
    return captured.get()


def test_progress_knows_where_each_instance_stands() -> None:
    """The fold holds a state for each instance of the run."""
    progress = told(*RUN)

    states = {address: one.state for address, one in progress.instances.items()}

    assert states == {
        "plate/010": "reused",
        "plate/020": "done",
        "plate/030": "failed",
        "restyle/030": "blocked",
        "film": "running",
    }
    assert progress.part == 4 / 5


def test_progress_of_an_empty_run_is_nothing() -> None:
    """Before the run has begun, nothing of it is done."""
    assert told().part == 0.0


def test_plain_lines() -> None:
    """A log has one line for each thing that began or ended."""
    lines: list[str] = []
    progress = RunProgress()
    plain = Plain(progress, lines.append)
    for event in RUN:
        progress(event)
        plain(event)

    assert lines == [
        "rehearsing liftoff.toml: 5 instances",
        "reuse    plate/010  [1/5]",
        "start    plate/020",
        "start    plate/030",
        "done     plate/020  6.0 s, 1.2 MB, in 3.1 s  [2/5]",
        "failed   plate/030: ffmpeg ended with status 1:",
        "blocked  restyle/030: waits for plate/030",
        "start    film",
    ]


def test_json_lines() -> None:
    """With --json every event is one line, named and dated."""
    lines: list[str] = []
    view = Lines(lines.append)
    ending = RunFinished(at(9), "run", "done", {"film": (PATH,)}, made=1, reused=4)
    for event in (*RUN, Delivered(at(8), "film", "film", PATH, "digest", changed=True), ending):
        view(event)

    read = [json.loads(line) for line in lines]

    assert [line["event"] for line in read] == [
        "run_started", "instance_reused", "instance_started", "instance_started", "instance_progressed",
        "instance_finished", "instance_failed", "instance_blocked", "instance_started", "delivered",
        "run_finished",
    ]  # fmt: skip
    assert all(line["at"].endswith("Z") for line in read)
    assert read[-1]["outputs"] == {"film": [str(PATH)]}


def test_the_board_shows_what_runs_and_what_was_done() -> None:
    """The board has a line for what runs, with its time, and for what ended."""
    lines = drawn(told(*RUN)).splitlines()

    assert lines[0].rstrip() == "Liftoff  0:10  4 of 5 instances, 1 reused, 1 failed, 1 blocked"
    assert [line.split()[:2] for line in lines[2:]] == [
        ["●", "film"],
        ["✗", "plate/030"],
        ["○", "restyle/030"],
        ["✓", "plate/020"],
        ["·", "plate/010"],
    ]
    assert lines[2].rstrip().endswith("0:04")


@pytest.mark.parametrize("height", [6, 12, 24, 60])
@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_the_board_never_overflows_the_screen(width: int, height: int) -> None:
    """However many shots there are, and however small the terminal, the board fits."""
    addresses = [f"a-step-with-a-long-name/{number:03}" for number in range(400)]
    events = [began(*addresses)]
    board = told(
        *events, *(finished(a, 1) for a in addresses[:150]), *(started(a, 2) for a in addresses[150:250])
    )

    lines = drawn(board, width=width, height=height).splitlines()

    assert len(lines) < height
    assert max(len(line) for line in lines) <= width


def test_the_board_obeys_no_recipe() -> None:
    """Markup and escape sequences of a title are shown, not obeyed."""
    console = Console(file=io.StringIO(), width=80, height=24, force_terminal=True, color_system=None)
    with console.capture() as captured:
        console.print(Board("[red]Li\x1b[2Jft[/red]", told(began("film")), console, lambda: START))

    assert "[red]Li\N{REPLACEMENT CHARACTER}[2Jft[/red]" in captured.get()


def test_the_board_stands_still_once_the_run_is_over() -> None:
    """After the last event the clock of the board does not go on."""
    over = RunFinished(at(9), "run", "failed", {}, made=1, reused=1)

    assert "  0:09  " in drawn(told(*RUN, over), now=500)


def test_the_board_draws_without_unicode() -> None:
    """Where the terminal speaks ASCII alone, so does the board."""
    drawn_bytes = io.BytesIO()
    ascii_stream = io.TextIOWrapper(drawn_bytes, encoding="ascii", write_through=True)
    console = Console(file=ascii_stream, width=60, height=20, force_terminal=True, color_system=None)
    console.print(Board("Liftoff", told(*RUN), console, lambda: at(10)))

    assert drawn_bytes.getvalue().count(b"plate/0") == 3
