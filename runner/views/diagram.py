"""The graph as a picture: Mermaid for pages, DOT for Graphviz."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dsl.address import Address
from dsl.graph import Graph, Instance
from dsl.values import Derived, Made, leaves
from runner.views.words import printable


def mermaid(graph: Graph) -> str:
    """A Mermaid flowchart: instances, what flows between them, and what is delivered."""
    names = {address: f"n{index}" for index, address in enumerate(graph.instances)}
    lines = ["flowchart LR"]
    for address, instance in graph.instances.items():
        lines.append(f'  {names[address]}["{address}<br/>{instance.model or instance.uses}"]')
    for source, target, label in _edges(graph):
        arrow = f"-->|{label}|" if label else "-->"
        lines.append(f"  {names[source]} {arrow} {names[target]}")
    for index, (source, name) in enumerate(_delivered(graph)):
        lines.append(f'  {names[source]} --> out{index}(["{_mermaid_text(name)}"])')
    return "\n".join(lines)


def dot(graph: Graph) -> str:
    """A DOT digraph of the same."""
    lines = ["digraph reel {", "  rankdir=LR;", "  node [shape=box];"]
    for address, instance in graph.instances.items():
        lines.append(f'  "{address}" [label="{address}\\n{instance.model or instance.uses}"];')
    for source, target, label in _edges(graph):
        suffix = f' [label="{label}"]' if label else ""
        lines.append(f'  "{source}" -> "{target}"{suffix};')
    for index, (source, name) in enumerate(_delivered(graph)):
        lines.append(f'  out{index} [shape=ellipse, label="{_dot_text(name)}"];')
        lines.append(f'  "{source}" -> out{index};')
    return "\n".join([*lines, "}"])


FORMATS: Mapping[str, Callable[[Graph], str]] = {"mermaid": mermaid, "dot": dot}


def _edges(graph: Graph) -> Iterable[tuple[Address, Address, str]]:
    """Each edge once, with what flows along it: a derived output, `needs`, or nothing for a plain video."""
    for address, instance in graph.instances.items():
        for source in instance.inputs:
            yield source, address, _label(instance, source)


def _label(instance: Instance, source: Address) -> str:
    flows: dict[str, None] = {}
    for leaf in leaves(instance.params):
        if isinstance(leaf, Derived) and leaf.source == Made(source, "video"):
            flows[leaf.output.replace("_", " ")] = None
        elif isinstance(leaf, Made) and leaf.address == source:
            flows[leaf.media] = None
    if not flows:
        return "needs"
    return "" if list(flows) in (["video"], ["image"]) else ", ".join(flows)


def _delivered(graph: Graph) -> Iterable[tuple[Address, str]]:
    for delivery in graph.deliveries:
        source = delivery.source.source if isinstance(delivery.source, Derived) else delivery.source
        if isinstance(source, Made):
            yield source.address, delivery.stem


def _mermaid_text(name: str) -> str:
    return (
        printable(name).replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace("&", "#amp;")
    )


def _dot_text(name: str) -> str:
    return printable(name).replace("\\", "\\\\").replace('"', '\\"')
