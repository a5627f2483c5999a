"""Fixtures for tests of media."""

from __future__ import annotations

import pytest

from tests.runner.media.studio import Studio


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """Where clips are made, for the whole session."""
    return Studio(tmp_path_factory.mktemp("studio"))
