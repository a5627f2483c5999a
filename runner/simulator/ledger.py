"""The ledger: everything accepted, whatever the client was told about it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Ledger:
    """A list in memory, and a file of one JSON object a line, each on disk before the next step.

    Attributes:
        path: The file; None for none. Lines are appended.
        entries: What this process has accepted: `{at, generation_id, endpoint, user, model, body,
            user_agent, idempotency_key}`.
    """

    path: Path | None = None
    entries: list[dict[str, Any]] = field(default_factory=list)

    def accept(self, entry: dict[str, Any]) -> None:
        """Record a generation as accepted.

        Raises:
            OSError: If the file cannot be written; nothing is accepted then.
        """
        if self.path is not None:
            line = json.dumps(entry, ensure_ascii=True).encode() + b"\n"
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                os.write(descriptor, line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self.entries.append(entry)
