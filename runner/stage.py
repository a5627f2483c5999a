"""What the nodes of a run share: what was made so far, what failed, and the tasks that are known by now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

from dsl.address import Address
from dsl.values import Derived, LocalMedia, Made, Match, Media, RemoteMedia
from runner.announce import Announcements
from runner.artifact import Artifact
from runner.clock import Clock
from runner.journal import Journal
from runner.scheduler import Work
from runner.workshop import Workshop

Trouble: TypeAlias = Literal["failed", "refused", "held", "stalled", "unpaid"]
"""How a work can end otherwise than done; `refused` is a failure that would come again."""


@dataclass(slots=True)
class Task:
    """What stands behind the name of a work.

    Attributes:
        perform: Does it, and gives what came of it.
        keep: Notes in the journal what came of it.
        result: What came of it, once it is done.
        error: Why it failed or is held, once it has or is.
        trouble: Which of these.
        took: Seconds it took.
    """

    perform: Callable[[], Awaitable[Any]]
    keep: Callable[[Task], None]
    result: Any = None
    error: str = ""
    trouble: Trouble = "failed"
    took: float = 0.0


@dataclass(slots=True)
class Stage:
    """What the nodes of a run share.

    Attributes:
        recipe: What the journal calls the recipe.
        workshop: Where things are made.
        journal: Where it is noted.
        announcements: The way out for events.
        clock: The time.
        tasks: Works by name.
        makers: The instance that a work was done for, by the work's name.
        failed: Instances that failed or were blocked.
        lost: Clips that what an instance made does without.
        slugged: Instances whose result shows a slug.
    """

    recipe: str
    workshop: Workshop
    journal: Journal
    announcements: Announcements
    clock: Clock
    tasks: dict[str, Task] = field(default_factory=dict)
    makers: dict[str, Address] = field(default_factory=dict)
    failed: set[Address] = field(default_factory=set)
    lost: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    slugged: set[Address] = field(default_factory=set)

    @property
    def made(self) -> dict[Address, Artifact]:
        """What instances have made."""
        return self.workshop.made

    def derivations(self, media: Iterable[Media | Match], files: Mapping[Path, str]) -> tuple[Work, ...]:
        """The works that take frames and sounds out of videos, where they were not taken out before."""
        wanted = dict.fromkeys(leaf for leaf in media if isinstance(leaf, Derived))
        return tuple(work for leaf in wanted if (work := self._derivation(leaf, files)))

    def _derivation(self, leaf: Derived, files: Mapping[Path, str]) -> Work | None:
        of = self.content(leaf.source, files)
        version = self.workshop.setting.makers.derive_version()
        found = self.journal.derived(of, leaf.output, version)
        if found and self.workshop.store.path(found.digest):
            self.workshop.derived[of, leaf.output] = found
            return None
        name = f"{leaf.output} of {of}"

        def keep(task: Task) -> None:
            self.workshop.derived[of, leaf.output] = task.result
            self.journal.add_derived(of, leaf.output, version, task.result)

        self.tasks.setdefault(name, Task(partial(self.workshop.derive, leaf, files), keep))
        return Work(name, "local")

    def content(self, source: Made | LocalMedia | RemoteMedia, files: Mapping[Path, str]) -> str:
        """What stands for the content of a medium: a digest, or a URL."""
        match source:
            case Made():
                return self.made[source.address].digest
            case LocalMedia():
                return files[source.path]
            case RemoteMedia():
                return source.url
