"""Every kind of generation has a preview of its own, of the right medium, length and size."""

from __future__ import annotations

import re
import struct
from array import array
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import pytest

from dsl.catalog import ids, model
from runner.artifact import Sound
from runner.job import Input, Rendition
from runner.media.animatic.slate import layout
from runner.media.ffmpeg import executable
from runner.media.probe import probe
from runner.providers import animatic
from tests.runner.animatic.stage import Stage, decoded, distance, facts, ffmpeg, fingerprint, given
from tests.runner.media.studio import profiled

pytestmark = pytest.mark.anyio

HOSTILE = (
    "it's 50%: [x], \\ ; a 'quote' \"double\"",
    "%{localtime} %{pts:hms} ${vars.x} $${y} %%",
    "',drawtext=text=owned,movie=/etc/passwd[x];[x]overlay",
    "one\ntwo\r\nthree\ttab\x00nul\x07bell\x1b[31m",
    "👩‍🚀🚀 漢字 العربية עברית \u202e\ud800 e\u0301",
    "long " * 2_000,
    "x" * 10_000,
    "",
    "   ",
)


@pytest.mark.parametrize("prompt", HOSTILE)
async def test_no_prompt_reaches_the_picture_above_the_slate(stage: Stage, busy: Input, prompt: str) -> None:
    """Whatever a prompt says, it is drawn on the slate or not at all."""
    params = {
        "input_image": busy,
        "camera_motion": "static",
        "duration": 1,
        "generate_audio": False,
    }
    plain, hostile = [
        decoded(
            await stage.render(
                "image-to-video", "ltx-2-3-pro", {**params, "prompt": text}, slate=True, short_side=180
            )
        )
        for text in ("a plain prompt", prompt)
    ]

    pairs = zip(plain.rows(-1, 0, 0.85), hostile.rows(-1, 0, 0.85), strict=True)
    assert sum(abs(a - b) for a, b in pairs) / len(plain.rows(-1, 0, 0.85)) < 0.5


@pytest.mark.parametrize("prompt", HOSTILE)
async def test_any_prompt_makes_a_card(stage: Stage, prompt: str) -> None:
    """A title card of any text is a picture of the right size."""
    path = await stage.render(
        "text-to-image", "z-image-turbo", {"prompt": prompt}, output="image", slate=True
    )

    assert facts(path).media == "image"


async def test_a_slate_is_at_the_foot_and_runs(stage: Stage, spot: Input) -> None:
    """The slate changes the foot of a picture only, and its time runs."""
    params = {"input_image": spot, "camera_motion": "static", "duration": 1, "generate_audio": False}
    bare, slated = [
        decoded(
            await stage.render(
                "image-to-video", "ltx-2-3-pro", {"prompt": "words", **params}, slate=slate, short_side=180
            )
        )
        for slate in (False, True)
    ]

    def apart(begin: float, end: float) -> float:
        pairs = list(zip(bare.rows(5, begin, end), slated.rows(5, begin, end), strict=True))
        return sum(abs(a - b) for a, b in pairs) / len(pairs)

    assert apart(0, 0.85) < 0.5
    assert apart(0.93, 1) > 5
    assert slated.rows(3, 0.9, 1) != slated.rows(20, 0.9, 1)


async def test_an_upright_slate_has_two_lines(stage: Stage, spot: Input) -> None:
    """Where there is little room across, the prompt has a line of its own."""
    assert layout(90, 160).second is not None
    assert layout(160, 90).second is None
    assert layout(360, 640).height > 1.5 * layout(640, 360).height
    path = await stage.render(
        "image-to-video", "ltx-2-3-pro", {"input_image": spot, "prompt": "p", "duration": 1,
        "aspect_ratio": "9:16"}, slate=True,
    )  # fmt: skip
    assert facts(path).frames == 25


