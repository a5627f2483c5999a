"""Reads the tables of a recipe and of the files it includes, and makes one recipe of them.

What is wrong is reported and left out, so that the rest can still be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dsl import shape_findings as say
from dsl.library import Library
from dsl.matrix import read_matrix
from dsl.recipe import STEP_KEYS, VALUE_TABLES, Recipe, Shot, Step, Wish, Written
from dsl.reference import RESERVED
from dsl.reference_findings import reserved_name
from dsl.report import Path, Report
from dsl.shape import FILE_NAME, STEPS, Part, ShotShape, StepShape, Top, WholeTop, WishShape, check

LATER_CUT = ("audio_lead", "crop")
LATER_CONCAT = ("music",)
ONCE = ("uses", "for_each", "matrix")
RECIPE_ONLY = ("title", "slate", "seed", "provider", "max_cost", "outputs")
TOP_ONLY = ("schema", "title", "slate", "seed", "provider", "max_cost", "include")

_STEP_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _File:
    """One file's top, without what is wrong there."""

    top: Mapping[str, Any]
    base: Path
    bad: frozenset[Path]

    def tables(self, name: str) -> Iterator[tuple[str, Written]]:
        """The good entries of a table of tables or values."""
        path = (*self.base, name)
        for key, value in self.top.get(name, {}).items():
            if (*path, key) not in self.bad:
                yield key, Written(value, (*path, key))


@dataclass(slots=True)
class _Names:
    """Names that may be defined once, each with where it is."""

    report: Report
    _first: dict[str, Path] = field(default_factory=dict)

    def new(self, name: str, path: Path) -> bool:
        """Whether a name is new; if not, both its places are reported."""
        earlier = self._first.setdefault(name, path)
        if earlier != path:
            self.report.add(say.defined_twice(self.report.key(path), name, self.report.key(earlier)))
        return earlier == path


def read_recipe(library: Library, report: Report) -> Recipe:
    """Check the shape of every table, report what is wrong, and keep what is right."""
    files = [_read_top(library, number, report) for number in library.order]
    names = _Names(report)
    steps = {
        name: written
        for each in files
        for name, written in each.tables("steps")
        if names.new(f"steps.{name}", written.path)
    }
    if library.whole and len(files) > 1 and not any("steps" in each.top for each in files):
        report.add(say.missing_key(report.header(()), "steps", STEPS, ()))
    cuts = {name: written.value.get("uses") == "concat" for name, written in steps.items()}
    own = files[-1].top
    for name in own.get("outputs", {}):
        if not re.fullmatch(FILE_NAME, name, re.ASCII):
            report.add(say.bad_name(report.key(("outputs", name)), "an output", name))
    return Recipe(
        title=own.get("title"),
        slate=own.get("slate"),
        seed=own.get("seed", 0),
        provider=own.get("provider", "oxen"),
        max_cost=own.get("max_cost"),
        values={table: _values(files, table, names, report) for table in VALUE_TABLES},
        defaults=_defaults(files, names),
        shots=_without_repeats([shot for each in files for shot in _read_shots(each, cuts, report)], report),
        steps={name: _read_step(name, written, report) for name, written in steps.items()},
        outputs={name: written.value for name, written in files[-1].tables("outputs")},
    )


def _read_top(library: Library, number: int, report: Report) -> _File:
    data, base = library.documents[number].data, Library.base(number)
    if base:
        for key in RECIPE_ONLY:
            if key in data:
                report.add(say.not_in_an_included_file(report.key((*base, key)), key))
        data = {key: value for key, value in data.items() if key not in RECIPE_ONLY}
        bad = check(Part, data, base, report)
    else:
        bad = check(Top if len(library.documents) > 1 else WholeTop, data, base, report)
    return _File({key: value for key, value in data.items() if (*base, key) not in bad}, base, bad)


def _values(files: Sequence[_File], table: str, names: _Names, report: Report) -> dict[str, Written]:
    """The names of a value table, of all files."""
    for each in files if table == "vars" else ():
        _misplaced(each.top.get(table, {}), (*each.base, table), report)
    return {
        name: written
        for each in files
        for name, written in each.tables(table)
        if names.new(f"{table}.{name}", written.path)
    }


