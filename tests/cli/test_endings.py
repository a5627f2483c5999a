"""How commands end: statuses, and words instead of tracebacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click as plain_click
import pytest
import rich_click as click

from runner.cli import ending
from runner.errors import BusyError, MediaError, StoreError, UsageError
from tests.cli.conftest import ROOT, Reel


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("say which"), 2),
        (BusyError("another run has it"), 6),
        (MediaError("ffmpeg died"), 1),
        (StoreError("the journal is newer"), 1),
        (KeyboardInterrupt(), 130),
        (plain_click.Abort(), 130),
        (BaseExceptionGroup("two", [ValueError("x"), KeyboardInterrupt()]), 130),
        (ExceptionGroup("one", [ExceptionGroup("inner", [UsageError("say which")])]), 2),
        (PermissionError(13, "Permission denied", "/out"), 1),
        (SystemExit(143), 143),
        (RecursionError("too deep"), 1),
    ],
    ids=repr,
)
def test_each_error_has_its_status(
    error: BaseException, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every kind of error ends in the status that docs/cli.md gives it, and in no traceback."""
    assert ending.explain(error) == status
    assert "Traceback" not in capsys.readouterr().err


def test_a_defect_is_owned_in_a_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody expected is called a defect of reelmake, with a way to report it."""
    ending.explain(KeyError("x"))

    assert capsys.readouterr().err == (
        "error: reelmake met something it did not expect (KeyError: 'x').\n"
        "This is a defect of reelmake and not of your recipe. What was finished is kept.\n"
        "REEL_DEBUG=1 before the command shows where; please report it with the recipe.\n"
    )


def test_debug_shows_where(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With REEL_DEBUG the traceback comes before the words."""
    monkeypatch.setenv("REEL_DEBUG", "1")

    ending.explain(KeyError("x"))

    assert "KeyError: 'x'" in capsys.readouterr().err.splitlines()[0]


def test_errors_cannot_move_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters in a message are made visible."""
    ending.explain(UsageError("bad \x1b[2J name\nsecond line"))

    assert capsys.readouterr().err == "error: bad \N{REPLACEMENT CHARACTER}[2J name\nsecond line\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rehears", "x"], "No such command 'rehears'. Did you mean 'rehearse'?"),
        (["film.toml"], "say first what to do with the recipe: reel plan film.toml"),
        (["check"], "Missing argument 'RECIPE'."),
        (["check", "none.toml"], "Invalid value for 'RECIPE': there is no file none.toml"),
        (["plan", "."], "Invalid value for 'RECIPE': . is a folder; name the recipe in it"),
        (["run", "film.toml", "--jobs", "0"], "0 is not in the range 1<=x<=1000"),
        (["rehearse", "film.toml", "--provider", "oxen"], "No such option '--provider'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_says_what_is_right(arguments: list[str], words: str, reel: Reel, folder: Path) -> None:
    """A wrong command line ends with status 2, one error, and where help is."""
    if "film.toml" in arguments[1:]:
        (folder / "film.toml").write_text("")

    ended = reel(*arguments)

    assert ended.status == 2
    assert ended.out == ""
    assert ended.err.startswith("error: ")
    assert words in ended.err
    assert "\nhelp: reel" in ended.err


def test_a_folder_in_a_recipes_place_names_the_recipe_in_it(reel: Reel, tiny: Path) -> None:
    """Who names the folder is shown the recipe."""
    assert "did you mean " in reel("plan", str(tiny.parent)).err
    assert tiny.name in reel("plan", str(tiny.parent)).err


@pytest.mark.parametrize("command", ["check", "plan", "run", "rehearse", "show", "graph"])
def test_a_binary_file_is_no_recipe(command: str, reel: Reel, folder: Path) -> None:
    """A picture given as the recipe ends with status 2 and a finding."""
    (folder / "board.toml").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff\xfe" * 20)

    ended = reel(command, "board.toml")

    assert ended.status == 2
    assert "error[RM0" in ended.out + ended.err


@pytest.mark.parametrize("pair", ["mood", "=dusk", "moon=full"])
def test_a_wrong_override_is_explained(pair: str, reel: Reel, tiny: Path) -> None:
    """`--set` of what is no NAME=VALUE, or of a name the recipe has not, ends with status 2."""
    ended = reel("check", tiny.name, "--set", pair)

    assert ended.status == 2
    assert ended.err.startswith("error: ")


def test_no_command_shows_the_help(reel: Reel) -> None:
    """`reel` alone shows what there is."""
    ended = reel()

    assert ended.status == 2
    assert "rehearse" in ended.err


def test_version(reel: Reel) -> None:
    """`reel --version` says the version of the distribution."""
    from importlib.metadata import version

    assert reel("--version").out == f"reelmake {version('reelmake')}\n"


def test_a_closed_pipe_is_no_error(tiny: Path) -> None:
    """A reader that has seen enough ends the command quietly."""
    show = f"{sys.executable} -c 'from runner.cli import main; raise SystemExit(main())' show tiny.toml"

    ended = subprocess.run(
        ["bash", "-c", f"{{ {show}; }} | true; echo ${{PIPESTATUS[0]}}"],
        capture_output=True, check=True, cwd=tiny.parent, encoding="utf-8",
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip

    assert (ended.stdout, ended.stderr) == ("0\n", "")


def test_an_unexpected_error_in_a_command_is_caught(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a command raises, the command line answers with a status."""

    @click.group()
    def group() -> None:
        pass

    @group.command()
    def fail() -> None:
        raise ZeroDivisionError("division by zero")

    assert ending.run(group, ["fail"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
