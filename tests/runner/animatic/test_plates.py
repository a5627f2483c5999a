"""Media at a URL are never asked for in a rehearsal: a plate stands in for each."""

from __future__ import annotations

import pytest

from dsl.values import MediaType, RemoteMedia
from runner.job import Input
from tests.runner.animatic.stage import REFERENCE, Stage, facts, fingerprint

pytestmark = pytest.mark.anyio


def remote(media: MediaType, path: str = "a") -> RemoteMedia:
    return RemoteMedia(f"https://pictures.invalid/{path}?key=secret", media)


async def test_a_picture_at_a_url_becomes_a_clip(stage: Stage) -> None:
    """A shot whose picture lies at a URL is previewed at its full length."""
    clip = await stage.render(
        "image-to-video", "ltx-2-3-pro", {"input_image": remote("image"), "duration": 1}
    )

    assert (facts(clip).frames, facts(clip).media) == (25, "video")


async def test_a_video_at_a_url_can_be_restyled(stage: Stage) -> None:
    """A reference that lies at a URL is stood in for by a clip, and the restyle has the frames asked for."""
    clip = await stage.render(
        "reference-video-to-video", REFERENCE, {"input_video": remote("video"), "num_frames": 9}
    )

    assert facts(clip).frames == 9


async def test_sound_at_a_url_is_left_out(stage: Stage, busy: Input) -> None:
    """Sound that nobody can hear yet takes nothing away from the picture."""
    model = "wan-v2-7-image-to-video"
    clip = await stage.render("generate", model, {"input_image": busy, "audio_url": remote("audio")})

    assert facts(clip).media == "video"


async def test_another_url_is_another_picture(stage: Stage) -> None:
    """Without a seed the look follows from the URL, and the same URL gives the same frames."""
    params = {"duration": 1, "generate_audio": True}
    urls = ["a", "a", "b"]
    one, same, other = [
        fingerprint(
            await stage.render(
                "image-to-video", "ltx-2-3-pro", {**params, "input_image": remote("image", path)}
            )
        )
        for path in urls
    ]

    assert one == same
    assert one != other
