"""How faults are written and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.simulator.faults import FAULTS, SCOPES, Fault, Faults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("moderation", Fault("moderation")),
        ("moderation:2", Fault("moderation", 2, 2)),
        ("moderation:2-4", Fault("moderation", 2, 4)),
        ("moderation:3-", Fault("moderation", 3, None)),
        ("moderation:*:no", Fault("moderation", 1, None, "no")),
        ("429::Wed, 21 Oct 2015 07:28:00 GMT", Fault("429", 1, None, "Wed, 21 Oct 2015 07:28:00 GMT")),
        ("foreign-redirect:1:http://a:8/b", Fault("foreign-redirect", 1, 1, "http://a:8/b")),
    ],
)
def test_reads(text: str, expected: Fault) -> None:
    """A fault is a name, the requests it strikes, and an argument that may hold colons."""
    assert Fault.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "no fault"),
        ("429:0", "must be a number"),
        ("429:x", "must be"),
        ("429:4-2", "ends before"),
    ],
)
def test_refuses(text: str, words: str) -> None:
    """What is no fault is refused in words."""
    with pytest.raises(ValueError, match=words):
        Fault.parse(text)


def test_counts_matching_requests_only() -> None:
    """A fault counts the requests of its scope, from when it was scripted."""
    faults = Faults()
    faults.strike("submit")
    faults.add("503:2-3")
    struck = [faults.strike(scope) for scope in ("submit", "read", "submit", "submit", "submit")]

    assert struck == [{}, {}, {"503": ""}, {"503": ""}, {}]


def test_every_fault_has_a_scope_and_a_test() -> None:
    """Each fault is described, and is named in a test that sees it on the wire."""
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_faults_o*.py"))

    assert {about.scope for about in FAULTS.values()} <= set(SCOPES)
    assert [name for name in FAULTS if f'"{name}' not in tests] == []