def _defaults(files: Sequence[_File], names: _Names) -> dict[str, dict[str, Written]]:
    """The defaults for each kind of step, of all files; those for shots are each file's own."""
    found: dict[str, dict[str, Written]] = {}
    for kind, params in ((kind, params) for each in files for kind, params in each.tables("defaults")):
        if kind != "shots":
            new = (key for key in params.value if names.new(f"defaults.{kind}.{key}", (*params.path, key)))
            found.setdefault(kind, {}).update((key, params.below(key)) for key in new)
    return found


def _read_shots(file: _File, cuts: Mapping[str, bool], report: Report) -> Iterator[Shot]:
    """The shots of one file, with the defaults that this file has for them."""
    path = (*file.base, "defaults", "shots")
    defaults = dict(file.tables("defaults")).get("shots", Written({}, path))
    _misplaced(defaults.value, path, report)
    for key in ("id", "omit"):
        if key in defaults.value:
            report.add(say.unknown_key(report.key((*path, key)), key, None))
    base = {key: defaults.below(key) for key in defaults.value}
    for index, table in enumerate(file.top.get("shots", [])):
        here = (*file.base, "shots", index)
        if here not in file.bad:
            yield _read_shot(Written(table, here), base, cuts, report)


def _read_step(name: str, written: Written, report: Report) -> Step:
    path = written.path
    if name in RESERVED:
        report.add(reserved_name(report.key(path), name))
    elif not _STEP_NAME.fullmatch(name):
        report.add(say.bad_name(report.key(path), "a step", name))
    uses = written.value.get("uses")
    table = _without_later(written.value, LATER_CONCAT if uses == "concat" else (), path, report)
    bad = check(StepShape, table, path, report)
    return Step(
        name=name,
        uses=uses if isinstance(uses, str) else "",
        each_shot=_for_each(table, report),
        wish=_wish(table, path, bad),
        matrix=read_matrix(Written(table.get("matrix", {}), (*path, "matrix")), report)
        if (*path, "matrix") not in bad
        else {},
    )


def _for_each(table: Mapping[str, Any], report: Report) -> bool:
    """Whether a step is made for each shot, or was meant to be."""
    return "for_each" in table or any(
        value == "shots" and report.near(key, ("for_each",)) for key, value in table.items()
    )


def _read_shot(
    shot: Written, defaults: Mapping[str, Written], cuts: Mapping[str, bool], report: Report
) -> Shot:
    table, path = shot.value, shot.path
    _misplaced(table, path, report)
    bad = check(ShotShape, table, path, report)
    fields: dict[str, Written] = {}
    wishes: dict[str, Wish] = {}
    for key in dict.fromkeys((*defaults, *table)):
        written = shot.below(key) if key in table else defaults[key]
        if key in ("id", "omit", *TOP_ONLY):
            continue
        if key not in cuts:
            fields[key] = written
        elif isinstance(written.value, dict):
            later = LATER_CUT if cuts[key] else ()
            wishes[key] = _read_wish(written, defaults.get(key), later, report)
        else:
            report.add(say.wish_not_table(report.key(written.path), key))
    return Shot(
        id=table["id"] if (*path, "id") not in bad else f"?{'.'.join(map(str, path))}",
        omit=table.get("omit", False) is True,
        path=path,
        fields=fields,
        wishes=wishes,
    )


def _read_wish(written: Written, default: Written | None, later: tuple[str, ...], report: Report) -> Wish:
    for key in ONCE:
        if key in written.value:
            report.add(say.not_in_a_shot(report.key((*written.path, key)), key))
    table = {key: value for key, value in written.value.items() if key not in ONCE}
    table = _without_later(table, later, written.path, report)
    own = _wish(table, written.path, check(WishShape, table, written.path, report))
    if default is None or default.path == written.path or not isinstance(default.value, dict):
        return own
    base = _wish(default.value, default.path, check(WishShape, default.value, default.path, report))
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


def _without_repeats(shots: Sequence[Shot], report: Report) -> tuple[Shot, ...]:
    """The shots with ids that are not repeated; a repeated one gets one of its own."""
    first: dict[str, Shot] = {}
    kept: list[Shot] = []
    for shot in shots:
        kept.append(shot)
        if (earlier := first.setdefault(shot.id, shot)) is not shot:
            here, there = (report.value((*each.path, "id")) for each in (shot, earlier))
            report.add(say.repeated_shot(here, shot.id, there))
            kept[-1] = replace(shot, id=f"?{'.'.join(map(str, shot.path))}")
    return tuple(kept)
