"""A deliverable in a run: what it takes to put it under its final name, and what is noted of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from anyio.to_thread import run_sync as in_thread

from dsl.address import Address
from dsl.graph import Delivery
from dsl.values import Derived, LocalMedia, Made, RemoteMedia
from runner.delivery import Placing, deliver, untouched
from runner.errors import MediaError
from runner.events import Delivered, InstanceFailed
from runner.scheduler import Node, Work
from runner.stage import Stage, Task, Trouble


@dataclass(frozen=True, slots=True)
class Landing:
    """A file where it was delivered."""

    path: Path
    placing: Placing


@dataclass(slots=True)
class Delivering:
    """One deliverable in a run.

    Attributes:
        name: What the scheduler calls it.
        delivery: What is delivered.
        folder: Where to.
        mode: The permissions of new files.
        stage: What the nodes of the run share.
    """

    name: str
    delivery: Delivery
    folder: Path
    mode: int
    stage: Stage
    _files: dict[Path, str] = field(default_factory=dict)

    @property
    def address(self) -> Address | None:
        """The instance it comes from; None where it is a file of the author's own."""
        source = self.delivery.source
        inner = source.source if isinstance(source, Derived) else source
        return inner.address if isinstance(inner, Made) else None

    def node(self) -> Node:
        """The deliverable as the scheduler knows it."""
        return Node(self.name, (str(self.address),) if self.address else ())

    def settle(self) -> tuple[Work, ...]:
        """What the delivery takes; nothing if the very file lies there already.

        Raises:
            ReelError: If there is nothing to deliver.
        """
        source = self.delivery.source
        inner = source.source if isinstance(source, Derived) else source
        if isinstance(inner, LocalMedia):
            self._files[inner.path] = self.stage.workshop.setting.files.digest(inner.path)[0]
        if isinstance(inner, RemoteMedia):
            raise MediaError(f"{inner.url} is not made here, and so it is not delivered")
        before = self.stage.derivations([source], self._files)
        if not before and (landing := self._landed()):
            self._say(landing)
            return ()
        self.stage.tasks[self.name] = Task(self._deliver, self._keep)
        return (*before, Work(self.name, "local", tuple(work.name for work in before)))

    def started(self, work: str) -> None:
        """Nothing is said of copying a file."""

    def complete(self, work: str) -> None:
        """Say that the file lies under its final name."""
        self._say(self.stage.tasks[work].result)

    def fail(self, message: str, trouble: Trouble) -> None:
        """Say why the file could not be delivered."""
        del trouble
        address = str(self.address) if self.address else self.delivery.name
        words = f'the output "{self.delivery.name}" could not be delivered: {message}'
        self.stage.announcements.add(InstanceFailed(self.stage.clock.now(), address, None, words))

    def block(self, by: tuple[str, ...]) -> None:
        """Nothing is said of what follows from a failed instance."""

    def _landed(self) -> Landing | None:
        """The file, if it lies there as it was delivered before."""
        digest, container = self._known()
        target = self._target(container)
        placed = self.stage.journal.delivered(target)
        if placed is None or not untouched(target, placed, digest):
            return None
        return Landing(target, Placing(placed, changed=False))

    def _known(self) -> tuple[str, str]:
        """Digest and container of what is delivered, without reading more of it than must be."""
        source = self.delivery.source
        if isinstance(source, LocalMedia):
            return self._files[source.path], self.stage.workshop.setting.makers.container(source.path)
        if isinstance(source, Derived):
            artifact = self.stage.workshop.derived[
                self.stage.content(source.source, self._files), source.output
            ]
        else:
            assert isinstance(source, Made)
            artifact = self.stage.made[source.address]
        return artifact.digest, artifact.facts.container

    async def _deliver(self) -> Landing:
        found = await self.stage.workshop.input(self.delivery.source, self._files)
        target = self._target(self._known()[1])
        place = partial(deliver, found.path, found.digest, target, mode=self.mode)
        return Landing(target, await in_thread(place))

    def _target(self, container: str) -> Path:
        return self.folder / f"{self.delivery.stem}.{container}"

    def _keep(self, task: Task) -> None:
        landing: Landing = task.result
        self.stage.journal.add_delivered(landing.path, landing.placing.placed)

    def _say(self, landing: Landing) -> None:
        address = self.address
        self.stage.announcements.add(
            Delivered(
                at=self.stage.clock.now(),
                address=str(address) if address else None,
                name=self.delivery.name,
                path=landing.path,
                digest=landing.placing.placed.digest,
                changed=landing.placing.changed,
                missing=self.stage.lost.get(address, ()) if address else (),
            )
        )
