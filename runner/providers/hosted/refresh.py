"""Asks the provider about models, and keeps what it says with the day of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import anyio

from runner.providers.hosted.client import open_oxen
from runner.providers.hosted.copies import copies_of
from runner.providers.hosted.errors import OxenError, UnreachableError
from runner.providers.hosted.live_models import fetch_model
from runner.providers.hosted.patience import Patience
from runner.providers.hosted.settings import Settings
from runner.providers.hosted.wire import Timeouts

_AT_ONCE = 4
BRIEF = Timeouts(connect=3.0, read=6.0, whole=8.0)
"""Somebody waits for it, and an older copy would do."""


async def refresh(
    settings: Settings, names: Sequence[str], today: date, *, timeouts: Timeouts = BRIEF
) -> Mapping[str, str]:
    """Keep a copy of today of each model.

    Args:
        settings: Whom to ask; a key is not needed.
        names: The models.
        today: The day that the copies bear.
        timeouts: How long to wait.

    Returns:
        For each model that could not be had, why; its older copies are as they were. Once the provider cannot
        be reached, it is not asked further.

    Raises:
        OSError: If a copy cannot be kept.
    """
    problems: dict[str, str] = {}
    cache, places = copies_of(settings), anyio.CapacityLimiter(_AT_ONCE)
    silent: list[str] = []

    async with open_oxen(settings, patience=Patience(tries=2, cap=2.0), timeouts=timeouts) as oxen:

        async def ask(name: str) -> None:
            async with places:
                if silent:
                    problems[name] = silent[0]
                    return
                try:
                    cache.keep(await fetch_model(oxen, name, today))
                except OxenError as error:
                    problems[name] = str(error)
                    if isinstance(error, UnreachableError):
                        silent.append(str(error))

        async with anyio.create_task_group() as tasks:
            for name in names:
                tasks.start_soon(ask, name)
    return {name: problems[name] for name in names if name in problems}
