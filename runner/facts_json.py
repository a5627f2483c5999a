"""Media facts as they are written into the journal, and read back. Rationals keep their exact value."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from runner.artifact import MediaFacts, Sound
from runner.errors import StoreError


def dump(facts: MediaFacts) -> str:
    """Facts as a line of JSON."""
    return json.dumps(
        {name: value for name, value in asdict(facts).items() if value is not None}, default=str
    )


def load(text: str) -> MediaFacts:
    """Facts from a line of JSON.

    Raises:
        StoreError: If it is not one that `dump` writes.
    """
    try:
        row: dict[str, Any] = json.loads(text)
        for name in ("fps", "seconds"):
            if name in row:
                row[name] = Fraction(row[name])
        if "sound" in row:
            row["sound"] = Sound(**row["sound"])
        return MediaFacts(**row)
    except (ValueError, TypeError) as error:
        raise StoreError(f"the journal has a row that reelmake did not write: {text[:80]}") from error
