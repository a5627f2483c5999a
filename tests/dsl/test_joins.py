"""Axes: what a matrix makes, what a reference then means, and takes."""

from __future__ import annotations

import time

import pytest

from dsl.address import Address
from dsl.compile import Overrides
from dsl.graph import Graph
from dsl.values import Made
from tests.dsl.recipes import Bench

HEAD = '[style]\nnoir = "ink"\ngouache = "paint"\n[cast.mira]\nimage = "m.png"\nlook = "red"\n'
SHOTS = '[[shots]]\nid = "010"\n[[shots]]\nid = "020"\n'
LOOKS = 'matrix.look = ["${style.noir}", "${style.gouache}"]\n'
STILL = '[steps.still]\nuses = "text-to-image"\nfor_each = "shots"\nprompt = "x"\n'
BOARD = (
    f'[steps.board]\nuses = "edit-image"\nfor_each = "shots"\n{LOOKS}'
    'prompt = "${matrix.look}"\ninput_image = "${still.image}"\n'
)


def _names(graph: Graph) -> list[str]:
    return [str(address) for address in graph.instances]


def _inputs(graph: Graph, name: str) -> list[str]:
    return [str(address) for address in graph.instances[Address.parse(name)].inputs]


def test_a_matrix_makes_an_instance_a_label(bench: Bench) -> None:
    """Instances are called by the shot and the last names of the values, and hold the values themselves."""
    graph = bench.graph(HEAD + SHOTS + STILL + BOARD)
    prompts = {str(a): each.params["prompt"] for a, each in graph.instances.items() if a.step == "board"}

    assert prompts == {
        "board/010,noir": "ink",
        "board/010,gouache": "paint",
        "board/020,noir": "ink",
        "board/020,gouache": "paint",
    }
    assert _inputs(graph, "board/020,noir") == ["still/020"]


def test_points_name_labels_in_the_order_of_their_keys(bench: Bench) -> None:
    """After the shot come the labels by the alphabet of their keys, however they are written."""
    text = SHOTS + STILL + 'matrix.zoom = [1, -0.5]\nmatrix.art = ["a"]\n'

    assert _names(bench.graph(text)) == [
        "still/010,a,1",
        "still/010,a,-0.5",
        "still/020,a,1",
        "still/020,a,-0.5",
    ]
    film = '[steps.f]\nuses = "edit-image"\nprompt = "x"\ninput_image = "${still/020,a,-0.5.image}"\n'

    assert _inputs(bench.graph(text + film), "f") == ["still/020,a,-0.5"]


def test_a_table_in_a_matrix_offers_its_values(bench: Bench) -> None:
    """`${matrix.who.look}` looks into the table that the matrix names."""
    text = HEAD + '[steps.c]\nuses = "edit-image"\nmatrix.who = ["${cast.mira}"]\n'
    text += 'prompt = "${matrix.who.look}"\ninput_image = "${matrix.who.image}"\n'
    graph = bench.graph(text)

    assert _names(graph) == ["c/mira"]
    assert graph.instances[Address("c", ("mira",))].params["prompt"] == "red"


@pytest.mark.parametrize(
    ("reference", "axes", "inputs"),
    [
        ("${board.image}", LOOKS + 'for_each = "shots"\n', {"f/020,noir": ["board/020,noir"]}),
        (
            "${board.image}",
            LOOKS,
            {"f/noir": ["board/010,noir", "board/020,noir"]},
        ),
        (
            "${board.image}",
            'for_each = "shots"\n',
            {"f/010": ["board/010,noir", "board/010,gouache"]},
        ),
        ("${board/010.image}", "", {"f": ["board/010,noir", "board/010,gouache"]}),
        ("${board/010,noir.image}", LOOKS, {"f/gouache": ["board/010,noir"]}),
        ("${next.board.image}", LOOKS + 'for_each = "shots"\n', {"f/010,noir": ["board/020,noir"]}),
    ],
    ids=["both", "look", "shot", "part of a point", "whole point", "next"],
)
def test_a_reference_joins_on_every_axis_both_have(
    bench: Bench, reference: str, axes: str, inputs: dict[str, list[str]]
) -> None:
    """No axis left over is the value, and one is a list in the order of the story or matrix."""
    step = f'[steps.f]\nuses = "generate"\nmodel = "kling-video-o1-reference-to-video"\n{axes}'
    text = HEAD + SHOTS + STILL + BOARD + step + f'prompt = "x"\ninput_image = "{reference}"\n'
    if "next" in reference:
        text = text.replace('id = "020"', 'id = "020"\nf.video = "a.mp4"')
    graph = bench.graph(text)

    assert {name: _inputs(graph, name) for name in inputs} == inputs


def test_two_axes_left_over_are_named(bench: Bench) -> None:
    """A list of lists is an error that names the axes; only what is delivered may be one."""
    film = '[steps.f]\nuses = "generate"\nmodel = "kling-video-o1-reference-to-video"\nprompt = "x"\n'
    text = HEAD + SHOTS + STILL + BOARD
    (found,) = (
        each
        for each in bench.findings(text + film + 'input_image = "${board.image}"\n')
        if each.severity == "error"
    )

    assert (found.code, "shot and look" in found.message) == ("RM217", True)

    stems = [
        each.stem
        for each in bench.graph('slate = "HRB"\n' + text + '[outputs]\nart = "${board.image}"\n').deliveries
    ]

    assert stems == ["HRB_010_art_noir", "HRB_010_art_gouache", "HRB_020_art_noir", "HRB_020_art_gouache"]


