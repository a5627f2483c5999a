"""The axes that a matrix gives a step, and what their values are called."""

from __future__ import annotations

import re
from typing import Any

from dsl import shape_findings as say
from dsl.recipe import Label, Written
from dsl.reference import scan
from dsl.report import Report

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}|-?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)


def read_matrix(matrix: Written, report: Report) -> dict[str, tuple[Label, ...]]:
    """The axes of a step by key, in alphabetical order; a value without a label is reported and given one."""
    found: dict[str, tuple[Label, ...]] = {}
    for key in sorted(matrix.value):
        axis = matrix.below(key)
        if key == "shot":
            report.add(say.axis_of_shots(report.key(axis.path)))
        elif not _KEY.fullmatch(key):
            report.add(say.bad_name(report.key(axis.path), "an axis", key))
        elif not axis.value:
            report.add(say.empty_axis(report.value(axis.path), key))
        else:
            found[key] = _labels(axis, report)
    return found


def _labels(axis: Written, report: Report) -> tuple[Label, ...]:
    labels: dict[str, Label] = {}
    for index, value in enumerate(axis.value):
        written = axis.below(index)
        text = label_of(value)
        if text is None:
            if not (isinstance(value, str) and scan(value).problems):  # Else said where it is looked at.
                report.add(say.no_label(report.value(written.path)))
            text = f"?{index}"
        elif text in labels:
            report.add(say.same_label(report.value(written.path), text))
            text = f"?{index}"
        labels[text] = Label(text, written)
    return tuple(labels.values())


def label_of(value: Any) -> str | None:
    """What a value is called: itself or, for a reference, its last name; None where that is no label."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value)
    if "${" in text:
        whole = scan(text).whole
        return whole.words[-1].text if whole else None
    return text if _LABEL.fullmatch(text) else None
