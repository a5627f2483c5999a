"""Faults of the event stream, seen on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import pytest
import requests

from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient


def _lines(stream: requests.Response) -> Iterator[bytes]:
    return (line for line in stream.iter_lines(chunk_size=1, delimiter=b"\n"))


def _ids(stream: requests.Response, count: int) -> list[str]:
    """The ids of the next events."""
    data = (json.loads(line[6:]) for line in _lines(stream) if line.startswith(b'data: {"'))
    return [next(data)["generation_id"] for _ in range(count)]


def test_an_event_comes_when_it_is_sent(simulator: Simulator, client: PlainClient) -> None:
    """Without faults each generation is told once, in the order in which they ended."""
    assert simulator.faults.armed == []
    with client.listen() as stream:
        made = [client.made()["generation_id"] for _ in range(3)]

        assert _ids(stream, 3) == made


def test_dropped(simulator: Simulator, client: PlainClient) -> None:
    """A dropped event is never sent; the next one is."""
    simulator.faults.add("events-dropped:1")
    with client.listen() as stream:
        made = [client.made()["generation_id"] for _ in range(2)]

        assert _ids(stream, 1) == made[1:]


def test_doubled(simulator: Simulator, client: PlainClient) -> None:
    """A doubled event is sent twice."""
    simulator.faults.add("events-doubled:1")
    with client.listen() as stream:
        first, second = (client.made()["generation_id"] for _ in range(2))

        assert _ids(stream, 3) == [first, first, second]


def test_out_of_order(simulator: Simulator, client: PlainClient) -> None:
    """An event can come after the next one."""
    simulator.faults.add("events-out-of-order:1")
    with client.listen() as stream:
        first, second = (client.made()["generation_id"] for _ in range(2))

        assert _ids(stream, 2) == [second, first]


def test_out_of_order_when_nothing_follows(simulator: Simulator, client: PlainClient) -> None:
    """An event that is to come after the next one comes late where there is no next one."""
    simulator.faults.add("events-out-of-order:1")
    with client.listen() as stream:
        made = client.made()["generation_id"]

        assert _ids(stream, 1) == [made]


def test_foreign(simulator: Simulator, client: PlainClient) -> None:
    """Events of other names and of unknown generations come in between."""
    simulator.faults.add("events-foreign")
    with client.listen() as stream:
        made = client.made()["generation_id"]
        lines = _lines(stream)
        names = [
            line for line in takewhile(lambda line: made.encode() not in line, lines) if line[:5] == b"event"
        ]

    assert names == [
        b"event: deployment_updated",
        b"event: media_generation_completed",
        b"event: media_generation_completed",
    ]


@pytest.mark.parametrize("fault", ["events-garbage", "events-long-line"])
def test_noise(simulator: Simulator, client: PlainClient, fault: str) -> None:
    """Noise goes before an event, which comes whole."""
    simulator.faults.add(fault)
    with client.listen() as stream:
        made = client.made()["generation_id"]
        before: list[bytes] = []
        for line in stream.iter_lines(chunk_size=65536):
            if made.encode() in line:
                break
            before.append(line)

    longest = max(map(len, before))
    assert (b"data: {not json" in before) if fault == "events-garbage" else longest > 2 * 1024 * 1024


def test_cut(simulator: Simulator, client: PlainClient) -> None:
    """The connection is reset in place of an event."""
    simulator.faults.add("events-cut:1")
    with client.listen() as stream:
        client.made()
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            _ids(stream, 1)


@pytest.mark.parametrize(("fault", "status"), [("events-refused", 503), ("events-refused:1:401", 401)])
def test_refused(simulator: Simulator, client: PlainClient, fault: str, status: int) -> None:
    """There is no stream."""
    simulator.faults.add(fault)
    with client.listen() as stream:
        assert stream.status_code == status


def test_silent(simulator: Simulator, client: PlainClient) -> None:
    """Nothing comes: neither events nor the comments that keep a stream alive."""
    simulator.faults.add("events-silent")
    with client.ask("GET", "/events", stream=True, timeout=1) as stream:
        client.made()
        with pytest.raises(requests.ConnectionError, match="timed out"):
            next(stream.iter_content(1))


def test_crlf(simulator: Simulator, client: PlainClient) -> None:
    """Lines can end in CR LF, with one event's data in several of them."""
    simulator.faults.add("events-crlf")
    with client.listen() as stream:
        made = client.made()["generation_id"]
        text = ""
        for chunk in stream.iter_content(None):
            text += chunk.decode()
            if text.endswith("\r\n\r\n"):
                break
    event = next(part for part in text.replace(": keep-alive\n\n", "").split("\r\n\r\n") if part)
    data: Any = json.loads("\n".join(line[6:] for line in event.split("\r\n") if line.startswith("data: ")))

    assert event.count("data: ") > 3
    assert data["generation_id"] == made
