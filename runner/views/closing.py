"""The last words of a run: where the film is, what failed, or that there was nothing to do."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.graph import Graph
from dsl.values import Made
from runner.events import Delivered
from runner.views.progress import RunProgress
from runner.views.words import count_of, price_of, printable, seconds_of

if TYPE_CHECKING:
    from runner.project import Failure, Outcome


@dataclass(frozen=True, slots=True)
class Closing:
    """What is said at the end.

    Attributes:
        results: For standard output: the deliverables, or that there was nothing to do.
        troubles: For standard error: failures, in full, and what is missing from a film.
    """

    results: tuple[str, ...]
    troubles: tuple[str, ...]


def closing(outcome: Outcome, progress: RunProgress, graph: Graph) -> Closing:
    """The last words of a run, from its outcome and the fold over its events."""
    return Closing(tuple(_results(outcome, progress, graph)), tuple(_troubles(outcome, graph.recipe)))


def _results(outcome: Outcome, progress: RunProgress, graph: Graph) -> Iterable[str]:
    changed = any(delivered.changed for delivered in progress.delivered)
    if outcome.status == "done" and not outcome.made:
        total = count_of(outcome.reused, "instance")
        what = "delivered what was there" if changed else "nothing to do"
        yield f"{what}: {total} up to date"
    order = {output.name: at for at, output in enumerate(graph.deliveries)}
    for delivered in sorted(progress.delivered, key=lambda one: order.get(one.name, len(order))):
        where = f"{printable(delivered.name)}  {printable(str(delivered.path))}"
        yield "  ".join([where, *_length(delivered, progress, graph)])
    if outcome.spent is not None:
        yield f"spent  {price_of(outcome.spent)}"


def _length(delivered: Delivered, progress: RunProgress, graph: Graph) -> Iterable[str]:
    """How long a film is: as it was made, else as its parameters declare; nothing for a still."""
    sources = (output.source for output in graph.deliveries if output.name == delivered.name)
    made = (source.address for source in sources if isinstance(source, Made) and source.media == "video")
    instance = next((graph.instances[one] for one in made if str(one) == delivered.address), None)
    if instance is None:
        return
    now = progress.instances.get(str(instance.address))
    seconds, frames = (now.seconds, now.frames) if now else (None, None)
    if seconds is None and not delivered.missing:
        seconds, frames = None if instance.seconds is None else float(instance.seconds), instance.frames
    if seconds:
        counted = f" ({frames} frames at {frames / seconds:.5g} fps)" if frames else ""
        yield f"{seconds_of(seconds)}{counted}"


def _troubles(outcome: Outcome, recipe: Path) -> Iterable[str]:
    if outcome.refusal:
        yield f"nothing was sent: {outcome.refusal}"
    for happened, failures in (
        ("failed", outcome.failures),
        ("is held", outcome.held),
        ("goes on another time", outcome.stalled),
        ("was not ordered", outcome.unpaid),
    ):
        for failure in failures:
            trouble = _trouble(failure, happened)
            ways = _WAYS.get(happened, ())
            yield "\n".join([trouble, *(_way(command, what, recipe, failure) for command, what in ways)])
    if outcome.missing:
        yield f"the film has no picture of its own for {', '.join(outcome.missing)}"
    if outcome.status == "interrupted":
        for address, generation_id in outcome.remote.items():
            yield f"{address} goes on at the provider as {generation_id}, and is fetched by the next run"
        yield "interrupted; what was finished is kept, and the same command goes on from there"


_WAYS = {
    "is held": (("resolve", "shows all that is known, and decides"),),
    "goes on another time": (("run", "goes on waiting"), ("cancel", "cancels it")),
}
"""The commands that lead on, where something is no failure."""


def _way(command: str, what: str, recipe: Path, failure: Failure) -> str:
    """A line that can be typed as it stands."""
    near = os.path.relpath(recipe)
    name = str(recipe) if near.startswith(os.pardir) else near
    address = [] if command == "run" else [failure.address]
    return f"    {printable(shlex.join(['reel', command, name, *address]))}  {what}"


def _trouble(failure: Failure, happened: str) -> str:
    first, *rest = [printable(line) for line in failure.message.splitlines()] or ["no reason was given"]
    return "\n".join([f"{failure.address} {happened}: {first}", *(f"    {line}" for line in rest)])
