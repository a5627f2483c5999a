"""The door to ffmpeg: how it is started, watched and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from runner.errors import MediaError
from runner.media import abilities, ffmpeg
from runner.media.probe import probe
from tests.runner.media.studio import Studio

pytestmark = pytest.mark.anyio

ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2=s=64x36", "-f", "null", "-"]


def script(path: Path, body: str) -> Path:
    """A program that stands for ffmpeg."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


async def ended(fifo: Path) -> None:
    """Wait until no process holds the writing end of a pipe any more, then let it be known."""
    with anyio.fail_after(20):
        await anyio.to_thread.run_sync(fifo.read_bytes)


def held(folder: Path) -> tuple[Path, str]:
    """A named pipe, and the shell words by which a process and its children hold it open."""
    fifo = folder / "held"
    os.mkfifo(fifo)
    return fifo, f'exec 9>"{fifo}"'


async def test_cut_a_b_a_has_three_inputs(studio: Studio, tmp_path: Path) -> None:
    """One file opened twice stays two inputs, which ffmpeg-python by itself would take for one."""
    path = studio.plain("white.mp4", "white")
    streams = [ffmpeg.source(path, probe(path)).video for _ in range(2)]

    await ffmpeg.run(ffmpeg.output([ffmpeg.joined(streams, "hstack")], tmp_path / "out.mp4"))

    assert probe(tmp_path / "out.mp4").width == 320


async def test_cancelling_leaves_no_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cancelled ffmpeg is gone with all its group when the cancellation is over."""
    fifo, hold = held(tmp_path)
    real = ffmpeg.executable()
    program = script(tmp_path / "ffmpeg", f'{hold}\nsleep 300 &\n"{real}" "$@"')
    monkeypatch.setenv("REEL_FFMPEG", str(program))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ended, fifo)
        with anyio.CancelScope() as scope:
            await ffmpeg.run_arguments(ENDLESS, frames=1, progress=lambda _: scope.cancel())

    assert scope.cancelled_caught


async def test_hanging_ffmpeg_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An ffmpeg that reports no progress is stopped, and the error quotes it."""
    fifo, hold = held(tmp_path)
    endless = "while :; do echo frame=7; echo progress=continue; sleep 0.05; done"
    program = script(tmp_path / "ffmpeg", f"{hold}\necho stuck here >&2\n{endless}")
    monkeypatch.setenv("REEL_FFMPEG", str(program))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ended, fifo)
        with pytest.raises(MediaError, match=r"no progress for 0\.4 s and was stopped:\nstuck here"):
            await ffmpeg.run_arguments(["x"], patience=0.4)


async def test_failure_ends_with_the_last_lines(tmp_path: Path) -> None:
    """An error has ffmpeg's status and its last words."""
    with pytest.raises(MediaError, match=r"(?s)ended with status [0-9]+:\n.*No such file or directory"):
        await ffmpeg.run_arguments(["-i", f"file:{tmp_path / 'missing.mp4'}", "-f", "null", "-"])


@pytest.mark.parametrize("body", ["true", ": >out.png"])
async def test_a_file_that_was_not_written_is_an_error(
    body: str, monkeypatch: pytest.MonkeyPatch, studio: Studio, tmp_path: Path
) -> None:
    """An ffmpeg that ends well, and left its file out or empty, has failed."""
    path = studio.plain("white.mp4", "white")
    streams = [ffmpeg.source(path, probe(path)).video]
    monkeypatch.setenv(
        "REEL_FFMPEG", str(script(tmp_path / "ffmpeg", f"cd '{tmp_path}'; {body}\necho last words >&2"))
    )

    with pytest.raises(MediaError, match=r"(?s)wrote nothing into out\.png:\n.*last words"):
        await ffmpeg.run(ffmpeg.output(streams, tmp_path / "out.png"))


async def test_pictures_beyond_the_end_are_an_error(studio: Studio, tmp_path: Path) -> None:
    """The real ffmpeg, asked for a picture after the last one, ends well and writes nothing: that is told."""
    path = studio.plain("white.mp4", "white")
    stream = ffmpeg.source(path, probe(path)).video.filter("trim", start_frame=500)

    with pytest.raises(MediaError, match="wrote nothing into out"):
        await ffmpeg.run(ffmpeg.output([stream], tmp_path / "out.png", f="image2", update=1))


