"""Who makes the clips: the animatic provider, or nobody at all when speed is what is tried."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Protocol

from dsl.catalog import Model
from runner.simulator.media import Given, Plate

if TYPE_CHECKING:
    from runner.job import Input, Job

_NAMED = {"-extend": "extend-video", "upscale": "upscale-video", "depth-anything": "depth-video"}
_READY = Path(__file__).with_name("ready")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clip to be made.

    Attributes:
        id: The generation's id.
        model: The model.
        parameters: What was submitted and the model knows, without media.
        media: What its media parameters name.
        folder: An empty folder to work in.
    """

    id: str
    model: Model
    parameters: Mapping[str, Any]
    media: Mapping[str, Given]
    folder: Path


class Renderer(Protocol):
    """Makes what a job asks for."""

    async def render(self, wanted: Wanted) -> Path:
        """Make it, as a file in the folder whose name says what it is.

        Raises:
            MediaError: If it could not be made.
        """
        ...


class Fast:
    """Serves one ready clip or picture, into which a mark of the parameters is written."""

    async def render(self, wanted: Wanted) -> Path:
        """A whole and valid file, whose bytes are equal where model, parameters and media are."""
        media = {name: str(given) for name, given in wanted.media.items()}
        asked = [wanted.model.id, dict(wanted.parameters), media]
        mark = hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest().encode()
        if wanted.model.output == "image":
            path, content = wanted.folder / "still.png", _marked_png(_ready("still.png"), mark)
        else:
            path, content = wanted.folder / "clip.mp4", _ready("clip.mp4") + _box(b"free", mark)
        path.write_bytes(content)
        return path


class Animatic:
    """Draws as a rehearsal does, with the animatic provider; as many at once as there are cores."""

    def __init__(self, short_side: int | None) -> None:
        from runner.providers.animatic import provider

        self._provider = provider()
        self._short_side = short_side
        self._cores = asyncio.Semaphore(os.cpu_count() or 1)
        self._plates: dict[Plate, Path] = {}

    async def render(self, wanted: Wanted) -> Path:
        """An animatic of the job, at the rendition's size."""
        async with self._cores:
            params: dict[str, Any] = dict(wanted.parameters)
            for name, given in wanted.media.items():
                several = given if isinstance(given, list) else [given]
                inputs = [await self._input(one, wanted.folder) for one in several]
                params[name] = inputs if isinstance(given, list) else inputs[0]
            folder = wanted.folder / "render"
            folder.mkdir()
            return await self._provider.render(self._job(wanted.model, params, folder))

    async def _input(self, given: Path | Plate, folder: Path) -> Input:
        from runner.job import Input
        from runner.media.probe import probe

        path = await self._plate(given, folder) if isinstance(given, Plate) else given
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Input(path, digest, probe(path))

    async def _plate(self, plate: Plate, folder: Path) -> Path:
        """A title card of the kind wanted, drawn once like any other job."""
        from dsl import catalog

        if plate in self._plates:
            return self._plates[plate]
        place = Path(mkdtemp(prefix="plate-", dir=folder.parent))
        if plate.media == "audio":
            self._plates[plate] = _silence(place / "plate.wav")
            return self._plates[plate]
        model = catalog.model("z-image-turbo" if plate.media == "image" else "ltx-2-3-pro-text-to-video")
        assert model is not None
        prompt = f"PLATE: stands in for the {plate.media} at {plate.host}"
        self._plates[plate] = await self._provider.render(self._job(model, {"prompt": prompt}, place))
        return self._plates[plate]

    def _job(self, model: Model, params: Mapping[str, Any], folder: Path) -> Job:
        from runner.job import Job, Rendition

        return Job(
            address="simulated",
            take=1,
            uses=uses(model),
            model=model.id,
            params=params,
            output=model.output,
            rendition=Rendition(self._short_side, slate=True),
            rehearsal=self._short_side is not None,
            folder=folder,
            progress=lambda _part: None,
        )


def uses(model: Model) -> str:
    """The kind of step that such a model serves."""
    for part, kind in _NAMED.items():
        if part in model.id:
            return kind
    if model.output == "image":
        return "edit-image" if model.inputs("image") else "text-to-image"
    if model.inputs("video"):
        return "reference-video-to-video"
    return "image-to-video" if model.inputs("image") else "text-to-video"


def _ready(name: str) -> bytes:
    return (_READY / name).read_bytes()


def _box(name: bytes, content: bytes) -> bytes:
    """A box of an MP4 file."""
    return struct.pack(">I4s", len(content) + 8, name) + content


def _marked_png(still: bytes, mark: bytes) -> bytes:
    """A picture with a text chunk before its last chunk, which is always twelve bytes."""
    chunk = b"tEXtComment\0" + mark
    return (
        still[:-12]
        + struct.pack(">I", len(chunk) - 4)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + still[-12:]
    )


def _silence(path: Path) -> Path:
    import wave

    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(48_000)
        sound.writeframes(bytes(4 * 48_000 * 5))
    return path
