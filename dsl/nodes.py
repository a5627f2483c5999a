"""Values on their way from the text to an instance: each still knows where it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dsl.report import Place
from dsl.values import Media, Value


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, a number or a boolean; the place is where it is written, not where it is referred to."""

    value: bool | int | float | str
    place: Place

    @property
    def weight(self) -> int:
        """Characters, so that references cannot multiply a text without end."""
        return len(self.value) if isinstance(self.value, str) else 1


@dataclass(frozen=True, slots=True)
class Item:
    """Media that a step makes; the place is the reference that names the step.

    Attributes:
        media: The leaf.
        step: The step referred to.
        shot: The id of the shot it is of; None where the step is made once.
        place: Where it is referred to.
        weight: Always 1.
        labels: The labels of its matrix, in the alphabetical order of their keys.
    """

    media: Media
    step: str
    shot: str | None
    place: Place
    weight: int = 1
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; `group` names the step where it is all of a step's instances."""

    items: tuple[Node, ...]
    place: Place
    weight: int
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table."""

    items: Mapping[str, Node]
    place: Place
    weight: int


Node: TypeAlias = Scalar | Item | Listing | Table


def plain(node: Node) -> Value:
    """The value alone."""
    match node:
        case Scalar():
            return node.value
        case Item():
            return node.media
        case Listing():
            return tuple(plain(inner) for inner in node.items)
        case Table():
            return {key: plain(inner) for key, inner in node.items.items()}


def items(node: Node) -> Iterator[Item]:
    """Every media item within a node."""
    match node:
        case Item():
            yield node
        case Listing():
            for inner in node.items:
                yield from items(inner)
        case Table():
            for inner in node.items.values():
                yield from items(inner)
        case Scalar():
            pass


def within(node: Node, path: tuple[str | int, ...]) -> Node:
    """The innermost node along a path into it, as far as the path leads."""
    for part in path:
        if isinstance(node, Listing) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        elif isinstance(node, Table) and part in node.items:
            node = node.items[str(part)]
        else:
            break
    return node


def what(node: Node) -> str:
    """Name a node in a few words."""
    match node:
        case Scalar(value=bool()):
            return "true or false"
        case Scalar(value=str()):
            return "text"
        case Scalar():
            return "a number"
        case Item(media=media):
            return {"image": "an image", "video": "a video", "audio": "audio"}[media.media]
        case Listing():
            return "a list"
        case Table():
            return "a table"
