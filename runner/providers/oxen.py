"""The hosted provider: its name, its identity, its prices, and what renders there in a run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runner.job import Render, Rendition
from runner.providers.hosted.settings import read_settings

if TYPE_CHECKING:
    from runner.desk import Desk
    from runner.providers.hosted.pricelist import Pricelist


class Oxen:
    """Renders on Oxen, or on a simulator of it."""

    name = "oxen"
    hosted = True

    def __init__(self) -> None:
        self._pricelist: Pricelist | None = None

    def unavailable(self) -> str | None:
        """That there is no key, if there is none.

        Raises:
            UsageError: If the settings cannot be used.
        """
        settings = read_settings()
        if settings.key is None:
            return (
                "OXEN_API_KEY is not set, so nothing can be rendered at Oxen; `reel rehearse RECIPE` "
                "previews every shot here for nothing, and `reel simulate` is a server to try the hosted way"
            )
        return None

    def identity(self, rendition: Rendition) -> Mapping[str, Any]:
        """The provider with the origin of its base URL; every loopback is one, so that none are mixed.

        Raises:
            UsageError: If the settings cannot be used.
        """
        del rendition  # How a rehearsal is drawn changes nothing of it.
        settings = read_settings()
        return {"provider": f"oxen@{'simulator' if settings.loopback else settings.origin}"}

    def price(self, model: str, params: Mapping[str, Any], seconds: float | None) -> Decimal | None:
        """USD for one generation, by the model's own description; None where it does not say.

        Raises:
            UsageError: If the settings cannot be used.
        """
        from runner.providers.hosted.pricelist import Pricelist

        settings = read_settings()
        if self._pricelist is None or self._pricelist.settings != settings:
            self._pricelist = Pricelist(settings)
        return self._pricelist.price(model, params, seconds)

    @asynccontextmanager
    async def session(self, desk: Desk) -> AsyncIterator[Render]:
        """What renders here in one run; nothing is connected to before something is to be rendered.

        Raises:
            UsageError: If the settings cannot be used.
        """
        from runner.providers.hosted.session import open_session

        async with open_session(read_settings(), desk) as render:
            yield render


def provider() -> Oxen:
    """The provider, as the entry point `oxen` offers it."""
    return Oxen()
