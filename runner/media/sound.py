"""The sound of a film: raw samples, laid end to end at positions counted from the film's first frame.

Clips are conformed one at a time and appended to one file; only where two of them overlap is anything held
in memory. No position is a sum of rounded lengths, so nothing drifts.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import anyio

from runner.job import Input
from runner.media import conform, encode, ffmpeg
from runner.media.film import Cut, Film
from runner.media.probe import lead

_SAMPLE_BYTES = 8  # Two channels of 32-bit floats.
_CHUNK = 1 << 20


async def assemble(film: Film, folder: Path) -> Path | None:
    """Make the film's sound, exactly as long as its picture; None if there is nothing to hear.

    Returns:
        A file of raw 32-bit float stereo samples at 48 kHz, in `folder`.

    Raises:
        MediaError: If ffmpeg cannot read a sound.
    """
    if not film.sounds:
        return None
    path = folder / "sound.f32"
    with path.open("wb") as file:
        track = _Track(file)
        for cut in film.cuts:
            clip = await _clip(film, cut, folder)
            lengths = _lengths(film, cut)
            await anyio.to_thread.run_sync(track.append, clip, *lengths)
            if clip is not None:
                await anyio.Path(clip).unlink()
    if film.bed is not None:
        return await _laid_under(film, film.bed, path, folder)
    return path


def _lengths(film: Film, cut: Cut) -> tuple[int, int, int]:
    """A clip's samples: all of them, those shared with the clip before, and those shared with the next."""
    start, end = cut.place.start, cut.place.start + cut.place.frames
    whole = film.sample(end) - film.sample(start)
    overlap = film.sample(start + cut.place.overlap) - film.sample(start)
    return whole, overlap, film.sample(end) - film.sample(end - cut.tail)


async def _clip(film: Film, cut: Cut, folder: Path) -> Path | None:
    """One clip's sound, conformed; None for silence."""
    if cut.sound is None:
        return None
    whole, _, _ = _lengths(film, cut)
    stream = await conformed(cut.sound, whole, gain=cut.gain)
    if cut.fade:
        stream = stream.filter("afade", type="in", start_sample=0, nb_samples=film.sample(cut.fade))
    path = folder / "clip.f32"
    await ffmpeg.run(ffmpeg.output([stream], path, **encode.RAW_SOUND_OUT))
    return path


async def conformed(sound: Input, samples: int, *, gain: float = 0.0) -> ffmpeg.Stream:
    """The sound of a file as a stream of exactly so many samples, beginning with its picture, if any."""
    skip = (
        await anyio.to_thread.run_sync(lead, sound.path, sound.facts)
        if sound.facts.media == "video"
        else None
    )
    channels = sound.facts.sound.channels if sound.facts.sound else 2
    audio = ffmpeg.source(sound.path, sound.facts, vn=None).audio
    return conform.sound(audio, samples, channels=channels, skip=skip or Fraction(0), gain=gain)


async def _laid_under(film: Film, bed: Input, path: Path, folder: Path) -> Path:
    """The film's sound with a track under the whole of it, each as loud as it was."""
    mixed = folder / "mixed.f32"
    clips = ffmpeg.opened(f"file:{path}", **encode.RAW_SOUND)
    stream = ffmpeg.joined([clips, await conformed(bed, film.samples)], "amix", normalize=0, duration="first")
    await ffmpeg.run(ffmpeg.output([stream], mixed, **encode.RAW_SOUND_OUT))
    await anyio.Path(path).unlink()
    return mixed


@dataclass(slots=True)
class _Track:
    """Samples written so far, and those held back until the next clip has been laid over them."""

    file: BinaryIO
    held: array[float] = field(default_factory=lambda: array("f"))

    def append(self, clip: Path | None, whole: int, overlap: int, tail: int) -> None:
        """Append a clip of `whole` samples, of which the first are mixed into what was held back."""
        with (clip or Path("/dev/null")).open("rb") as source:
            self._write(_crossfaded(self.held, _read(source, overlap)))
            for count in _chunks(whole - overlap - tail):
                self._write(_read(source, count))
            self.held = _read(source, tail)

    def _write(self, samples: array[float]) -> None:
        samples.tofile(self.file)


def _read(source: BinaryIO, count: int) -> array[float]:
    """So many stereo samples; silence where the source has no more."""
    samples = array("f", source.read(count * _SAMPLE_BYTES))
    samples.frombytes(bytes(count * _SAMPLE_BYTES - len(samples) * samples.itemsize))
    return samples


def _chunks(count: int) -> list[int]:
    whole, rest = divmod(count, _CHUNK // _SAMPLE_BYTES)
    return [_CHUNK // _SAMPLE_BYTES] * whole + [rest]


def _crossfaded(before: array[float], after: array[float]) -> array[float]:
    """From one to the other in equal steps: their sum is never louder than the louder of the two."""
    count = len(after) // 2
    mixed = array("f", after)
    for index in range(count):
        part = (index + 0.5) / count
        for at in (2 * index, 2 * index + 1):
            mixed[at] = before[at] + (after[at] - before[at]) * part
    return mixed
