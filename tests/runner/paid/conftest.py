"""Fixtures for tests of what is paid for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from runner.simulator.options import Options
from runner.simulator.server import Simulator
from tests.runner.paid.fakes import Studio
from tests.runner.paid.hosted import CANARY, Set

_accounts = count(1)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """An account, a provider without a network, and a journal."""
    studio = Studio(tmp_path)
    yield studio
    studio.journal.close()


@pytest.fixture(scope="session")
def shared_simulator() -> Iterator[Simulator]:
    """One quick simulator for all tests that script its faults."""
    with Simulator(Options(render="fast", job_seconds=0.1, keep_alive_seconds=1.0)) as running:
        yield running


@pytest.fixture
def simulator(shared_simulator: Simulator) -> Iterator[Simulator]:
    """The quick simulator, without faults at the start."""
    shared_simulator.faults.clear()
    yield shared_simulator
    shared_simulator.faults.clear()


@pytest.fixture
def stage(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Set:
    """A recipe of two shots, an account of its own at the simulator, and no setting of the user's."""
    monkeypatch.delenv("REEL_HOME", raising=False)
    monkeypatch.setenv("REEL_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("REEL_SETTLE", "1")
    monkeypatch.setenv("OXEN_BASE_URL", simulator.url)
    monkeypatch.setenv("OXEN_API_KEY", f"paid{next(_accounts)}@{CANARY}")
    folder = tmp_path / "film"
    folder.mkdir()
    return Set(folder, simulator)
