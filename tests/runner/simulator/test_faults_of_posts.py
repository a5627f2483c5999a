"""Faults of a POST, seen on the wire: what the client is told, and what was accepted all the same."""

from __future__ import annotations

import json
import time

import pytest
import requests

from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient


@pytest.mark.parametrize(
    ("fault", "accepted"),
    [("reset-before-accept", 0), ("reset-after-accept", 1), ("reset-in-reply", 1)],
)
def test_resets(simulator: Simulator, client: PlainClient, fault: str, accepted: int) -> None:
    """The connection ends without a whole reply; the ledger knows what was accepted."""
    simulator.faults.add(f"{fault}:2")
    client.enqueue()
    before = len(simulator.accepted)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.post()

    assert len(simulator.accepted) - before == accepted
    assert client.post().status_code == 200


@pytest.mark.parametrize(("fault", "accepted"), [("timeout-before-accept", 0), ("timeout-after-accept", 1)])
def test_no_reply(simulator: Simulator, client: PlainClient, fault: str, accepted: int) -> None:
    """No byte ever comes back."""
    simulator.faults.add(fault)
    before = len(simulator.accepted)
    with pytest.raises(requests.ReadTimeout):
        client.ask("POST", "/ai/queue", json={"model": "ltx-2-3-pro", "prompt": "a"}, timeout=1)

    assert len(simulator.accepted) - before == accepted


@pytest.mark.parametrize(
    ("fault", "status", "words", "accepted"),
    [
        ("500-before-accept", 500, "unknown_error", 0),
        ("500-after-accept", 500, "unknown_error", 1),
        ("502-html", 502, "<h1>502 Bad Gateway", 0),
        ("502-html-after-accept", 502, "<h1>502 Bad Gateway", 1),
        ("502-upstream", 502, '"status": 502', 0),
        ("503", 503, "unavailable", 0),
        ("429", 429, "Rate limit exceeded", 0),
        ("400", 400, '{"error": "invalid parameters"}', 0),
        ("400:1:no cats", 400, '{"error": "no cats"}', 0),
        ("401", 401, "unauthenticated", 0),
        ("402", 402, "Insufficient credits", 0),
        ("403", 403, "forbidden", 0),
        ("409", 409, "conflict", 0),
        ("422", 422, "Value error, duration: 7 is not allowed", 0),
        ("redirect-post", 307, "", 0),
        ("refuse-tag", 400, "target_directory is not allowed", 0),
    ],
)
def test_refusals(
    simulator: Simulator, client: PlainClient, fault: str, *, status: int, words: str, accepted: int
) -> None:
    """Each refusal has its status and body, and accepts a job or none."""
    simulator.faults.add(fault)
    before = len(simulator.accepted)
    reply = client.post(target_directory="reelmake/a/b")

    assert (reply.status_code, len(simulator.accepted) - before) == (status, accepted)
    assert words in reply.text


def test_refuse_tag_lets_the_untagged_pass(simulator: Simulator, client: PlainClient) -> None:
    """Only a POST with a target_directory is refused for it."""
    simulator.faults.add("refuse-tag")

    assert client.post().status_code == 200


@pytest.mark.parametrize(
    ("argument", "header"),
    [("", "1"), ("7", "7"), ("-5", "-5"), ("1" + "0" * 20, "1" + "0" * 20), ("soon", "soon"), ("none", None)],
)
def test_retry_after(simulator: Simulator, client: PlainClient, argument: str, header: str | None) -> None:
    """Retry-After is whatever was scripted, or is not there."""
    simulator.faults.add(f"429:1:{argument}")

    assert client.post().headers.get("retry-after") == header


@pytest.mark.parametrize(("argument", "later"), [("date", True), ("past-date", False)])
def test_retry_after_as_a_date(simulator: Simulator, client: PlainClient, argument: str, later: bool) -> None:
    """Retry-After can be a date to come or one that has passed."""
    from email.utils import parsedate_to_datetime

    simulator.faults.add(f"429:*:{argument}")
    told = parsedate_to_datetime(client.post().headers["retry-after"]).timestamp()

    assert (told > time.time()) is later


def test_redirects(simulator: Simulator, client: PlainClient) -> None:
    """A POST can be sent elsewhere with 307, which asks that it be sent again."""
    simulator.faults.add("redirect-post:1:http://localhost:9/x")

    assert client.post().headers["location"] == "http://localhost:9/x"


def test_hold_reply(simulator: Simulator, client: PlainClient) -> None:
    """A reply that is held comes, later."""
    simulator.faults.add("hold-reply:1:300")
    begun = time.monotonic()
    client.enqueue()

    assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", "{}"),
        ("empty", ""),
        ("text", "accepted"),
        ("none", '{"generations":[]}'),
        ("null", '{"generations":null}'),
        ("nothing", "{}"),
    ],
)
def test_odd_replies(simulator: Simulator, client: PlainClient, kind: str, body: str) -> None:
    """The job is accepted, and the reply does not say which it is."""
    simulator.faults.add(f"odd-reply:1:{kind}")
    before = len(simulator.accepted)
    reply = client.post()

    assert (reply.status_code, reply.text, len(simulator.accepted) - before) == (200, body, 1)


@pytest.mark.parametrize(("kind", "count"), [("two", 2), ("not-uuid", 1)])
def test_odd_ids(simulator: Simulator, client: PlainClient, kind: str, count: int) -> None:
    """The reply can hold two ids, or one that is no id."""
    simulator.faults.add(f"odd-reply:1:{kind}")
    rows = client.post().json()["generations"]

    assert len(rows) == count
    assert rows[-1]["generation_id"] != simulator.accepted[-1]["generation_id"]


def test_early_event(simulator: Simulator, client: PlainClient) -> None:
    """With `events-early` the job has ended, and its event was sent, when the reply to its POST comes."""
    simulator.faults.add("events-early")
    with client.listen() as stream:
        lines = stream.iter_lines(chunk_size=1)
        generation = client.enqueue()
        ended = client.row(generation)["status"]
        data = next(json.loads(line[6:]) for line in lines if line.startswith(b"data: "))

    assert (ended, data["generation_id"]) == ("succeeded", generation)


@pytest.mark.parametrize("fault", ["hold-reply:1:300", "reset-in-reply:2"])
def test_sync_replies(simulator: Simulator, client: PlainClient, fault: str) -> None:
    """The reply of the endpoint that waits is late, or ends in its middle, like that of the queue."""
    simulator.faults.add(fault)
    body = {"model": "ltx-2-3-pro", "prompt": "a"}
    begun = time.monotonic()
    reply = client.ask("POST", "/ai/videos/generate", json=body)

    assert reply.status_code == 200
    if fault.startswith("hold"):
        assert time.monotonic() - begun >= 0.3
    else:
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            client.ask("POST", "/ai/videos/generate", json=body)


def test_sync_reset_after_accept(simulator: Simulator, client: PlainClient) -> None:
    """The endpoint that waits has the same faults, and its job is accepted too."""
    simulator.faults.add("reset-after-accept")
    before = len(simulator.accepted)
    with pytest.raises(requests.ConnectionError):
        client.ask("POST", "/ai/videos/generate", json={"model": "ltx-2-3-pro", "prompt": "a"})

    assert [entry["endpoint"] for entry in simulator.accepted[before:]] == ["videos/generate"]
