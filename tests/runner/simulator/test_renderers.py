"""What the clips are: real animatics, or a ready clip with a mark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
import requests

from dsl import catalog
from runner.media.probe import probe
from runner.simulator.options import Options
from runner.simulator.renderers import Fast, Wanted, uses
from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient


async def _fast(folder: Path, name: str, **parameters: Any) -> bytes:
    model = catalog.model(name)
    assert model is not None
    await anyio.Path(folder).mkdir()
    return (await Fast().render(Wanted("id", model, parameters, {}, folder))).read_bytes()


@pytest.mark.anyio
async def test_fast_clips_differ_where_parameters_do(tmp_path: Path) -> None:
    """Equal jobs give equal bytes, and other jobs give others."""
    one, same, other = [
        await _fast(tmp_path / str(number), "ltx-2-3-pro", prompt=prompt)
        for number, prompt in enumerate(["a", "a", "b"])
    ]

    assert one == same != other


@pytest.mark.anyio
async def test_fast_files_are_whole(tmp_path: Path) -> None:
    """The marked clip and the marked picture are files that anything opens."""
    clip, still = tmp_path / "clip.mp4", tmp_path / "still.png"
    clip.write_bytes(await _fast(tmp_path / "1", "ltx-2-3-pro", prompt="a"))
    still.write_bytes(await _fast(tmp_path / "2", "z-image-turbo", prompt="a"))
    film = probe(clip)

    assert (film.width, film.height, film.frames) == (64, 36, 12)
    assert film.sound is not None
    assert (probe(still).media, probe(still).width) == ("image", 64)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ltx-2-3-pro", "image-to-video"),
        ("ltx-2-3-pro-text-to-video", "text-to-video"),
        ("ltx-2-3-pro-extend-video", "extend-video"),
        ("ltx-2-3-quality-reference-video-to-video", "reference-video-to-video"),
        ("topazlabs-video-upscale", "upscale-video"),
        ("bytedance-depth-anything-video", "depth-video"),
        ("z-image-turbo", "text-to-image"),
        ("qwen-image-edit-2511", "edit-image"),
    ],
)
def test_kind_of_a_model(name: str, kind: str) -> None:
    """The animatic provider is told what kind of step a model serves."""
    model = catalog.model(name)
    assert model is not None

    assert uses(model) == kind


@pytest.fixture(scope="module")
def drawing() -> Iterator[PlainClient]:
    """A client of a simulator that draws, small."""
    with Simulator(Options(job_seconds=0.01, short_side=64)) as running:
        plain = PlainClient(running.url)
        with plain.session:
            yield plain


def _facts(row: dict[str, Any], folder: Path) -> Any:
    assert row["error_message"] is None
    path = folder / "result"
    path.write_bytes(requests.get(row["result_url"], timeout=10).content)
    return probe(path)


def test_a_film_in_two_steps(drawing: PlainClient, tmp_path: Path) -> None:
    """A clip of a plate has the length asked for, and can be restyled by its own URL."""
    pro = drawing.made(input_image="https://example.com/a.png", duration=6, fps=24, generate_audio=False)
    restyled = drawing.made(
        model="ltx-2-3-quality-reference-video-to-video", input_video=pro["result_url"], num_frames=25
    )

    assert _facts(pro, tmp_path).frames == 144
    assert _facts(restyled, tmp_path).frames == 25


def test_a_picture(drawing: PlainClient, tmp_path: Path) -> None:
    """An image model makes an image."""
    assert _facts(drawing.made(model="z-image-turbo"), tmp_path).media == "image"


def test_an_input_that_is_no_media(drawing: PlainClient) -> None:
    """A job whose input cannot be opened fails in words."""
    row = drawing.made(input_image="data:image/png;base64,bm8gcGljdHVyZQ==")

    assert row["status"] == "failed"
    assert "is not an image, video or audio file" in row["error_message"]
