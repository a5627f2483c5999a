"""An instance in a run: what it takes to make it, and what is noted of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from dsl.address import Address
from dsl.graph import Instance
from dsl.values import Derived, Made, leaves
from runner.artifact import Artifact
from runner.errors import MediaError
from runner.events import (
    Event,
    InstanceBlocked,
    InstanceFailed,
    InstanceFinished,
    InstanceHeld,
    InstanceProgressed,
    InstanceResubmitted,
    InstanceReused,
    InstanceStalled,
    InstanceStarted,
    InstanceSubmitted,
    InstanceUnpaid,
    InstanceWarned,
)
from runner.gather import Gathered, gather
from runner.job import Report, Resubmitted, Strange, Submitted
from runner.journal import Scope, Seen, SeenState
from runner.judge import price, scope
from runner.limits import Lane
from runner.missing import tolerated
from runner.plan import Planned
from runner.scheduler import Node, Work
from runner.stage import Stage, Task, Trouble
from runner.workshop import Commission

_VISIBLE = 0.01


@dataclass(slots=True)
class Making:
    """One instance in a run.

    Attributes:
        planned: The instance, and what was judged of it.
        stage: What the nodes of the run share.
        read: Whether anything that is still to be made reads what this instance makes.
    """

    planned: Planned
    stage: Stage
    read: bool
    _gathered: Gathered | None = None
    _part: float = 0.0

    @property
    def instance(self) -> Instance:
        """The instance."""
        return self.planned.instance

    def node(self) -> Node:
        """The instance as the scheduler knows it."""
        return Node(
            name=str(self.instance.address),
            needs=tuple(map(str, self.instance.inputs)),
            tolerates=frozenset(map(str, tolerated(self.instance))),
            weight=self.planned.estimate,
        )

    def settle(self) -> tuple[Work, ...]:
        """What the instance takes; nothing if what it makes is there.

        Raises:
            ReelError: If its inputs will not do.
        """
        gathered = self._gathered = self._gather()
        assert gathered.key is not None
        self._carry_losses(gathered)
        if artifact := self._there(gathered.key):
            self._reuse(gathered.key, artifact)
            return ()
        hosted = self._hosted()
        if hosted and self.planned.verdict == "reuse":
            raise MediaError(
                "what it made was damaged and is set aside; plan again to see what it costs anew"
            )
        before = self.stage.derivations(leaves(gathered.params), gathered.files)
        price = self.planned.price if self.planned.key else self._price(gathered)
        commission = Commission(price, self._progressed, self._reported)
        perform = partial(self.stage.workshop.render, self.instance, gathered, commission)
        self.stage.tasks.setdefault(gathered.key, Task(perform, self._keep))
        lane: Lane = "hosted" if hosted else "local"
        return (*before, Work(gathered.key, lane, tuple(work.name for work in before)))

    def started(self, work: str) -> None:
        """Say that work began, unless it is only a frame that is taken out of an input."""
        if self._gathered and work == self._gathered.key:
            instance = self.instance
            self._say(
                InstanceStarted(
                    *self._now(),
                    uses=instance.uses,
                    provider=instance.provider,
                    model=instance.model,
                    key=work,
                )
            )

    def complete(self, work: str) -> None:
        """Note that the instance is made, by its own work or by that of another instance."""
        task = self.stage.tasks[work]
        artifact: Artifact = task.result
        self.stage.made[self.instance.address] = artifact
        self._see("made")
        if (maker := self.stage.makers.setdefault(work, self.instance.address)) != self.instance.address:
            self._say(InstanceReused(*self._now(), work, artifact.digest, str(maker)))
            return
        seconds = artifact.facts.seconds
        self._say(
            InstanceFinished(
                *self._now(),
                key=work,
                digest=artifact.digest,
                size=artifact.size,
                container=artifact.facts.container,
                seconds=None if seconds is None else float(seconds),
                frames=artifact.facts.frames,
                took=round(task.took, 3),
            )
        )

    def fail(self, message: str, trouble: Trouble) -> None:
        """Note that the instance cannot be made, or not now."""
        self.stage.failed.add(self.instance.address)
        key = self._gathered.key if self._gathered else None
        match trouble:
            case "held":
                self._say(InstanceHeld(*self._now(), key, message))
            case "stalled":
                self._say(InstanceStalled(*self._now(), key, message))
            case "unpaid":
                self._say(InstanceUnpaid(*self._now(), key, message))
            case "failed" | "refused":
                self._see(trouble, message)
                self._say(InstanceFailed(*self._now(), key, message, trouble == "refused"))

    def block(self, by: tuple[str, ...]) -> None:
        """Note that the instance is not tried."""
        self.stage.failed.add(self.instance.address)
        self._say(InstanceBlocked(*self._now(), by))

    def _gather(self) -> Gathered:
        missing = self.stage.failed & set(self.instance.inputs)
        if self.planned.key is not None and not missing:
            return self.planned.gathered
        return gather(self.instance, self.stage.made, self.stage.workshop.setting, missing)

    def _there(self, key: str) -> Artifact | None:
        """What the key made, if it is there; its bytes are read only where somebody else will read them."""
        if self.planned.verdict == "reuse" and not self.read:
            return self.planned.artifact
        artifact = self.stage.journal.made(key)
        return artifact if artifact and self.stage.workshop.store.path(artifact.digest) else None

    def _reuse(self, key: str, artifact: Artifact) -> None:
        self.stage.made[self.instance.address] = artifact
        if self.stage.journal.last(self._scope()) != (key, "made"):
            self._see("made")
        self._say(InstanceReused(*self._now(), key, artifact.digest))

    def _carry_losses(self, gathered: Gathered) -> None:
        """Pass on which clips are missing, and keep slugs out of what is paid for."""
        address, sources = self.instance.address, self._sources()
        lost = [clip for source in sources for clip in self.stage.lost.get(source, ())]
        self.stage.lost[address] = tuple(dict.fromkeys([*lost, *gathered.lost]))
        slug = gathered.lost and self.instance.params.get("on_missing") == "slug"
        if slug or any(source in self.stage.slugged for source in sources):
            self.stage.slugged.add(address)
            if self._hosted():
                names = ", ".join(self.stage.lost[address])
                raise MediaError(f"its input shows a slug for {names}, and nothing is paid for a slug")

    def _sources(self) -> tuple[Address, ...]:
        media = (leaf.source if isinstance(leaf, Derived) else leaf for leaf in leaves(self.instance.params))
        return tuple(dict.fromkeys(leaf.address for leaf in media if isinstance(leaf, Made)))

    def _hosted(self) -> bool:
        provider = self.instance.provider
        return provider is not None and self.stage.workshop.setting.makers.provider(provider).hosted

    def _keep(self, task: Task) -> None:
        assert self._gathered
        assert self._gathered.key
        self.stage.journal.add_made(
            self._gathered.key,
            task.result,
            uses=self.instance.uses,
            maker=self.instance.provider or "",
            took=task.took,
        )

    def _price(self, gathered: Gathered) -> Decimal | None:
        """What it costs, now that its inputs are known."""
        return price(self.instance, gathered, self.planned.seconds, self.stage.workshop.setting)

    def _reported(self, report: Report) -> None:
        """Say what a hosted provider reports, at once and for good."""
        assert self._gathered
        assert self._gathered.key
        at, address, key = *self._now(), self._gathered.key
        match report:
            case Submitted(name, usd):
                self._say(InstanceSubmitted(at, address, key, name, None if usd is None else float(usd)))
            case Resubmitted(reason, usd):
                self._say(InstanceResubmitted(at, address, key, reason, None if usd is None else float(usd)))
            case Strange(name, word):
                message = f'the provider says "{word}" of {name}, which is not documented: taken for running'
                self._say(InstanceWarned(at, address, key, name, word, message))
        self.stage.announcements.flush()

    def _progressed(self, part: float) -> None:
        """Show how much of the work is done, as often as anybody can see."""
        if part - self._part >= _VISIBLE or part >= 1 > self._part:
            self._part = part
            event = InstanceProgressed(self.stage.clock.now(), str(self.instance.address), part)
            self.stage.announcements.show(event)

    def _see(self, state: SeenState, message: str = "") -> None:
        gathered = self._gathered
        if gathered and gathered.key:
            seen = Seen(gathered.key, gathered.preimage, gathered.labels, state, message)
            self.stage.journal.add_seen(self._scope(), seen)

    def _scope(self) -> Scope:
        return scope(self.stage.recipe, self.instance, rehearsal=self.stage.workshop.setting.rehearsal)

    def _now(self) -> tuple[datetime, str]:
        return self.stage.clock.now(), str(self.instance.address)

    def _say(self, event: Event) -> None:
        self.stage.announcements.add(event)
