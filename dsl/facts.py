"""What the language must know of the world, asked of whoever runs it.

The language itself opens no file but the recipe and what it includes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from dsl.catalog import Model
from dsl.values import MediaType

FileProblem: TypeAlias = Literal["missing", "outside", "not_media", "unreadable"]


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be used: absolute path with links resolved, and what it is by its first bytes."""

    path: Path
    media: MediaType


class Facts(Protocol):
    """Answers about files under the roots the user allowed, and about models."""

    def locate(self, folder: Path, text: str) -> FoundFile | FileProblem:
        """Find a path written in a recipe in `folder`, or say why it may not be used.

        `outside` covers absolute paths, `..` and links that leave every allowed root.
        """
        ...

    def length(self, path: Path) -> Fraction | None:
        """Seconds a media file lasts; None where that may not be looked at now (as in `check`)."""
        ...

    def schema(self, name: str) -> Model | None:
        """A bundled model as the provider itself described it last, the day of that in `as_of`.

        The same object at each call; None where no such description was ever kept.
        """
        ...
