"""Filters that make any clip fit a film: its size, rate and pixels; its sample rate and channels.

Expressions are ours and numbers are ours: nothing from a recipe is text in a graph.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from runner.artifact import MediaFacts
from runner.errors import MediaError
from runner.media import encode

# What ffmpeg takes from a mono sound when it makes it stereo, in decibels; players do not.
_MONO_LOSS = 20 * math.log10(math.sqrt(2))

Fit: TypeAlias = Literal["pad", "crop"]


@dataclass(frozen=True, slots=True)
class Frame:
    """What every picture of a film is like.

    Attributes:
        width: Pixels, even.
        height: Pixels, even.
        fps: Frames per second.
        fit: Whether a clip of another shape gets bars (`pad`) or loses its edges (`crop`).
    """

    width: int
    height: int
    fps: Fraction
    fit: Fit = "pad"

    @property
    def raw(self) -> Mapping[str, Any]:
        """Input options that read such pictures without any header."""
        return {
            "f": "rawvideo",
            "pixel_format": "yuv420p",
            "video_size": (self.width, self.height),  # ffmpeg-python wants a pair.
            "framerate": encode.rate(self.fps),
        }


def own_frame(facts: MediaFacts) -> Frame:
    """The size and rate of a video itself, with even sides.

    Raises:
        MediaError: If it is not a video.
    """
    if not facts.width or not facts.height or not facts.fps:
        raise MediaError(f"a video is wanted, and this is {facts.media} ({facts.container})")
    return Frame(even(facts.width), even(facts.height), facts.fps)


def even(pixels: Fraction | int) -> int:
    """The nearest even number, half up, and at least 2."""
    return max(2, 2 * math.floor(Fraction(pixels) / 2 + Fraction(1, 2)))


def picture(
    stream: Any, frame: Frame, frames: int, *, shape: Fraction, start: int = 0, sought: bool = False
) -> Any:
    """Conform a stream of pictures, and make it last exactly so many frames.

    Between two frames of the source the nearest is shown; after its last one, the last.

    Args:
        stream: A video stream.
        frame: What the pictures shall be like.
        frames: How many.
        shape: Of the source's pictures.
        start: Frames at the frame's rate to leave out first.
        sought: Whether the input was opened at a time, which then is its zero; else its first frame is.
    """
    begun = stream if sought else stream.filter("setpts", "PTS-STARTPTS")
    paced = (
        begun.filter("fps", encode.rate(frame.fps), start_time=0)
        .filter("tpad", stop=-1, stop_mode="clone")
        .filter("trim", start_frame=start, end_frame=start + frames)
    )
    return fitted(paced.filter("setpts", "PTS-STARTPTS") if start else paced, frame, shape)


def shape(facts: MediaFacts) -> Fraction:
    """The width of a picture over its height, as shown.

    Raises:
        MediaError: If there is no picture.
    """
    if not facts.width or not facts.height:
        raise MediaError(f"a picture is wanted, and this is {facts.media} ({facts.container})")
    return Fraction(facts.width, facts.height)


def fitted(stream: Any, frame: Frame, shape: Fraction) -> Any:
    """Scale to the film's size with square pixels, and convert to 4:2:0 by bt709, whatever came in."""
    choose = min if frame.fit == "pad" else max
    scaled = stream.filter(
        "scale",
        even(choose(Fraction(frame.width), frame.height * shape)),
        even(choose(Fraction(frame.height), frame.width / shape)),
        flags=encode.SCALER,
        out_color_matrix="bt709",
        out_range="tv",
    )
    if frame.fit == "pad":
        shaped = scaled.filter("pad", frame.width, frame.height, "2*floor((ow-iw)/4)", "2*floor((oh-ih)/4)")
    else:
        shaped = scaled.filter("crop", frame.width, frame.height)
    return tagged(shaped.filter("setsar", 1).filter("format", "yuv420p"))


def tagged(stream: Any) -> Any:
    """Say of pictures that they are bt709; what they say themselves wins over what an encoder is told."""
    tags = dict.fromkeys(("color_primaries", "color_trc", "colorspace"), "bt709")
    return stream.filter("setparams", range="tv", **tags)


def unprofiled(stream: Any) -> Any:
    """Leave behind the colour profile of a photograph, which would go along into every file made of it."""
    return stream.filter("sidedata", mode="delete", type="ICC_PROFILE")


def sound(
    stream: Any, samples: int, *, channels: int = 2, skip: Fraction = Fraction(0), gain: float = 0.0
) -> Any:
    """Conform a stream of sound, and make it last exactly so many samples.

    Args:
        stream: An audio stream. A gap in it, or a late beginning, becomes silence.
        samples: How many, at 48 kHz; silence follows where the source is shorter.
        channels: How many the stream has. A mono sound is as loud in both speakers as it was in one.
        skip: Seconds to leave out at the beginning.
        gain: Decibels.
    """
    begin = encode.samples_of(skip)
    gain += _MONO_LOSS if channels == 1 else 0
    steady = stream.filter("aresample", encode.SAMPLE_RATE, **{"async": 1, "first_pts": 0})
    stereo = steady.filter("aformat", sample_fmts="flt", channel_layouts="stereo")
    loud = stereo.filter("volume", f"{gain:.4f}dB") if gain else stereo
    return (
        loud.filter("apad", whole_len=begin + samples)
        .filter("atrim", start_sample=begin, end_sample=begin + samples)
        .filter("asetpts", "PTS-STARTPTS")
    )
