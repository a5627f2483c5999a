"""What a resolved parameter can hold: plain data, and leaves that stand for media."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from dsl.address import Address

MediaType: TypeAlias = Literal["image", "video", "audio"]
DerivedOutput: TypeAlias = Literal["first_frame", "last_frame", "audio"]


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """A media file on this machine.

    Attributes:
        path: Absolute, with links resolved, under the recipe's folder or an allowed root.
        name: The path as the author wrote it, for people to read.
        media: What the file is, by its content.
    """

    path: Path
    name: str
    media: MediaType


@dataclass(frozen=True, slots=True)
class RemoteMedia:
    """An https URL; its content is not known, so its key is its text."""

    url: str
    media: MediaType


@dataclass(frozen=True, slots=True)
class Made:
    """The output of another instance."""

    address: Address
    media: MediaType


@dataclass(frozen=True, slots=True)
class Derived:
    """A frame or the sound of a video, taken out when something asks for it: `${plate.last_frame}`."""

    source: Made | LocalMedia | RemoteMedia
    output: DerivedOutput

    @property
    def media(self) -> MediaType:
        """An image for a frame, audio for the sound."""
        return "audio" if self.output == "audio" else "image"


@dataclass(frozen=True, slots=True)
class Match:
    """`num_frames = "match"`, not settled yet because the length of the input is not declared.

    Attributes:
        parameter: The media parameter whose length is matched, `input_video`.
        fps: The frame rate to count at, frames per second.
        minimum: The fewest frames the model takes.
        maximum: The most frames the model takes.
    """

    parameter: str
    fps: float
    minimum: int
    maximum: int


Media: TypeAlias = LocalMedia | RemoteMedia | Made | Derived
Value: TypeAlias = "bool | int | float | str | Media | Match | Sequence[Value] | Mapping[str, Value] | None"


def leaves(value: Value) -> Iterator[Media | Match]:
    """Yield every media leaf and unsettled length within a value, in the order written."""
    if isinstance(value, LocalMedia | RemoteMedia | Made | Derived | Match):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from leaves(inner)
