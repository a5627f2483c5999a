"""The tables of a recipe: which keys there are and what type each has.

Text enters here. What is wrong is reported and left out, so that the rest can still be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dsl import shape_findings as say
from dsl.reference import RESERVED
from dsl.reference_findings import reserved_name
from dsl.report import Path, Report

STEP_KEYS = ("uses", "model", "provider", "for_each", "needs", "without", "params")
LATER_TOP = ("include",)
LATER_STEP = ("matrix", "takes", "gate")
LATER_CUT = ("audio_lead", "crop")
LATER_CONCAT = ("music",)
TOP_ONLY = ("schema", "title", "slate", "seed", "provider", "max_cost", "include")

_STEP_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)
_FILE_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"


class _Top(BaseModel):
    """The top of the file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    language: Literal["reelmake/1"] = Field(alias="schema", description='"reelmake/1"')
    title: str | None = Field(None, description="text")
    slate: str | None = Field(
        None, pattern=rf"^{_FILE_NAME}$", description="text of letters, digits, - and _, for file names"
    )
    seed: int = Field(0, ge=0, description="a whole number, 0 or more")
    provider: str = Field("oxen", min_length=1, description="text, the name of a provider")
    max_cost: float | None = Field(None, ge=0, allow_inf_nan=False, description="a price in USD, 0 or more")
    vars: dict[str, Any] = Field({}, description="a table")
    cast: dict[str, dict[str, Any]] = Field({}, description="a table of tables, such as [cast.mira]")
    style: dict[str, Any] = Field({}, description="a table")
    defaults: dict[str, dict[str, Any]] = Field({}, description="a table of tables, [defaults.KIND]")
    shots: list[dict[str, Any]] = Field([], description="a list of tables, [[shots]]")
    steps: dict[str, dict[str, Any]] = Field(min_length=1, description="at least one table [steps.NAME]")
    outputs: dict[str, str] = Field({}, description='text, a reference such as "${film.video}"')


class _Shot(BaseModel):
    """A shot; what is not reserved is the author's own."""

    model_config = ConfigDict(extra="allow", strict=True)

    id: str = Field(pattern=rf"^{_FILE_NAME}$", description="text of letters, digits, - and _, quoted")
    omit: bool = Field(False, description="true or false")


class _Wish(BaseModel):
    """What a shot asks of a step."""

    model_config = ConfigDict(extra="allow", strict=True)

    model: str | None = Field(None, description="text, the id of a model")
    provider: str | None = Field(None, min_length=1, description="text, the name of a provider")
    needs: list[str] = Field([], description="a list of the names of steps")
    without: list[str] = Field([], description="a list of the names of parameters")
    params: dict[str, Any] = Field({}, description="a table of parameters")


class _Step(_Wish):
    """A step; what is not reserved is a parameter."""

    uses: str = Field(description="text, a kind of step")
    for_each: Literal["shots"] | None = Field(None, description='"shots"')


@dataclass(frozen=True, slots=True)
class Written:
    """A value as the author wrote it, and where."""

    value: Any
    path: Path


@dataclass(frozen=True, slots=True)
class Wish:
    """A step's own table, or what one shot asks of it.

    Attributes:
        path: Where it is written.
        fields: `model`, `provider`, `needs`, `without`, by key, where written.
        params: Every other key.
        broken: Something in it is of the wrong shape, and has been reported.
    """

    path: Path
    fields: Mapping[str, Written] = field(default_factory=dict)
    params: Mapping[str, Written] = field(default_factory=dict)
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What the author wrote under `[steps.NAME]`."""

    name: str
    uses: str
    each_shot: bool
    wish: Wish

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
        fields: The author's own fields, with those of `[defaults.shots]`.
        wishes: What it asks of steps, by the step's name.
    """

    id: str
    omit: bool
    path: Path
    fields: Mapping[str, Written]
    wishes: Mapping[str, Wish]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe's tables. `data` is what tomllib read; values are looked up there, by path."""

    data: Mapping[str, Any]
    title: str | None
    slate: str | None
    seed: int
    provider: str
    max_cost: float | None
    defaults: Mapping[str, Mapping[str, Written]]
    shots: tuple[Shot, ...]
    steps: Mapping[str, Step]
    outputs: Mapping[str, str]

    @property
    def story(self) -> tuple[Shot, ...]:
        """The shots that are made, in story order."""
        return tuple(shot for shot in self.shots if not shot.omit)


