"""The OpenAPI document, and schemathesis against it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from runner.simulator.options import Options
from runner.simulator.server import Simulator

# Any key is good here; what else a model wants of its parameters is not in the document; and rows stay after
# they are cancelled, as the provider documents.
NOT_CHECKED = "ignored_auth,positive_data_acceptance,use_after_free"


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """Requests made from the document, good and bad, one by one and in chains, get what it promises."""
    with Simulator(Options(render="fast", job_seconds=0.01)) as running:
        result = subprocess.run(
            [
                Path(sys.executable).with_name("st"),
                "run",
                f"{running.url}/_spec/oxen_hub_api.json",
                *("--header", "Authorization: Bearer x"),
                *("--exclude-path", "/events"),  # It never ends.
                *("--phases", "fuzzing,stateful"),
                *("--checks", "all", "--exclude-checks", NOT_CHECKED),
                *("--max-examples", str(max(1, round(3 * float(os.environ.get("REEL_TRIALS", "1")))))),
                *("--seed", "1", "--generation-database", "none", "--no-color", "--request-timeout", "20"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-1000:]
    assert len(running.requests) > 60
