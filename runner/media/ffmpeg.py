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
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, TypeAlias

import anyio
from anyio.abc import ByteReceiveStream, Process

from runner.artifact import MediaFacts
from runner.errors import MediaError
from runner.media.lifeline import tied
from runner.media.sniff import DEMUXERS
from runner.media.stills import MAX_PIXELS

PATIENCE = 300.0
_LAST_LINES = 20
_HD_WIDTH = 1280
_SD_HEIGHT = 576
_SAID_BYTES = 1_000_000
_unique = itertools.count()

Handle: TypeAlias = int | IO[bytes]
Stream: TypeAlias = Any  # Of ffmpeg-python, which has no types.
Progress: TypeAlias = Callable[[float], None]


def executable() -> str:
    """The ffmpeg program: `REEL_FFMPEG`, else the one that comes with imageio-ffmpeg.

    Raises:
        MediaError: If there is none, or the one named is not a file that can be run.
    """
    if named := os.environ.get("REEL_FFMPEG"):
        if not (os.path.isfile(named) and os.access(named, os.X_OK)):  # noqa: PTH113
            raise MediaError(
                f'REEL_FFMPEG names "{named}", which is not a program; unset it to use the bundled ffmpeg'
            )
        return named
    return _bundled()


@cache
def _bundled() -> str:
    import imageio_ffmpeg  # It is slow to import, and `reel check` never needs it.

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise MediaError("no ffmpeg was found; set REEL_FFMPEG to the path of one") from error


def source(path: Path, facts: MediaFacts, **options: Any) -> Any:
    """An input for a graph: `facts.container` chooses the demuxer.

    Raises:
        MediaError: If the container is not one that reelmake opens.
    """
    if (demuxer := DEMUXERS.get(facts.container)) is None:
        raise MediaError(f"{path.name}: reelmake does not open {facts.container} files")
    # A file's own tag wins over this default.
    tag = {"colorspace": _matrix(facts)} if facts.media == "video" else {}
    return opened(
        f"file:{path}", f=demuxer, max_pixels=MAX_PIXELS, protocol_whitelist="file,pipe", **tag, **options
    )


def _matrix(facts: MediaFacts) -> str:
    """The colours that players assume where a video says nothing: those of its day, by its size."""
    large = (facts.width or 0) >= _HD_WIDTH or (facts.height or 0) > _SD_HEIGHT
    return "bt709" if large else "smpte170m"


def opened(name: str, **options: Any) -> Any:
    """An input that is not a media file from outside: our own raw data, a pipe, a generator (`f="lavfi"`).

    Every input gets an option of its own that changes nothing, because ffmpeg-python takes two inputs with
    equal options for one, and a cut A-B-A would fail.
    """
    import ffmpeg

    return ffmpeg.input(name, thread_queue_size=64 + next(_unique), **options)


def joined(streams: Sequence[Stream], name: str, **options: Any) -> Stream:
    """A filter of several inputs."""
    import ffmpeg

    return ffmpeg.filter(list(streams), name, **options)


def output(streams: Sequence[Stream], path: Path | str, **options: Any) -> Stream:
    """A file made of streams; a path is always taken for a file, whatever its name."""
    import ffmpeg

    return ffmpeg.output(*streams, f"file:{path}" if isinstance(path, Path) else path, **options)


def merged(outputs: Sequence[Stream]) -> Stream:
    """Several files made by one process."""
    import ffmpeg

    return ffmpeg.merge_outputs(*outputs)


def environment() -> dict[str, str]:
    """What ffmpeg may know of ours: enough to start, and no secret."""
    allowed = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT")
    return {name: os.environ[name] for name in allowed if name in os.environ} | {"LC_ALL": "C"}


async def run(
    output: Any,
    *,
    frames: int | None = None,
    progress: Progress | None = None,
    stdin: Handle = subprocess.DEVNULL,
    stdout: Handle | None = None,
    patience: float = PATIENCE,
    may_be_empty: bool = False,
) -> str:
    """Run a graph to its end.

    Args:
        output: An ffmpeg-python output stream (or several merged with `ffmpeg.merge_outputs`). Its files
            lie in the job's private folder; ffmpeg may overwrite there and nowhere else.
        frames: How many video frames will be written, for `progress`.
        progress: Called with the part done, 0 to 1.
        stdin: What `pipe:0` reads.
        stdout: What `pipe:1` writes to. Progress is not known then, nor is a hang noticed here.
        patience: Seconds without any progress after which ffmpeg is taken to hang, and killed.
        may_be_empty: Whether the caller copes with files that ffmpeg, content with itself, did not write.

    Returns:
        What ffmpeg printed at log level `info`: measurements of filters such as ebur128 are read from it.

    Raises:
        MediaError: If ffmpeg cannot be started, hangs, ends with another status than 0, or leaves a file
            out; the message has its last lines.
    """
    arguments = output.compile(cmd=executable(), overwrite_output=True)[1:]
    said = await run_arguments(
        arguments, frames=frames, progress=progress, stdin=stdin, stdout=stdout, patience=patience
    )
    if not may_be_empty and (lacking := await anyio.to_thread.run_sync(_unwritten, arguments)):
        raise MediaError(f"ffmpeg wrote nothing into {lacking}:\n{last_lines(said)}")
    return said


