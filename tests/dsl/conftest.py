"""A folder to compile recipes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dsl.recipes import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A folder to compile recipes in."""
    return Bench(tmp_path)
