"""Bringing a film to a loudness, by EBU R128: measure, apply one gain, hold the peaks, measure again."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from runner.media import encode, ffmpeg

# The peaks of what is delivered stay under -1 dBTP; AAC adds a little to them.
CEILING = -1.5
_CLOSE = 0.2
_ROUNDS = 5
_SILENT = -69.0
_OVERSAMPLED = 4 * encode.SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Loudness:
    """A measurement.

    Attributes:
        integrated: LUFS over the whole; -70 for silence, or for less than 0.4 s.
        peak: The true peak, dBTP.
    """

    integrated: float
    peak: float


async def level(path: Path, samples: int, target: float | None, folder: Path) -> Path:
    """Bring sound to a loudness, its peaks held.

    Silence stays silence. Where peaks must be held, the gain is found again from what came out, so that the
    result is as loud as asked wherever that is possible at all.

    Args:
        path: Raw samples as `runner.media.sound` leaves them.
        samples: How many there are.
        target: LUFS; None to hold the peaks only.
        folder: Where to write.

    Returns:
        The file itself if nothing needs to be changed, else a new one in `folder`.
    """
    found = await measure(path)
    if target is None:
        return path if found.peak <= CEILING else await _apply(path, samples, 0.0, folder, hold=True)
    if found.integrated <= _SILENT:
        return path
    gain = target - found.integrated
    hold = found.peak + gain > CEILING
    result = await _apply(path, samples, gain, folder, hold=hold)
    for _ in range(_ROUNDS if hold else 0):
        missed = target - (await measure(result)).integrated
        if abs(missed) <= _CLOSE:
            break
        gain += missed
        result = await _apply(path, samples, gain, folder, hold=True)
    return result


async def measure(path: Path) -> Loudness:
    """Measure raw samples."""
    stream = ffmpeg.opened(f"file:{path}", **encode.RAW_SOUND).filter(
        "ebur128", peak="true", framelog="quiet"
    )
    said = await ffmpeg.run(ffmpeg.output([stream], "-", f="null"))
    summary = said[said.rfind("Summary:") :]
    return Loudness(_number("I:", summary, -70.0), _number("Peak:", summary, -math.inf))


async def _apply(path: Path, samples: int, gain: float, folder: Path, *, hold: bool) -> Path:
    """Apply one gain; and if `hold`, a limiter at four times the rate, which sees peaks between samples."""
    stream = ffmpeg.opened(f"file:{path}", **encode.RAW_SOUND).filter("volume", f"{gain:.3f}dB")
    if hold:
        stream = (
            stream.filter("aresample", _OVERSAMPLED)
            .filter("alimiter", limit=f"{10 ** (CEILING / 20):.6f}", attack=5, release=80, level=0, latency=1)
            .filter("aresample", encode.SAMPLE_RATE)
            .filter("apad", whole_len=samples)
            .filter("atrim", end_sample=samples)
        )
    levelled = folder / "levelled.f32"
    await ffmpeg.run(ffmpeg.output([stream], levelled, **encode.RAW_SOUND_OUT))
    return levelled


def _number(name: str, text: str, otherwise: float) -> float:
    found = re.search(rf"{name}\s+(-?[0-9.]+)", text)
    return float(found[1]) if found else otherwise
