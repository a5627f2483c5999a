"""Providers: who renders the steps that need a model."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol

from runner.errors import UsageError
from runner.job import Render, Rendition

if TYPE_CHECKING:
    from runner.desk import Desk


class Provider(Protocol):
    """Renders steps that name a model.

    Attributes:
        name: What `provider = "…"` says.
        hosted: Whether the work is done elsewhere; such jobs obey `--jobs`, others run one per core.
    """

    name: str
    hosted: bool

    def unavailable(self) -> str | None:
        """Why nothing can be rendered now, as a sentence that says what to do; None if it can."""
        ...

    def identity(self, rendition: Rendition) -> Mapping[str, Any]:
        """What of the provider changes the result, and so enters the key (JSON values)."""
        ...

    def price(self, model: str, params: Mapping[str, Any], seconds: float | None) -> Decimal | None:
        """USD for one generation; None where it is not known, which is never the same as nothing."""
        ...

    def session(self, desk: Desk) -> AbstractAsyncContextManager[Render]:
        """What renders jobs in one run; whatever it keeps open is closed at the run's end.

        Args:
            desk: What the run lends to whoever spends money.
        """
        ...


def provider(name: str) -> Provider:
    """The provider of that name, from the entry point group `reelmake.providers`.

    Raises:
        UsageError: If there is none, or a plug-in that offers it cannot be loaded.
    """
    found = entry_points(group="reelmake.providers")
    for entry in found:
        if entry.name == name:
            try:
                loaded: Provider = entry.load()()
            except Exception as error:  # A plug-in's import can fail in any way; it is no traceback of ours.
                raise UsageError(f'the provider "{name}" could not be loaded: {error}') from error
            return loaded
    names = ", ".join(sorted({entry.name for entry in found}))
    raise UsageError(f'there is no provider "{name}"; there are: {names}')
