"""Our own client against the simulator: each was written from the provider's pages, not from the other."""

from __future__ import annotations

import hashlib
from contextlib import aclosing
from decimal import Decimal
from pathlib import Path

import pytest

from runner.providers.hosted.client import Oxen, open_oxen
from runner.providers.hosted.download import open_downloader
from runner.providers.hosted.rows import Row
from runner.providers.hosted.secret import Secret
from runner.providers.hosted.settings import Settings
from runner.providers.hosted.stream import Connected, EventStream, Hint
from runner.providers.hosted.upload_file import LocalFile
from runner.providers.hosted.workbench import Workbench
from runner.simulator import schemas
from runner.simulator.server import Simulator
from runner.submit import Accepted

STILL = Path(schemas.__file__).parent / "ready" / "still.png"


class Remembered:
    """Where files were put."""

    def __init__(self) -> None:
        """Nothing is known at first."""
        self.places: dict[tuple[str, str], str] = {}

    def place(self, route: str, digest: str) -> str | None:
        """Where a file was put."""
        return self.places.get((route, digest))

    def put(self, route: str, digest: str, place: str) -> None:
        """Remember it."""
        self.places[route, digest] = place

    def forget(self, route: str, digest: str) -> None:
        """Forget it."""
        del self.places[route, digest]


async def _made(oxen: Oxen, settings: Settings, tag: str) -> Row:
    """Upload a picture, ask for a clip of it, and listen until it is made."""
    digest = hashlib.sha256(STILL.read_bytes()).hexdigest()
    picture = await Workbench(oxen, Remembered()).url(LocalFile(STILL, digest, "image", "png"))
    body = {"model": "ltx-2-3-pro", "prompt": "a", "input_image": picture.reveal(), "target_directory": tag}
    posted = None
    async with aclosing(EventStream(settings).listen()) as heard:
        async for item in heard:
            if isinstance(item, Connected):
                posted = await oxen.submit(body, attempt="attempt")
            if isinstance(item, Hint):
                break
    assert isinstance(posted, Accepted)
    return await oxen.detail(posted.generation_id)


@pytest.mark.anyio
async def test_from_a_local_picture_to_a_clip(
    simulator: Simulator, tmp_path: Path, anyio_backend: str
) -> None:
    """Upload, submit, listen, read, list by tag, and download: all of it is understood."""
    settings = Settings(base_url=simulator.url, key=Secret(f"{anyio_backend}@x"))
    tag = f"reelmake/run/{anyio_backend}"
    async with open_oxen(settings) as oxen, open_downloader(settings) as downloader:
        row = await _made(oxen, settings, tag)
        listed = await oxen.list_generations(folder=tag)
        account = await oxen.account()
        assert row.result_url is not None
        done = await downloader.fetch(row.result_url, tmp_path / "clip.part")

    assert (row.status, row.error_message, row.cost) == ("succeeded", None, Decimal("0.48"))
    assert [(one.generation_id, one.target_directory) for one in listed.rows] == [(row.generation_id, tag)]
    assert account.name == anyio_backend
    assert done.size == done.path.stat().st_size
    assert simulator.accepted[-1]["idempotency_key"] == "attempt"
    assert simulator.accepted[-1]["unknown"] == []
