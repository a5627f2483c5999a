"""Fixtures for tests of what is paid for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner.paid.fakes import Studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """An account, a provider without a network, and a journal."""
    studio = Studio(tmp_path)
    yield studio
    studio.journal.close()
