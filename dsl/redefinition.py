"""What is written twice in a TOML text: keys, tables, and names that are two things at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from dsl import findings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dsl.diagnostics import Diagnostic, Span
    from dsl.source import Source

Part: TypeAlias = tuple[str, int, int]
"""A part of a key, and where it begins and ends, in code points from 0."""

Sort: TypeAlias = Literal["implied", "table", "dotted", "list", "value"]
_SORTS = {
    "implied": "a table",
    "table": "a table",
    "dotted": "a table made by dotted keys",
    "list": "a list of tables",
    "value": "a value",
}


@dataclass(slots=True)
class Defined:
    """A name that has been written.

    Attributes:
        sort: As what: `implied` by the header of a table below it, `table` by a header of its own, `dotted`
            by keys with dots, `list` by headers in double brackets, `value` by a key.
        first: Where it was first written.
        section: Under which header, counted from 0.
        below: The names in it; of a list, those in its last table.
    """

    sort: Sort
    first: Part
    section: int
    below: dict[str, Defined] = field(default_factory=dict)


class Definitions:
    """Keeps what is written, and reports what is written against it."""

    def __init__(self, source: Source, report: Callable[[Diagnostic], None]) -> None:
        self._source = source
        self._report = report
        self._section = 0
        self.root = Defined("table", ("", 0, 0), 0)

    def table(self, parts: Sequence[Part]) -> Defined:
        """A header, `[steps.plate]`; gives the table that the lines under it belong to."""
        self._section += 1
        name, _, _ = last = parts[-1]
        if (parent := self._parent(parts)) is None:
            return self._lost(last)
        known = parent.below.get(name)
        if known is None:
            parent.below[name] = known = Defined("table", last, self._section)
            return known
        if known.sort == "implied":
            known.sort, known.first, known.section = "table", last, self._section
            return known
        if known.sort == "table":
            self._twice(parts, known)
        else:
            fixes = {
                "list": f"write [[{_dotted(parts)}]] for one more",
                "dotted": f"write these lines beside the first, as {name}.KEY",
            }
            fix = fixes.get(known.sort, "choose another name")
            self._clash(last, known, fix)
        return self._lost(last)

    def list_table(self, parts: Sequence[Part]) -> Defined:
        """A header in double brackets, `[[shots]]`; gives the new table."""
        self._section += 1
        name, _, _ = last = parts[-1]
        if (parent := self._parent(parts)) is None:
            return self._lost(last)
        known = parent.below.get(name)
        if known is None:
            parent.below[name] = known = Defined("list", last, self._section)
        elif known.sort != "list":
            dotted = _dotted(parts)
            self._clash(
                last,
                known,
                f"write [[{dotted}]] each time" if known.sort == "table" else "choose another name",
            )
            return self._lost(last)
        known.below = {}
        return known

    def pair(self, table: Defined, parts: Sequence[Part]) -> Defined:
        """A key in a table; gives what the keys of a table in braces belong to, should it be one."""
        for part in parts[:-1]:
            known = table.below.get(part[0])
            if known is None:
                table.below[part[0]] = known = Defined("dotted", part, self._section)
            elif known.sort != "implied" and (known.sort != "dotted" or known.section != self._section):
                self._clash(part, known, "write these lines where the first ones are")
                return self._lost(part)
            table = known
        name, start, end = last = parts[-1]
        if (known := table.below.get(name)) is not None:
            if known.sort == "value":
                self._report(findings.duplicate_key(self._span(last), name, self._span(known.first)))
            else:
                self._clash(last, known, "choose another name")
            return self._lost((name, start, end))
        table.below[name] = found = Defined("value", last, self._section)
        return found

    def _parent(self, parts: Sequence[Part]) -> Defined | None:
        table = self.root
        for part in parts[:-1]:
            known = table.below.get(part[0])
            if known is None:
                table.below[part[0]] = known = Defined("implied", part, self._section)
            elif known.sort == "value":
                self._clash(part, known, "write these lines where the value is")
                return None
            table = known
        return table

    def _twice(self, parts: Sequence[Part], known: Defined) -> None:
        first, name = self._span(known.first), _dotted(parts)
        under = next(
            (n for n, d in known.below.items() if d.sort in {"table", "list"} and d.first[1] < parts[-1][1]),
            None,
        )
        if under is not None:
            fix = f"move these lines up, above [{name}.{under}]: what follows a table belongs to it"
        elif name == "shots":
            fix = "write [[shots]] for each shot"
        else:
            fix = f"move these lines under the first [{name}], or choose another name"
        self._report(findings.duplicate_table(self._span(parts[-1]), name, first, fix))

    def _clash(self, part: Part, known: Defined, fix: str) -> None:
        span, first = self._span(part), self._span(known.first)
        self._report(findings.clash(span, part[0], _SORTS[known.sort], first, fix))

    def _span(self, part: Part) -> Span:
        return self._source.span(part[1], part[2])

    def _lost(self, part: Part) -> Defined:
        """A table of its own for what has no right place, so that one mistake is one finding."""
        return Defined("table", part, self._section)


def _dotted(parts: Sequence[Part]) -> str:
    return ".".join(name for name, _, _ in parts)