def _unwritten(arguments: Sequence[str]) -> str | None:
    """The name of the first file among the outputs that is missing or empty."""
    named = (after for before, after in itertools.pairwise(arguments) if before != "-i")
    paths = (Path(name.removeprefix("file:")) for name in named if name.startswith("file:"))
    return next((path.name for path in paths if not path.is_file() or path.stat().st_size == 0), None)


async def run_arguments(
    arguments: Sequence[str],
    *,
    frames: int | None = None,
    progress: Progress | None = None,
    stdin: Handle = subprocess.DEVNULL,
    stdout: Handle | None = None,
    patience: float = PATIENCE,
) -> str:
    """Run ffmpeg with an argument list, for what ffmpeg-python cannot express. As `run`."""
    reports = ["-progress", "pipe:1", "-stats_period", "0.2"] if stdout is None else []
    try:
        process = await anyio.open_process(
            [executable(), "-hide_banner", "-nostdin", "-nostats", *reports, *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE if stdout is None else stdout,
            stderr=subprocess.PIPE,
            env=environment(),
            start_new_session=True,
        )
    except OSError as error:
        raise MediaError(f"ffmpeg could not be started: {error.strerror}") from error
    watch = _Watch(frames, progress, patience)
    said = _Said()
    status = None
    try:
        with tied(process.pid), anyio.CancelScope() as scope:
            async with anyio.create_task_group() as readers:
                readers.start_soon(said.collect, process.stderr)
                if stdout is None:
                    readers.start_soon(watch.follow, process.stdout, scope)
                status = await process.wait()
    finally:
        await _end(process)
    if status is None:
        raise MediaError(
            f"ffmpeg made no progress for {patience:g} s and was stopped:\n{last_lines(said.text)}"
        )
    if status != 0:
        raise MediaError(f"ffmpeg ended with status {status}:\n{last_lines(said.text)}")
    return said.text


def last_lines(text: str) -> str:
    """The end of what ffmpeg said, for an error message."""
    return "\n".join(deque((line for line in text.splitlines() if line.strip()), maxlen=_LAST_LINES))


@dataclass(slots=True)
class _Said:
    """What ffmpeg says, of which only the end is kept: a broken file can bring forth endless complaint."""

    chunks: deque[bytes] = field(default_factory=deque)
    size: int = 0

    async def collect(self, stream: ByteReceiveStream | None) -> None:
        assert stream is not None
        async for chunk in stream:
            self.chunks.append(chunk)
            self.size += len(chunk)
            while self.size > _SAID_BYTES and len(self.chunks) > 1:
                self.size -= len(self.chunks.popleft())

    @property
    def text(self) -> str:
        return b"".join(self.chunks).decode(errors="replace")


@dataclass(frozen=True, slots=True)
class _Watch:
    """Reads ffmpeg's reports, passes them on as progress, and cancels when they no longer change."""

    frames: int | None
    progress: Progress | None
    patience: float

    async def follow(self, stream: ByteReceiveStream | None, scope: anyio.CancelScope) -> None:
        assert stream is not None
        scope.deadline = anyio.current_time() + self.patience
        rest, state, report = b"", b"", b""
        async for chunk in stream:
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                name, _, value = line.partition(b"=")
                if name in (b"frame", b"out_time_us", b"total_size"):
                    report += value
                if name == b"frame" and self.frames and self.progress:
                    with contextlib.suppress(ValueError):
                        self.progress(min(1.0, int(value) / self.frames))
                if name == b"progress":
                    if report != state:
                        scope.deadline = anyio.current_time() + self.patience
                    state, report = report, b""


async def _end(process: Process) -> None:
    """Kill the whole group if it still runs: outputs have temporary names, so nothing half-made is kept."""
    with anyio.CancelScope(shield=True):
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        await process.aclose()
