"""Simulators and clients for their tests."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from runner.simulator.options import Options
from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient

_accounts = count(1)


@pytest.fixture(scope="session")
def shared_simulator() -> Iterator[Simulator]:
    """One quick simulator for all tests that script its faults or only ask."""
    with Simulator(Options(render="fast", job_seconds=0.02, keep_alive_seconds=0.1)) as running:
        yield running


@pytest.fixture
def simulator(shared_simulator: Simulator) -> Iterator[Simulator]:
    """The quick simulator, without faults at the start."""
    shared_simulator.faults.clear()
    yield shared_simulator
    shared_simulator.faults.clear()


@pytest.fixture
def client(simulator: Simulator) -> Iterator[PlainClient]:
    """A client of the quick simulator, with an account of its own: other tests' jobs may still be ending."""
    plain = PlainClient(simulator.url, key=f"user{next(_accounts)}@x")
    with plain.session:
        yield plain
