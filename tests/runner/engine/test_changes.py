"""Changes in words a user knows, events as JSON, and what stands in for missing clips."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from runner import events, keys
from runner.changes import changes
from runner.events import Delivered, Event, InstanceBlocked, RunFinished, to_json

ONE, TWO = "11" * 32, "22" * 32
AT = datetime(2026, 1, 2, 3, 4, 5, 678900, UTC)


def told(before: Any, after: Any, **labels: str) -> list[tuple[str, Any, Any]]:
    names = {ONE: "one.png", TWO: "two.png", **labels}
    found = changes({"params": before}, {"params": after}, names, names)
    return [(change.field, change.before, change.after) for change in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", 1, 2)]),
        ({"a": 1}, {"a": 1.0}, [("a", 1, 1.0)]),
        ({"a": 1}, {"a": True}, [("a", 1, True)]),
        ({"a": 1}, {}, [("a", 1, None)]),
        ({}, {"a": False}, [("a", None, False)]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, [("a.c", 2, 3)]),
        ({"a": [1, 2, 3]}, {"a": [1, 9, 3]}, [("a[1]", 2, 9)]),
        ({"a": [1, 3]}, {"a": [1, 2, 3]}, [("a[1]", None, 2)]),
        ({"a": [1, 2, 3]}, {"a": [3]}, [("a[0]", 1, None), ("a[1]", 2, None)]),
        ({"a": []}, {"a": [1]}, [("a[0]", None, 1)]),
        ({"a": [1]}, {"a": 1}, [("a", [1], 1)]),
        (
            {"a": keys.content(ONE)},
            {"a": keys.content(TWO)},
            [("a", "one.png (11111111)", "two.png (22222222)")],
        ),
        (
            {"a": keys.derived("last_frame", keys.content(ONE), 1)},
            {"a": keys.url("https://x/y.png")},
            [("a", "one.png.last_frame (11111111)", "https://x/y.png")],
        ),
        (
            {"a": keys.derived("audio", keys.url("https://x/y"), 1)},
            {"a": keys.content("33" * 32)},
            [("a", "https://x/y.audio", "a file (33333333)")],
        ),
        ({"a": {"$wait": "plate"}}, {"a": keys.content(ONE)}, []),
        ({"a": {"$$digest": ONE}}, {"a": {"$$digest": TWO}}, [("a.$$digest", ONE, TWO)]),
    ],
)
def test_changes_are_told_field_by_field(before: Any, after: Any, expected: list[Any]) -> None:
    """Each difference has its field, and media have names with short digests."""
    found = told(before, after)

    assert found == expected
    assert [type(value) for _, *values in found for value in values] == [
        type(value) for _, *values in expected for value in values
    ]


def test_the_slate_is_told_only_when_it_alone_changed() -> None:
    """The slate repeats the prompt, so beside another change it is an echo."""
    before = {"slate": "a", "params": {"prompt": "a"}}

    both = changes(before, {"slate": "b", "params": {"prompt": "b"}}, {}, {})
    alone = changes(before, {"slate": "b", "params": {"prompt": "a"}}, {}, {})

    assert [change.field for change in both] == ["prompt"]
    assert [change.field for change in alone] == ["slate"]


def test_a_list_whose_inputs_wait_tells_the_rest() -> None:
    """In a clip that waits, what is known to differ is still told."""
    before = {"clips": [{"source": keys.content(ONE), "transition": "cut"}]}
    after = {"clips": [{"source": {"$wait": "restyle/010"}, "transition": "fade 1s"}]}

    assert told(before, after) == [("clips[0].transition", "cut", "fade 1s")]


def test_events_are_plain_json() -> None:
    """Times are in UTC with milliseconds, paths are text, and the name comes first."""
    event = RunFinished(AT, "r", "done", {"film": (Path("/out/film.mp4"),)}, made=1, reused=2)

    assert list(to_json(event))[:2] == ["event", "at"]
    assert json.loads(json.dumps(to_json(event))) == {
        "event": "run_finished",
        "at": "2026-01-02T03:04:05.678Z",
        "run": "r",
        "status": "done",
        "outputs": {"film": ["/out/film.mp4"]},
        "made": 1,
        "reused": 2,
        "failed": [],
        "blocked": [],
        "missing": [],
        "held": [],
        "stalled": [],
        "unpaid": [],
        "spent_usd": None,
    }


def test_every_event_has_its_time_and_says_what_it_signals() -> None:
    """Each class of event is listed, begins with `at`, and its docstring says what it signals."""
    for kind in get_args(Event):
        assert fields(kind)[0].name == "at"
        assert kind.__doc__.startswith("Signals that ")
        assert getattr(events, kind.__name__) is kind


def test_names_of_events_are_snake_case() -> None:
    """The names are those of the contract."""
    blocked = InstanceBlocked(AT, "film", ("a",))
    delivered = Delivered(AT, None, "film", Path("/x"), ONE, changed=True)

    assert to_json(blocked)["event"] == "instance_blocked"
    assert to_json(delivered)["event"] == "delivered"
