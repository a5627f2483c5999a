"""Rows in columns, for people."""

from __future__ import annotations

from collections.abc import Sequence

from runner.views.words import printable


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with their columns under one another; what is last in a row is not padded."""
    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]
