"""The journal: what happened, what was made, and what was paid for, in SQLite. Its one door."""

from __future__ import annotations

from runner.journal.attempts import Attempts, Ordered, Record, Sent
from runner.journal.journal import Journal, Placed, Scope, Seen, SeenState
from runner.journal.uploads import Uploads

__all__ = [
    "Attempts", "Journal", "Ordered", "Placed", "Record", "Scope", "Seen", "SeenState", "Sent", "Uploads",
]  # fmt: skip
