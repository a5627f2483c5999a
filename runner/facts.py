"""Answers to what the language asks: where files are, what they are, how long they last, and of models."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from dsl.catalog import Model
from dsl.facts import FileProblem, FoundFile
from runner.errors import MediaError
from runner.media.sniff import sniff
from runner.providers.hosted.copies import FreshModels


@dataclass(frozen=True, slots=True)
class RecipeFacts:
    """Facts about files under the recipe's folder and under the roots its user allowed, and about models.

    Attributes:
        roots: Folders allowed besides the recipe's own.
        probe: Whether lengths may be read from the files, as `plan` and `run` do and `check` does not.
    """

    roots: Sequence[Path]
    probe: bool
    _models: FreshModels = field(default_factory=FreshModels, init=False, repr=False, compare=False)

    def locate(self, folder: Path, text: str) -> FoundFile | FileProblem:
        """Find a path written in a recipe in `folder`, or say why it may not be used.

        Links are resolved before anything is decided, so a link out of the folder is `outside`, and nothing
        out there is even looked at.
        """
        try:
            path = (folder / text).resolve()
            allowed = [root.resolve() for root in (folder, *self.roots)]
        except (OSError, ValueError, RuntimeError):  # A name too long, a NUL in it, a ring of links.
            return "missing"
        if not any(path.is_relative_to(root) for root in allowed):
            return "outside"
        try:
            if not path.is_file():
                return "not_media" if path.exists() else "missing"
            found = sniff(path)
        except OSError as error:
            return "missing" if error.errno == errno.ENAMETOOLONG else "unreadable"
        return FoundFile(path, found[0]) if found else "not_media"

    def length(self, path: Path) -> Fraction | None:
        """Seconds a file lasts; None for a still, a damaged file, or while that may not be looked at."""
        if not self.probe:
            return None
        from runner.media.probe import probe  # It brings PyAV, which `reel check` never needs.

        try:
            return probe(path).seconds
        except MediaError:
            return None

    def schema(self, name: str) -> Model | None:
        """A model as the provider described it last, from the user's cache; nobody is asked."""
        return self._models.model(name)
