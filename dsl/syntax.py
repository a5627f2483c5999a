"""What is wrong with a text that is not TOML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl import findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.diagnostics import Diagnostic
    from dsl.source import Source

MOST = 100
"""The most findings given about one text."""

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def explain(source: Source) -> Sequence[Diagnostic]:
    """Find every syntax error, excess and duplicate of a text."""
    return ()


def refused(source: Source, reason: str) -> Diagnostic:
    """Say what tomllib says, at its place."""
    at = len(source.text)
    if (found := _PLACE.search(reason)) and found[1]:
        at = source.at(int(found[1]), int(found[2]))
    reason = _PLACE.sub("", reason)
    return findings.not_toml(source.span(at, min(at + 1, len(source.text))), reason[:1].lower() + reason[1:])
