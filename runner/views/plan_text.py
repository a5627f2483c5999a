"""A plan, for people: one line an instance, then the film's running time and what the run would cost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dsl.graph import Graph
from runner.plan import Change, Plan, Planned, Upload, Verdict
from runner.views.running_time import running_time
from runner.views.words import bytes_of, clipped, count_of, difference, price_of, printable, seconds_of

_VERDICTS: dict[Verdict, str] = {
    "run": "\x1b[33m",
    "wait": "\x1b[33m",
    "attach": "\x1b[36m",
    "reuse": "\x1b[32m",
    "held": "\x1b[31m",
}
_SUMS: dict[Verdict, str] = {
    "run": "to run",
    "wait": "waiting for inputs",
    "attach": "sharing",
    "reuse": "to reuse",
    "held": "held",
}
_PLAIN = "\x1b[0m"
_VALUE_WIDTH = 60


def plan_text(plan: Plan, graph: Graph, source: str = "", *, colour: bool) -> str:
    """What `reel plan` prints.

    Args:
        plan: The plan.
        graph: The recipe.
        source: Whose the prices are, and of which day; empty where there is nothing to say of it.
        colour: Whether to colour the verdicts.
    """
    told = [plan.instances[one.address] for one in graph.told() if one.address in plan.instances]
    rows = [_row(planned) for planned in told]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(len(_RIGHT))]
    lines = [printable(graph.title), ""]
    for planned, row in zip(told, rows, strict=True):
        lines.append(_line(row, widths, _VERDICTS[planned.verdict] if colour else ""))
        lines += [f"{' ' * (widths[0] + 4)}{text}" for text in _details(planned, graph.recipe.parent)]
    return "\n".join([*lines, "", *_totals(plan, graph, source)])


_RIGHT = (False, False, False, True, True, False)


def _row(planned: Planned) -> tuple[str, ...]:
    instance = planned.instance
    length = "still" if instance.output == "image" else seconds_of(planned.seconds, exact=True)
    price = price_of(planned.price) if instance.provider else "local"
    reason = printable(planned.reason.text)
    return (planned.verdict, str(instance.address), instance.model or instance.uses, length, price, reason)


def _line(row: Sequence[str], widths: Sequence[int], colour: str) -> str:
    cells = [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, width, right in zip(row, widths, _RIGHT, strict=True)
    ]
    if colour:
        cells[0] = f"{colour}{cells[0]}{_PLAIN}"
    return ("  " + "  ".join(cells)).rstrip()


def _details(planned: Planned, folder: Path) -> Iterable[str]:
    for change in planned.reason.changes:
        yield _changed(change)
    for upload in planned.uploads:
        yield f"sends {_shown_path(upload, folder)} ({bytes_of(upload.size)})"


def _changed(change: Change) -> str:
    before, after = _value(change.before), _value(change.after)
    if isinstance(change.before, str) and isinstance(change.after, str):
        before, after = (f'"{text}"' for text in difference(before[1:-1], after[1:-1], _VALUE_WIDTH))
    before, after = (clipped(text, _VALUE_WIDTH + 2) for text in (before, after))
    return f"{printable(change.field)}: {before} -> {after}"


def _value(value: Any) -> str:
    return "not set" if value is None else printable(json.dumps(value, ensure_ascii=False))


def _shown_path(upload: Upload, folder: Path) -> str:
    inside = upload.path.is_relative_to(folder)
    return printable(str(upload.path.relative_to(folder) if inside else upload.path))


def _totals(plan: Plan, graph: Graph, source: str) -> Iterable[str]:
    totals = plan.totals
    counted = [f"{number} {_SUMS[verdict]}" for verdict, number in totals.counts.items() if number]
    uploads = {upload.path: upload for planned in plan.instances.values() for upload in planned.uploads}
    yield f"plan   {', '.join(counted) or 'nothing to do'}"
    if film := running_time(graph, totals.film_seconds, totals.film_frames):
        yield f"film   {film}"
    yield f"price  {price_of(totals.price)}{f' ({source})' if source else ''}"
    if uploads:
        size = bytes_of(sum(upload.size for upload in uploads.values()))
        yield f"sends  {count_of(len(uploads), 'file')}, {size}"
