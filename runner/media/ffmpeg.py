"""The only door to ffmpeg: which program, how it is started, and how it is stopped.

Graphs are built with ffmpeg-python, which is used for its argument lists alone. Text from a recipe never
enters a graph. Every file is opened with the demuxer that its content calls for, because a playlist named
`clip.mp4` otherwise makes ffmpeg read whatever the playlist names.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import ByteReceiveStream, Process

from runner.artifact import MediaFacts
from runner.errors import MediaError

MAX_PIXELS = 40_000_000
_LAST_LINES = 20
_DEMUXERS = {
    "mp4": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska", "avi": "avi", "mpegts": "mpegts",
    "png": "png_pipe", "jpg": "jpeg_pipe", "webp": "webp_pipe", "gif": "gif", "bmp": "bmp_pipe",
    "wav": "wav", "mp3": "mp3", "flac": "flac", "ogg": "ogg", "aac": "aac",
}  # fmt: skip
_unique = itertools.count()


@cache
def executable() -> str:
    """The ffmpeg program: `REEL_FFMPEG`, else the one that comes with imageio-ffmpeg.

    Raises:
        MediaError: If there is none, or the one named is not a file that can be run.
    """
    if named := os.environ.get("REEL_FFMPEG"):
        if not (os.path.isfile(named) and os.access(named, os.X_OK)):  # noqa: PTH113
            raise MediaError(f'REEL_FFMPEG names "{named}", which is not a program; unset it to use the bundled ffmpeg')
        return named
    import imageio_ffmpeg  # noqa: PLC0415 - it is slow to import, and `reel check` never needs it.

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise MediaError("no ffmpeg was found; set REEL_FFMPEG to the path of one") from error


def source(path: Path, facts: MediaFacts, **options: Any) -> Any:
    """An input for a graph: `facts.container` chooses the demuxer.

    Every input gets an option of its own that changes nothing, because ffmpeg-python takes two inputs with
    equal options for one, and a cut A-B-A would fail.

    Raises:
        MediaError: If the container is not one that reelmake opens.
    """
    import ffmpeg  # noqa: PLC0415 - see executable().

    if (demuxer := _DEMUXERS.get(facts.container)) is None:
        raise MediaError(f"{path.name}: reelmake does not open {facts.container} files")
    unique = {"thread_queue_size": 64 + next(_unique)}
    return ffmpeg.input(
        f"file:{path}", f=demuxer, max_pixels=MAX_PIXELS, protocol_whitelist="file,pipe", **unique, **options
    )


def environment() -> dict[str, str]:
    """What ffmpeg may know of ours: enough to start, and no secret."""
    allowed = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT")
    return {name: os.environ[name] for name in allowed if name in os.environ} | {"LC_ALL": "C"}


async def run(
    output: Any,
    *,
    frames: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> str:
    """Run a graph to its end.

    Args:
        output: An ffmpeg-python output stream (or several merged with `ffmpeg.merge_outputs`). Its files
            lie in the job's private folder; ffmpeg may overwrite there and nowhere else.
        frames: How many video frames will be written, for `progress`.
        progress: Called with the part done, 0 to 1.

    Returns:
        What ffmpeg printed at log level `info`: measurements of filters such as loudnorm are read from it.

    Raises:
        MediaError: If ffmpeg ends with another status than 0; the message has its last lines.
    """
    arguments = output.compile(cmd=executable(), overwrite_output=True)[1:]
    return await run_arguments(arguments, frames=frames, progress=progress)


async def run_arguments(
    arguments: Sequence[str],
    *,
    frames: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> str:
    """Run ffmpeg with an argument list, for what ffmpeg-python cannot express. As `run`."""
    command = [executable(), "-hide_banner", "-nostdin", "-nostats", "-progress", "pipe:1", "-stats_period", "0.2"]
    process = await anyio.open_process(
        [*command, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    )
    said: list[str] = []
    try:
        async with anyio.create_task_group() as readers:
            readers.start_soon(_collect, process.stderr, said)
            readers.start_soon(_follow, process.stdout, frames, progress)
            status = await process.wait()
    except BaseException:
        await _kill(process)
        raise
    text = "".join(said)
    if status != 0:
        raise MediaError(f"ffmpeg ended with status {status}:\n{last_lines(text)}")
    return text


def last_lines(text: str) -> str:
    """The end of what ffmpeg said, for an error message."""
    return "\n".join(deque((line for line in text.splitlines() if line.strip()), maxlen=_LAST_LINES))


async def _collect(stream: ByteReceiveStream | None, said: list[str]) -> None:
    assert stream is not None
    async for chunk in stream:
        said.append(chunk.decode(errors="replace"))


async def _follow(
    stream: ByteReceiveStream | None, frames: int | None, progress: Callable[[float], None] | None
) -> None:
    assert stream is not None
    rest = b""
    async for chunk in stream:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if frames and progress and line.startswith(b"frame="):
                with contextlib.suppress(ValueError):
                    progress(min(1.0, int(line[6:]) / frames))


async def _kill(process: Process) -> None:
    """Kill the whole group at once: the output has a temporary name, so nothing half-made is kept."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with anyio.CancelScope(shield=True):
        await process.wait()
        await process.aclose()
