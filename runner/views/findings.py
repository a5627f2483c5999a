"""Findings about a recipe, for people and for programs. Their words and pictures are the language's own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dsl import diagnostics
from dsl.diagnostics import Diagnostic, Severity
from runner.views.words import count_of, printable

if TYPE_CHECKING:
    from runner.reading import Examined

_COLOURS: dict[Severity, str] = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}
_PLAIN = "\x1b[0m"


def report(examined: Examined, *, colour: bool) -> str:
    """What `reel check` prints: every picture, then one line that sums up."""
    total = summary(examined.findings)
    if examined.graph is not None:
        shots = len(examined.graph.shots)
        size = [count_of(shots, "shot")] * bool(shots) + [count_of(len(examined.graph.instances), "instance")]
        verdict = f"{printable(examined.file)} is fine: {', '.join(size)}"
        total = f"{verdict} ({total})" if examined.findings else verdict
    else:
        total = f"{printable(examined.file)}: {total}"
    parts = [pictures(examined.findings, examined.sources, colour=colour)] if examined.findings else []
    return "\n\n".join([*parts, total])


def pictures(findings: Sequence[Diagnostic], sources: Mapping[str, str], *, colour: bool) -> str:
    """The findings with their caret pictures, an empty line between two."""
    return "\n\n".join(_picture(finding, sources, colour=colour) for finding in findings)


def summary(findings: Sequence[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(count_of(counts[kind], kind) for kind in _COLOURS if counts[kind])


def as_json(findings: Sequence[Diagnostic]) -> str:
    """The findings as a JSON list."""
    return json.dumps([diagnostics.as_json(finding) for finding in findings], indent=2)


def as_github(findings: Sequence[Diagnostic]) -> str:
    """The findings as workflow commands that GitHub shows beside the lines."""
    return "\n".join(diagnostics.as_github(finding) for finding in findings)


def _picture(finding: Diagnostic, sources: Mapping[str, str], *, colour: bool) -> str:
    picture = diagnostics.picture(finding, sources.get(finding.span.file, "")).rstrip("\n")
    if not colour:
        return picture
    head, colon, rest = picture.partition(":")
    return f"{_COLOURS[finding.severity]}{head}{_PLAIN}{colon}{rest}"
