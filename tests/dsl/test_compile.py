"""Recipes become graphs: the two recipes of the language's own page, joins, wishes, and what is delivered."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from dsl.address import Address
from dsl.compile import OverrideError, Overrides
from dsl.values import Derived, LocalMedia, Made, Match, RemoteMedia
from tests.dsl.recipes import Bench

SHORT = """
[steps.clip]
uses = "image-to-video"
input_image = "board.png"
prompt = "a rocket lifts off, slow push-in"
"""

HARBOUR = '''
title  = "Harbour at dawn"
slate  = "HRB"
seed   = 4100
max_cost = 6.00
[vars]
mood = "dawn mist"
[cast.mira]
image = "refs/mira.png"
look  = "a woman in a deep-red parka and a charcoal beanie"
[style]
gouache = "hand-painted gouache animation, visible brush texture, muted teal and amber"
[defaults.image-to-video]
resolution = "1080p"
fps = 24
[[shots]]
id = "010"
start  = "boards/010.png"
action = "${cast.mira.look} walks onto the empty pier, slow push-in"
[[shots]]
id = "020"
start  = "${prev.plate.last_frame}"
action = """she stops
    and looks up as gulls lift off """
plate.duration = 8
[[shots]]
id = "030"
start  = "boards/030.png"
action = "close on her hands untying a wet mooring rope"
film.transition = "cut"
[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "${shot.start}"
prompt = "${shot.action}, ${vars.mood}"
[steps.restyle]
uses = "reference-video-to-video"
for_each = "shots"
input_video = "${plate.video}"
input_image = "${cast.mira.image}"
prompt = "${style.gouache}. ${shot.action}"
num_frames = "match"
video_strength = 0.6
[steps.film]
uses = "concat"
clips = "${restyle.video}"
audio = "${plate.audio}"
transition = "dissolve 0.5s"
loudness = -16
on_missing = "slug"
[outputs]
film = "${film.video}"
'''

TWO = """
[[shots]]
id = "010"
start = "boards/010.png"
[[shots]]
id = "020"
start = "boards/020.png"
"""

PLATE = """
[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "${shot.start}"
prompt = "x"
"""


def _made(step: str, *point: str) -> Made:
    return Made(Address(step, point), "video")


def test_the_short_recipe(bench: Bench) -> None:
    """Six lines make one instance, delivered under the recipe's name, of the model's default length."""
    graph = bench.graph(SHORT)
    clip = graph.instances[Address("clip")]

    assert (graph.title, graph.slate, graph.seed, graph.max_cost) == ("film", "film", 0, None)
    assert clip.params == {
        "input_image": LocalMedia(bench.folder / "board.png", "board.png", "image"),
        "prompt": "a rocket lifts off, slow push-in",
    }
    assert (clip.provider, clip.model) == ("oxen", "ltx-2-3-pro")
    assert (clip.seconds, clip.fps, clip.frames) == (Fraction(6), Fraction(25), 150)
    assert [(each.name, each.stem, each.source) for each in graph.deliveries] == [
        ("clip", "film_clip", _made("clip"))
    ]


def test_the_harbour_has_its_instances_in_order(bench: Bench) -> None:
    """Each instance comes after its inputs, steps as written, shots in story order."""
    graph = bench.graph(HARBOUR)

    assert (graph.title, graph.slate, graph.seed, graph.max_cost) == (
        "Harbour at dawn",
        "HRB",
        4100,
        Decimal("6.0"),
    )
    assert [str(address) for address in graph.instances] == [
        *("plate/010", "plate/020", "plate/030", "restyle/010", "restyle/020", "restyle/030", "film"),
    ]
    assert [each.code for each in graph.findings] == ["RM352", "RM412", "RM410", "RM403"]


def test_the_harbours_shots_take_defaults_steps_and_wishes(bench: Bench) -> None:
    """Parameters come from the defaults, the step and the shot, with prompts on one line."""
    plate = bench.graph(HARBOUR).instances[Address("plate", ("020",))]

    assert plate.params == {
        "resolution": "1080p",
        "fps": 24,
        "input_image": Derived(_made("plate", "010"), "last_frame"),
        "prompt": "she stops and looks up as gulls lift off , dawn mist",
        "duration": 8,
    }
    assert plate.inputs == (Address("plate", ("010",)),)
    assert (plate.seconds, plate.fps, plate.frames) == (Fraction(8), Fraction(24), 192)


def test_the_harbours_film_is_as_long_as_its_clips_less_its_dissolves(bench: Bench) -> None:
    """The film lasts 145 + 193 + 145 frames less one dissolve of half a second, and knows its sound."""
    film = bench.graph(HARBOUR).instances[Address("film")]

    assert film.params["clips"] == (
        {
            "source": _made("restyle", "010"),
            "transition": "cut",
            "sound": Derived(_made("plate", "010"), "audio"),
        },
        {
            "source": _made("restyle", "020"),
            "transition": "dissolve 0.5s",
            "sound": Derived(_made("plate", "020"), "audio"),
        },
        {
            "source": _made("restyle", "030"),
            "transition": "cut",
            "sound": Derived(_made("plate", "030"), "audio"),
        },
    )
    assert film.params["loudness"] == -16
    assert (film.frames, film.fps) == (145 + 193 + 145 - 12, Fraction(24))
    assert film.seconds == Fraction(471, 24)
    assert film.provider is None
    assert film.model is None


def test_a_list_is_delivered_one_file_a_shot(bench: Bench) -> None:
    """An output that is a list delivers a file an instance; one that fixes the shot delivers one."""
    outputs = '[outputs]\nplate = "${plate.video}"\nlast = "${plate/020.last_frame}"\n'
    graph = bench.graph(f'slate = "HRB"\n{TWO}{PLATE}{outputs}')

    assert [(each.stem, each.source) for each in graph.deliveries] == [
        ("HRB_010_plate", _made("plate", "010")),
        ("HRB_020_plate", _made("plate", "020")),
        ("HRB_last", Derived(_made("plate", "020"), "last_frame")),
    ]


def test_only_what_an_output_needs_is_needed(bench: Bench) -> None:
    """Instances that no output needs are compiled, and not among the needed ones."""
    graph = bench.graph(f'{TWO}{PLATE}{SHORT}[outputs]\nlast = "${{plate/020.video}}"\n')

    assert graph.needed() == (Address("plate", ("020",)),)
    assert graph.needed(frozenset({Address("clip")})) == (Address("clip"),)
    assert len(graph.instances) == 3


def test_omitted_shots_are_skipped_by_their_neighbours(bench: Bench) -> None:
    """`prev` means the neighbour in the story, which an omitted shot is not part of."""
    text = TWO.replace('id = "020"', 'id = "015"\nomit = true\n[[shots]]\nid = "020"')
    text = text.replace('start = "boards/020.png"', 'start = "${prev.plate.last_frame}"')
    plate = bench.graph(text + PLATE).instances[Address("plate", ("020",))]

    assert plate.params["input_image"] == Derived(_made("plate", "010"), "last_frame")


def test_a_shot_supplies_an_output(bench: Bench) -> None:
    """Naming an output in a shot makes no instance, and what it names is used and delivered in its place."""
    text = TWO + 'plate.video = "footage/drone.mp4"\n' + PLATE
    still = '[steps.still]\nuses = "frame"\nfor_each = "shots"\ninput_video = "${plate.video}"\nat = "last"\n'
    graph = bench.graph(text + still + '[outputs]\nstill = "${still.image}"\nplate = "${plate.video}"\n')
    drone = LocalMedia(bench.folder / "footage/drone.mp4", "footage/drone.mp4", "video")

    assert Address("plate", ("020",)) not in graph.instances
    assert graph.instances[Address("still", ("020",))].params["input_video"] == drone
    assert graph.deliveries[-1].source == drone


def test_a_shot_replaces_key_by_key(bench: Bench) -> None:
    """A shot's wishes replace keys before references are resolved, and `without` drops what the rest set."""
    fast = 'model = "ltx-2-3-fast-image-to-video"'
    wish = f'plate = {{ fps = 48, without = ["camera_motion"], {fast}, provider = "p" }}\n'
    graph = bench.graph(TWO + wish + PLATE + 'camera_motion = "static"\nfps = 24\n')
    first, second = graph.instances.values()

    assert (first.model, first.provider, first.params["camera_motion"], first.params["fps"]) == (
        *("ltx-2-3-pro", "oxen", "static", 24),
    )
    assert (second.model, second.provider, second.params["fps"]) == ("ltx-2-3-fast-image-to-video", "p", 48)
    assert "camera_motion" not in second.params


def test_a_whole_value_keeps_its_type(bench: Bench) -> None:
    """A value that is one reference is a number or a boolean where that is what it refers to."""
    text = '[vars]\nlength = 8\nsound = false\nword = "x ${vars.length} ${vars.sound}"\n' + SHORT.replace(
        "a rocket lifts off, slow push-in", "${vars.word} ${recipe.title}"
    )
    clip = bench.graph(text + 'duration = "${vars.length}"\ngenerate_audio = "${vars.sound}"\n').instances[
        Address("clip")
    ]

    assert (clip.params["duration"], clip.params["generate_audio"]) == (8, False)
    assert clip.params["prompt"] == "x 8 false film"


def test_one_pass_expands_nothing_twice(bench: Bench) -> None:
    """What an escape or a reference yields is not looked at again."""
    text = '[vars]\na = "$${vars.b}"\nb = "no"\n' + SHORT.replace("a rocket", "${vars.a}")

    assert (
        bench.graph(text).instances[Address("clip")].params["prompt"] == "${vars.b} lifts off, slow push-in"
    )


def test_one_value_stands_for_a_list_of_one(bench: Bench) -> None:
    """A media list takes a single value, and lists within it are spread."""
    one = '[steps.art]\nuses = "edit-image"\ninput_image = "a.png"\nprompt = "x"\n'
    many = TWO + PLATE + one.replace('"a.png"', '["a.png", "${plate.last_frame}", "https://a.example/b.png"]')
    single = bench.graph(one).instances[Address("art")].params["input_image"]
    several = bench.graph(many).instances[Address("art")].params["input_image"]

    assert single == (LocalMedia(bench.folder / "a.png", "a.png", "image"),)
    assert several == (
        LocalMedia(bench.folder / "a.png", "a.png", "image"),
        Derived(_made("plate", "010"), "last_frame"),
        Derived(_made("plate", "020"), "last_frame"),
        RemoteMedia("https://a.example/b.png", "image"),
    )


def test_needs_are_order_without_data(bench: Bench) -> None:
    """`needs` joins as a reference does, and carries no data."""
    graph = bench.graph(TWO + PLATE + SHORT + 'needs = ["plate/020"]\n')
    clip = graph.instances[Address("clip")]

    assert clip.needs == clip.inputs == (Address("plate", ("020",)),)
    assert [each.name for each in graph.deliveries] == ["plate", "plate", "clip"]


def test_the_command_line_overrides(bench: Bench) -> None:
    """Variables keep their type, are taken literally, and the provider of the command line is everyone's."""
    text = 'seed = 1\n[vars]\nlength = 6\nmood = "x"\nlook.palette = "teal"\n' + SHORT.replace(
        "a rocket", "${vars.mood} ${vars.look.palette}"
    )
    sets = {"length": "8", "mood": "${vars.length}", "look.palette": "red"}
    overrides = Overrides(vars=sets, seed=2, provider="animatic")
    graph = bench.graph(text + 'duration = "${vars.length}"\nprovider = "other"\n', overrides)
    clip = graph.instances[Address("clip")]

    assert (graph.seed, clip.provider, clip.params["duration"]) == (2, "animatic", 8)
    assert clip.params["prompt"] == "${vars.length} red lifts off, slow push-in"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("moood", "x", 'did you mean "mood"'),
        ("length", "6.5", "a whole number"),
        ("sound", "yes", "true or false"),
        ("strength", "nan", "a number"),
        ("list", "[1]", "a list or table"),
        ("mood.x", "1", 'there is no "mood.x"'),
    ],
)
def test_an_override_that_does_not_fit_is_refused(bench: Bench, name: str, value: str, words: str) -> None:
    """A variable that does not exist, or a value of another type, is refused in words."""
    text = '[vars]\nlength = 6\nmood = "x"\nsound = true\nstrength = 0.5\nlist = [1]\n' + SHORT
    with pytest.raises(OverrideError, match=words):
        bench.graph(text, Overrides(vars={name: value}))


