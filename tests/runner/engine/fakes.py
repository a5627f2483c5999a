"""A tiny world for tests of the engine: graphs written by hand, makers that write a line of text."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from dsl.address import Address
from dsl.diagnostics import Span
from dsl.graph import Delivery, Graph, Instance
from dsl.kinds import Kind
from dsl.values import DerivedOutput, LocalMedia, Made, Media, MediaType, RemoteMedia, Value
from runner.artifact import MediaFacts
from runner.clock import Clock, RealClock
from runner.desk import Desk
from runner.errors import MediaError
from runner.events import Event
from runner.job import Input, Job, Render, Rendition, Slug
from runner.makers import Makers
from runner.project import Equipment, Project, RunOptions

SPAN = Span("film.toml", 1, 1, 1, 2)


def untouched(path: Path) -> tuple[int, int, int]:
    """What of a file changes when it is written or replaced, and does not when it is only read."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def made(text: str, media: MediaType = "video") -> Made:
    return Made(Address.parse(text), media)


def local(folder: Path, name: str, media: MediaType = "image") -> LocalMedia:
    return LocalMedia((folder / name).resolve(), name, media)


def clips(*addresses: str, **params: Value) -> dict[str, Value]:
    """The parameters of a film that is cut from instances."""
    return {"clips": [{"source": made(address), "transition": "cut"} for address in addresses], **params}


@dataclass
class Recipe:
    """Writes a graph by hand, in the order in which instances come."""

    folder: Path
    name: str = "film.toml"
    instances: dict[Address, Instance] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)

    def add(
        self,
        address: str,
        params: Mapping[str, Value] | None = None,
        *,
        provider: str | None = "fake",
        uses: str = "image-to-video",
        output: MediaType = "video",
        needs: tuple[str, ...] = (),
        seconds: Fraction | None = Fraction(4),
    ) -> Recipe:
        name = Address.parse(address)
        fps = Fraction(24)
        self.instances[name] = Instance(
            address=name,
            uses=uses,
            provider=provider,
            model="model-1" if provider else None,
            params=params or {},
            output=output,
            shot=name.point[0] if name.point else None,
            needs=tuple(map(Address.parse, needs)),
            seconds=seconds,
            fps=fps,
            frames=None if seconds is None else int(seconds * fps),
            span=SPAN,
        )
        return self

    def film(self, address: str, params: Mapping[str, Value]) -> Recipe:
        self.instances.pop(Address.parse(address), None)  # It comes after clips that were added meanwhile.
        return self.add(address, params, provider=None, uses="concat")

    def deliver(self, name: str, source: Media | str) -> Recipe:
        media = made(source) if isinstance(source, str) else source
        self.deliveries.append(Delivery(name, f"FLM_{name}", media))
        return self

    def graph(self) -> Graph:
        return Graph(
            recipe=self.folder / self.name,
            title="Film",
            slate="FLM",
            seed=0,
            max_cost=None,
            instances=dict(self.instances),
            deliveries=tuple(self.deliveries),
            findings=(),
        )


@dataclass
class FakeProvider:
    """Renders a line of text that says everything that should be in the key.

    Attributes:
        bad: Addresses that fail, with the words.
        work: What happens while a job is rendered.
        instead: What the provider says was made, relative to the job's folder, whatever it made.
    """

    name: str = "fake"
    hosted: bool = False
    version: int = 1
    why_not: str | None = None
    cost: Decimal | None = Decimal(0)
    clock: Clock = field(default_factory=RealClock)
    takes: dict[str, float] = field(default_factory=dict)
    bad: dict[str, Exception] = field(default_factory=dict)
    work: Callable[[Job], object] | None = None
    instead: str | None = None
    jobs: list[Job] = field(default_factory=list)
    running: int = 0
    most: int = 0

    def unavailable(self) -> str | None:
        return self.why_not

    def identity(self, rendition: Rendition) -> Mapping[str, Any]:
        return {"provider": self.name, "version": self.version, "short_side": rendition.short_side}

    def price(self, model: str, params: Mapping[str, Any], seconds: float | None) -> Decimal | None:
        del model, params, seconds
        return self.cost

    @asynccontextmanager
    async def session(self, desk: Desk) -> AsyncIterator[Render]:
        del desk
        yield self.render

    async def render(self, job: Job) -> Path:
        self.jobs.append(job)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            if self.work:
                self.work(job)
            if seconds := self.takes.get(job.address, 0.0):
                job.progress(0.5)
                await self.clock.sleep(seconds)
            if error := self.bad.get(job.address):
                raise error
            made_of = write(job)
            return made_of if self.instead is None else job.folder / self.instead
        finally:
            self.running -= 1

    @property
    def rendered(self) -> list[str]:
        return [job.address for job in self.jobs]