async def test_text_to_video_is_a_card_that_moves(stage: Stage) -> None:
    """A title card lasts as long as the model's clip would, and comes nearer."""
    params = {"prompt": "A quiet harbour", "duration": 1, "fps": 24}

    path = await stage.render("text-to-video", "ltx-2-3-pro-text-to-video", params, short_side=180)

    seen = decoded(path)
    assert len(seen.frames) == 24
    assert seen.frames[0] != seen.frames[-1]
    assert facts(path).sound is not None


async def test_an_edited_picture_is_visibly_edited(stage: Stage, warm: Input) -> None:
    """An edit's preview is a picture, and not the one that went in."""
    path = await stage.render(
        "edit-image", "qwen-image-edit-2511", {"prompt": "night", "input_image": warm}, output="image"
    )

    before = stage.folder / "before.png"
    ffmpeg("-i", warm.path, "-vf", "scale=160:90", before)
    found = facts(path)
    assert (found.media, found.width, found.height) == ("image", 160, 90)
    assert distance(decoded(path), decoded(before)) > 4


@pytest.mark.parametrize("mode", ["start", "end"])
async def test_an_extension_adds_to_the_video(stage: Stage, footage: Input, mode: str) -> None:
    """The video itself is kept, and as much as `duration` says comes after it, or before."""
    params = {"input_video": footage, "prompt": "p", "duration": 1, "mode": mode}

    path = await stage.render("extend-video", "ltx-2-3-pro-extend-video", params)

    found, seen = facts(path), decoded(path)
    assert (found.frames, found.fps) == (15 + 25, Fraction(25))
    assert found.sound is not None
    assert found.sound.samples == 40 * 1920
    own = seen.frames[:15] if mode == "end" else seen.frames[25:]
    others = seen.frames[15:] if mode == "end" else seen.frames[:25]
    assert _moves(own) > 2 * _moves(others)


def _moves(frames: tuple[bytes, ...]) -> float:
    return sum(
        sum(abs(a - b) for a, b in zip(one, other, strict=True)) for one, other in pairwise(frames)
    ) / len(frames)


@pytest.mark.parametrize(
    ("uses", "name"),
    [("upscale-video", "topazlabs-video-upscale"), ("depth-video", "bytedance-depth-anything-video")],
)
async def test_what_is_done_to_a_video_keeps_its_time(
    stage: Stage, footage: Input, uses: str, name: str
) -> None:
    """An enlarged video, and its depth, have its frames and rate."""
    found = facts(await stage.render(uses, name, {"input_video": footage}))

    assert (found.frames, found.fps, found.width, found.height) == (15, Fraction(25), 160, 90)
    assert (found.sound is None) == (uses == "depth-video")


@pytest.mark.parametrize("frames", [1, 2, 7, 15])
async def test_no_picture_of_a_video_is_lost(stage: Stage, footage: Input, frames: int) -> None:
    """Each picture of a video has its own in what is drawn from it, down to the very last."""
    short = stage.folder / "short.mp4"
    ffmpeg("-i", footage.path, "-frames:v", str(frames), "-an", "-c:v", "libx264", "-qp", "1", short)

    made = await stage.render("upscale-video", "topazlabs-video-upscale", {"input_video": given(short)})
    depth = await stage.render("depth-video", "bytedance-depth-anything-video", {"input_video": given(short)})

    small = stage.folder / "small.mp4"
    ffmpeg("-i", short, "-vf", "scale=160:90", "-qp", "1", small)
    assert distance(decoded(made), decoded(small)) < 3
    assert len(set(decoded(depth).frames)) == frames


async def test_full_size_is_the_models_own(stage: Stage, footage: Input) -> None:
    """Without a proxy, an enlarged video is larger than what went in."""
    found = facts(
        await stage.render(
            "upscale-video", "topazlabs-video-upscale", {"input_video": footage}, short_side=None
        )
    )

    assert (found.width, found.height) == (640, 360)


async def test_the_same_job_gives_the_same_frames(stage: Stage, busy: Input) -> None:
    """Two renders of one job have the same decoded picture and sound, slate and all."""
    params = {"input_image": busy, "prompt": "the same", "duration": 1}

    marks = {
        fingerprint(await stage.render("image-to-video", "ltx-2-3-pro", params, slate=True)) for _ in range(2)
    }

    assert len(marks) == 1


