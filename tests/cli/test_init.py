"""`reel init`: a project that works at once, and never over another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Reel


@pytest.mark.parametrize(
    ("name", "title", "slate"),
    [
        ("first", "first", "FIRST"),
        ('my "film", part 2', 'my "film", part 2', "MYFILMPA"),
        ("back\\slash", "back\\slash", "BACKSLAS"),
        ("夜の港", "夜の港", "FILM"),
        ("-x", "-x", "X"),
        ("${vars.mood}", "${vars.mood}", "VARSMOOD"),
    ],
)
def test_a_new_project_is_fine(name: str, title: str, slate: str, reel: Reel) -> None:
    """Whatever the folder is called, the recipe in it is fine and bears its name."""
    begun = reel("init", "--", name)

    shown = reel("show", f"./{name}/film.toml")

    assert begun.status == 0
    assert f"{name}/film.toml is a film in two shots." in begun.out
    assert (shown.status, shown.err) == (0, "")
    assert shown.out.startswith(f"{title}\n\nslate    {slate}\n")


def test_a_new_project_can_be_rehearsed(reel: Reel, folder: Path) -> None:
    """The very next command makes a film."""
    reel("init", "my film")

    ended = reel("rehearse", "my film/film.toml", "--proxy", "64")

    assert ended.status == 0
    assert (folder / "my film/out/rehearsal/MYFILM_film.mp4").stat().st_size > 0


def test_nothing_is_overwritten(reel: Reel, folder: Path) -> None:
    """A file of the same name stops it before anything is written."""
    (folder / "first").mkdir()
    (folder / "first/film.toml").write_text("mine", "utf-8")

    ended = reel("init", "first")

    assert ended.status == 2
    assert ended.err == (
        "error: first/film.toml is there already, and init never overwrites; name another folder\n"
    )
    assert [path.name for path in (folder / "first").iterdir()] == ["film.toml"]
    assert (folder / "first/film.toml").read_text("utf-8") == "mine"


def test_a_link_to_nowhere_is_not_followed(reel: Reel, folder: Path) -> None:
    """A broken link in a file's place counts as a file."""
    (folder / "first").mkdir()
    (folder / "first/film.toml").symlink_to(folder / "elsewhere.toml")

    assert reel("init", "first").status == 2
    assert not (folder / "elsewhere.toml").exists()


def test_a_file_is_no_folder(reel: Reel, folder: Path) -> None:
    """A file in the folder's place ends with status 2."""
    (folder / "first").write_text("mine", "utf-8")

    ended = reel("init", "first")

    assert (ended.status, ended.err) == (
        2, "error: first is a file; name a folder that does not exist yet\n",
    )  # fmt: skip


def test_an_empty_folder_will_do(reel: Reel, folder: Path) -> None:
    """A folder that is there and holds nothing of the sort is used."""
    (folder / "first").mkdir()

    assert reel("init", "first").status == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(reel: Reel, folder: Path) -> None:
    """Without the right to write, it ends in words."""
    folder.chmod(0o500)

    ended = reel("init", "first")

    folder.chmod(0o700)
    assert ended.status == 1
    assert ended.err.startswith("error: ")
