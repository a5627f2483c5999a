"""`reel simulate`: a server for trying things out."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from runner.cli.simulate import command
from runner.simulator.faults import FAULTS


def test_serves_until_interrupted(tmp_path: Path) -> None:
    """It says where it listens, does what its faults say, keeps its ledger, and ends with status 0."""
    arguments = [
        "simulate",
        "--port",
        "0",
        "--render",
        "fast",
        "--fault",
        "503:1",
        "--ledger",
        "ledger.jsonl",
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; from runner.cli import main; sys.exit(main())", *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().rpartition(" ")[2].strip()
    body, headers = {"model": "ltx-2-3-pro", "prompt": "a"}, {"Authorization": "Bearer x"}
    statuses = [
        requests.post(f"{address}/ai/queue", json=body, headers=headers, timeout=10).status_code
        for _ in range(2)
    ]
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)

    assert (statuses, process.returncode, errors) == ([503, 200], 0, "")
    assert len((tmp_path / "ledger.jsonl").read_text().splitlines()) == 1


def test_lists_every_fault() -> None:
    """`--list-faults` names all of them."""
    shown = CliRunner().invoke(command, ["--list-faults"])

    assert shown.exit_code == 0
    assert all(f"  {name} " in shown.output for name in FAULTS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fault", "nonsense"], 'there is no fault "nonsense"'),
        (["--fault", "429:x"], "must be a number such as 2"),
        (["--job-seconds", "0.1"], "x>=0.5"),
    ],
)
def test_refuses(arguments: list[str], words: str) -> None:
    """What cannot be done is said before anything is served."""
    shown = CliRunner().invoke(command, arguments)

    assert shown.exit_code == 2
    assert words in " ".join(shown.output.replace("│", " ").split())
