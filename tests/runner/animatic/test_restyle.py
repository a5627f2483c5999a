"""A restyle keeps the reference's time and structure as far as its parameters say."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from runner.job import Input
from tests.runner.animatic.stage import REFERENCE, Stage, decoded, distance, facts, ffmpeg, fingerprint, given

pytestmark = pytest.mark.anyio


async def _reference(stage: Stage, footage: Input) -> Path:
    """The reference itself at the rate and length of the tests' restyles."""
    path = stage.folder / "reference.mp4"
    ffmpeg("-i", footage.path, "-vf", "fps=24,scale=160:90", "-frames:v", "9", "-an", path)
    return path


@pytest.mark.parametrize(("frames", "fps"), [(9, 24), (25, 24), (17, 12.5), (33, 60)])
async def test_a_restyle_has_the_frames_asked_for(
    stage: Stage, footage: Input, frames: int, fps: float
) -> None:
    """`num_frames` at `frames_per_second`, shorter or longer than the reference, and sound as long."""
    path = await stage.restyled(footage, num_frames=frames, frames_per_second=fps, generate_audio=True)

    found = facts(path)
    rate = Fraction(str(fps))
    assert (found.frames, found.fps) == (frames, rate)
    assert found.sound is not None
    assert found.sound.samples == int(frames / rate * 48_000 + Fraction(1, 2))


@pytest.mark.parametrize(
    ("resolution", "short_side", "size"),
    [
        ("auto", None, (320, 180)),
        ("auto", 90, (160, 90)),
        ("square", 90, (90, 90)),
        ("portrait_16_9", 90, (90, 160)),
        ("landscape_4_3", 90, (120, 90)),
        ("square_hd", None, (704, 704)),
    ],
)
async def test_resolutions_have_their_real_sizes(
    stage: Stage, footage: Input, resolution: str, short_side: int | None, size: tuple[int, int]
) -> None:
    """Each resolution is drawn in its shape, at most 704 pixels on the short side, and scaled down."""
    params = {"input_video": footage, "prompt": "", "num_frames": 9, "generate_audio": False}

    path = await stage.render(
        "reference-video-to-video", REFERENCE, {**params, "resolution": resolution}, short_side=short_side
    )

    found = facts(path)
    assert (found.width, found.height) == size


async def test_strength_goes_from_the_reference_to_something_new(stage: Stage, footage: Input) -> None:
    """The higher `strength`, the farther from the reference; near 0 it is the reference."""
    reference = decoded(await _reference(stage, footage))

    apart = [
        distance(reference, decoded(await stage.restyled(footage, strength=strength)))
        for strength in (0.02, 0.3, 0.6, 1.0)
    ]

    assert apart == sorted(apart)
    assert apart[0] < 4
    assert apart[-1] > 3 * apart[0]


async def test_video_strength_lets_go_of_the_reference(stage: Stage, footage: Input, warm: Input) -> None:
    """The lower `video_strength`, the less of the reference's lines is left where they were."""
    tight, middle, loose = [
        decoded(await stage.restyled(footage, video_strength=strength, input_image=warm))
        for strength in (1.0, 0.5, 0.0)
    ]

    assert 1 < distance(tight, middle) < distance(tight, loose)


async def test_a_seed_changes_the_look_and_nothing_else_does(stage: Stage, footage: Input) -> None:
    """The same seed gives the same decoded frames and sound; another seed gives others."""
    marks = [fingerprint(await stage.restyled(footage, seed=seed, generate_audio=True)) for seed in (5, 5, 6)]

    assert marks[0] == marks[1] != marks[2]


async def test_the_palette_is_the_anchors(stage: Stage, footage: Input, warm: Input) -> None:
    """With a warm picture as anchor, the clip is warmer than the reference: redder than it is blue."""
    path = await stage.restyled(footage, input_image=warm)

    red, _, blue = _mean(path)
    before = _mean(await _reference(stage, footage))
    assert red - blue > 20
    assert red - blue > before[0] - before[2]


def _mean(path: Path) -> tuple[int, int, int]:
    data = ffmpeg(
        "-i", path, "-vf", "scale=1:1:flags=area,format=rgb24", "-frames:v", "1", "-f", "rawvideo", "-"
    )
    return data[0], data[1], data[2]


@pytest.fixture(scope="session")
def bar(made: Path) -> Input:
    """A control video: a white bar down the middle."""
    path = made / "bar.mp4"
    drawn = "color=black:s=320x180:r=24:d=0.5,drawbox=x=150:y=0:w=20:h=180:color=white:t=fill"
    ffmpeg("-f", "lavfi", "-i", drawn, "-c:v", "libx264", "-pix_fmt", "yuv420p", path)
    return given(path)


async def test_a_control_video_is_taken_as_it_is_when_asked(stage: Stage, warm: Input, bar: Input) -> None:
    """With `skip_control_preprocess` the control's white is drawn; without it, only the white's edges are."""
    path = stage.folder / "flat.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=0xb0b0b0:s=320x180:r=24:d=0.5", "-pix_fmt", "yuv420p", path)
    params = {"input_image": warm, "control_video_url": bar, "video_strength": 1.0}

    whole, edges = [
        decoded(await stage.restyled(given(path), skip_control_preprocess=skip, **params))
        for skip in (True, False)
    ]

    inside, outside = 80 + 160 * 45, 30 + 160 * 45
    assert whole.frames[4][inside] < 0.6 * whole.frames[4][outside]
    assert edges.frames[4][inside] > 0.75 * edges.frames[4][outside]


async def test_a_preserved_reference_is_painted_only_where_the_control_says(
    stage: Stage, footage: Input, bar: Input
) -> None:
    """With `preserve_original_video` the reference stays as it is away from the control's white."""
    reference = decoded(await _reference(stage, footage))
    params = {"control_video_url": bar, "skip_control_preprocess": True, "preserve_original_video": True}

    seen = decoded(await stage.restyled(footage, **params))

    def apart(begin: int, end: int) -> float:
        columns = [row * 160 + at for row in range(90) for at in range(begin, end)]
        return sum(abs(seen.frames[4][at] - reference.frames[4][at]) for at in columns) / len(columns)

    assert apart(0, 40) < 5
    assert apart(76, 84) > 20


async def test_a_silent_reference_gets_a_bed(stage: Stage, bar: Input) -> None:
    """Where the reference has no sound, the preview still has some, unless none is asked for."""
    silent = await stage.restyled(bar)
    sounding = await stage.restyled(bar, generate_audio=True)

    assert facts(silent).sound is None
    assert facts(sounding).sound is not None