async def test_flood_on_both_pipes_is_drained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Megabytes on either pipe stop nothing, and only the end of them is kept."""
    flood = "head -c 3000000 /dev/zero | tr '\\0' x"
    program = script(tmp_path / "ffmpeg", f"{flood} >&2\n{flood}\necho the end >&2")
    monkeypatch.setenv("REEL_FFMPEG", str(program))

    said = await ffmpeg.run_arguments(["x"])

    assert said.endswith("the end\n")
    assert len(said) < 1_200_000


async def test_environment_holds_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ffmpeg is given a short list of variables, and no key is among them."""
    monkeypatch.setenv("OXEN_API_KEY", "canary")
    monkeypatch.setenv("REEL_FFMPEG", str(script(tmp_path / "ffmpeg", "env >&2")))

    names = {line.partition("=")[0] for line in (await ffmpeg.run_arguments(["x"])).splitlines()}

    assert names <= {"PATH", "HOME", "TMPDIR", "LC_ALL", "PWD", "SHLVL", "_", "OLDPWD"}


async def test_progress_goes_up_to_the_whole(tmp_path: Path) -> None:
    """Progress never goes down, and ends at 1."""
    seen: list[float] = []
    arguments = ["-f", "lavfi", "-i", "testsrc2=s=64x36", "-frames:v", "48", f"file:{tmp_path / 'out.mp4'}"]

    await ffmpeg.run_arguments(arguments, frames=48, progress=seen.append)

    assert seen == sorted(seen)
    assert seen[-1] == 1


async def test_program_named_must_be_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`REEL_FFMPEG` that names no program is an error that says what to do."""
    monkeypatch.setenv("REEL_FFMPEG", str(tmp_path))

    with pytest.raises(MediaError, match=r"is not a program; unset it to use the bundled ffmpeg"):
        ffmpeg.executable()


async def test_unknown_container_is_refused(studio: Studio) -> None:
    """A file is opened with the demuxer of its content, or not at all."""
    path = studio.plain("white.mp4", "white")
    facts = probe(path)

    with pytest.raises(MediaError, match="does not open hls files"):
        ffmpeg.source(path, type(facts)("video", "hls"))


async def test_bundled_ffmpeg_can_do_all_that_is_needed() -> None:
    """The ffmpeg at hand lacks nothing that reelmake uses, and names its version."""
    assert abilities.missing() == ()
    assert abilities.has_filter("xfade")
    assert not abilities.has_filter("no_such_filter")
    assert abilities.version() != "unknown"


async def test_lacking_ffmpeg_is_found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each filter and encoder that is missing is named."""
    listed = " ... scale V->V Scale.\n V....D libx264 H.264"
    monkeypatch.setenv("REEL_FFMPEG", str(script(tmp_path / "ffmpeg", f"echo '{listed}'")))

    missing = abilities.missing()

    assert {"filter xfade", "encoder aac"} <= set(missing)
    assert not {"filter scale", "encoder libx264"} & set(missing)


@pytest.mark.timeout(30)
def test_killed_reel_leaves_no_ffmpeg(tmp_path: Path) -> None:
    """When the process that started ffmpeg is killed outright, ffmpeg is killed too."""
    fifo, hold = held(tmp_path)
    program = script(tmp_path / "ffmpeg", f'{hold}\nexec "{ffmpeg.executable()}" "$@"')
    code = (
        "import anyio; from runner.media import ffmpeg\n"
        "said = lambda part: print('on', flush=True)\n"
        f"anyio.run(lambda: ffmpeg.run_arguments({ENDLESS!r}, frames=1, progress=said))"
    )
    reel = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env=os.environ | {"REEL_FFMPEG": str(program)}
    )
    with fifo.open("rb") as pipe, reel:
        assert reel.stdout is not None
        assert reel.stdout.readline() == b"on\n"

        reel.send_signal(signal.SIGKILL)

        assert pipe.read() == b""  # It returns when nobody holds the other end any more.
