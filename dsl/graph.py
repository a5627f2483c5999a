"""The graph of a recipe: instances, what each needs, and what is delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl.address import Address
from dsl.diagnostics import Diagnostic, Span
from dsl.values import Derived, Made, Media, MediaType, Value, leaves

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Instance:
    """A step at one point of its axes, with every reference resolved.

    Attributes:
        address: Its name.
        uses: The kind of step, such as `image-to-video`.
        provider: Who renders it; None for a local kind.
        model: The catalogue's model id; None for a local kind.
        params: What the model or local step is given, by parameter name. Media are leaves of `dsl.values`.
        output: What it makes.
        shot: The shot's id, where the step has that axis.
        needs: Instances that must be done first although no data flows from them.
        seconds: The length its parameters declare; None where only the result will tell, and for images.
        fps: The frame rate its parameters declare, frames per second; None where they do not.
        frames: The number of frames its parameters declare; None where they do not.
        span: Where the step is written.
        gate: Whether what waits for it waits until it is approved, too; rehearsals take no notice.
    """

    address: Address
    uses: str
    provider: str | None
    model: str | None
    params: Mapping[str, Value]
    output: MediaType
    shot: str | None
    needs: tuple[Address, ...]
    seconds: Fraction | None
    fps: Fraction | None
    frames: int | None
    span: Span
    gate: bool = False

    @property
    def inputs(self) -> tuple[Address, ...]:
        """Every instance this one waits for, data first, each once."""
        found: dict[Address, None] = {}
        for leaf in leaves(self.params):
            source = leaf.source if isinstance(leaf, Derived) else leaf
            if isinstance(source, Made):
                found[source.address] = None
        found.update(dict.fromkeys(self.needs))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file the recipe asks for.

    Attributes:
        name: The output's name in `[outputs]`.
        stem: The file's name without its extension, which follows from what the file turns out to be.
        source: What is delivered.
    """

    name: str
    stem: str
    source: Media


@dataclass(frozen=True, slots=True)
class Graph:
    """A recipe that can be run.

    Attributes:
        recipe: The recipe file, absolute.
        title: The film's title.
        slate: The prefix of file names.
        seed: The root seed.
        max_cost: The recipe's own ceiling, USD; None where it sets none.
        instances: In an order where each comes after all it waits for; story order within that.
        deliveries: What is delivered, in the order written.
        findings: Warnings and notes; a recipe with errors has no graph.
        sources: The text of each file the findings are about, by the file's name.
        shots: The ids of the shots in story order, without those that are omitted.
    """

    recipe: Path
    title: str
    slate: str
    seed: int
    max_cost: Decimal | None
    instances: Mapping[Address, Instance]
    deliveries: tuple[Delivery, ...]
    findings: tuple[Diagnostic, ...]
    sources: Mapping[str, str] = field(default_factory=dict)
    shots: tuple[str, ...] = ()

    def needed(self, targets: frozenset[Address] | None = None) -> tuple[Address, ...]:
        """The instances that the deliveries (or the targets named) need, in order.

        Of what is needed every take is, although only the circled one is used; of a target, the one named.
        """
        wanted = set(targets) if targets is not None else set(self._delivered())
        needed = set() if targets is not None else set(wanted)
        for address in reversed(tuple(self.instances)):
            if address in wanted:
                needed.update(self.instances[address].inputs)
                wanted.update(self.instances[address].inputs)
        points = {(address.step, address.point) for address in needed}
        return tuple(
            address
            for address in self.instances
            if address in wanted or (address.step, address.point) in points
        )

    def critical_path(self, durations: Mapping[Address, float]) -> tuple[Address, ...]:
        """The chain of instances that takes longest, and so the least time a run takes.

        Args:
            durations: Seconds each instance takes; 0 for those not named.
        """
        best: dict[Address, tuple[float, Address | None]] = {}
        for address, instance in self.instances.items():
            before = max(
                (source for source in instance.inputs if source in best),
                key=lambda s: best[s][0],
                default=None,
            )
            waited = 0.0 if before is None else best[before][0]
            best[address] = (waited + durations.get(address, 0.0), before)
        chain: list[Address] = []
        last = max(best, key=lambda address: best[address][0], default=None)
        while last is not None:
            chain.append(last)
            last = best[last][1]
        return tuple(reversed(chain))

    def network(self) -> nx.DiGraph[Address]:
        """The instances as a networkx graph; an edge goes from an input to what waits for it."""
        import networkx as nx  # Slow to import, and `check` needs none of it.

        network: nx.DiGraph[Address] = nx.DiGraph()
        network.add_nodes_from(self.instances)
        for address, instance in self.instances.items():
            network.add_edges_from((source, address) for source in instance.inputs)
        return network

    def told(self) -> tuple[Instance, ...]:
        """The instances as a reader wants them: step by step, each in story order."""
        steps = {
            step: at for at, step in enumerate(dict.fromkeys(address.step for address in self.instances))
        }
        shots = {shot: at for at, shot in enumerate(self.shots)}
        return tuple(
            sorted(
                self.instances.values(),
                key=lambda one: (steps[one.address.step], shots.get(one.shot or "", -1)),
            )
        )

    def picture(self, *, unicode: bool = True) -> str:
        """The graph as lines for a terminal: what waits for something is written below it, indented.

        Args:
            unicode: Whether the lines may be drawn with box characters; else with ASCII alone.
        """
        import networkx as nx

        return "\n".join(nx.generate_network_text(self.network(), ascii_only=not unicode))

    def _delivered(self) -> tuple[Address, ...]:
        sources = (d.source.source if isinstance(d.source, Derived) else d.source for d in self.deliveries)
        return tuple(source.address for source in sources if isinstance(source, Made))


def in_order(
    inputs: Mapping[Address, tuple[Address, ...]], rank: Callable[[Address], Any]
) -> tuple[tuple[Address, ...], frozenset[Address]]:
    """Order instances so that each comes after its inputs, and by rank where that leaves a choice.

    Args:
        inputs: What each instance waits for.
        rank: Which of two comes first.

    Returns:
        The order, and the instances that have none because they wait for each other.
    """
    waiting = {
        address: sum(source in inputs for source in set(sources)) for address, sources in inputs.items()
    }
    after: dict[Address, list[Address]] = {address: [] for address in inputs}
    for address, sources in inputs.items():
        for source in set(sources) & after.keys():
            after[source].append(address)
    ready = [(rank(address), address) for address, count in waiting.items() if count == 0]
    heapify(ready)
    order: list[Address] = []
    while ready:
        _, address = heappop(ready)
        order.append(address)
        for later in after[address]:
            waiting[later] -= 1
            if waiting[later] == 0:
                heappush(ready, (rank(later), later))
    return tuple(order), frozenset(inputs) - frozenset(order)


def circles(inputs: Mapping[Address, tuple[Address, ...]]) -> Iterator[tuple[Address, ...]]:
    """One circle of each group of instances that wait for each other, as short as can be.

    Each begins and ends with the same instance, and each waits for the next.
    """
    import networkx as nx

    network: nx.DiGraph[Address] = nx.DiGraph()
    network.add_edges_from((address, source) for address, sources in inputs.items() for source in sources)
    for group in nx.strongly_connected_components(network):
        first = min(group)
        if len(group) == 1 and not network.has_edge(first, first):
            continue
        inner = network.subgraph(group)
        ways = (nx.shortest_path(inner, step, first) for step in inner.successors(first))
        yield (first, *min(ways, key=len))
