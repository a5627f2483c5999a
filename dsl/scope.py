"""What a reference yields: value tables, shot fields and the recipe's own names, looked up in one pass.

What a step makes is asked of `Outputs`. A value that cannot be had is reported once, where that is judged,
and is None from then on, so that one mistake is one finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from dsl import reference_findings as say
from dsl import shape_findings
from dsl.diagnostics import Span
from dsl.nodes import Listing, Node, Scalar, Table, what
from dsl.recipe import Label, Recipe, Shot, Written
from dsl.reference import RESERVED, Ref, Word, scan
from dsl.report import Path, Place, Report

MAXIMUM_WEIGHT = 262_144
_MAXIMUM_DEPTH = 200
_REFERENCE_DEPTH = 5  # A reference counts for five levels of nesting: it takes about as many calls.

Plain: TypeAlias = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Env:
    """From where a value is looked at.

    Attributes:
        shot: The shot it is looked at for; None outside `for_each`.
        labels: The values of the step's matrix, by axis.
        lenient: Only to see whether names exist; what steps make is not asked for.
        delivering: Whether it is an output of the recipe rather than an input of a step.
    """

    shot: Shot | None = None
    labels: Mapping[str, Label] = field(default_factory=dict)
    lenient: bool = False
    delivering: bool = False


class StepLookup(Protocol):
    """Answers what a reference to a step's output yields."""

    def lookup(self, ref: Ref, path: Path, env: Env) -> Node | None:
        """The media, one or a list; None where that has been reported."""
        ...


