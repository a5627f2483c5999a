"""Fixtures for tests of the HTTP layer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.runner.hosted.scripted_server import ScriptedServer, scripted_server


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[ScriptedServer]:
    """A server that does what the test tells it to."""
    assert anyio_backend in {"asyncio", "trio"}
    async with scripted_server() as running:
        yield running
