"""Judges what a run would do about each instance, and records why where it is judged. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import get_args

from dsl.address import Address
from dsl.graph import Graph, Instance
from dsl.values import Derived, LocalMedia, Made, leaves
from runner.artifact import Artifact
from runner.changes import Change, changes
from runner.estimate import Paces, critical_path
from runner.gather import Gathered, Setting, gather
from runner.journal import Journal, Scope, Seen, SeenState
from runner.plan import Plan, Planned, Reason, ReasonCode, Totals, Upload, Verdict
from runner.store import Store
from runner.submit import State

_NAMED = 3
_BEFORE: dict[SeenState, ReasonCode] = {"failed": "failed before", "refused": "refused before"}


@dataclass(slots=True)
class Judge:
    """Makes plans from what the journal and the store hold.

    Attributes:
        graph: The recipe.
        recipe: What the journal calls the recipe.
        setting: What decides keys besides the instances.
        store: Where objects lie.
        journal: What was made before.
        paces: How long work took before.
    """

    graph: Graph
    recipe: str
    setting: Setting
    store: Store
    journal: Journal
    paces: Paces
    _made: dict[Address, Artifact] = field(default_factory=dict)
    _first: dict[str, Address] = field(default_factory=dict)

    def plan(self, wanted: Sequence[Address]) -> Plan:
        """Judge instances, given in an order where each comes after all it waits for.

        Raises:
            MediaError: If a local input cannot be read.
            UsageError: If a provider or kind of step is not installed.
            StoreError: If the journal cannot be read.
        """
        self._made.clear()
        self._first.clear()
        planned = {address: self._planned(self.graph.instances[address]) for address in wanted}
        return Plan(self.graph.recipe, planned, self._totals(planned))

    def _planned(self, instance: Instance) -> Planned:
        gathered = gather(instance, self._made, self.setting)
        artifact = self.journal.made(gathered.key) if gathered.key else None
        there = artifact is not None and self.store.present(artifact)
        if artifact and there:
            self._made[instance.address] = artifact
        verdict, reason = self._judged(instance, gathered, artifact, there=there)
        seconds, frames = self._length(instance, gathered, artifact if there else None)
        idle = verdict in ("reuse", "attach", "held")
        return Planned(
            instance=instance,
            verdict=verdict,
            reason=reason,
            seconds=seconds,
            frames=frames,
            price=Decimal(0) if idle else price(instance, gathered, seconds, self.setting),
            gathered=gathered,
            artifact=artifact if there else None,
            uploads=() if idle else self._uploads(instance),
            estimate=0.0 if idle else self.paces.seconds(instance, seconds),
        )

    def _judged(
        self, instance: Instance, gathered: Gathered, artifact: Artifact | None, *, there: bool
    ) -> tuple[Verdict, Reason]:
        if there:
            return "reuse", Reason("up to date", "up to date")
        if (
            gathered.key
            and (first := self._first.setdefault(gathered.key, instance.address)) != instance.address
        ):
            return "attach", Reason("shared", f"the same work as {first}")
        if not artifact and (flying := self._in_flight(gathered.key)) is not None:
            return flying
        seen = self.journal.seen(scope(self.recipe, instance, rehearsal=self.setting.rehearsal))
        if gathered.waits:
            names = _listed(map(str, gathered.waits))
            return "wait", Reason("upstream", f"waits for {names}", _changes(seen, gathered))
        if artifact:
            return "run", Reason("missing", "made before, but its file is gone or damaged")
        return "run", _why_now(seen, gathered)

    def _in_flight(self, key: str | None) -> tuple[Verdict, Reason] | None:
        """What became so far of a paid attempt that holds the key, if one does."""
        record = self.journal.attempts.of(key) if key else None
        if record is None or not record.live:
            return None
        name = record.attempt.generation_id or "an attempt whose reply was lost"
        if record.attempt.state in (State.HELD, State.ABANDONED):
            return "held", Reason("held", f"held: {name} may have been paid for, and only you can decide")
        return "attach", Reason("in flight", f"already at the provider: {name}, nothing new is paid")

    def _length(
        self, instance: Instance, gathered: Gathered, artifact: Artifact | None
    ) -> tuple[Fraction | None, int | None]:
        """What the parameters declare, else what a length settled by now comes to, else what is there."""
        if instance.output == "image":
            return None, None
        if instance.seconds is not None:
            return instance.seconds, instance.frames
        if artifact is not None:
            return artifact.facts.seconds, artifact.facts.frames
        return _settled(instance, gathered)

    def _uploads(self, instance: Instance) -> tuple[Upload, ...]:
        if instance.provider is None or not self.setting.makers.provider(instance.provider).hosted:
            return ()
        sources = (leaf.source if isinstance(leaf, Derived) else leaf for leaf in leaves(instance.params))
        paths = dict.fromkeys(source.path for source in sources if isinstance(source, LocalMedia))
        digests = ((path, *self.setting.files.digest(path)) for path in paths)
        return tuple(Upload(path, size, digest) for path, digest, size in digests)

    def _totals(self, planned: Mapping[Address, Planned]) -> Totals:
        counts = Counter(each.verdict for each in planned.values())
        prices = [each.price for each in planned.values() if each.verdict in ("run", "wait")]
        film = self._film(planned)
        return Totals(
            counts={verdict: counts[verdict] for verdict in get_args(Verdict)},
            price=None if None in prices else sum((price for price in prices if price), Decimal(0)),
            film_seconds=film.seconds if film else None,
            film_frames=film.frames if film else None,
            critical_path_seconds=critical_path(planned),
        )

    def _film(self, planned: Mapping[Address, Planned]) -> Planned | None:
        """The first delivered video that is cut from clips, else the first delivered video."""
        sources = (delivery.source for delivery in self.graph.deliveries)
        made = [planned.get(source.address) for source in sources if isinstance(source, Made)]
        videos = [each for each in made if each and each.instance.output == "video"]
        return next((each for each in videos if each.instance.uses == "concat"), next(iter(videos), None))


def price(
    instance: Instance, gathered: Gathered, seconds: Fraction | None, setting: Setting
) -> Decimal | None:
    """USD for an instance; None where it is not known.

    Args:
        instance: The instance.
        gathered: Its parameters, as far as they are known.
        seconds: Its declared length, where it has one.
        setting: Who knows prices.
    """
    if instance.provider is None or instance.model is None:
        return Decimal(0)
    if seconds is None:
        seconds = _settled(instance, gathered)[0]
    provider = setting.makers.provider(instance.provider)
    return provider.price(instance.model, gathered.params, None if seconds is None else float(seconds))


def _settled(instance: Instance, gathered: Gathered) -> tuple[Fraction | None, int | None]:
    """Seconds and frames that a number of frames comes to, which may follow from an input."""
    frames = gathered.params.get("num_frames")
    if isinstance(frames, int) and instance.fps:
        return frames / instance.fps, frames
    return None, instance.frames


def scope(recipe: str, instance: Instance, *, rehearsal: bool) -> Scope:
    """Within what an instance is compared with what it was; local steps of rehearsals are apart."""
    maker = instance.provider or ("rehearsal" if rehearsal else "")
    return Scope(recipe, str(instance.address), maker)


def _why_now(seen: Seen | None, gathered: Gathered) -> Reason:
    """Why something that can be made at once, and is not there, is not there."""
    if seen is None or (seen.key == gathered.key and seen.state == "made"):
        return Reason("new", "not made yet")
    if seen.key == gathered.key:
        why = next(iter(seen.message.splitlines()), "no reason was kept")
        return Reason(_BEFORE[seen.state], f"{_BEFORE[seen.state]}: {why}")
    changed = _changes(seen, gathered)
    fields = dict.fromkeys(change.field for change in changed)
    return Reason("changed", f"changed: {_listed(fields)}", changed)


def _changes(seen: Seen | None, gathered: Gathered) -> tuple[Change, ...]:
    if seen is None:
        return ()
    return changes(seen.preimage, gathered.preimage, seen.labels, gathered.labels)


def _listed(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b and 3 more`."""
    every = list(names)
    named = every if len(every) <= _NAMED else [*every[: _NAMED - 1], f"{len(every) - _NAMED + 1} more"]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}" if named else "nothing"