class Scope:
    """The names of one recipe.

    Attributes:
        outputs: Who knows the steps; until it is set, references to steps are poisoned quietly.
        used: The cast and style that something refers to, as (table, name).
        read: The shot fields that something refers to.
        visited: Where texts with references have been looked at.
    """

    def __init__(
        self, recipe: Recipe, report: Report, *, slate: str, overrides: Mapping[Path, Plain]
    ) -> None:
        self.outputs: StepLookup | None = None
        self.used: set[tuple[str, str]] = set()
        self.read: set[str] = set()
        self.visited: set[Path] = set()
        self._recipe = recipe
        self._names = {"title": recipe.title or slate, "slate": slate}
        self._overrides = overrides
        self._report = report
        self._known: dict[object, Node | None] = {}
        self._entered: dict[object, str] = {}
        self._depth = 0
        self._missing: dict[tuple[Place, str], list[Shot]] = {}
        self._fields = {name for shot in recipe.shots for name in shot.fields}

    def evaluate(self, written: Written, env: Env) -> Node | None:
        """The value of something written, for one shot; None where it cannot be had."""
        return self._node(written.value, written.path, env)

    def meant(self, table: str | None, name: str) -> None:
        """A value was probably meant by a reference that led nowhere: it is not called unused as well."""
        if table == "shot":
            self.read.add(name)
        elif table is not None:
            self.used.add((table, name))

    def finish(self) -> None:
        """Report the fields that shots do not have, each once for all shots."""
        for (place, name), shots in self._missing.items():
            own = [each for each in shots[0].fields if each not in self.read]
            if (near := self._report.near(name, own)) is not None:
                self.read.add(near)  # It was meant, and is not unused as well.
            self._report.add(say.no_field(self._report.at(place), [s.id for s in shots], name, near))

    @contextmanager
    def entered(self, key: object, label: str, place: Place) -> Iterator[bool]:
        """Stand within a value while it is being worked out.

        Yields:
            Whether that may go on. Where it is being worked out already, the circle is reported.
        """
        if key in self._entered:
            labels = list(self._entered.values())
            loop = labels[list(self._entered).index(key) :]
            self._report.add(say.cycle(self._report.at(place), [*loop, label]))
            yield False
            return
        if self._depth + _REFERENCE_DEPTH > _MAXIMUM_DEPTH:
            self._report.add(say.too_deep(self._report.at(place)))
            yield False
            return
        self._entered[key] = label
        self._depth += _REFERENCE_DEPTH
        try:
            yield True
        finally:
            self._depth -= _REFERENCE_DEPTH
            del self._entered[key]

    def _node(self, raw: Any, path: Path, env: Env) -> Node | None:
        if path in self._overrides:
            return Scalar(self._overrides[path], Place(path))
        match raw:
            case str():
                return self._text(raw, path, env) if "${" in raw else Scalar(raw, Place(path))
            case bool() | int() | float():
                return Scalar(raw, Place(path))
            case list():
                return self._listing(raw, path, env)
            case dict():
                return self._table(raw, path, env)
        self._report.add(shape_findings.not_a_time(self._report.value(path)))
        return None

    def _listing(self, raw: list[Any], path: Path, env: Env) -> Listing | None:
        kept: list[Node] = []
        weight = 1
        self._depth += 1
        for index, inner in enumerate(raw):
            if (node := self._node(inner, (*path, index), env)) is None:
                continue
            kept.append(node)
            weight += node.weight
            if weight > MAXIMUM_WEIGHT:
                break
        self._depth -= 1
        if not self._fits(weight, path) or len(kept) < len(raw):
            return None
        return Listing(tuple(kept), Place(path), weight)

    def _table(self, raw: Mapping[str, Any], path: Path, env: Env) -> Table | None:
        self._depth += 1
        found = {key: self._node(inner, (*path, key), env) for key, inner in raw.items()}
        self._depth -= 1
        kept = {key: node for key, node in found.items() if node is not None}
        weight = 1 + sum(node.weight for node in kept.values())
        return (
            Table(kept, Place(path), weight) if len(kept) == len(found) and self._fits(weight, path) else None
        )

    def _fits(self, weight: int, path: Path) -> bool:
        if weight <= MAXIMUM_WEIGHT:
            return True
        self._report.add(say.too_long(self._report.value(path)))
        return False

    def _text(self, raw: str, path: Path, env: Env) -> Node | None:
        self.visited.add(path)
        found = scan(raw)
        for problem in found.problems:
            place = Place(path, problem.start, problem.end)
            self._report.add(say.malformed(self._report.at(place), problem.fault))
        if (whole := found.whole) is not None:
            return self._reference(whole, path, env)
        pieces: list[str] = []
        good = not found.problems
        for part in found.parts:
            piece = part if isinstance(part, str) else self._piece(part, path, env)
            if piece is None:
                good = False
            else:
                pieces.append(piece)
        if not good or not self._fits(sum(map(len, pieces)), path):
            return None
        return Scalar("".join(pieces), Place(path))

    def _piece(self, ref: Ref, path: Path, env: Env) -> str | None:
        match self._reference(ref, path, env):
            case None:
                return None
            case Scalar(value=bool() as value):
                return str(value).lower()
            case Scalar(value=value):
                return str(value)
            case node:
                place = Place(path, ref.start + 2, ref.end - 1)
                self._report.add(say.not_text(self._report.at(place), str(ref), what(node)))
                return None

    def _reference(self, ref: Ref, path: Path, env: Env) -> Node | None:
        root = ref.root.text
        if root in RESERVED and root in self._recipe.steps:
            self._report.unknown.add(root)  # What such a name means is not certain, and has been reported.
            return None
        if root not in RESERVED or root in ("prev", "next"):
            return self.outputs.lookup(ref, path, env) if self.outputs else None
        if ref.point:
            place = Place(path, ref.point[0].start - 1, ref.point[-1].end)
            self._report.add(say.malformed(self._report.at(place), "name"))
            return None
        if len(ref.words) == 1:
            self._report.add(say.names_a_table(self._at(ref.root, path), root))
            return None
        look = {"shot": self._of_shot, "recipe": self._of_recipe, "matrix": self._of_matrix}.get(
            root, self._of_table
        )
        return look(ref, path, env)

    def _of_recipe(self, ref: Ref, path: Path, _env: Env) -> Node | None:
        name = ref.words[1]
        if (value := self._names.get(name.text)) is None or len(ref.words) > 2:  # noqa: PLR2004
            wrong = name if value is None else ref.words[2]
            near = self._report.near(wrong.text, self._names)
            self._report.add(say.unknown_value(self._at(wrong, path), "recipe", wrong.text, near))
            return None
        return Scalar(value, Place((name.text,)))

    def _of_shot(self, ref: Ref, path: Path, env: Env) -> Node | None:
        name = ref.words[1]
        self.read.add(name.text)
        place = Place(path, name.start, name.end)
        if env.shot is None:
            if not env.lenient:
                self._report.add(say.no_shot_here(self._at(ref.root, path), "shot"))
            elif name.text not in self._fields | {"id", "omit"} and self._recipe.shots:
                self._missing.setdefault((place, name.text), list(self._recipe.shots))
            return None
        if name.text == "id":
            return self._inside(Scalar(env.shot.id, Place((*env.shot.path, "id"))), ref, 2, path)
        if (written := env.shot.fields.get(name.text)) is None:
            shots = self._missing.setdefault((place, name.text), [])
            if env.shot not in shots[-1:]:
                shots.append(env.shot)
            return None
        return self._inside(self._value(written, env, f"shot.{name.text}", place), ref, 2, path)

    def _of_matrix(self, ref: Ref, path: Path, env: Env) -> Node | None:
        name = ref.words[1]
        if (label := env.labels.get(name.text)) is not None:
            place = Place(path, name.start, name.end)
            return self._inside(self._value(label.written, env, f"matrix.{name.text}", place), ref, 2, path)
        if not env.labels and not env.lenient:
            self._report.add(say.no_matrix_here(self._at(ref.root, path)))
            return None
        axes = env.labels or {axis for step in self._recipe.steps.values() for axis in step.matrix}
        if name.text not in axes:
            self._unknown(name, path, "matrix", dict.fromkeys(axes))
        return None

    def _of_table(self, ref: Ref, path: Path, env: Env) -> Node | None:
        """Walk into the table as it is written, then into what its references yield."""
        root = ref.root.text
        values, name = self._recipe.values[root], ref.words[1]
        if (at := values.get(name.text)) is None:
            self._unknown(name, path, root, values)
            return None
        self.used.add((root, name.text))
        for index, word in enumerate(ref.words[2:], 2):
            label = ".".join(each.text for each in ref.words[:index])
            if not isinstance(at.value, dict):
                found = self._value(at, env, label, Place(path, ref.root.start, word.start - 1))
                return self._inside(found, ref, index, path)
            if word.text not in at.value:
                self._unknown(word, path, label, at.value)
                return None
            at = at.below(word.text)
        return self._value(at, env, str(ref), Place(path, ref.root.start, ref.words[-1].end))

    def _inside(self, node: Node | None, ref: Ref, index: int, path: Path) -> Node | None:
        """Follow the remaining words of a reference into a value."""
        for place, word in enumerate(ref.words[index:], index):
            if node is None:
                return None
            known = node.items if isinstance(node, Table) else {}
            if word.text not in known:
                label = ".".join(each.text for each in ref.words[:place])
                self._unknown(word, path, label, known)
                return None
            node = known[word.text]
        return node

    def _unknown(self, word: Word, path: Path, table: str, known: Mapping[str, object]) -> None:
        if (near := self._report.near(word.text, known)) is not None:
            self.used.add((table, near))
        self._report.add(say.unknown_value(self._at(word, path), table, word.text, near))

    def _value(self, written: Written, env: Env, label: str, place: Place) -> Node | None:
        """A value that is referred to, worked out once a shot."""
        if not isinstance(written.value, str | list | dict):
            return self._node(written.value, written.path, env)
        variant = tuple(label.written.path for label in env.labels.values())
        key = (written.path, env.shot.id if env.shot else None, variant, env.lenient)
        if key not in self._known:
            with self.entered(key, label, place) as free:
                found = self._node(written.value, written.path, env) if free else None
            if not free:
                return None
            self._known[key] = found
        return self._known[key]

    def _at(self, word: Word, path: Path) -> Span:
        return self._report.at(Place(path, word.start, word.end))