async def test_a_photographs_profile_stays_behind(stage: Stage, spot: Input) -> None:
    """A colour profile within a picture does not go into the clip, whose colours are bt709."""
    path = profiled(spot.path, stage.folder / "profiled.png")

    clip = (await stage.moved(given(path), "static")).read_bytes()

    assert b"colrprof" not in clip
    assert b"colrnclx" + struct.pack(">HHH", 1, 1, 1) in clip


async def test_mono_is_as_loud_as_it_was(stage: Stage, footage: Input) -> None:
    """The sound of a reference with one channel has the same peaks in both speakers of what is drawn."""
    path = await stage.render("upscale-video", "topazlabs-video-upscale", {"input_video": footage})

    def peak(sound: Path) -> float:
        samples = array("f", ffmpeg("-i", sound, "-f", "f32le", "-"))[8_000:-8_000]
        return max(map(abs, samples))

    assert probe(footage.path).sound == Sound(48_000, 1, 28_800)
    assert abs(peak(path) - peak(footage.path)) < 0.01


async def test_the_bed_is_quiet(stage: Stage, spot: Input) -> None:
    """The sound of a preview lies near -30 LUFS, and is never silent."""
    params = {"input_image": spot, "prompt": "p", "duration": 3, "camera_motion": "static"}
    path = await stage.render("image-to-video", "ltx-2-3-pro", params)

    command = [executable(), "-nostdin", "-i", str(path), "-af", "ebur128", "-f", "null", "-"]
    said = (await anyio.run_process(command)).stderr.decode()
    measured = float(re.findall(r"I: +(-?[0-9.]+) LUFS", said)[-1])
    assert -35 < measured < -26


@pytest.mark.parametrize("name", sorted(ids())[::9])
async def test_any_model_of_the_catalogue_has_a_preview(
    stage: Stage, spot: Input, footage: Input, name: str
) -> None:
    """`generate` gives what the model makes, whatever media go in."""
    known = model(name)
    assert known is not None
    media = {"image": spot, "video": footage}
    params: dict[str, Any] = {
        parameter: media[kind]
        for parameter in known.parameters
        if (kind := known.media(parameter)) in ("image", "video") and not known.takes_list(parameter)
    }
    if "duration" in known.parameters:
        params["duration"] = 1
    if "num_frames" in known.parameters:
        params["num_frames"] = 9

    path = await stage.render("generate", name, {"prompt": "p", **params}, output=known.output)

    assert facts(path).media == known.output


def test_the_provider_says_what_it_is() -> None:
    """It is local, free and there; its identity has its implementation, the size and the slate."""
    it = animatic.provider()

    assert (it.name, it.hosted, it.unavailable()) == ("animatic", False, None)
    assert it.price("ltx-2-3-pro", {}, 6) == Decimal(0)
    assert it.identity(Rendition(360, slate=True)) != it.identity(Rendition(None, slate=True))
    assert it.identity(Rendition(360, slate=True)) != it.identity(Rendition(360, slate=False))
    assert it.identity(Rendition())["implementation"] >= 1


def test_an_ffmpeg_that_lacks_something_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where ffmpeg cannot run, that is said before anything is rendered."""
    monkeypatch.setenv("REEL_FFMPEG", str(tmp_path / "none"))

    assert "REEL_FFMPEG" in str(animatic.provider().unavailable())


def test_a_slates_text_tells_instances_apart() -> None:
    """Address, take and prompt are in the text for the key; how the prompt is wrapped is not."""
    text = animatic.slate_text("plate/010", 1, "a  b\nc")

    assert text == animatic.slate_text("plate/010", 1, "a b c")
    others = (("plate/020", 1, "a b c"), ("plate/010", 2, "a b c"), ("plate/010", 1, "a b d"))
    assert text not in {animatic.slate_text(*other) for other in others}
