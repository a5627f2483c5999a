"""The cut: clips and the shots they came from, their transitions, and their sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest

from dsl.address import Address
from dsl.values import Derived, LocalMedia, Made
from tests.dsl.recipes import Bench

SHOTS = """
[[shots]]
id = "010"
start = "boards/010.png"
[[shots]]
id = "020"
start = "boards/020.png"
{}
[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "${{shot.start}}"
prompt = "x"
[steps.film]
uses = "concat"
{}
"""


def _film(bench: Bench, wishes: str, keys: str) -> Mapping[str, Any]:
    film = bench.graph(SHOTS.format(wishes, keys)).instances[Address("film")]
    return film.params


def _plate(shot: str) -> Made:
    return Made(Address("plate", (shot,)), "video")


def _transitions(params: Mapping[str, Any]) -> Sequence[str]:
    return [clip["transition"] for clip in params["clips"]]


def test_clips_are_spread_and_keep_their_shots(bench: Bench) -> None:
    """Lists within `clips` are spread, and a shot's wishes go to the clip that came from it."""
    params = _film(
        bench,
        'film.transition = "fade 12f"\nfilm.gain = -3\nfilm.mute = true',
        'clips = ["opening.mp4", "${plate.video}"]\ntransition = "dissolve 0.5s"\nsize = "1280x720"\n'
        "fps = 24",
    )

    opening = LocalMedia(bench.folder / "opening.mp4", "opening.mp4", "video")

    assert params == {
        "clips": (
            {"source": opening, "transition": "cut"},
            {"source": _plate("010"), "transition": "dissolve 0.5s"},
            {"source": _plate("020"), "transition": "fade 12f", "gain": -3.0, "mute": True},
        ),
        "size": "1280x720",
        "fps": 24,
    }


def test_a_fade_comes_up_on_the_first_clip_too(bench: Bench) -> None:
    """A film's own `fade` is for every clip; its own `dissolve` for all but the first."""
    fade = _film(bench, "", 'clips = "${plate.video}"\ntransition = "fade 0.5s"')
    dissolve = _film(bench, "", 'clips = "${plate.video}"\ntransition = "dissolve 0.5s"')

    assert _transitions(fade) == ["fade 0.5s", "fade 0.5s"]
    assert _transitions(dissolve) == ["cut", "dissolve 0.5s"]


def test_a_single_track_lies_under_the_whole(bench: Bench) -> None:
    """One sound, also that of one shot, is the bed of the film; the clips keep their own."""
    music = _film(bench, "", 'clips = "${plate.video}"\naudio = "music.wav"')
    one = _film(bench, "", 'clips = "${plate.video}"\naudio = "${plate/010.video}"')

    assert music["bed"] == LocalMedia(bench.folder / "music.wav", "music.wav", "audio")
    assert one["bed"] == Derived(_plate("010"), "audio")
    assert all("sound" not in clip for clip in (*music["clips"], *one["clips"]))


@pytest.mark.parametrize("audio", ['"${plate.audio}"', '"${plate.video}"'])
def test_a_list_of_sounds_is_laid_shot_by_shot(bench: Bench, audio: str) -> None:
    """A list replaces the sound of the clips of the same shots, whether it is of sounds or of videos."""
    params = _film(bench, "", f'clips = ["opening.mp4", "${{plate.video}}"]\naudio = {audio}')

    assert [clip.get("sound") for clip in params["clips"]] == [
        None,
        Derived(_plate("010"), "audio"),
        Derived(_plate("020"), "audio"),
    ]
    assert "bed" not in params


def test_sounds_without_shots_go_by_their_order(bench: Bench) -> None:
    """As many files as there are clips are laid one by one."""
    params = _film(bench, "", 'clips = "${plate.video}"\naudio = ["a.wav", "b.wav"]')

    assert [clip["sound"].name for clip in params["clips"]] == ["a.wav", "b.wav"]


def test_a_list_of_one_shot_is_still_a_list(bench: Bench) -> None:
    """With one shot the sound is still the shot's own, not a track under the whole."""
    params = _film(bench, "omit = true", 'clips = "${plate.video}"\naudio = "${plate.audio}"')

    assert [clip.get("sound") for clip in params["clips"]] == [Derived(_plate("010"), "audio")]
    assert "bed" not in params


def test_the_length_of_a_film_waits_for_its_files(bench: Bench) -> None:
    """A film with a file in it has a length once the file's is known, at the film's own frame rate."""
    text = SHOTS.format("", 'clips = ["opening.mp4", "${plate.video}"]\nfps = 24')
    unknown = bench.graph(text).instances[Address("film")]
    known = bench.graph(text, lengths={"opening.mp4": Fraction(5, 2)}).instances[Address("film")]

    assert (unknown.seconds, unknown.fps, unknown.frames) == (None, Fraction(24), None)
    assert (known.seconds, known.fps, known.frames) == (Fraction(29, 2), Fraction(24), 60 + 144 + 144)


def test_a_chain_is_seen_through_restyles_and_frames(bench: Bench) -> None:
    """A dissolve into a shot that begins on the last frame of the one before is warned of in every case."""
    text = SHOTS.format("", 'clips = "${restyle.video}"\ntransition = "dissolve 0.5s"')
    restyle = '[steps.restyle]\nuses = "upscale-video"\nfor_each = "shots"\ninput_video = "${plate.video}"\n'
    frame = '[steps.end]\nuses = "frame"\nfor_each = "shots"\ninput_video = "${plate.video}"\nat = "last"\n'
    direct = text.replace('"boards/020.png"', '"${prev.plate.last_frame}"')
    by_step = text.replace('"boards/020.png"', '"${prev.end.image}"')

    assert bench.codes(text + restyle) == []
    assert bench.codes(direct + restyle) == ["RM403"]
    assert bench.codes(by_step + restyle + frame) == ["RM403"]
    assert bench.codes(direct.replace("dissolve 0.5s", "fade 0.5s") + restyle) == []


def test_a_shot_without_the_film_keeps_its_wishes_quiet(bench: Bench) -> None:
    """Wishes of an omitted shot are looked at, and cut nothing."""
    params = _film(bench, 'omit = true\nfilm.transition = "cut"', 'clips = "${plate.video}"')

    assert _transitions(params) == ["cut"]
