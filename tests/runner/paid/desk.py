"""The command line at a set whose account echoes no tags, so that a lost reply is held."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from runner.cli.app import reel as group
from runner.cli.ending import run
from tests.runner.paid.hosted import Set


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Desk:
    """Calls commands on the set's recipe.

    Attributes:
        stage: The set.
        capsys: What catches their output.
    """

    stage: Set
    capsys: pytest.CaptureFixture[str]

    def __call__(self, command: str, *arguments: str) -> Ended:
        self.capsys.readouterr()
        status = run(group, (command, str(self.stage.recipe), *arguments))
        return Ended(status, *self.capsys.readouterr())

    def hold(self, *faults: str) -> str:
        """Have the first shot accepted, its reply lost, and its row without a tag.

        Returns:
            The id that the provider gave it.
        """
        for fault in faults or ("tagless:*", "reset-after-accept:1"):
            self.stage.simulator.faults.add(fault)
        held = self.stage.run(only=("plate/010",))
        assert (held.status, held.exit_status) == ("held", 4)
        assert len(self.stage.accepted) == 1
        return str(self.stage.accepted[0]["generation_id"])

    def mend(self) -> None:
        """Let nothing go wrong any more."""
        self.stage.simulator.faults.clear()
