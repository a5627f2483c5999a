"""Fixtures for tests of the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runner.engine.fakes import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A folder with a recipe and makers that write text."""
    monkeypatch.delenv("REEL_HOME", raising=False)
    return World(tmp_path)
