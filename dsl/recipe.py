"""A recipe's tables, as values that still know where they were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dsl.report import Path

STEP_KEYS = (
    *("uses", "model", "provider", "for_each", "matrix", "needs", "takes", "gate", "without", "params"),
)
VALUE_TABLES = ("vars", "cast", "style")


@dataclass(frozen=True, slots=True)
class Written:
    """A value as the author wrote it, and where."""

    value: Any
    path: Path

    def below(self, key: str | int) -> Written:
        """A value within this one, which is a table or a list."""
        return Written(self.value[key], (*self.path, key))


@dataclass(frozen=True, slots=True)
class Wish:
    """A step's own table, or what one shot asks of it.

    Attributes:
        path: Where it is written.
        fields: `model`, `provider`, `needs`, `takes`, `gate`, `without`, by key, where written.
        params: Every other key.
        broken: Something in it is of the wrong shape, and has been reported.
    """

    path: Path
    fields: Mapping[str, Written] = field(default_factory=dict)
    params: Mapping[str, Written] = field(default_factory=dict)
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """One value of a matrix, and what it is called in addresses."""

    text: str
    written: Written


@dataclass(frozen=True, slots=True)
class Step:
    """What the author wrote under `[steps.NAME]`.

    Attributes:
        name: Its name.
        uses: The kind of step.
        each_shot: Whether it is made for each shot.
        wish: Everything else.
        matrix: Its other axes in the alphabetical order of their keys, each with its values in the order
            written.
    """

    name: str
    uses: str
    each_shot: bool
    wish: Wish
    matrix: Mapping[str, tuple[Label, ...]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Where it is written."""
        return self.wish.path


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot.

    Attributes:
        id: Its id; made up where the author's is missing or wrong, which has been reported.
        omit: Whether it is left out.
        path: Where it is written.
        fields: The author's own fields, with those of its file's `[defaults.shots]`.
        wishes: What it asks of steps, by the step's name.
    """

    id: str
    omit: bool
    path: Path
    fields: Mapping[str, Written]
    wishes: Mapping[str, Wish]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe's tables, with those of the files it includes.

    Attributes:
        title: The film's title; None where none is written.
        slate: The prefix of file names; None where none is written.
        seed: The root seed.
        provider: Who renders, unless a step or shot says otherwise.
        max_cost: The recipe's own ceiling, USD; None where it sets none.
        values: `vars`, `cast` and `style`, each by name.
        defaults: Parameters by kind of step.
        shots: Every shot, in story order.
        steps: Every step, by name.
        outputs: The references to what is delivered, by name.
    """

    title: str | None
    slate: str | None
    seed: int
    provider: str
    max_cost: float | None
    values: Mapping[str, Mapping[str, Written]]
    defaults: Mapping[str, Mapping[str, Written]]
    shots: tuple[Shot, ...]
    steps: Mapping[str, Step]
    outputs: Mapping[str, str]

    @property
    def story(self) -> tuple[Shot, ...]:
        """The shots that are made, in story order."""
        return tuple(shot for shot in self.shots if not shot.omit)
