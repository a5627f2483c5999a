"""What was handed to a provider, and where it lies there. Nothing secret is kept: no signature, no query."""

from __future__ import annotations

from runner.journal.rows import Rows


class Uploads:
    """Remembers uploads across runs."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def place(self, route: str, digest: str) -> str | None:
        """Where a file was put by that route; None if it is not known."""
        row = self._rows.one("SELECT place FROM uploads WHERE route = ? AND digest = ?", route, digest)
        return None if row is None else str(row[0])

    def put(self, route: str, digest: str, place: str) -> None:
        """Remember it."""
        with self._rows.durably():
            self._rows.add("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)", route, digest, place)

    def forget(self, route: str, digest: str) -> None:
        """It is there no more."""
        with self._rows.durably():
            self._rows.add("DELETE FROM uploads WHERE route = ? AND digest = ?", route, digest)
