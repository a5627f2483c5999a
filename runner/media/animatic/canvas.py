"""What every picture of an animatic is drawn on, and how it leaves: slate, sound, one encoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from runner.media import conform, encode, ffmpeg
from runner.media.animatic.slate import Slate, burnt
from runner.media.conform import Frame

# At proxy size the encoder is most of the work. There the quickest preset is right: a preview is looked at
# once or twice, and larger files on a disk cost less than waiting.
_PROXY_PIXELS = 1280 * 720


@dataclass(frozen=True, slots=True)
class Canvas:
    """A clip, or a picture, to be drawn.

    Attributes:
        width: Pixels, even.
        height: Pixels, even.
        fps: Frames per second.
        frames: How many.
        seed: Of everything in the picture and the sound that is left to chance.
        slate: What is burnt in at the foot; None for nothing.
        folder: A private folder to work in.
        progress: To be called with the part done, 0 to 1.
    """

    width: int
    height: int
    fps: Fraction
    frames: int
    seed: int
    slate: Slate | None
    folder: Path
    progress: Callable[[float], None]

    @property
    def frame(self) -> Frame:
        """What every picture of it is like; what has another shape loses its edges."""
        return Frame(self.width, self.height, self.fps, "crop")

    @property
    def seconds(self) -> Fraction:
        """How long it is."""
        return self.frames / self.fps

    @property
    def samples(self) -> int:
        """How long its sound is, at 48 kHz."""
        return encode.samples(self.frames, self.fps)


async def write_clip(canvas: Canvas, picture: Any, sound: Any | None, rate: str = "192k") -> Path:
    """Encode a stream of exactly as many pictures as the canvas has, with its sound if there is one.

    Args:
        canvas: What it is drawn on.
        picture: The pictures, in yuv420p.
        sound: As long as the canvas.
        rate: Of the sound, bits a second; a bed alone needs few, and many take longer than the picture.

    Raises:
        MediaError: If ffmpeg fails.
    """
    path = canvas.folder / "clip.mp4"
    # Pictures are counted, and none is chosen by its time: the `fps` filter may leave out the last one.
    counted = picture.filter("settb", encode.rate(1 / canvas.fps)).filter("setpts", "N")
    streams = [_finished(canvas, counted.filter("trim", end_frame=canvas.frames))]
    options = encode.picture(canvas.fps) | encode.mp4()
    options |= {"fps_mode": "passthrough"}
    if canvas.width * canvas.height < _PROXY_PIXELS:
        options |= {"preset": "ultrafast"}
    if sound is not None:
        streams.append(sound)
        options |= encode.sound() | {"aac_coder": "fast", "b:a": rate}
    output = _alone(ffmpeg.output(streams, path, **options))
    await ffmpeg.run(output, frames=canvas.frames, progress=canvas.progress)
    return path


async def write_still(canvas: Canvas, picture: Any) -> Path:
    """Write the first picture of a stream as a PNG file.

    Raises:
        MediaError: If ffmpeg fails.
    """
    path = canvas.folder / "still.png"
    stream = _finished(canvas, picture).filter("scale", out_range="pc").filter("format", "rgb24")
    await ffmpeg.run(_alone(ffmpeg.output([stream], path, f="image2", update=1, **{"frames:v": 1})))
    return path


def _finished(canvas: Canvas, picture: Any) -> Any:
    plain = conform.tagged(conform.unprofiled(picture))
    return burnt(plain, canvas.slate, canvas) if canvas.slate else plain


def _alone(output: Any) -> Any:
    """One thread: the engine runs one such job on each core."""
    return output.global_args("-filter_threads", "1", "-filter_complex_threads", "1")
