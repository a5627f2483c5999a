"""Faults of jobs, of reading them and of cancelling them, seen on the wire."""

from __future__ import annotations

import time
from threading import Event
from typing import Any

import pytest
import requests

from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("moderation", "content_policy_violation"),
        ("moderation:1:flagged by a safety checker", "flagged by a safety checker"),
        ("insufficient-credits", "Insufficient credits"),
        ("input-unreachable", "403 Client Error: Forbidden for url"),
        ("failed", "500 - the model failed"),
        ("failed:1:out of film", "out of film"),
    ],
)
def test_failures(simulator: Simulator, client: PlainClient, fault: str, words: str) -> None:
    """The job fails with its message and has no result, and the next one succeeds."""
    simulator.faults.add(f"{fault}" if ":" in fault else f"{fault}:1")
    row = client.made()

    assert (row["status"], row["result_url"]) == ("failed", None)
    assert words in row["error_message"]
    assert client.made()["status"] == "succeeded"


def _folder(client: PlainClient, tag: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get("/ai/generations", params={"folder": tag})["generations"]
    return rows


@pytest.mark.parametrize(
    ("fault", "found", "echoed"),
    [("tagless", 0, None), ("tagless:1:filtered", 1, None), (None, 1, "reelmake/t")],
)
def test_tagless(
    simulator: Simulator, client: PlainClient, fault: str | None, found: int, echoed: str | None
) -> None:
    """An account that does not echo tags drops them, or only filters by them."""
    tag = f"reelmake/t/{time.monotonic_ns()}"
    if fault:
        simulator.faults.add(fault)
    row = client.made(target_directory=tag)

    assert row["target_directory"] == (echoed and tag)
    assert len(_folder(client, tag)) == found


def test_slow_list(simulator: Simulator, client: PlainClient) -> None:
    """Lists show the job late; it can be read by its id at once."""
    simulator.faults.add("slow-list:1:1")
    tag = f"reelmake/t/{time.monotonic_ns()}"
    generation = client.enqueue(target_directory=tag)
    at_once = (client.row(generation)["generation_id"], _folder(client, tag))
    for _ in range(300):
        if later := _folder(client, tag):
            break
        Event().wait(0.01)

    assert at_once == (generation, [])
    assert [row["generation_id"] for row in later] == [generation]


def test_slow_job(simulator: Simulator, client: PlainClient) -> None:
    """A job can take longer than others."""
    simulator.faults.add("slow-job:1:0.4")
    begun = time.monotonic()
    client.made()

    assert time.monotonic() - begun >= 0.4


def _until(client: PlainClient, generation: str, status: str) -> bool:
    """Whether the row says a status before long."""
    for _ in range(300):
        if client.row(generation)["status"] == status:
            return True
        Event().wait(0.01)
    return False


def test_cancelled_by_somebody(simulator: Simulator, client: PlainClient) -> None:
    """A job can end as cancelled although nobody here asked for it."""
    simulator.faults.add("cancelled:1")

    assert client.made()["status"] == "cancelled"


def test_cancel_late(simulator: Simulator, client: PlainClient) -> None:
    """A job that is said to be cancelled can still be made."""
    simulator.faults.add("cancel-late:1")
    simulator.faults.add("slow-job:1:1")
    generation = client.enqueue()
    client.ask("DELETE", f"/ai/queue/{generation}")

    assert client.row(generation)["status"] == "cancelled"
    assert _until(client, generation, "succeeded")


@pytest.mark.parametrize(
    ("fault", "word"), [("unknown-status", "warming_up"), ("unknown-status:1:asleep", "asleep")]
)
def test_unknown_status(simulator: Simulator, client: PlainClient, fault: str, word: str) -> None:
    """While it runs the status is a word of nobody's knowledge; the end has the usual one."""
    simulator.faults.add(fault)
    simulator.faults.add("slow-job:1:1")
    generation = client.enqueue()

    assert _until(client, generation, word)
    assert _until(client, generation, "succeeded")


def test_status_backwards(simulator: Simulator, client: PlainClient) -> None:
    """A job that was made is said to be in the making at every second reading."""
    simulator.faults.add("status-backwards:1")
    generation = client.made()["generation_id"]
    said = [client.row(generation)["status"] for _ in range(3)]

    assert said == ["processing", "succeeded", "processing"]


@pytest.mark.parametrize(
    ("fault", "there"), [("null-url:1:2", [False, True]), ("null-url:1", [False, False])]
)
def test_null_url(simulator: Simulator, client: PlainClient, fault: str, there: list[bool]) -> None:
    """A made job has no URL at first, or never has one."""
    simulator.faults.add(fault)
    row = client.made()
    readings = [client.row(row["generation_id"])["result_url"] is not None for _ in range(2)]

    assert (row["result_url"], readings) == (None, there)


@pytest.mark.parametrize(
    ("fault", "url"),
    [("odd-url:1", "../../etc/passwd"), ("odd-url:1:http://169.254.169.254/x", "http://169.254.169.254/x")],
)
def test_odd_url(simulator: Simulator, client: PlainClient, fault: str, url: str) -> None:
    """A result's URL can be anything."""
    simulator.faults.add(fault)

    assert client.made()["result_url"] == url


def test_processing_forever(simulator: Simulator, client: PlainClient) -> None:
    """A job that never ends is being processed long after others have ended; it can be cancelled."""
    simulator.faults.add("processing-forever:1")
    stuck = client.enqueue()
    for _ in range(3):
        client.made()

    assert client.row(stuck)["status"] == "processing"
    assert client.ask("DELETE", f"/ai/queue/{stuck}").status_code == 200
    assert client.row(stuck)["status"] == "cancelled"


@pytest.mark.parametrize(
    ("fault", "cost"), [("high-cost:1", "99"), ("high-cost:1:7.5", "7.5"), ("no-cost:1", None)]
)
def test_costs(simulator: Simulator, client: PlainClient, fault: str, cost: str | None) -> None:
    """A job can cost more than its price, or nobody knows what it cost."""
    simulator.faults.add(fault)
    generation = client.made()["generation_id"]

    assert client.get(f"/ai/generations/{generation}")["generation"]["cost"] == cost


def test_known_id_is_not_found(simulator: Simulator, client: PlainClient) -> None:
    """The queue says 404 of a generation that the history still has."""
    generation = client.made()["generation_id"]
    simulator.faults.add("404-known-id:1")

    assert client.ask("GET", f"/ai/queue/{generation}").status_code == 404
    assert client.get(f"/ai/generations/{generation}")["generation"]["status"] == "succeeded"
    assert client.row(generation)["status"] == "succeeded"


@pytest.mark.parametrize(
    ("fault", "status"), [("get-401", 401), ("get-429:1:3", 429), ("get-500", 500), ("get-502-html", 502)]
)
def test_readings_refused(simulator: Simulator, client: PlainClient, fault: str, status: int) -> None:
    """A reading of one or of many is refused; POSTs are not."""
    generation = client.enqueue()
    simulator.faults.add(fault if ":" in fault else f"{fault}:1-2")

    assert client.ask("GET", f"/ai/queue/{generation}").status_code == status
    assert client.post().status_code == 200


def test_readings_without_a_reply(simulator: Simulator, client: PlainClient) -> None:
    """A reading ends with its connection, or never."""
    simulator.faults.add("get-reset:1")
    simulator.faults.add("get-timeout:2")
    with pytest.raises(requests.ConnectionError):
        client.ask("GET", "/ai/queue")
    with pytest.raises(requests.ReadTimeout):
        client.ask("GET", "/ai/generations", timeout=1)

    assert client.ask("GET", "/ai/queue").status_code == 200


def test_lists_refused(simulator: Simulator, client: PlainClient) -> None:
    """Lists fail while single readings do not."""
    generation = client.enqueue()
    simulator.faults.add("list-500")

    assert client.ask("GET", "/ai/generations").status_code == 500
    assert client.row(generation)["generation_id"] == generation


@pytest.mark.parametrize(
    ("fault", "status", "cancelled"), [("cancel-400", 400, False), ("cancel-500", 500, True)]
)
def test_cancelling_refused(
    simulator: Simulator, client: PlainClient, fault: str, status: int, cancelled: bool
) -> None:
    """A refusal to cancel can be true or false."""
    simulator.faults.add("slow-job:1:1")
    simulator.faults.add(fault)
    generation = client.enqueue()
    reply = client.ask("DELETE", f"/ai/queue/{generation}")

    assert (reply.status_code, client.row(generation)["status"] == "cancelled") == (status, cancelled)


@pytest.mark.parametrize(("fault", "status"), [("upload-500", 500), ("upload-413", 413)])
def test_uploads_refused(simulator: Simulator, client: PlainClient, fault: str, status: int) -> None:
    """An upload is refused."""
    client.ask("POST", "/repos", json={"name": "playground"})
    simulator.faults.add(fault)
    reply = client.ask("POST", f"/repos/{client.user}/playground/workbench/context", files={"file": b"x"})

    assert reply.status_code == status
