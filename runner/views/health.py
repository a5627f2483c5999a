"""What `reel doctor` found, for people."""

from __future__ import annotations

from collections.abc import Sequence

from runner.doctor import Finding
from runner.views.words import printable

_COLOURS = {"ok": "\x1b[32m", "warn": "\x1b[33m", "fail": "\x1b[1;31m"}
_PLAIN = "\x1b[0m"


def health(findings: Sequence[Finding], *, colour: bool) -> str:
    """One line for each thing that was looked at, and below it what to do."""
    width = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        state = f"{_COLOURS[finding.state]}{finding.state:4}{_PLAIN}" if colour else f"{finding.state:4}"
        lines.append(f"{state}  {printable(finding.name):{width}}  {printable(finding.text)}")
        if finding.advice:
            lines.append(f"{'':{width + 6}}  {printable(finding.advice)}")
    return "\n".join(lines)
