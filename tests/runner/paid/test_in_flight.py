"""Many generations in flight at once: one stream, one POST and one look each, and little besides."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.providers.hosted import pace
from runner.simulator.options import Options
from runner.simulator.server import Simulator
from tests.bench.in_flight import Watch, kinds, write
from tests.canary import KEY

MANY = 40


def test_forty_are_in_flight_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are accepted before the first has ended, one stream tells of all, and each is asked for once.

    Beside its POST a generation takes one look, which an event or time calls for, since an event proves
    nothing. A look that finds it still at work is a safety poll; here they are so rare that there are none.
    All else, downloads apart, is for the whole run: no more than a tenth of a request for each.
    """
    monkeypatch.delenv("REEL_HOME", raising=False)
    monkeypatch.setenv("REEL_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(pace, "_NEAR_LISTENING", 60.0)
    with Simulator(Options(render="fast", job_seconds=5.0)) as simulator:
        monkeypatch.setenv("OXEN_BASE_URL", simulator.url)
        monkeypatch.setenv("OXEN_API_KEY", f"many@{KEY}")
        watch = Watch()
        outcome = watch.run(write(tmp_path, MANY), MANY)
        requests = kinds(simulator.requests)
        rows = list(simulator.studio.rows.values())

        assert (outcome.status, outcome.made) == ("done", MANY)
        assert len(watch.known) == len(watch.done) == len(rows) == MANY
        ended = [row.completed_at for row in rows if row.completed_at is not None]
        assert max(row.enqueued_at for row in rows) < min(ended)
        assert simulator.studio.hub.most == requests["streams"] == 1
        looks, downloads = requests.pop("looks"), requests.pop("downloads")
        assert looks == downloads == requests["submits"] == MANY
        assert requests.total() <= 1.1 * MANY