def write(job: Job) -> Path:
    """What the fake makers make of a job: its parameters, with media by what is in them."""
    text = json.dumps({"uses": job.uses, "take": job.take, **job.params}, default=_content, sort_keys=True)
    path = job.folder / "made"
    path.write_text(f"{job.output} 4 {text}")
    return path


def _content(value: object) -> str:
    if isinstance(value, Input):
        return value.path.read_text()
    if isinstance(value, RemoteMedia):
        return value.url
    assert isinstance(value, Slug)
    return f"slug for {value.address}, {value.seconds} s"


def look(path: Path) -> MediaFacts:
    """The facts of a file that begins with its kind and its length."""
    kind, _, rest = path.read_text().partition(" ")
    length = rest.partition(" ")[0]
    if kind == "video":
        seconds = Fraction(length)
        return MediaFacts("video", "mp4", 16, 16, Fraction(24), int(seconds * 24), seconds)
    if kind == "image":
        return MediaFacts("image", "png", 16, 16)
    if kind == "audio":
        return MediaFacts("audio", "wav", seconds=Fraction(length))
    raise MediaError(f"{path.name} is not media")


@dataclass
class World:
    """A folder with a recipe, its local files, and makers that note what they did."""

    folder: Path
    clock: Clock = field(default_factory=RealClock)
    events: list[Event] = field(default_factory=list)
    derived: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    bad_derive: bool = False
    derive_version: int = 1
    kind_version: int = 1
    runs: int = 0

    def __post_init__(self) -> None:
        self.provider = FakeProvider(clock=self.clock)
        self.hosted = FakeProvider("hosted", hosted=True, clock=self.clock, cost=Decimal("0.25"))
        self.recipe = Recipe(self.folder)

    def file(self, name: str, text: str = "image 0 board") -> LocalMedia:
        (self.folder / name).write_text(text)
        kind = text.partition(" ")[0]
        return LocalMedia((self.folder / name).resolve(), name, kind)  # type: ignore[arg-type]

    def makers(self) -> Makers:
        providers = {"fake": self.provider, "hosted": self.hosted}
        return Makers(
            provider=providers.__getitem__,
            kind=lambda name: Kind(name, "video", render="tests:none", version=self.kind_version),
            render=self._render,
            probe=look,
            container=lambda path: look(path).container,
            derive=self._derive,
            derive_version=lambda: self.derive_version,
            slate=lambda address, take, prompt: f"{address} {take} {prompt}",
        )

    def project(self, options: RunOptions | None = None, *, only: tuple[str, ...] = ()) -> Project:
        equipment = Equipment(self.makers(), self.clock, self._name_run)
        chosen = frozenset(map(Address.parse, only))
        return Project(self.recipe.graph(), options or RunOptions(local_jobs=2), equipment, only=chosen)

    def note(self, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: type[Event]) -> list[Any]:
        """The events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    def _render(self, _: Kind) -> Render:
        async def render(job: Job) -> Path:
            self.cut.append(job.address)
            return write(job)

        return render

    async def _derive(self, source: Input, output: DerivedOutput, folder: Path) -> Path:
        if self.bad_derive:
            raise MediaError(f"no {output} can be taken out")
        self.derived.append(output)
        made_of = folder / "derived"
        kind = "audio" if output == "audio" else "image"
        made_of.write_text(f"{kind} 4 {output} of {source.path.read_text()}")
        return made_of

    def _name_run(self) -> str:
        self.runs += 1
        return f"{self.folder.name}-{os.getpid()}-{self.runs}"
