"""A title card: a prompt set in type on a ground of colour."""

from __future__ import annotations

import colorsys
import random

from runner.job import Input
from runner.media import ffmpeg
from runner.media.animatic.canvas import Canvas
from runner.media.probe import probe
from runner.media.text import burn, clean, lines_of

_GROUND = (8, 6)
_AMBER = "0xF5BE55"


async def title_card(canvas: Canvas, kind: str, title: str, note: str) -> Input:
    """Draw a card, as large as the canvas, as a picture of its own.

    Args:
        canvas: What it will be shown on; its seed chooses the colours.
        kind: What it stands for, small, above.
        title: The text, as large as it fits.
        note: A remark, small, at the foot of the text.

    Raises:
        MediaError: If ffmpeg fails.
    """
    path = canvas.folder / "card.png"
    short = min(canvas.width, canvas.height)
    ground = canvas.folder / "ground.rgb"
    ground.write_bytes(_ground(canvas.seed))
    stream = (
        ffmpeg.opened(f"file:{ground}", f="rawvideo", pixel_format="rgb24", video_size=_GROUND)
        .filter("scale", canvas.width, canvas.height, flags="bicubic")
        .filter("noise", alls=4, all_seed=canvas.seed % 10_000)
        .filter("format", "rgb24")
    )
    left = round(canvas.width * 0.09)
    room = canvas.width - 2 * left
    size, lines = _set(title, canvas, room)
    small = max(7, round(short * 0.036))
    height = round(len(lines) * size * 1.32)
    # A little above the middle, where a title is looked for; the slate has the foot.
    top = max(round(short * 0.17), round((canvas.height * 0.94 - height) / 2))
    rule = max(2, round(short / 150))
    stream = stream.filter(
        "drawbox", x=left, y=top - round(short * 0.055), w=round(short * 0.11), h=rule, color=_AMBER, t="fill"
    )
    stream = burn(
        stream, spaced(kind), canvas.folder, x=left, y=top - round(short * 0.055) - round(small * 1.9),
        size=small, color=_AMBER,
    )  # fmt: skip
    for number, line in enumerate(lines):
        stream = burn(
            stream,
            line,
            canvas.folder,
            x=left,
            y=top + round(number * size * 1.32),
            size=size,
            color="white@0.95",
        )
    stream = burn(
        stream, clean(note), canvas.folder, x=left, y=top + height + round(short * 0.03), size=small,
        color="white@0.5",
    )  # fmt: skip
    await ffmpeg.run(ffmpeg.output([stream], path, f="image2", update=1, **{"frames:v": 1}))
    return Input(path, f"{canvas.seed:x}", probe(path))


def spaced(text: str) -> str:
    """Capitals with air between them, as small captions are set."""
    return "\u2009".join(clean(text).upper())


def _set(title: str, canvas: Canvas, room: int) -> tuple[int, list[str]]:
    """The largest size at which the text fits, and its lines; what is too long for the smallest is cut."""
    down = canvas.height * 0.56
    short = min(canvas.width, canvas.height)
    for share in (0.105, 0.09, 0.078, 0.066, 0.056, 0.048):
        size = max(8, round(short * share))
        most = max(1, int(down / (size * 1.32)))
        lines = lines_of(title, size, room, most + 1)
        if len(lines) <= most:
            return size, lines
    return size, lines_of(title, size, room, most)


def _ground(seed: int) -> bytes:
    """A few coloured points, dark, which smoothing makes a ground that is nowhere quite even."""
    chance = random.Random(seed)  # noqa: S311 - Chance for the eye.
    hue = chance.random()
    across, down = _GROUND
    pixels = bytearray()
    for y in range(down):
        for x in range(across):
            turn = 0.10 * x / across + chance.uniform(-0.02, 0.02)
            light = 0.30 - 0.17 * y / down + 0.07 * x / across + chance.uniform(-0.02, 0.02)
            red, green, blue = colorsys.hsv_to_rgb((hue + turn) % 1, 0.62, light)
            pixels += bytes((round(red * 255), round(green * 255), round(blue * 255)))
    return bytes(pixels)