def read_recipe(data: Mapping[str, Any], report: Report) -> Recipe:
    """Check the shape of every table, report what is wrong, and keep what is right."""
    given = _without_later(data, LATER_TOP, (), report)
    bad = _check(_Top, given, (), report)
    top = {key: value for key, value in given.items() if (key,) not in bad}
    _misplaced(top.get("vars", {}), ("vars",), report)

    def tables(name: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
        return ((key, inner) for key, inner in top.get(name, {}).items() if (name, key) not in bad)

    names = {name: table.get("uses") == "concat" for name, table in tables("steps")}
    steps = {name: _read_step(name, table, report) for name, table in tables("steps")}
    defaults = {
        kind: {key: Written(value, ("defaults", kind, key)) for key, value in table.items()}
        for kind, table in tables("defaults")
    }
    for_shots = defaults.pop("shots", {})
    _misplaced({key: written.value for key, written in for_shots.items()}, ("defaults", "shots"), report)
    for key in ("id", "omit"):
        if key in for_shots:
            report.add(say.unknown_key(report.key(for_shots[key].path), key, None))
    shots = tuple(
        _read_shot(index, table, for_shots, names, report)
        for index, table in enumerate(top.get("shots", []))
        if ("shots", index) not in bad
    )
    shots = _without_repeats(shots, report)
    for name in top.get("outputs", {}):
        if not re.fullmatch(_FILE_NAME, name, re.ASCII):
            report.add(say.bad_name(report.key(("outputs", name)), "an output", name))
    return Recipe(
        data=data,
        title=top.get("title"),
        slate=top.get("slate"),
        seed=top.get("seed", 0),
        provider=top.get("provider", "oxen"),
        max_cost=top.get("max_cost"),
        defaults=defaults,
        shots=shots,
        steps=steps,
        outputs={name: text for name, text in top.get("outputs", {}).items() if ("outputs", name) not in bad},
    )


def _read_step(name: str, table: Mapping[str, Any], report: Report) -> Step:
    path: Path = ("steps", name)
    if name in RESERVED:
        report.add(reserved_name(report.key(path), name))
    elif not _STEP_NAME.fullmatch(name):
        report.add(say.bad_name(report.key(path), "a step", name))
    uses = table.get("uses")
    later = (*LATER_STEP, *LATER_CONCAT) if uses == "concat" else LATER_STEP
    table = _without_later(table, later, path, report)
    bad = _check(_Step, table, path, report)
    return Step(
        name=name,
        uses=uses if isinstance(uses, str) else "",
        each_shot=_for_each(table, report),
        wish=_wish(table, path, bad),
    )


def _for_each(table: Mapping[str, Any], report: Report) -> bool:
    """Whether a step is made for each shot, or was meant to be."""
    return "for_each" in table or any(
        value == "shots" and report.near(key, ("for_each",)) for key, value in table.items()
    )


def _read_shot(
    index: int,
    table: Mapping[str, Any],
    defaults: Mapping[str, Written],
    steps: Mapping[str, bool],
    report: Report,
) -> Shot:
    path: Path = ("shots", index)
    _misplaced(table, path, report)
    bad = _check(_Shot, table, path, report)
    fields: dict[str, Written] = {}
    wishes: dict[str, Wish] = {}
    for key in dict.fromkeys((*defaults, *table)):
        written = Written(table[key], (*path, key)) if key in table else defaults[key]
        if key in ("id", "omit", *TOP_ONLY):
            continue
        if key not in steps:
            fields[key] = written
        elif isinstance(written.value, dict):
            later = (*LATER_STEP, *LATER_CUT) if steps[key] else LATER_STEP
            wishes[key] = _read_wish(written, defaults.get(key), later, report)
        else:
            report.add(say.wish_not_table(report.key(written.path), key))
    return Shot(
        id=table["id"] if (*path, "id") not in bad else f"?{index}",
        omit=table.get("omit", False) is True,
        path=path,
        fields=fields,
        wishes=wishes,
    )


def _read_wish(written: Written, default: Written | None, later: tuple[str, ...], report: Report) -> Wish:
    for key in ("uses", "for_each"):
        if key in written.value:
            report.add(say.not_in_a_shot(report.key((*written.path, key)), key))
    table = {key: value for key, value in written.value.items() if key not in ("uses", "for_each")}
    table = _without_later(table, later, written.path, report)
    own = _wish(table, written.path, _check(_Wish, table, written.path, report))
    if default is None or default.path == written.path or not isinstance(default.value, dict):
        return own
    base = _wish(default.value, default.path, _check(_Wish, default.value, default.path, report))
    return Wish(
        own.path, {**base.fields, **own.fields}, {**base.params, **own.params}, own.broken or base.broken
    )


def _wish(table: Mapping[str, Any], path: Path, bad: frozenset[Path]) -> Wish:
    fields: dict[str, Written] = {}
    params: dict[str, Written] = {}
    for key, value in table.items():
        if (*path, key) in bad:
            continue
        if key == "params":
            params.update((name, Written(inner, (*path, key, name))) for name, inner in value.items())
        elif key in STEP_KEYS:
            fields[key] = Written(value, (*path, key))
        else:
            params.setdefault(key, Written(value, (*path, key)))
    return Wish(path, fields, params, broken=bool(bad))


def _without_later(
    table: Mapping[str, Any], later: tuple[str, ...], path: Path, report: Report
) -> dict[str, Any]:
    for key in later:
        if key in table:
            report.add(say.later_release(report.key((*path, key)), key))
    return {key: value for key, value in table.items() if key not in later}


def _misplaced(table: Mapping[str, Any], path: Path, report: Report) -> None:
    for key in TOP_ONLY:
        if key in table:
            report.add(say.top_level_key(report.key((*path, key)), key))


def _without_repeats(shots: tuple[Shot, ...], report: Report) -> tuple[Shot, ...]:
    """The shots with ids that are not repeated; a repeated one gets one of its own."""
    first: dict[str, Shot] = {}
    kept: list[Shot] = []
    for index, shot in enumerate(shots):
        kept.append(shot)
        if (earlier := first.setdefault(shot.id, shot)) is not shot:
            place = report.value((*earlier.path, "id"))
            report.add(say.repeated_shot(report.value((*shot.path, "id")), shot.id, place.line))
            kept[-1] = replace(shot, id=f"?{index}")
    return tuple(kept)


def _check(model: type[BaseModel], table: Mapping[str, Any], path: Path, report: Report) -> frozenset[Path]:
    """Report whatever pydantic refuses, and answer with the paths that are not to be used."""
    try:
        model.model_validate(table)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
    else:
        return frozenset()
    described = {info.alias or name: str(info.description) for name, info in model.model_fields.items()}
    strangers = [str(each["loc"][-1]) for each in found if each["type"] == "extra_forbidden"] or [
        key for key in table if key not in described
    ]
    bad: set[Path] = set()
    for each in found:
        loc = tuple(each["loc"])
        here = (*path, *loc)
        key = str(loc[0])
        bad.add(
            (*path, *loc[:2]) if key in ("cast", "defaults", "shots", "steps", "outputs") else (*path, key)
        )
        if each["type"] == "extra_forbidden":
            report.add(say.unknown_key(report.key(here), key, report.near(key, described)))
        elif each["type"] == "missing" and (typo := report.near(key, strangers)) is not None:
            report.add(say.unknown_key(report.key((*path, typo)), typo, key))
        elif each["type"] == "missing":
            report.add(say.missing_key(report.header(path), key, described[key], path))
        elif key == "schema":
            report.add(say.unknown_language(report.value(here)))
        elif key == "steps" and each["type"] == "too_short":
            report.add(say.missing_key(report.header(here), key, described[key], path))
        else:
            nested = len(loc) > 1 and key in ("cast", "defaults", "shots", "steps")
            name = str(loc[-1]) if isinstance(loc[-1], str) else key
            wanted = "a table" if nested else described[key]
            report.add(say.wrong_type(report.value(here), name, wanted, each["input"]))
    return frozenset(bad)
