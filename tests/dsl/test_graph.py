"""The graph: order, circles, what is needed, and the longest chain."""

from __future__ import annotations

from dsl.address import Address
from dsl.graph import circles, in_order
from tests.dsl.recipes import Bench

A, B, C, D = (Address(name) for name in "abcd")

CHAIN = """
[[shots]]
id = "010"
start = "a.png"
[[shots]]
id = "020"
start = "${prev.plate.last_frame}"
[[shots]]
id = "030"
start = "b.png"
[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "${shot.start}"
prompt = "x"
[steps.film]
uses = "concat"
clips = "${plate.video}"
"""


def test_order_is_by_inputs_and_then_by_rank() -> None:
    """Each comes after its inputs; among those that are free, the lower rank comes first."""
    inputs: dict[Address, tuple[Address, ...]] = {A: (D,), B: (), C: (B, B), D: ()}
    rank = {A: 0, B: 1, C: 2, D: 3}

    assert in_order(inputs, rank.__getitem__) == ((B, C, D, A), frozenset())


def test_those_that_wait_for_each_other_have_no_order() -> None:
    """What is in a circle, or waits for one, is left over."""
    inputs: dict[Address, tuple[Address, ...]] = {A: (B,), B: (A,), C: (A,), D: ()}

    assert in_order(inputs, str) == ((D,), frozenset({A, B, C}))


def test_a_circle_is_drawn_as_short_as_can_be() -> None:
    """Each group of instances that wait for each other gives one circle, from and to its first."""
    inputs: dict[Address, tuple[Address, ...]] = {A: (B, C), B: (C,), C: (A,), D: (D,)}

    assert sorted(circles(inputs)) == [(A, C, A), (D, D)]


def test_the_critical_path_is_the_longest_chain(bench: Bench) -> None:
    """The chain that takes longest is found by the durations given, unknown ones counting nothing."""
    graph = bench.graph(CHAIN)
    first, second, third, film = graph.instances

    assert graph.critical_path({first: 10, second: 10, third: 30, film: 1}) == (third, film)
    assert graph.critical_path({first: 20, second: 11, third: 30, film: 1}) == (first, second, film)


def test_the_network_has_an_edge_from_each_input(bench: Bench) -> None:
    """The networkx graph has the instances, and edges from inputs to what waits for them."""
    network = bench.graph(CHAIN).network()

    assert sorted((str(source), str(target)) for source, target in network.edges) == [
        ("plate/010", "film"),
        ("plate/010", "plate/020"),
        ("plate/020", "film"),
        ("plate/030", "film"),
    ]


def test_a_graph_keeps_the_text_of_its_findings(bench: Bench) -> None:
    """The recipe's text is kept by the name that findings give it, so that they can be drawn."""
    graph = bench.graph(CHAIN)

    assert {each.span.file for each in graph.findings} == set(graph.sources) == {"film.toml"}
    assert graph.sources["film.toml"].endswith(CHAIN)
