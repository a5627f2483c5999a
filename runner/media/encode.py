"""How pictures and sound are encoded, everywhere in reelmake, so that clips match and runs repeat exactly."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

SAMPLE_RATE = 48_000

# The same on every machine: x264 gives other bytes for another number of threads.
THREADS = 2

# How sound lies in files between two steps of the work, as options of an input and of an output.
RAW_SOUND: dict[str, Any] = {"f": "f32le", "sample_rate": SAMPLE_RATE, "ch_layout": "stereo"}
RAW_SOUND_OUT: dict[str, Any] = {"f": "f32le", "c:a": "pcm_f32le"}

BITEXACT: dict[str, Any] = {"fflags": "+bitexact", "map_metadata": "-1", "map_chapters": "-1"}

# Lanczos is the sharp one; the flags make it exact and the same on every processor.
SCALER = "lanczos+accurate_rnd+full_chroma_int+bitexact"


def picture(fps: Fraction, *, threads: int = 1) -> dict[str, Any]:
    """Output options for H.264: one closed group of pictures a second, tagged as bt709."""
    return {
        "c:v": "libx264", "preset": "veryfast", "crf": 18, "pix_fmt": "yuv420p",
        "g": max(1, math.floor(fps + Fraction(1, 2))), "flags:v": "+bitexact+cgop", "threads:v": threads,
        "colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709", "color_range": "tv",
    }  # fmt: skip


def sound() -> dict[str, Any]:
    """Output options for AAC, 48 kHz stereo."""
    return {"c:a": "aac", "b:a": "192k", "ar": SAMPLE_RATE, "ac": 2, "flags:a": "+bitexact"}


def mp4() -> dict[str, Any]:
    """Output options for an MP4 file that plays while it loads and tells nothing of machine or hour."""
    return {"f": "mp4", "movflags": "+faststart", **BITEXACT}


def rate(fps: Fraction) -> str:
    """Frames per second as ffmpeg reads it, exactly."""
    return f"{fps.numerator}/{fps.denominator}"


def samples(frame: int, fps: Fraction) -> int:
    """The sample, from 0, that sounds when a frame appears: the nearest, half up, so that nothing adds up."""
    return samples_of(frame / fps)


def samples_of(seconds: Fraction) -> int:
    """A length in samples at 48 kHz, half up."""
    return math.floor(seconds * SAMPLE_RATE + Fraction(1, 2))
