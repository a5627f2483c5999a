"""Writes docs/help.md: the `--help` of every command. A test checks that it is current."""  # noqa: INP001

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_WIDTH = "100"
_HEAD = "# Every option\n\nWritten by `make docs` from the commands themselves.\n"


def render() -> str:
    """The page."""
    from runner.cli.app import COMMANDS

    return _HEAD + "".join(_section(*command) for command in [(), *((name,) for name in COMMANDS)])


def _section(*command: str) -> str:
    title = " ".join(["reel", *command])
    return f"\n## {title}\n\n```text\n{_help(*command)}\n```\n"


def _help(*command: str) -> str:
    environment = {
        **os.environ,
        "COLUMNS": _WIDTH,
        "TERMINAL_WIDTH": _WIDTH,
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
    }
    program = "import sys; sys.argv[0] = 'reel'; from runner.cli import main; sys.exit(main())"
    shown = subprocess.run(
        [sys.executable, "-c", program, *command, "--help"],
        capture_output=True, check=True, env=environment, encoding="utf-8",
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in shown.stdout.splitlines()).strip("\n")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