def test_without_outputs_every_variant_is_delivered(bench: Bench) -> None:
    """What nothing uses is delivered, each variant under its labels."""
    graph = bench.graph('slate = "HRB"\n' + HEAD + SHOTS + STILL + BOARD)

    assert [each.stem for each in graph.deliveries][:2] == ["HRB_010_board_noir", "HRB_010_board_gouache"]


def test_variants_share_their_seed(bench: Bench) -> None:
    """Looks of one shot have one seed, so that they can be compared, and takes have their own."""
    graph = bench.graph(HEAD + SHOTS + STILL + LOOKS + "takes = 2\n")
    seeds = {str(address): each.params["seed"] for address, each in graph.instances.items()}
    plain = bench.graph(HEAD + SHOTS + STILL).instances[Address("still", ("010",))]

    assert seeds["still/010,noir"] == seeds["still/010,gouache"] == plain.params["seed"]
    assert seeds["still/010,noir@2"] == seeds["still/010,gouache@2"]
    assert len({seeds["still/010,noir"], seeds["still/010,noir@2"], seeds["still/020,noir"]}) == 3


def test_a_billion_variants_are_refused_at_once(bench: Bench) -> None:
    """Counting comes before making: shots times labels times takes, whatever is allowed."""
    axis = ", ".join(map(str, range(100)))
    text = SHOTS + STILL + "".join(f"matrix.k{n} = [{axis}]\n" for n in range(4)) + "takes = 500\n"
    bench.codes(SHOTS + STILL)  # What is loaded once is not the recipe's fault.
    began = time.process_time()
    codes = bench.codes(text, Overrides(allow_large=True))

    assert time.process_time() - began < 0.1
    assert codes == ["RM109"]
    assert "100,000,000,000" in bench.findings(text)[0].message


def test_takes_are_instances_and_the_circled_one_is_used(bench: Bench) -> None:
    """Each take is made; what others use, and what is delivered, is the circled one, else the first."""
    text = SHOTS + STILL + "takes = 2\n" + BOARD.replace(LOOKS, "").replace("${matrix.look}", "y")
    text = text.replace('id = "020"', 'id = "020"\nstill.takes = 3')
    plain = bench.graph(text)
    circled = bench.graph(text, Overrides(circled={"still/020": 3, "still/010": 7}))

    assert _names(plain)[:5] == ["still/010", "still/010@2", "still/020", "still/020@2", "still/020@3"]
    assert plain.needed() == tuple(plain.instances)
    assert _inputs(plain, "board/020") == ["still/020"]
    assert _inputs(circled, "board/020") == ["still/020@3"]
    assert _inputs(circled, "board/010") == ["still/010@7"]
    assert Address("still", ("010",), 7) in circled.instances


def test_the_circled_take_is_delivered(bench: Bench) -> None:
    """An output is the circled take, under the name it has without takes."""
    text = 'slate = "HRB"\n[steps.still]\nuses = "text-to-image"\nprompt = "x"\n'
    (first,) = bench.graph(text + "takes = 3\n").deliveries
    (third,) = bench.graph(text + "takes = 3\n", Overrides(circled={"still": 3})).deliveries
    only = bench.graph(text, Overrides(circled={"still": 3}))

    assert (first.stem, first.source) == ("HRB_still", Made(Address("still"), "image"))
    assert (third.stem, third.source) == ("HRB_still", Made(Address("still", (), 3), "image"))
    assert _names(only) == ["still@3"]


def test_a_target_is_one_take_and_what_it_needs_is_all_of_them(bench: Bench) -> None:
    """Asked for by its address, a take is made alone."""
    graph = bench.graph(
        SHOTS + STILL + "takes = 2\n" + BOARD.replace(LOOKS, "").replace("${matrix.look}", "y")
    )
    one, board = Address("still", ("010",), 2), Address("board", ("010",))

    assert graph.needed(frozenset({one})) == (one,)
    assert set(map(str, graph.needed(frozenset({board})))) == {"still/010", "still/010@2", "board/010"}


def test_a_gate_is_a_step_s_or_a_shot_s(bench: Bench) -> None:
    """`gate` marks instances; a shot may say otherwise of its own."""
    graph = bench.graph(SHOTS.replace('"020"', '"020"\nstill.gate = false') + STILL + "gate = true\n")

    assert [each.gate for each in graph.instances.values()] == [True, False]


def test_needs_are_joined_as_references_are(bench: Bench) -> None:
    """`needs` waits for the same shot and look, or for the point it names."""
    text = HEAD + SHOTS + STILL + BOARD.replace("prompt", 'needs = ["still/010", "still"]\nprompt')
    graph = bench.graph(text)

    assert [str(each) for each in graph.instances[Address("board", ("020", "noir"))].needs] == [
        "still/010",
        "still/020",
    ]
    assert bench.codes(text.replace("still/010", "still/030"))[-1:] == ["RM213"]


def test_a_supplied_output_has_no_takes(bench: Bench) -> None:
    """What a shot supplies is there in every look, and once."""
    text = HEAD + SHOTS.replace('"010"', '"010"\nboard.image = "a.png"') + STILL + BOARD + "takes = 3\n"

    assert [name for name in _names(bench.graph(text)) if name.startswith("board")] == [
        *("board/020,noir", "board/020,noir@2", "board/020,noir@3"),
        *("board/020,gouache", "board/020,gouache@2", "board/020,gouache@3"),
    ]
