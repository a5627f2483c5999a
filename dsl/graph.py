"""The graph of a recipe: instances, what each needs, and what is delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import networkx as nx

from dsl.address import Address
from dsl.diagnostics import Diagnostic, Span
from dsl.values import Derived, Made, Media, MediaType, Value, leaves


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
    """

    recipe: Path
    title: str
    slate: str
    seed: int
    max_cost: Decimal | None
    instances: Mapping[Address, Instance]
    deliveries: tuple[Delivery, ...]
    findings: tuple[Diagnostic, ...]

    def needed(self, targets: frozenset[Address] | None = None) -> tuple[Address, ...]:
        """The instances that the deliveries (or the targets named) need, in order."""
        wanted = set(targets) if targets is not None else set(self._delivered())
        network = self.network()
        for address in tuple(wanted):
            wanted |= nx.ancestors(network, address)
        return tuple(address for address in self.instances if address in wanted)

    def network(self) -> nx.DiGraph[Address]:
        """The instances as a networkx graph; an edge goes from an input to what waits for it."""
        network: nx.DiGraph[Address] = nx.DiGraph()
        network.add_nodes_from(self.instances)
        for address, instance in self.instances.items():
            network.add_edges_from((source, address) for source in instance.inputs)
        return network

    def picture(self, *, unicode: bool = True) -> str:
        """The graph as lines for a terminal: what waits for something is written below it, indented.

        Args:
            unicode: Whether the lines may be drawn with box characters; else with ASCII alone.
        """
        return "\n".join(nx.generate_network_text(self.network(), ascii_only=not unicode))

    def _delivered(self) -> tuple[Address, ...]:
        sources = (d.source.source if isinstance(d.source, Derived) else d.source for d in self.deliveries)
        return tuple(source.address for source in sources if isinstance(source, Made))
