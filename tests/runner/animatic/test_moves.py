"""Camera moves over a still picture go where they say, smoothly, and last exactly as long as they should."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from runner.job import Input
from runner.providers.animatic.camera import eased, path, rack
from tests.runner.animatic.stage import Stage, decoded, distance, facts, gaps

pytestmark = pytest.mark.anyio

MOTIONS = (
    "none", "dolly_in", "dolly_out", "dolly_left", "dolly_right", "jib_up", "jib_down", "static",
    "focus_shift",
)  # fmt: skip


@pytest.mark.parametrize("motion", MOTIONS)
async def test_every_move_is_exactly_as_long_as_asked(stage: Stage, spot: Input, motion: str) -> None:
    """Whatever the move, a clip has duration times fps frames at that rate."""
    found = facts(await stage.moved(spot, motion, fps=24))

    assert (found.frames, found.fps, found.seconds) == (24, Fraction(24), Fraction(1))
    assert (found.width, found.height, found.sound) == (160, 90, None)


@pytest.mark.parametrize("fps", [24, 25, 48, 50])
async def test_sound_is_as_long_as_the_picture(stage: Stage, spot: Input, fps: int) -> None:
    """At every rate the model knows, a clip with sound has sample for frame, and sound is the default."""
    params = {"input_image": spot, "prompt": "p", "duration": 1, "fps": fps}

    found = facts(await stage.render("image-to-video", "ltx-2-3-pro", params))

    assert found.frames == fps
    assert found.sound is not None
    assert (found.sound.sample_rate, found.sound.channels, found.sound.samples) == (48_000, 2, 48_000)


@pytest.mark.parametrize("frames", [41, 121])
async def test_frames_come_at_an_even_pace(stage: Stage, busy: Input, frames: int) -> None:
    """At a rate other than a still's own, no frame is shown twice or longer than another."""
    params = {"input_image": busy, "prompt": "p", "num_frames": frames, "frames_per_second": 24}

    path = await stage.render("generate", "ltx-2-3-quality-image-to-video", params)

    assert set(gaps(path)) == {Fraction(1, 24)}
    seen = decoded(path)
    assert len(seen.frames) == frames
    middle = frames // 2
    assert len(set(seen.frames[middle - 8 : middle + 8])) == 16


@pytest.mark.parametrize(
    ("motion", "change"),
    [
        ("dolly_in", (0, 0, 1)),
        ("dolly_out", (0, 0, -1)),
        ("dolly_left", (1, 0, 0)),
        ("dolly_right", (-1, 0, 0)),
        ("jib_up", (0, 1, 0)),
        ("jib_down", (0, -1, 0)),
        ("static", (0, 0, 0)),
        ("none", (0, 0, 1)),
    ],
)
async def test_the_camera_goes_where_the_move_says(
    stage: Stage, spot: Input, motion: str, change: tuple[int, int, int]
) -> None:
    """What is seen moves against the camera: across, down, and in size."""
    seen = decoded(await stage.moved(spot, motion))

    begin, end = seen.bright(0), seen.bright(-1)

    assert change == (
        _sign(end[0] - begin[0], 3),
        _sign(end[1] - begin[1], 3),
        _sign(end[2] - begin[2], begin[2] * 0.04),
    )


def _sign(value: float, least: float) -> int:
    return 0 if abs(value) < least else (1 if value > 0 else -1)


async def test_a_move_is_smooth_between_pixels(stage: Stage, spot: Input) -> None:
    """A slow move goes on in every frame by less than a pixel, and never stands or goes back."""
    seen = decoded(await stage.moved(spot, "dolly_right", duration=2))
    middles = [_middle(seen.frames[number], seen.width) for number in range(10, 40)]

    steps = [before - after for before, after in pairwise(middles)]

    assert all(0.2 < step < 2.2 for step in steps)
    assert max(after - before for before, after in pairwise(steps)) < 0.6


def _middle(frame: bytes, width: int) -> float:
    """The middle of the light over the ground, which fractions of a pixel move too."""
    light = [max(0, value - 80) for value in frame]
    return sum(at % width * value for at, value in enumerate(light)) / sum(light)


async def test_a_focus_shift_goes_from_near_to_far(stage: Stage, busy: Input) -> None:
    """At first the foot of the picture is sharp and its top is not; at last it is the other way round."""
    seen = decoded(await stage.moved(busy, "focus_shift"))

    assert seen.detail(0, 0.75, 1) > 1.5 * seen.detail(-1, 0.75, 1)
    assert seen.detail(-1, 0, 0.25) > 1.5 * seen.detail(0, 0, 0.25)


async def test_a_last_frame_is_reached(stage: Stage, spot: Input, warm: Input) -> None:
    """With a last picture, a clip begins on the first and ends on the last, whatever the camera does."""
    alone = decoded(await stage.moved(warm, "static")).frames[-1]
    for motion in ("none", "dolly_out", "jib_up", "static"):
        seen = decoded(await stage.moved(spot, motion, last_frame_image=warm))

        first, last = (
            sum(abs(a - b) for a, b in zip(seen.frames[at], alone, strict=True)) / len(alone)
            for at in (0, -1)
        )
        assert len(seen.frames) == 25
        assert last < 3
        assert first > 20


async def test_an_upright_picture_is_upright(stage: Stage, spot: Input) -> None:
    """`aspect_ratio` is that of the clip, at the short side of the rehearsal."""
    found = facts(await stage.moved(spot, "jib_up", aspect_ratio="9:16"))

    assert (found.width, found.height) == (90, 160)


async def test_takes_differ_where_there_is_no_seed(stage: Stage, busy: Input) -> None:
    """A model without a seed gives another drift for another take."""
    params = {"input_image": busy, "prompt": "p", "duration": 1, "generate_audio": False}
    first, second = [
        decoded(await stage.render("image-to-video", "ltx-2-3-pro", params, take=take)) for take in (1, 2)
    ]

    assert distance(first, second) > 0.5


def test_easing_begins_and_ends_at_rest() -> None:
    """The path of every move gathers speed and loses it; it goes from 0 to 1 and never back."""
    places = [eased(part / 100) for part in range(101)]
    steps = [after - before for before, after in pairwise(places)]

    assert places[0] == 0
    assert places[-1] == pytest.approx(1)
    assert all(step > 0 for step in steps)
    assert steps[0] < 0.1 * max(steps) > steps[-1]


@pytest.mark.parametrize("motion", MOTIONS)
def test_no_camera_leaves_the_picture(motion: str) -> None:
    """Nothing beyond the picture's edges is ever seen, whatever its shape."""
    for extra in ((0.0, 0.0), (0.4, 0.0), (0.0, 0.4)):
        for seed in range(20):
            for framing in path(motion, 50, extra, seed):
                for middle, more in ((framing.x, extra[0]), (framing.y, extra[1])):
                    assert abs(middle) + framing.span / 2 <= (1 + more) / 2 + 1e-9


def test_a_rack_is_nowhere_out_of_range() -> None:
    """Blur is between 0 and 1 everywhere, at every time."""
    values = [rack(30, n, x / 8, y / 8) for n in range(30) for x in range(9) for y in range(9)]

    assert (min(values), max(values) <= 1) == (0, True)
