"""References are read by hand, each with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.reference import Ref, scan


def _shown(text: str) -> list[str]:
    return [f"<{part}>" if isinstance(part, Ref) else part for part in scan(text).parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("plain $ { } text", ["plain $ { } text"]),
        ("${shot.action}", ["<shot.action>"]),
        ("a ${b.c}, d${e.f}${g.h}", ["a ", "<b.c>", ", d", "<e.f>", "<g.h>"]),
        ("$${not one} ${a.b}", ["${not one} ", "<a.b>"]),
        ("$$${a.b}", ["$${a.b}"]),
        ("$$ ${a.b}", ["$$ ", "<a.b>"]),
    ],
)
def test_a_text_is_taken_apart(text: str, expected: list[str]) -> None:
    """Text, references and escapes come out in the order written."""
    assert _shown(text) == expected


def test_a_point_stands_after_the_step() -> None:
    """`${plate/010,noir.video}` has the labels apart from the names, all with their places."""
    ref = scan("x ${plate/010,noir.video}").parts[1]

    assert isinstance(ref, Ref)
    assert [(word.text, word.start, word.end) for word in ref.words] == [("plate", 4, 9), ("video", 19, 24)]
    assert [(word.text, word.start, word.end) for word in ref.point] == [("010", 10, 13), ("noir", 14, 18)]
    assert (ref.start, ref.end) == (2, 25)


@pytest.mark.parametrize(
    ("text", "fault", "start", "end"),
    [
        ("a ${b.c", "unclosed", 2, 7),
        ("a ${}", "empty", 2, 5),
        ("${ }", "empty", 0, 4),
        ("${a.${b}}", "nested", 4, 8),
        ("${ a.b }", "spaces", 2, 7),
        ("${a@2.b}", "take", 3, 5),
        ("${a.2}", "name", 4, 5),
        ("${a..b}", "name", 4, 5),
        ("${a.b|upper}", "name", 5, 11),
        ("${env:HOME}", "name", 5, 10),
        ("${a/.b}", "point", 4, 5),
        ("${a/010,}", "point", 8, 9),
        ("${a/}", "point", 4, 5),
    ],
)
def test_what_is_no_reference_is_told_apart(text: str, fault: str, start: int, end: int) -> None:
    """Each way to write a reference wrongly has its own fault, at its own place."""
    (problem,) = scan(text).problems

    assert (problem.fault, problem.start, problem.end) == (fault, start, end)


@pytest.mark.parametrize(
    ("text", "whole"), [("${a.b}", True), (" ${a.b}", False), ("${a.b}${a.b}", False), ("a", False)]
)
def test_a_whole_value_is_nothing_but_one_reference(text: str, whole: bool) -> None:
    """A value keeps its type only where the text is one reference and nothing else."""
    assert (scan(text).whole is not None) is whole


@given(st.text(alphabet="${}ab./, @", max_size=40))
def test_any_text_is_scanned(text: str) -> None:
    """Whatever the text, scanning ends, and every place is within it."""
    found = scan(text)

    places = [(each.start, each.end) for each in found.problems]
    places += [(part.start, part.end) for part in found.parts if isinstance(part, Ref)]
    for start, end in places:
        assert 0 <= start < end <= len(text)


@given(st.text(max_size=40))
def test_an_escaped_text_is_what_it_was(text: str) -> None:
    """With every `${` escaped, a text without dollars before them comes back unchanged."""
    text = text.replace("$", "")
    marked = f"{text}${{{text}"

    assert "".join(_shown(marked.replace("${", "$${"))) == marked