def test_match_waits_where_the_length_is_not_known(bench: Bench) -> None:
    """`match` is a number where the input's length is known, and is left open where it is not."""
    text = '[steps.r]\nuses = "reference-video-to-video"\nprompt = "x"\n'
    text += 'input_video = "drone.mp4"\nnum_frames = "match"\n'
    open_ = bench.graph(text).instances[Address("r")]
    known = bench.graph(text, lengths={"drone.mp4": Fraction(5)}).instances[Address("r")]

    assert open_.params["num_frames"] == Match("input_video", 24.0, 9, 481)
    assert (open_.seconds, open_.frames) == (None, None)
    assert (known.params["num_frames"], known.seconds) == (121, Fraction(121, 24))


def test_lengths_follow_trims_and_control_videos(bench: Bench) -> None:
    """A trim lasts the whole frames from start to end, and a control video as long as its input."""
    text = SHORT + (
        '[steps.cut]\nuses = "trim"\ninput_video = "${clip.video}"\nstart = 0.5\n'
        '[steps.edges]\nuses = "control-video"\ninput_video = "${cut.video}"\n'
        '[steps.still]\nuses = "frame"\ninput_video = "${edges.video}"\n'
    )
    found = {str(each.address): (each.seconds, each.frames) for each in bench.graph(text).instances.values()}

    assert found == {
        "clip": (6, 150),
        "cut": (Fraction(138, 25), 138),
        "edges": (Fraction(138, 25), 138),
        "still": (None, None),
    }


