"""Events on their way out: into the journal first, and only then to whoever shows them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Protocol

from runner.events import Event
from runner.journal import Journal

_log = logging.getLogger(__name__)


class View(Protocol):
    """Shows a run. A view that raises is dropped, and the run goes on."""

    def __call__(self, event: Event, /) -> None:
        """Take notice of what happened."""
        ...


class Announcements:
    """Holds events back until the journal has them and all that goes with them."""

    def __init__(self, journal: Journal, run: str, views: Iterable[View]) -> None:
        self._journal = journal
        self._run = run
        self._views = list(views)
        self._held: list[Event] = []

    def add(self, event: Event) -> None:
        """Announce an event at the next `flush`."""
        self._journal.add_event(self._run, event)
        self._held.append(event)

    def flush(self) -> None:
        """Commit the journal, then tell the views.

        Raises:
            StoreError: If the journal cannot be written; then nobody is told.
        """
        self._journal.commit()
        held, self._held = self._held, []
        for event in held:
            self.show(event)

    def show(self, event: Event) -> None:
        """Tell the views at once, without the journal."""
        for view in tuple(self._views):
            try:
                view(event)
            except Exception:  # noqa: BLE001 - whatever a view does wrong, the run goes on without it.
                self._views.remove(view)
                _log.debug("a view was dropped", exc_info=True)
