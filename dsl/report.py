"""The report of one look at a recipe: findings, each once, and where things are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from dsl.diagnostics import Diagnostic, Span, in_order
from dsl.suggestion import nearest

if TYPE_CHECKING:
    from dsl.document import Document

Path: TypeAlias = tuple[str | int, ...]
"""A way to a value: keys and indices. In an included file it begins with the number of the file."""

_PATIENCE = 20_000  # Words compared with misspelt ones, in one look at a recipe.


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a recipe, or a stretch of a text in it.

    Attributes:
        path: The value's path.
        start: The first character of the stretch; None for the whole value.
        end: One past its last character.
    """

    path: Path
    start: int | None = None
    end: int = 0


class Report:
    """What has been found so far.

    Attributes:
        unknown: First names of references that are not certain; what they meant is not called unused.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self.unknown: set[str] = set()
        self._found: dict[Diagnostic, None] = {}
        self._patience = _PATIENCE

    def add(self, *diagnostics: Diagnostic) -> None:
        """Report findings; one that is there already is not repeated."""
        self._found.update(dict.fromkeys(diagnostics))

    @property
    def failed(self) -> bool:
        """Whether there is an error among the findings."""
        return any(found.severity == "error" for found in self._found)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All findings by place; notes, which ask for nothing, only where there is no error."""
        failed = self.failed
        return in_order(each for each in self._found if not (failed and each.severity == "note"))

    def key(self, path: Path) -> Span:
        """Where a key stands."""
        document, path = self._in(path)
        return document.key(path)

    def value(self, path: Path) -> Span:
        """Where a value stands."""
        document, path = self._in(path)
        return document.value(path)

    def header(self, path: Path) -> Span:
        """Where a table's header stands."""
        document, path = self._in(path)
        return document.header(path)

    def at(self, place: Place) -> Span:
        """Where a value, or a stretch of one, stands."""
        document, path = self._in(place.path)
        if place.start is None:
            return document.value(path)
        return document.within(path, place.start, place.end)

    def _in(self, path: Path) -> tuple[Document, Path]:
        """The file that a path leads into, and the way within it."""
        if path and isinstance(path[0], int):
            return self._documents[path[0]], path[1:]
        return self._documents[0], path

    def near(self, word: str, choices: Iterable[str]) -> str | None:
        """The choice that a misspelt word was probably meant to be.

        Comparing words takes time, so a recipe with very many mistakes is told what they are and not what
        was meant.
        """
        others = [choice for choice in choices if choice != word]
        if len(others) > self._patience:
            return None
        self._patience -= len(others)
        return nearest(word, others)
