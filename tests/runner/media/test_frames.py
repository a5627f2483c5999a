"""Single frames, derived sound, trims and control videos."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import pytest

from dsl.values import DerivedOutput
from runner.errors import MediaError
from runner.media import encode, steps
from runner.media import trim as trimming
from runner.media.frames import derive
from runner.media.probe import probe
from runner.media.prove import prove
from runner.media.trim import Stretch, stretch
from tests.runner.media.studio import Studio, ffmpeg, hashes, instants, job, lights, profiled, source, waves

pytestmark = pytest.mark.anyio


def shades(studio: Studio, fps: str) -> Path:
    """Twenty frames, each lighter than the one before, with B-frames and one key frame."""
    return studio.make(
        f"shades-{fps.replace('/', '-')}.mp4",
        "-f", "lavfi", "-i", f"nullsrc=s=64x48:r={fps},geq=lum='20+10*N':cb=128:cr=128",
        "-f", "lavfi", "-i", "sine=f=440:r=48000", "-frames:v", "20", "-shortest",
        "-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "3", "-g", "100", "-qp", "4",
    )  # fmt: skip


def shade(path: Path) -> int:
    """Which frame of `shades` a picture shows."""
    return round((lights(path)[0] - 20) / 10)


@pytest.mark.parametrize("fps", ["24", "24000/1001", "30", "7"])
@pytest.mark.parametrize(("output", "index"), [("first_frame", 0), ("last_frame", 19)])
async def test_derived_frames_are_the_very_ones(
    fps: str, output: DerivedOutput, index: int, studio: Studio, tmp_path: Path
) -> None:
    """The first and the last frame are the first and the last that a decoder gives, at any rate."""
    path = await derive(source(shades(studio, fps)), output, tmp_path)

    assert probe(path).container == "png"
    assert shade(path) == index


@pytest.mark.parametrize(
    "name", ["web", "odd size", "rotated", "varying", "ten bits", "fragments", "wide pixels", "one frame"]
)
async def test_last_frame_of_odd_clips_is_what_a_whole_decode_ends_with(
    name: str, studio: Studio, tmp_path: Path
) -> None:
    """Seeking to the end gives the frame, at the size shown, that decoding everything gives last."""
    clip = source(studio.odd()[name])

    path = await derive(clip, "last_frame", tmp_path)

    facts = probe(path)
    assert (facts.width, facts.height) == (clip.facts.width, clip.facts.height)
    size = f"scale={facts.width}:{facts.height}:flags={encode.SCALER}"
    every = ffmpeg(
        "-i",
        clip.path,
        "-an",
        "-vf",
        f"{size},format=rgb24",
        "-fps_mode",
        "passthrough",
        "-f",
        "rawvideo",
        "-",
    )
    last = every[-3 * int(facts.width or 0) * int(facts.height or 0) :]
    mine = ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    assert len(last) == len(mine)
    assert sum(abs(a - b) for a, b in zip(last, mine, strict=True)) / len(mine) < 4


@pytest.mark.parametrize(
    ("at", "index"), [("first", 0), ("last", 19), (0, 0), (0.25, 6), (0.26, 6), (0.41, 9), (0.8333, 19)]
)
async def test_frame_step_takes_the_frame_on_screen(
    at: Literal["first", "last"] | float, index: int, studio: Studio, tmp_path: Path
) -> None:
    """A time names the frame that is on screen then, not the nearest one."""
    params = {"input_video": source(shades(studio, "24")), "at": at}

    assert shade(await steps.frame(job(tmp_path / "job", params, uses="frame"))) == index


async def test_a_frame_has_no_profile(studio: Studio, tmp_path: Path) -> None:
    """A colour profile within a video does not go into a frame of it."""
    ffmpeg("-i", studio.plain("white.mp4", "white"), "-frames:v", "1", tmp_path / "white.png")
    picture = profiled(tmp_path / "white.png", tmp_path / "profiled.png")
    ffmpeg("-i", picture, "-c", "copy", tmp_path / "profiled.mov")

    path = await derive(source(tmp_path / "profiled.mov"), "last_frame", tmp_path)

    assert b"iCCP" in picture.read_bytes()
    assert b"iCCP" not in path.read_bytes()


async def test_frame_after_the_end_is_words(studio: Studio, tmp_path: Path) -> None:
    """A time after the end says how long the video is."""
    params = {"input_video": source(shades(studio, "24")), "at": 3}

    with pytest.raises(MediaError, match=r"no frame at 3 s: it lasts 0\.833 s"):
        await steps.frame(job(tmp_path / "job", params, uses="frame"))


@pytest.mark.parametrize(
    ("size", "tag"), [("64x36", ""), ("1280x720", ""), ("64x36", "bt709"), ("1280x720", "bt709")]
)
async def test_a_frame_keeps_its_colours(size: str, tag: str, studio: Studio, tmp_path: Path) -> None:
    """What is red stays red, in large videos and small, whether they say what colours they mean or not."""
    matrix = tag or ("bt709" if size == "1280x720" else "smpte170m")
    said = tag or "unknown"
    clip = studio.make(
        f"red-{size}-{tag}.mp4", "-f", "lavfi", "-i", f"color=0xC81E28:s={size},format=gbrp",
        "-frames:v", "2",
        "-vf", f"scale=out_color_matrix={matrix}:out_range=tv,format=yuv420p,setparams=colorspace={said}",
        "-qp", "4", "-c:v", "libx264",
    )  # fmt: skip

    path = await derive(source(clip), "first_frame", tmp_path)

    rgb = ffmpeg("-i", path, "-vf", "scale=1:1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    assert list(rgb) == pytest.approx([0xC8, 0x1E, 0x28], abs=4)


async def test_derived_sound_is_as_long_as_the_picture(studio: Studio, tmp_path: Path) -> None:
    """Sound is 48 kHz stereo of the picture's length, and silence where there is none."""
    heard = probe(await derive(source(studio.moving("usual.mp4")), "audio", tmp_path))
    silent = await derive(source(studio.plain("silent.mp4", "red", 13, fps="25")), "audio", tmp_path)

    assert (heard.container, heard.seconds) == ("wav", Fraction(1, 2))
    assert probe(silent).seconds == Fraction(13, 25)
    assert probe(silent).sound is not None
    assert max(map(abs, waves(silent))) == 0


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (0, 0.5, range(12)),
        (0.25, 0.5, range(6, 12)),
        (0.25, None, range(6, 20)),
        (0.26, 0.51, range(6, 12)),
    ],
)
async def test_trim_is_exact(
    start: float, end: float | None, shown: range, studio: Studio, tmp_path: Path
) -> None:
    """A trim has the frames of its length, beginning with the right one, and sound as long."""
    params: dict[str, Any] = {"input_video": source(shades(studio, "24")), "start": start}
    if end is not None:
        params["end"] = end

    path = await steps.trim(job(tmp_path / "job", params, uses="trim"))

    await prove(path, probe(path))
    assert [round((light - 20) / 10) for light in lights(path)] == list(shown)
    assert len(waves(path)) == 2000 * len(shown)
    assert probe(path).frames == len(shown)


