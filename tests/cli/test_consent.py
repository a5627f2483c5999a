"""A run that costs something asks first, on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from runner.consent import question
from runner.simulator.server import Simulator
from tests.canary import KEY
from tests.cli.conftest import PICTURE

RECIPE = """\
schema = "reelmake/1"
[steps.clip]
uses = "image-to-video"
input_image = "board.jpg"
prompt = "a rocket waits"
"""
REEL = "import sys; from runner.cli import main; sys.exit(main())"


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([], None),
        ([Decimal(0), Decimal(0)], None),
        ([Decimal("0.50"), Decimal("0.50")], None),
        ([Decimal("0.50"), Decimal("0.51")], "2 jobs will be paid for: $1.01 in all. Go on?"),
        ([Decimal(0), Decimal(3)], "1 job will be paid for: $3.00 in all. Go on?"),
        ([None], "1 job will be paid for, and the price of 1 is not known. Go on?"),
        ([Decimal("0.01"), None], "2 jobs will be paid for, and the price of 1 is not known. Go on?"),
    ],
)
def test_what_is_asked(prices: list[Decimal | None], expected: str | None) -> None:
    """Above the limit the sum is named, and an unknown price is always asked about."""
    actual = question(prices, Decimal("1.00"))

    assert expected == actual


def on_a_terminal(folder: Path, simulator: Simulator, answer: bytes, *flags: str) -> tuple[int, str]:
    """Run `reel run` on a terminal of its own, and give its exit status and what it said."""
    (folder / "one.toml").write_text(RECIPE)
    (folder / "board.jpg").write_bytes(PICTURE.read_bytes())
    configuration = folder / "config.toml"
    configuration.write_text("confirm_above = 0.1\n")
    ours, theirs = pty.openpty()
    environ = {"OXEN_BASE_URL": simulator.url, "OXEN_API_KEY": KEY, "REEL_CONFIG": str(configuration)}
    process = subprocess.Popen(
        [sys.executable, "-c", REEL, "run", "one.toml", *flags],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=os.environ | environ | {"TERM": "dumb"},
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, answer)
    said = b""
    try:
        while part := os.read(ours, 4096):
            said += part
    except OSError:
        pass  # The other end is closed: that is how a terminal ends on Linux.
    os.close(ours)
    return process.wait(), said.decode()


def test_whoever_declines_pays_nothing(tmp_path: Path) -> None:
    """A "no" ends the run with status 3, and nothing is sent."""
    with Simulator() as simulator:
        status, said = on_a_terminal(tmp_path, simulator, b"n\n")

        assert (status, simulator.accepted) == (3, [])
    assert "1 job will be paid for: $" in said
    assert "nothing was sent" in said


def test_yes_agrees_beforehand(tmp_path: Path) -> None:
    """With `--yes` nothing is asked, and the job is sent."""
    with Simulator() as simulator:
        status, said = on_a_terminal(tmp_path, simulator, b"", "--yes")

        assert (status, len(simulator.accepted)) == (0, 1)
    assert "Go on?" not in said
