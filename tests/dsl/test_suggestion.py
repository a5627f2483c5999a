"""What a typo may have meant."""

from __future__ import annotations

import pytest

from dsl.suggestion import did_you_mean, nearest

KNOWN = ("prompt", "negative_prompt", "input_image", "last_frame_image", "duration", "fps", "resolution")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("promt", "prompt"),
        ("pormpt", "prompt"),
        ("Duration", "duration"),
        ("input-image", "input_image"),
        ("durations", "duration"),
        ("resol", "resolution"),
        ("fsp", "fps"),
        ("camera", None),
        ("x", None),
        ("", None),
        ("prompt" * 100, None),
    ],
)
def test_only_what_is_near_is_suggested(typed: str, meant: str | None) -> None:
    """A typo finds its name, and another word finds none."""
    assert nearest(typed, KNOWN) == meant


def test_the_question_quotes_the_name() -> None:
    """The help asks for the name, and is silent where there is none."""
    assert did_you_mean("promt", KNOWN) == 'did you mean "prompt"?'
    assert did_you_mean("zzz", KNOWN) is None
