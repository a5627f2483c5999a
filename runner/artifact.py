"""Artifacts: a digest of bytes, and what media the bytes are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True, slots=True)
class Sound:
    """An audio stream.

    Attributes:
        sample_rate: Samples per second.
        channels: 1 for mono, 2 for stereo.
        samples: How many a decoder gives, per channel; None where only decoding would tell.
    """

    sample_rate: int
    channels: int
    samples: int | None


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a media file is, read from the file itself.

    Attributes:
        media: Its kind.
        container: Short name, and the file's extension: `mp4`, `mov`, `webm`, `png`, `jpg`, `webp`, `wav`, …
        width: Pixels as shown, after rotation; None for audio.
        height: Pixels as shown, after rotation; None for audio.
        fps: Frames per second; None for images and audio.
        frames: How many; None for images and audio.
        seconds: How long; None for images.
        sound: The first audio stream, where there is one.
    """

    media: Literal["image", "video", "audio"]
    container: str
    width: int | None = None
    height: int | None = None
    fps: Fraction | None = None
    frames: int | None = None
    seconds: Fraction | None = None
    sound: Sound | None = None


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file in the store.

    Attributes:
        digest: SHA-256 of its bytes, 64 hexadecimal digits.
        size: Bytes.
        facts: What it is.
    """

    digest: str
    size: int
    facts: MediaFacts