def test_more_than_a_thousand_instances_are_asked_for(bench: Bench) -> None:
    """More than 1,000 instances need a flag, and too many are refused whatever the flag."""
    shots = "".join(f'[[shots]]\nid = "{n}"\n' for n in range(1001))
    step = '[steps.s{0}]\nuses = "text-to-image"\nfor_each = "shots"\nprompt = "x"\n'

    assert bench.codes(shots + step.format(0)) == ["RM109"]
    assert bench.codes(shots + step.format(0), Overrides(allow_large=True)) == []
    many = shots + "".join(step.format(n) for n in range(200))
    assert bench.codes(many, Overrides(allow_large=True)) == ["RM109"]


def test_defaults_for_shots_are_fields_and_wishes(bench: Bench) -> None:
    """`[defaults.shots]` gives every shot fields and wishes, which a shot's own replace key by key."""
    text = '[defaults.shots]\nstart = "${prev.plate.last_frame}"\nplate.duration = 8\nplate.fps = 24\n'
    shots = '[[shots]]\nid = "010"\nstart = "a.png"\nplate.fps = 48\n[[shots]]\nid = "020"\n'
    first, second = bench.graph(text + shots + PLATE).instances.values()

    assert (first.params["duration"], first.params["fps"]) == (8, 48)
    assert (second.params["duration"], second.params["fps"]) == (8, 24)
    assert second.params["input_image"] == Derived(_made("plate", "010"), "last_frame")


def test_params_names_a_parameter_that_clashes(bench: Bench) -> None:
    """What stands under `params` is a parameter, whatever its name."""
    graph = bench.graph(SHORT + "params.duration = 10\n")

    assert graph.instances[Address("clip")].params["duration"] == 10


def test_reading_a_text_of_another_folder_finds_media_beside_it(bench: Bench) -> None:
    """Paths begin at the recipe's folder, wherever the recipe is compiled from."""
    graph = bench.graph(SHORT)
    image = graph.instances[Address("clip")].params["input_image"]

    assert isinstance(image, LocalMedia)
    assert image.path == graph.recipe.parent / "board.png"
