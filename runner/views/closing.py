"""The last words of a run: where the film is, what failed, or that there was nothing to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl.address import Address
from dsl.graph import Graph
from runner.views.progress import RunProgress
from runner.views.words import count_of, printable, seconds_of

if TYPE_CHECKING:
    from runner.project import Outcome


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
    return Closing(tuple(_results(outcome, progress, graph)), tuple(_troubles(outcome)))


def _results(outcome: Outcome, progress: RunProgress, graph: Graph) -> Iterable[str]:
    changed = any(delivered.changed for delivered in progress.delivered)
    if outcome.status == "done" and not outcome.made:
        total = count_of(outcome.reused, "instance")
        what = "delivered what was there" if changed else "nothing to do"
        yield f"{what}: {total} up to date"
    order = {output.name: at for at, output in enumerate(graph.deliveries)}
    for delivered in sorted(progress.delivered, key=lambda one: order.get(one.name, len(order))):
        length = _length(delivered.address, graph)
        yield f"{printable(delivered.name)}  {printable(str(delivered.path))}" + (
            f"  {length}" if length else ""
        )


def _length(address: str | None, graph: Graph) -> str:
    instance = graph.instances.get(Address.parse(address)) if address else None
    if instance is None or instance.seconds is None:
        return ""
    if instance.frames is None or instance.fps is None:
        return seconds_of(instance.seconds)
    return f"{seconds_of(instance.seconds)} ({instance.frames} frames at {float(instance.fps):g} fps)"


def _troubles(outcome: Outcome) -> Iterable[str]:
    for failure in outcome.failures:
        first, *rest = [printable(line) for line in failure.message.splitlines()] or ["no reason was given"]
        yield "\n".join([f"{failure.address} failed: {first}", *(f"    {line}" for line in rest)])
    if outcome.missing:
        yield f"the film has no picture of its own for {', '.join(outcome.missing)}"
    if outcome.status == "interrupted":
        yield "interrupted; what was finished is kept, and the same command goes on from there"
