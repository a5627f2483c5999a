"""What a media file is: size, rate, length, sound. Read from its index, decoding one frame at most."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.artifact import MediaFacts, Sound
from runner.errors import MediaError
from runner.media import boxes
from runner.media.sniff import DEMUXERS, sniff
from runner.media.stills import MAX_PIXELS, size

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

_NEARLY_SQUARE = Fraction(1, 50)

# Rates that cameras and models mean when a file's clock is too coarse to say them exactly.
_USUAL = tuple(
    Fraction(n) for n in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60")
)


def probe(path: Path) -> MediaFacts:
    """The facts of a media file.

    Raises:
        MediaError: If the file cannot be read, is not media, is damaged where it says what it is, or has a
            picture too large to open safely.
    """
    try:
        found = sniff(path)
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror}") from error
    if found is None:
        raise MediaError(f"{path.name} is not an image, video or audio file that reelmake knows")
    media, container = found
    if media == "image":
        return _still(path, container)
    if DEMUXERS[container] == "mov" and not boxes.walk(path).playable:
        raise MediaError(f"{path.name} is cut short: its index or a part of its data is missing")
    with _opened(path, container) as file:
        pictures = [stream for stream in file.streams.video if not _cover(stream)]
        if pictures:
            return _film(file, pictures[0], path.name, container)
        return _sound_alone(file, path.name, container)


def frame_times(path: Path, facts: MediaFacts) -> list[Fraction]:
    """When each frame of a video appears, in seconds from the file's beginning, in order.

    Reads the packets, and decodes none.

    Raises:
        MediaError: As `probe`.
    """
    with _opened(path, facts.container) as file:
        stream = next(stream for stream in file.streams.video if not _cover(stream))
        return sorted(at - _beginning(file) for at, _ in _packets(file, stream))


def lead(path: Path, facts: MediaFacts) -> Fraction:
    """How many seconds after the file's beginning the picture begins, while sound may run already.

    Raises:
        MediaError: As `probe`.
    """
    with _opened(path, facts.container) as file:
        stream = next(stream for stream in file.streams.video if not _cover(stream))
        return max(Fraction(0), Fraction(stream.start_time or 0) * _clock(stream) - _beginning(file))


def _still(path: Path, container: str) -> MediaFacts:
    try:
        with path.open("rb") as file:
            width, height = size(file, container)
    except (OSError, ValueError) as error:
        raise MediaError(f"{path.name} is not a whole {container} picture: {error}") from error
    _refuse_bomb(path.name, width, height)
    return MediaFacts("image", container, width, height)


def _film(file: InputContainer, stream: VideoStream, name: str, container: str) -> MediaFacts:
    if not _known(stream):
        raise MediaError(f"{name} has a picture in a coding that reelmake does not know")
    context = stream.codec_context
    _refuse_bomb(name, context.width, context.height)
    try:
        sideways = next(iter(file.decode(stream))).rotation % 180 != 0
    except StopIteration as error:
        raise MediaError(f"{name} has no frame that can be shown") from error
    file.seek(0)
    width, height = _shown(context.width, stream.sample_aspect_ratio), context.height
    extent = _extent(file, stream, container)
    if not extent.frames or extent.ends <= extent.begins:
        raise MediaError(f"{name} has no frame that can be shown")
    fps = _rate(stream, extent)
    seconds = extent.ends - extent.begins
    if abs(seconds * fps - extent.frames) < Fraction(1, 2):
        seconds = extent.frames / fps  # The clock of the file is coarser than its frames.
    return MediaFacts(
        "video",
        container,
        height if sideways else width,
        width if sideways else height,
        fps,
        extent.frames,
        seconds,
        _sound(file, container),
    )


def _sound_alone(file: InputContainer, name: str, container: str) -> MediaFacts:
    if (sound := _sound(file, container)) is None:
        raise MediaError(f"{name} has neither picture nor sound")
    stream = file.streams.audio[0]
    if sound.samples is not None:
        seconds = Fraction(sound.samples, sound.sample_rate)
    elif stream.duration is not None and container in ("ogg", "webm", "mkv"):
        seconds = Fraction(stream.duration) * _clock(stream)
    else:
        seconds = max((end for _, end in _packets(file, stream)), default=Fraction(0)) - _beginning(file)
    if seconds <= 0:
        raise MediaError(f"{name} has no sound that can be heard")
    return MediaFacts(
        "audio", "m4a" if DEMUXERS[container] == "mov" else container, seconds=seconds, sound=sound
    )


def _sound(file: InputContainer, container: str) -> Sound | None:
    stream = next((stream for stream in file.streams.audio if _known(stream)), None)
    if stream is None:
        return None
    exact = container in ("mp4", "mov", "m4a", "wav", "flac") and stream.duration is not None
    samples = int(Fraction(stream.duration or 0) * _clock(stream) * stream.rate) if exact else None
    return Sound(stream.rate, stream.channels, samples or None)


@dataclass(frozen=True, slots=True)
class _Extent:
    """How many frames a stream shows, and from when to when, in seconds on the file's clock."""

    frames: int
    begins: Fraction
    ends: Fraction


