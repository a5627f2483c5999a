"""The running time of a film as a sum that can be followed: `4 x 6.04 s - 0.5 s = 23.67 s`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby

from dsl.graph import Graph, Instance
from dsl.timeline import parse_transition
from dsl.values import Made
from runner.views.words import seconds_of


def running_time(graph: Graph, seconds: Fraction | None, frames: int | None) -> str | None:
    """The sum for what is delivered.

    Args:
        graph: The recipe.
        seconds: The film's length, as planned.
        frames: The film's frames, as planned.

    Returns:
        None where no length is known.
    """
    if seconds is None:
        return None
    exact = f"{seconds_of(seconds)}" + (f" ({frames} frames)" if frames is not None else "")
    films = [film for film in _films(graph) if film.seconds == seconds]
    terms = _terms(films[0], graph) if films else None
    return f"{terms} = {exact}" if terms else exact


def _films(graph: Graph) -> Iterable[Instance]:
    for delivery in graph.deliveries:
        if isinstance(delivery.source, Made):
            film = graph.instances[delivery.source.address]
            if film.uses == "concat":
                yield film


def _terms(film: Instance, graph: Graph) -> str | None:
    clips = film.params["clips"]
    if film.fps is None or not isinstance(clips, Sequence):
        return None
    lengths: list[Fraction] = []
    overlaps: Counter[Fraction] = Counter()
    for clip in clips:
        match clip:
            case {"source": Made(address=address), "transition": str(transition)}:
                if (length := graph.instances[address].seconds) is None:
                    return None
                frames = parse_transition(transition).overlap(film.fps) if lengths else 0
                lengths.append(length)
                overlaps[Fraction(frames) / film.fps] += 1
            case _:
                return None
    del overlaps[Fraction(0)]
    if len(lengths) == 1:
        return None
    plus = " + ".join(_times(len(list(same)), length) for length, same in groupby(lengths))
    return "".join([plus, *(f" - {_times(count, overlap)}" for overlap, count in overlaps.items())])


def _times(count: int, length: Fraction) -> str:
    return f"{count} x {seconds_of(length)}" if count > 1 else seconds_of(length)
