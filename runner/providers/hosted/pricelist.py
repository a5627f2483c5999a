"""What models cost today: from dated copies in the user's cache, refreshed once a day if there is a key."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runner.providers.hosted.settings import Settings

if TYPE_CHECKING:
    from runner.providers.hosted.live_models import LiveModel

_SECONDS = 10.0
"""Somebody waits for it, and an older copy would do."""


@dataclass(slots=True)
class Pricelist:
    """Prices at one server.

    Attributes:
        settings: Where it is; without a key nothing is asked but a server on this machine.
    """

    settings: Settings
    _known: dict[str, LiveModel | None] = field(default_factory=dict)
    _reachable: bool = True

    def price(self, model: str, params: Mapping[str, Any], seconds: float | None) -> Decimal | None:
        """USD for one generation; None where the provider does not say."""
        from runner.providers.hosted.prices import price

        if model not in self._known:
            self._known[model] = self._read(model)
        if (known := self._known[model]) is None:
            return None
        return price(known.pricing, params, seconds, known.defaults)

    def _read(self, name: str) -> LiveModel | None:
        """The freshest copy, asked for anew if there is none of today."""
        from runner.providers.hosted.live_models import ModelCache, cache_folder

        cache = ModelCache(cache_folder(), self.settings.origin)
        cached = cache.freshest(name)
        today = datetime.now(UTC).date()
        wanted = self.settings.key is not None or self.settings.loopback
        if not (wanted and self._reachable):
            return cached
        if cached is not None and cached.as_of == today.isoformat() and not self.settings.loopback:
            return cached
        fresh = self._asked(name)
        if fresh is not None and not self.settings.loopback:
            with contextlib.suppress(OSError):  # A cache that cannot be written is no reason to stop.
                cache.keep(fresh)
        return fresh or cached

    def _asked(self, name: str) -> LiveModel | None:
        """What the provider says now; None if it does not answer, and then it is not asked again."""
        import anyio

        from runner.providers.hosted.client import open_oxen
        from runner.providers.hosted.errors import OxenError
        from runner.providers.hosted.live_models import fetch_model
        from runner.providers.hosted.patience import Patience
        from runner.providers.hosted.refresh import BRIEF

        async def ask() -> LiveModel:
            async with open_oxen(self.settings, patience=Patience(tries=1), timeouts=BRIEF) as oxen:
                return await fetch_model(oxen, name, datetime.now(UTC).date())

        # In a thread of its own, because whoever asks for a price may itself run in an event loop.
        pool = ThreadPoolExecutor(1)
        try:
            return pool.submit(anyio.run, ask).result(_SECONDS)
        except OxenError as error:
            self._reachable = error.problem.status is not None
        except LateError:
            self._reachable = False
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return None
