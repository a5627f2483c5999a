"""Findings about a recipe: where, what, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a recipe file.

    Lines and columns count from 1, columns in code points; `end_column` is exclusive.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        code: Stable, `RM` and three digits; the families are in docs/diagnostics.md.
        severity: An error stops `plan` and `run`; warnings and notes do not.
        message: One sentence without a full stop.
        span: The very token the finding is about.
        help: What to do about it, shown at the caret; None where there is no one fix.
    """

    code: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None
