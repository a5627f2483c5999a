"""A run as JSON lines: one event a line, as it happens."""

from __future__ import annotations

import json
from collections.abc import Callable

from runner.events import Event, to_json


class Lines:
    """Writes each event as one line of JSON.

    Args:
        write: Takes a line, without its end.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def __call__(self, event: Event) -> None:
        """Write what happened."""
        self._write(json.dumps(to_json(event)))
