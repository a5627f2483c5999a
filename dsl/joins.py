"""Joins: which instances of a step another one means, by the axes that the two have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from dsl import reference_findings as say
from dsl.diagnostics import Span
from dsl.expand import Draft
from dsl.recipe import Recipe, Step
from dsl.report import Report
from dsl.scope import Env

SHOT = "shot"


@dataclass(frozen=True, slots=True)
class Joined:
    """The instances that a reference means.

    Attributes:
        drafts: In the order of the story and then of the matrix; of each point the circled take.
        left: The axes that nothing fixes, so that there is a list; none for a single instance.
    """

    drafts: tuple[Draft, ...]
    left: tuple[str, ...]


class Joins:
    """The axes of a recipe's steps."""

    def __init__(self, recipe: Recipe, drafts: Mapping[str, Sequence[Draft]], report: Report) -> None:
        self.shots = {shot.id: index for index, shot in enumerate(recipe.story)}
        self._omitted = {shot.id for shot in recipe.shots if shot.omit}
        self._report = report
        self._points = {
            name: {draft.address.point: draft for draft in every if draft.circled}
            for name, every in drafts.items()
        }
        self._axes = {
            name: {
                **({SHOT: tuple(self.shots)} if step.each_shot else {}),
                **{key: tuple(label.text for label in labels) for key, labels in step.matrix.items()},
            }
            for name, step in recipe.steps.items()
        }

    def join(
        self, step: Step, here: Mapping[str, str], fixed: Mapping[str, str], place: Callable[[], Span]
    ) -> Joined | None:
        """The instances of a step that share every label they can with whoever asks; None where reported.

        Args:
            step: The step referred to.
            here: The labels of whoever asks, by axis.
            fixed: The labels that the reference itself names, by axis.
            place: Where the reference is.
        """
        chosen = []
        left = []
        for axis, labels in self._axes[step.name].items():
            label = fixed.get(axis, here.get(axis))
            if label is None:
                left.append(axis)
            elif label not in labels:
                self._report.add(say.no_such_variant(place(), step.name, axis, label, labels))
                return None
            chosen.append(labels if label is None else (label,))
        points = self._points[step.name]
        return Joined(tuple(points[point] for point in product(*chosen)), tuple(left))

    def fix(self, step: Step, labels: Sequence[tuple[str, Callable[[], Span]]]) -> dict[str, str] | None:
        """The labels that a point names, by axis; it may stop before the last. None where reported."""
        axes = self._axes[step.name]
        for (axis, known), (label, place) in zip(axes.items(), labels, strict=False):
            if label in known:
                continue
            if axis == SHOT and label in self._omitted:
                self._report.add(say.omitted_point(place(), label))
            else:
                self._report.add(say.unknown_point(place(), axis, label, self._report.near(label, known)))
            return None
        if len(labels) <= len(axes):
            return dict(zip(axes, (label for label, _ in labels), strict=False))
        surplus = labels[len(axes)][1]()
        if axes:
            self._report.add(say.too_many_labels(surplus, step.name, tuple(axes)))
        else:
            self._report.add(say.point_without_axis(surplus, step.name))
        return None

    def of(self, env: Env) -> dict[str, str]:
        """The labels of whoever asks."""
        labels = {axis: label.text for axis, label in env.labels.items()}
        return labels if env.shot is None else {SHOT: env.shot.id, **labels}
