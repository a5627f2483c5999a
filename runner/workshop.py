"""Makes one thing: inputs as files, a private folder, the renderer, and what it made into the store."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
from anyio.to_thread import run_sync as in_thread

from dsl.address import Address
from dsl.graph import Instance
from dsl.values import Derived, DerivedOutput, LocalMedia, Made, Media, RemoteMedia
from runner.artifact import Artifact
from runner.errors import MediaError
from runner.gather import Gathered, Setting, label
from runner.job import Input, Job, Render, Report
from runner.journal import Record
from runner.localfiles import snapshot
from runner.store import Store


@dataclass(frozen=True, slots=True)
class Commission:
    """What goes with the making of one instance.

    Attributes:
        price: USD for one generation; None where it is not known.
        progress: Told the part done, 0 to 1.
        report: Told what a hosted provider reports.
    """

    price: Decimal | None
    progress: Callable[[float], None]
    report: Callable[[Report], None]


@dataclass(slots=True)
class Workshop:
    """Where things are made.

    Attributes:
        setting: Who makes them, and how animatics are drawn.
        store: Where they go.
        scratch: A private folder on the store's file system.
        renderers: What does the work of each provider, by name.
        made: What instances have made.
        derived: What was taken out of videos, by the video's digest and the output.
    """

    setting: Setting
    store: Store
    scratch: Path
    renderers: Mapping[str, Render]
    made: dict[Address, Artifact] = field(default_factory=dict)
    derived: dict[tuple[str, DerivedOutput], Artifact] = field(default_factory=dict)
    _snapshots: dict[str, Input] = field(default_factory=dict)
    _copying: anyio.Lock = field(default_factory=anyio.Lock)
    _folders: Iterator[int] = field(default_factory=itertools.count)

    async def render(self, instance: Instance, gathered: Gathered, commission: Commission) -> Artifact:
        """Make an instance.

        Raises:
            MediaError: If it cannot be made, or what was made is not what was asked for.
            UsageError: If whoever should make it is not installed.
            StoreError: If the store cannot take it.
        """
        # A provider is handed URLs as they are: a hosted one reads them, the animatic draws a plate.
        remote = instance.provider is not None
        params = {
            name: await self._filled(value, gathered, remote=remote)
            for name, value in gathered.params.items()
        }
        with self._folder() as folder:
            job = Job(
                address=str(instance.address),
                take=instance.address.take,
                uses=instance.uses,
                model=instance.model,
                params=params,
                output=instance.output,
                rendition=self.setting.rendition,
                rehearsal=self.setting.rehearsal,
                folder=folder,
                progress=commission.progress,
                key=gathered.key or "",
                price=commission.price,
                report=commission.report,
            )
            made = await self._renderer(instance)(job)
            return await in_thread(self._keep, made, folder, instance.output)

    async def follow(self, record: Record, report: Callable[[Report], None]) -> Artifact:
        """Follow to its end what an earlier run has paid for; nothing new is sent.

        Raises:
            ReelError: If it cannot be had.
        """
        with self._folder() as folder:
            job = Job(
                address=record.address,
                take=1,
                uses=record.uses,
                model=None,
                params={},
                output=record.output,
                rendition=self.setting.rendition,
                rehearsal=self.setting.rehearsal,
                folder=folder,
                progress=lambda _: None,
                key=record.attempt.key,
                price=record.price,
                only_follow=True,
                report=report,
            )
            made = await self.renderers[record.provider](job)
            return await in_thread(self._keep, made, folder, record.output)

    def _renderer(self, instance: Instance) -> Render:
        """What does the work of an instance.

        Raises:
            UsageError: If its kind of step is not installed.
        """
        if instance.provider is not None:
            return self.renderers[instance.provider]
        return self.setting.makers.renderer(instance.uses)

    async def derive(self, leaf: Derived, files: Mapping[Path, str]) -> Artifact:
        """Take a frame or the sound out of a video.

        Raises:
            MediaError: If that is not possible.
            StoreError: If the store cannot take it.
        """
        source = await self.input(leaf.source, files)
        with self._folder() as folder:
            made = await self.setting.makers.derive(source, leaf.output, folder)
            return await in_thread(self._keep, made, folder, leaf.media)

    async def input(self, media: Media, files: Mapping[Path, str]) -> Input:
        """A medium as a file that does not change, its bytes verified.

        Raises:
            MediaError: If it is not there, or is not what it was.
        """
        match media:
            case LocalMedia():
                return await self._snapshot(media, files[media.path])
            case Made():
                artifact = self.made[media.address]
            case Derived():
                source = media.source
                of = files[source.path] if isinstance(source, LocalMedia) else self._digest(source)
                artifact = self.derived[of, media.output]
            case RemoteMedia():
                raise MediaError(
                    f"{media.url} is not read by work on this machine; "
                    f"save the file beside the recipe and name it there"
                )
        path = self.store.verified(artifact.digest) or await in_thread(self.store.path, artifact.digest)
        if path is None:
            raise MediaError(
                f"what {label(media)} made was damaged and is set aside; run again to make it anew"
            )
        return Input(path, artifact.digest, artifact.facts)

    def _digest(self, source: Made | RemoteMedia) -> str:
        return self.made[source.address].digest if isinstance(source, Made) else source.url

    async def _filled(self, value: Any, gathered: Gathered, *, remote: bool) -> Any:
        """A parameter with its media as files; URLs stay as they are for who can read them."""
        if isinstance(value, RemoteMedia) and remote:
            return value
        if isinstance(value, LocalMedia | RemoteMedia | Made | Derived):
            return await self.input(value, gathered.files)
        if isinstance(value, Mapping):
            return {key: await self._filled(inner, gathered, remote=remote) for key, inner in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [await self._filled(inner, gathered, remote=remote) for inner in value]
        return value

    async def _snapshot(self, media: LocalMedia, wanted: str) -> Input:
        async with self._copying:
            if (known := self._snapshots.get(wanted)) is None:
                target = self.scratch / wanted
                await in_thread(snapshot, media.path, wanted, target)
                facts = await in_thread(self.setting.makers.probe, target)
                known = self._snapshots[wanted] = Input(target, wanted, facts)
        return known

    def _keep(self, made: Path, folder: Path, wanted: str) -> Artifact:
        """Look at what was made, and put it into the store."""
        if not made.resolve().is_relative_to(folder.resolve()) or not made.is_file():
            raise MediaError(f"whoever made it says that it lies at {made}, which is no file of the job's")
        facts = self.setting.makers.probe(made)
        if facts.media != wanted:
            raise MediaError(
                f"what was made is {facts.media} ({facts.container}), and {wanted} was asked for"
            )
        digest, size = self.store.publish(made, self.scratch)
        shutil.rmtree(folder, ignore_errors=True)  # Here, in a thread, rather than in the event loop.
        return Artifact(digest, size, facts)

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        folder = self.scratch / f"job-{next(self._folders)}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            if folder.exists():
                shutil.rmtree(folder, ignore_errors=True)
