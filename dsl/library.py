"""The files of a recipe: itself and those it includes, and the order in which they are read."""

from __future__ import annotations

import os
import pathlib
from dataclasses import dataclass, field

from dsl import reference_findings, shape_findings
from dsl.diagnostics import Diagnostic, RecipeError, Span
from dsl.document import Document
from dsl.report import Path

MAX_DEPTH = 8
"""How deep included files may include others."""

MAX_FILES = 64
"""How many files a recipe may have."""

MAX_CHARACTERS = 1024 * 1024
"""How long the texts of a recipe's files may be together."""


@dataclass(frozen=True, slots=True)
class Library:
    """The files of a recipe.

    Attributes:
        documents: The recipe, then what it includes.
        order: Their numbers in the order of the story: what a file includes comes before itself.
        findings: What is wrong with what is included.
        whole: Whether every file to be included is there.
    """

    documents: tuple[Document, ...]
    order: tuple[int, ...]
    findings: tuple[Diagnostic, ...]
    whole: bool

    @staticmethod
    def base(number: int) -> Path:
        """How the paths of a file's values begin; those of the recipe itself begin with nothing."""
        return (number,) if number else ()

    @property
    def sources(self) -> dict[str, str]:
        """Every text, by the name its file is shown with."""
        return {document.file: document.text for document in self.documents}


def load_library(path: pathlib.Path, file: str) -> Library:
    """Read a recipe and all it includes.

    Args:
        path: The recipe file.
        file: Its name as it is shown; those of included files are shown beside it.

    Raises:
        RecipeError: If one of them cannot be read, is not TOML, or is more than a recipe may be (RM0xx).
    """
    reader = _Reader(path.absolute().parent.resolve(), os.path.dirname(file))  # noqa: PTH120
    root = Document.load(path, file)
    reader.include(root, (path.resolve(),), (pathlib.PurePath(file).name,))
    if reader.unreadable:
        raise RecipeError(reader.unreadable, {file: root.text} | reader.sources)
    return Library((root, *reader.documents), (*reader.order, 0), tuple(reader.findings), reader.whole)


@dataclass(slots=True)
class _Reader:
    """Reads included files, each once, in the order in which they are first named."""

    folder: pathlib.Path
    shown: str
    documents: list[Document] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    unreadable: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    whole: bool = True
    _read: set[pathlib.Path] = field(default_factory=set)
    _characters: int = 0

    def include(self, document: Document, chain: tuple[pathlib.Path, ...], names: tuple[str, ...]) -> None:
        """Read what a file includes, after the files in the chain that led to it."""
        named = document.data.get("include")
        here: set[pathlib.Path] = set()
        for index, text in enumerate(named if isinstance(named, list) else ()):
            span = document.value(("include", index))
            if not isinstance(text, str) or (path := self._found(text, span)) is None:
                continue
            if path in chain:
                loop = (*names[chain.index(path) :], text)
                self.findings.append(reference_findings.cycle(span, loop))
            elif path in here:
                self.findings.append(shape_findings.included_twice(span, text))
            elif len(chain) > MAX_DEPTH:
                self._lost(shape_findings.included_too_deep(span, MAX_DEPTH))
            elif path not in self._read:
                self._add(path, text, span, (*chain, path), (*names, text))
            here.add(path)

    def _add(
        self,
        path: pathlib.Path,
        text: str,
        span: Span,
        chain: tuple[pathlib.Path, ...],
        names: tuple[str, ...],
    ) -> None:
        self._read.add(path)
        if len(self._read) >= MAX_FILES or self._characters > MAX_CHARACTERS:
            self._lost(shape_findings.included_too_much(span, MAX_FILES, MAX_CHARACTERS))
            return
        try:
            document = Document.load(path, os.path.normpath(os.path.join(self.shown, text)))  # noqa: PTH118
        except RecipeError as error:
            self.unreadable += error.diagnostics
            self.sources |= error.sources
            return
        self._characters += len(document.text)
        self.documents.append(document)
        number = len(self.documents)
        self.sources[document.file] = document.text
        self.include(document, chain, names)
        self.order.append(number)

    def _found(self, text: str, span: Span) -> pathlib.Path | None:
        """The file a text names; None, reported, unless it lies below the folder and no link leads there."""
        parts = pathlib.PurePosixPath(text).parts
        if text.strip() and not any(ord(char) < ord(" ") for char in text):
            path = pathlib.Path(os.path.normpath(self.folder.joinpath(*parts)))
            if ".." in parts or not path.is_relative_to(self.folder) or path.resolve() != path:
                self._lost(shape_findings.included_from_outside(span, text))
                return None
            if path.is_file():
                return path
        self._lost(shape_findings.missing_file(span, text))
        return None

    def _lost(self, finding: Diagnostic) -> None:
        """Report that a file cannot be had, so that the names in it are not known."""
        self.findings.append(finding)
        self.whole = False
