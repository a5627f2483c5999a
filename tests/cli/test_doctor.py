"""`reel doctor`: what it finds on a good machine and on bad ones."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import pytest

from runner import doctor
from runner.media import abilities
from tests.cli.conftest import Reel

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - the shape of shutil's own answer.


def test_a_good_machine(reel: Reel, folder: Path) -> None:
    """Where all is there, it ends with 0, leaves nothing behind, and says what oxen still wants."""
    ended = reel("doctor")

    assert ended.status == 0
    assert [line.split()[0] for line in ended.out.splitlines() if not line.startswith(" ")].count("fail") == 0
    assert "provider animatic  ready" in ended.out
    assert list(folder.iterdir()) == []


def test_a_wrong_ffmpeg(program: Reel, folder: Path) -> None:
    """A REEL_FFMPEG that is no program fails, with what to do."""
    ended = program("doctor", REEL_FFMPEG=str(folder / "none"))

    assert ended.status == 1
    assert "fail  ffmpeg" in ended.out
    assert "unset it to use the one that comes with reelmake" in ended.out


def test_an_ffmpeg_that_lacks_something(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A filter that is missing is named before a film depends on it."""
    monkeypatch.setattr(abilities, "missing", lambda: ("filter xfade",))

    found = {finding.name: finding for finding in doctor.examine(folder / ".reel")}

    assert found["ffmpeg"].state == "fail"
    assert found["ffmpeg"].text.endswith("lacks filter xfade")


@pytest.mark.parametrize(
    ("free", "state"), [(10**10, "ok"), (10**9, "warn"), (10**8, "fail")], ids=["roomy", "tight", "full"]
)
def test_room_on_the_disk(free: int, state: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Little room is a warning, hardly any a failure."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**12, 0, free))

    found = {finding.name: finding for finding in doctor.examine(folder / ".reel")}

    assert found["disk"].state == state


def test_a_state_folder_that_may_not_be_written(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A state folder on a read-only disk fails, and the way out is named."""

    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)

    found = {finding.name: finding for finding in doctor.examine(folder / ".reel")}

    assert found["state"].state == "fail"
    assert found["state"].text.endswith("Read-only file system")
    assert found["state"].advice == "set REEL_HOME to a folder that you may write to"
