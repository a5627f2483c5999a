"""The arithmetic of the cut."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.timeline import (
    Length,
    Placed,
    TooShortError,
    Transition,
    frames_of,
    lay_out,
    match_frames,
    parse_length,
    parse_transition,
)

CUT = Transition("cut")
HALF_SECOND = Transition("dissolve", Length(Fraction(1, 2), "s"))


def end_of(placed: tuple[Placed, ...]) -> int:
    return placed[-1].start + placed[-1].frames


rates = st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cut", CUT),
        ("dissolve 0.5s", HALF_SECOND),
        ("dissolve 12f", Transition("dissolve", Length(Fraction(12), "f"))),
        ("fade 1s", Transition("fade", Length(Fraction(1), "s"))),
    ],
)
def test_transitions_are_read(text: str, expected: Transition) -> None:
    """A transition is its name and, but for a cut, a length in seconds or frames."""
    actual = parse_transition(text)

    assert expected == actual


@pytest.mark.parametrize(
    "text", ["", "wipe 1s", "dissolve", "dissolve 1", "cut 1s", "dissolve -1s", "fade 1.s"]
)
def test_what_is_no_transition_is_refused_in_words(text: str) -> None:
    """Anything else is refused, and the message quotes it."""
    with pytest.raises(ValueError, match="is not a"):
        parse_transition(text)


def test_half_a_frame_rounds_up() -> None:
    """A length in seconds is rounded once to whole frames, half up."""
    actual = [frames_of(Fraction(n, 50), Fraction(25)) for n in range(5)]

    assert actual == [0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("seconds", "fps", "expected"),
    [
        (Fraction(6), 24, 145),
        (Fraction(5), 24, 121),
        (Fraction(1, 10), 24, 9),
        (Fraction(60), 24, 481),
        (Fraction(13, 24), 24, 17),
    ],
)
def test_match_takes_the_nearest_length_of_eight_k_and_one(
    seconds: Fraction, fps: int, expected: int
) -> None:
    """`num_frames = "match"` is the nearest 8k+1 within the model's range, and a tie goes up."""
    actual = match_frames(seconds, Fraction(fps), minimum=9, maximum=481)

    assert expected == actual


@given(st.fractions(0, 60), rates)
def test_match_is_always_in_range_and_never_further_than_half_a_step(
    seconds: Fraction, fps: Fraction
) -> None:
    """Whatever the length, the answer is 8k+1 in range and no other such number is nearer."""
    actual = match_frames(seconds, fps, minimum=9, maximum=481)

    assert actual % 8 == 1
    assert 9 <= actual <= 481
    assert abs(actual - seconds * fps) == min(abs(n - seconds * fps) for n in range(9, 482, 8))


def test_a_dissolve_shortens_the_film_and_a_fade_does_not() -> None:
    """Two clips of 50 frames: 100 with a cut or a fade between them, 88 with a dissolve of 12 frames."""
    lengths = [
        end_of(lay_out([(50, CUT), (50, parse_transition(text))], Fraction(25)))
        for text in ("cut", "fade 12f", "dissolve 12f")
    ]

    assert lengths == [100, 100, 88]


def test_a_dissolve_into_the_first_clip_overlaps_nothing() -> None:
    """There is nothing before the first clip, so it starts at frame 0 without an overlap."""
    first, _ = lay_out([(50, HALF_SECOND), (50, CUT)], Fraction(25))

    assert (first.start, first.overlap) == (0, 0)


def test_a_clip_shorter_than_its_two_dissolves_is_named() -> None:
    """The error says which clip, how long it is and how much it would need."""
    with pytest.raises(TooShortError) as caught:
        lay_out([(50, CUT), (20, HALF_SECOND), (50, HALF_SECOND)], Fraction(25))

    assert (caught.value.index, caught.value.frames, caught.value.wanted) == (1, 20, 26)


@given(
    st.lists(st.tuples(st.integers(30, 200), st.sampled_from([CUT, HALF_SECOND])), min_size=1),
    st.just(Fraction(24)),
)
def test_the_film_is_the_sum_of_its_clips_less_its_dissolves(
    clips: list[tuple[int, Transition]], fps: Fraction
) -> None:
    """The last clip ends where the sum of all frames less all overlaps says."""
    placed = lay_out(clips, fps)

    expected = sum(frames for frames, _ in clips) - sum(place.overlap for place in placed)
    assert expected == end_of(placed)


def test_a_length_in_frames_does_not_depend_on_the_rate() -> None:
    """`12f` is twelve frames at any frame rate."""
    length = parse_length("12f")

    assert {12} == {length.frames(Fraction(fps)) for fps in (1, 24, 60)}
