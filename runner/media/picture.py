"""The picture of a film: clip after clip through one pipe into one encoder.

Each clip is decoded once, by a process that ends before the next begins. It hands its pictures raw to the
encoder, and leaves the last of them, which the next clip dissolves over, in a file. So memory does not grow
with the number of clips, every picture is encoded once, and there is no joint at which times could be wrong.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import anyio

from runner.errors import MediaError
from runner.job import Slug
from runner.media import conform, encode, ffmpeg
from runner.media.film import Cut, Film
from runner.media.slug import slug

_PIPE_BYTES = 1 << 20


async def encode_film(film: Film, sound: Path | None, folder: Path, progress: ffmpeg.Progress) -> Path:
    """Encode the film, with its sound if it has one.

    Args:
        film: The cut list.
        sound: Raw samples as `runner.media.sound` leaves them.
        folder: Where to work; the film is made there too.
        progress: Called with the part done, 0 to 1.

    Raises:
        MediaError: If ffmpeg fails on any clip.
    """
    path = folder / "film.mp4"
    with _pipe() as (read, write):
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_encode, film, sound, path, read, progress)
                await _feed(film, folder, write)
                write.close()  # The encoder sees the end of its input, and ends.
        except ExceptionGroup as group:
            broken, others = group.split(MediaError)
            if broken is None or others is not None:
                raise
            raise broken.exceptions[0] from None
    return path


@contextlib.contextmanager
def _pipe() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """A pipe, roomy where the system allows, whose ends are closed at last if they have not been."""
    read, write = os.pipe()
    with os.fdopen(read, "rb", buffering=0) as output, os.fdopen(write, "wb", buffering=0) as source:
        with contextlib.suppress(OSError, AttributeError):
            fcntl.fcntl(source, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        yield output, source


async def _encode(
    film: Film, sound: Path | None, path: Path, read: BinaryIO, progress: ffmpeg.Progress
) -> None:
    streams = [conform.tagged(ffmpeg.opened("pipe:0", **film.frame.raw))]
    options = encode.picture(film.frame.fps, threads=encode.THREADS) | encode.mp4()
    if sound is not None:
        streams.append(ffmpeg.opened(f"file:{sound}", **encode.RAW_SOUND))
        options |= encode.sound()
    await ffmpeg.run(
        ffmpeg.output(streams, path, **options), frames=film.frames, progress=progress, stdin=read
    )


async def _feed(film: Film, folder: Path, write: BinaryIO) -> None:
    """Send every picture of the film down the pipe, in order."""
    before: Path | None = None
    for index, cut in enumerate(film.cuts):
        tail = folder / f"tail-{index:x}.yuv" if cut.tail else None
        await _send(film, cut, folder, write, before=before, tail=tail)
        if before is not None:
            await anyio.Path(before).unlink()
        before = tail


async def _send(
    film: Film, cut: Cut, folder: Path, write: BinaryIO, *, before: Path | None, tail: Path | None
) -> None:
    """Send one clip's pictures, beginning as a dissolve over the pictures in `before`, and keep its tail."""
    stream = _begun(film, cut, _conformed(film, cut, folder), before)
    kept = cut.place.frames - cut.tail
    raw = {"f": "rawvideo", "pix_fmt": "yuv420p", "fps_mode": "passthrough", "threads": 1}
    if tail is None or not kept:
        outputs = [ffmpeg.output([stream], tail or "pipe:1", **raw)]
    else:
        parts = stream.filter_multi_output("split")
        main = parts.stream(0).filter("trim", end_frame=kept)
        rest = parts.stream(1).filter("trim", start_frame=kept).filter("setpts", "PTS-STARTPTS")
        outputs = [ffmpeg.output([main], "pipe:1", **raw), ffmpeg.output([rest], tail, **raw)]
    try:
        await ffmpeg.run(ffmpeg.merged(outputs).global_args("-xerror"), stdout=write)
    except MediaError as error:
        at = film.cuts.index(cut) + 1
        raise MediaError(
            f"clip {at} of {len(film.cuts)} could not be read to its end without an error; {error}"
        ) from error


def _conformed(film: Film, cut: Cut, folder: Path) -> Any:
    if isinstance(cut.source, Slug):
        return slug(cut.source.address, film.frame, cut.place.frames, folder)
    # Else ffmpeg conceals what is damaged, and a film with smeared pictures passes for a good one.
    strict = {"err_detect": "explode", "threads": encode.THREADS}
    clip = ffmpeg.source(cut.source.path, cut.source.facts, **strict)
    return conform.picture(clip.video, film.frame, cut.place.frames, shape=conform.shape(cut.source.facts))


def _begun(film: Film, cut: Cut, stream: Any, before: Path | None) -> Any:
    """The clip with its transition from what went before."""
    if cut.fade:
        return stream.filter("fade", type="in", start_frame=0, nb_frames=cut.fade)
    if before is None:
        return stream
    # Of d + 1 equal steps the dissolve takes d: its first picture is no longer all the old clip, nor its last
    # all the new one. The offset of one frame before the beginning says so to xfade.
    step = 1 / film.frame.fps
    lasts = (cut.place.overlap + 1) * step
    earlier = ffmpeg.opened(f"file:{before}", **film.frame.raw)
    return ffmpeg.joined(
        [earlier, stream],
        "xfade",
        transition="fade",
        duration=f"{float(lasts):.6f}",
        offset=f"{-float(step):.6f}",
    )
