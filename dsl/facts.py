"""What the language must know of the world, asked of whoever runs it.

The language itself opens no file but the recipe and what it includes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from dsl.values import MediaType

FileProblem: TypeAlias = Literal["missing", "outside", "not_media", "unreadable"]


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be used: absolute path with links resolved, and what it is by its first bytes."""

    path: Path
    media: MediaType


class Facts(Protocol):
    """Answers about files under the roots the user allowed."""

    def locate(self, folder: Path, text: str) -> FoundFile | FileProblem:
        """Find a path written in a recipe in `folder`, or say why it may not be used.

        `outside` covers absolute paths, `..` and links that leave every allowed root.
        """
        ...

    def length(self, path: Path) -> Fraction | None:
        """Seconds a media file lasts; None where that may not be looked at now (as in `check`)."""
        ...