def _extent(file: InputContainer, stream: VideoStream, container: str) -> _Extent:
    """Read from the index, where there is one and all frames last equally; else from every packet."""
    if DEMUXERS[container] == "mov" and stream.duration and _even(stream):
        frames = sum(not entry.is_discard for entry in stream.index_entries)
        begins = Fraction(stream.start_time or 0) * _clock(stream)
        return _Extent(frames, begins, begins + stream.duration * _clock(stream))
    packets = list(_packets(file, stream))
    begins = min((begin for begin, _ in packets), default=Fraction(0))
    return _Extent(len(packets), begins, max((end for _, end in packets), default=begins))


def _even(stream: VideoStream) -> bool:
    """Whether the index is whole and its frames follow each other at one pace, within a tick of the clock."""
    at = [entry.timestamp for entry in stream.index_entries]
    if not 0 < stream.frames == len(at):
        return False
    gaps = {after - before for before, after in pairwise(at)}
    return not gaps or max(gaps) - min(gaps) <= 1


def _packets(file: InputContainer, stream: Stream) -> Iterator[tuple[Fraction, Fraction]]:
    """When each packet of a stream begins and ends, in the order stored, in seconds on the file's clock."""
    rate: Fraction | None = getattr(stream, "guessed_rate", None)
    for packet in file.demux(stream):
        if packet.size and packet.pts is not None and not packet.is_discard:
            begins = packet.pts * _clock(stream)
            lasts = (packet.duration or 0) * _clock(stream)
            yield begins, begins + (lasts or (1 / rate if rate else 0))


def _rate(stream: VideoStream, extent: _Extent) -> Fraction:
    """Frames per second: what the file means, if that agrees with what it does; else what it does."""
    seconds = extent.ends - extent.begins
    for meant in (stream.guessed_rate, stream.average_rate, *_USUAL):
        if meant and abs(extent.frames / meant - seconds) < 1 / (2 * meant):
            return Fraction(meant)
    return (extent.frames / seconds).limit_denominator(1001)


def _beginning(file: InputContainer) -> Fraction:
    return Fraction(file.start_time or 0, 1_000_000)


def _clock(stream: Stream) -> Fraction:
    assert stream.time_base is not None, "every stream of an opened file has a clock"
    return stream.time_base


def _shown(width: int, aspect: Fraction | None) -> int:
    """A width in square pixels. Pixels that are square but for a rounding are taken for square."""
    if not aspect or abs(aspect - 1) < _NEARLY_SQUARE:
        return width
    return math.floor(width * aspect + Fraction(1, 2))


def _known(stream: Stream) -> bool:
    """Whether there is a decoder for a stream."""
    return getattr(stream, "codec_context", None) is not None


def _cover(stream: Stream) -> bool:
    """Whether a picture stream is only the cover of a recording."""
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def _refuse_bomb(name: str, width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise MediaError(
            f"{name} is {width} x {height} pixels; reelmake opens pictures of up to "
            f"{MAX_PIXELS // 1_000_000} megapixels, so make it smaller first"
        )


@contextmanager
def _opened(path: Path, container: str) -> Iterator[Any]:
    import av

    try:
        with av.open(
            f"file:{path}",
            format=DEMUXERS[container],
            options={"protocol_whitelist": "file", "max_pixels": str(MAX_PIXELS)},
        ) as file:
            yield file
    except (av.FFmpegError, OSError) as error:
        raise MediaError(f"{path.name} is damaged or cut short: {error.strerror}") from error