@pytest.mark.parametrize("fps", ["24", "24000/1001", "30", "7"])
@pytest.mark.parametrize("start", [9, 13])
async def test_trim_is_exact_after_seeking(
    start: int, fps: str, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the beginning is skipped instead of decoded, the frames are still the right ones."""
    monkeypatch.setattr(trimming, "RUN_UP", Fraction(1, 7))
    rate = Fraction(fps)
    params = {"input_video": source(shades(studio, fps)), "start": float(start / rate)}

    path = await steps.trim(job(tmp_path / "job", params, uses="trim"))

    assert [round((light - 20) / 10) for light in lights(path)] == list(range(start, 20))


@pytest.mark.parametrize("run_up", ["0.1", "10"])
async def test_trim_cuts_the_sound_with_the_picture(
    run_up: str, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trimmed at 0.3 s, a flash and a click at 0.4 s come after 0.1 s, together."""
    monkeypatch.setattr(trimming, "RUN_UP", Fraction(run_up))
    params = {"input_video": source(studio.clapper("clap.mp4", fps="30", rate=44_100)), "start": 0.3}

    path = await steps.trim(job(tmp_path / "job", params, uses="trim"))

    flash = next(i for i, light in enumerate(lights(path)) if light > 120) / 30
    click = next(i for i, sample in enumerate(waves(path)) if abs(sample) > 0.2) / 48_000
    assert flash == pytest.approx(0.1, abs=1 / 60)
    assert click == pytest.approx(0.1, abs=0.005)


def test_stretches_are_within_the_video() -> None:
    """Whatever the times, a stretch has the frames of its length and lies within the video, or is refused."""
    fps, lasts = Fraction(24), Fraction(4)

    assert stretch(Fraction("0.0625"), Fraction(1), lasts, fps) == Stretch(2, 23)
    assert stretch(Fraction("3.97"), None, lasts, fps) == Stretch(95, 1)
    assert stretch(Fraction("0.02"), Fraction(4), lasts, fps) == Stretch(0, 96)
    with pytest.raises(MediaError, match=r"ends at 5 s, and the video lasts 4\.000 s"):
        stretch(Fraction(0), Fraction(5), lasts, fps)
    with pytest.raises(MediaError, match="nothing is left"):
        stretch(Fraction(2), Fraction(2), lasts, fps)


@pytest.mark.parametrize("name", ["usual", "ntsc", "rotated", "varying"])
async def test_control_video_keeps_frames_and_rate(name: str, studio: Studio, tmp_path: Path) -> None:
    """Edges are white lines on black, with the frames, rate and size of the video, and no sound."""
    clip = source(studio.odd()[name])

    path = await steps.control_video(job(tmp_path / "job", {"input_video": clip}, uses="control-video"))

    facts = probe(path)
    assert (facts.frames, facts.fps, facts.sound) == (clip.facts.frames, clip.facts.fps, None)
    assert (facts.width, facts.height) == (clip.facts.width, clip.facts.height)
    assert len(instants(path)) == clip.facts.frames
    grey = ffmpeg("-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-")
    assert sum(pixel < 30 for pixel in grey) > 0.5 * len(grey)
    assert sum(pixel > 200 for pixel in grey) > 0.02 * len(grey)


async def test_same_control_video_twice(studio: Studio, tmp_path: Path) -> None:
    """Drawn twice, the lines are the same."""
    params = {"input_video": source(studio.moving("usual.mp4"))}

    first = await steps.control_video(job(tmp_path / "1", params, uses="control-video"))
    second = await steps.control_video(job(tmp_path / "2", params, uses="control-video"))

    assert hashes(first) == hashes(second)
