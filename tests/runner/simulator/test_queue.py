"""The queue, the history and the endpoints that wait: what they take, and what they reply."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
import requests

from runner.simulator import schemas
from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient


def test_every_reply_has_the_documented_shape(client: PlainClient) -> None:
    """The replies of queue and history validate against the schemas of the documentation."""
    row = client.made(target_directory="a/b")
    found = client.get(f"/ai/generations/{row['generation_id']}")
    cancelled = client.ask("DELETE", f"/ai/queue/{row['generation_id']}").json()

    jsonschema.validate(client.post().json(), schemas.ENQUEUED)
    jsonschema.validate(row, schemas.QUEUE_ROW)
    jsonschema.validate(client.get("/ai/queue"), schemas.QUEUE_LIST)
    jsonschema.validate(client.get("/ai/generations"), schemas.GENERATION_LIST)
    jsonschema.validate(found, schemas.GENERATION)
    jsonschema.validate(cancelled, schemas.CANCELLED)


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"model": "no-such"}, 404, {"message": "Model not found: no-such"}),
        ({"model": None}, 400, {"detail": "model is required"}),
        (
            {"model": "ltx-2-3-pro", "num_generations": 5},
            400,
            "num_generations must be an integer between 1 and 4",
        ),
        ({"model": "ltx-2-3-pro", "num_generations": True}, 400, "num_generations must be"),
        ({"model": "ltx-2-3-pro", "target_directory": 7}, 400, {"detail": "target_directory is no string"}),
        ([], 400, {"detail": "the body is no object"}),
    ],
)
def test_what_is_refused_at_once(client: PlainClient, body: Any, status: int, error: Any) -> None:
    """Only the model, the number and the targets are looked at when a job is enqueued."""
    reply = client.ask("POST", "/ai/queue", json=body)
    said = reply.json()["error"]

    jsonschema.validate(reply.json(), schemas.ERROR)
    assert reply.status_code == status
    assert said.startswith(error) if isinstance(error, str) else error.items() <= said.items()


@pytest.mark.parametrize(
    "text", [b"", b"{", b'{"a": NaN}', b"[" * 100_000, b'{"model": ' + b"9" * 5000 + b"}"]
)
def test_bodies_that_are_no_json(client: PlainClient, text: bytes) -> None:
    """Text that is no JSON is refused in JSON."""
    reply = client.ask("POST", "/ai/queue", data=text, headers={"Content-Type": "application/json"})

    assert (reply.status_code, reply.json()["status_message"]) == (400, "invalid_params")


def test_bodies_must_be_named_json(client: PlainClient) -> None:
    """A form is no JSON."""
    reply = client.ask("POST", "/ai/queue", data={"model": "ltx-2-3-pro"})

    assert (reply.status_code, reply.json()) == (415, {"error": ":unsupported_media_type"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"duration": 7}, "duration: 7 is not one of"),
        ({"duration": True}, "duration"),
        ({"prompt": None}, "'prompt' is a required property"),
        ({"input_image": "not a url"}, "Invalid URL: not a url"),
        ({"input_image": "file:///etc/passwd"}, "Invalid URL"),
    ],
)
def test_parameters_are_judged_when_the_job_runs(
    client: PlainClient, change: dict[str, Any], words: str
) -> None:
    """Bad parameters are accepted, and the job fails with a provider's text."""
    row = client.made(**change)

    assert row["status"] == "failed"
    assert words in row["error_message"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"duration": 7}, "422 - Value error, duration: 7"),
        ({"prompt": ""}, "Prompt cannot be empty"),
        ({"response_format": "gif"}, "response_format"),
        ({"model": "z-image-turbo"}, "makes images"),
    ],
)
def test_the_endpoint_that_waits_judges_at_once(
    simulator: Simulator, client: PlainClient, change: dict[str, Any], words: str
) -> None:
    """The endpoint that waits refuses bad parameters with 400, and accepts nothing."""
    before = len(simulator.accepted)
    reply = client.ask("POST", "/ai/videos/generate", json={"model": "ltx-2-3-pro", "prompt": "a"} | change)

    assert (reply.status_code, len(simulator.accepted)) == (400, before)
    assert words in reply.json()["error"]["message"]


def test_a_clip_in_the_reply_itself(client: PlainClient) -> None:
    """With `b64_json` the reply holds the clip."""
    import base64

    body = {"model": "ltx-2-3-pro", "prompt": "a", "response_format": "b64_json"}
    reply = client.ask("POST", "/ai/videos/generate", json=body).json()

    jsonschema.validate(reply, schemas.VIDEOS)
    assert base64.b64decode(reply["videos"][0]["b64_json"])[4:8] == b"ftyp"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/ai/images/generate", {"model": "z-image-turbo", "prompt": "a"}),
        (
            "/ai/images/edit",
            {"model": "qwen-image-edit-2511", "prompt": "a", "input_image": ["https://example.com/a.png"]},
        ),
    ],
)
def test_images(client: PlainClient, path: str, body: dict[str, Any]) -> None:
    """Images are made while one waits, and are images."""
    reply = client.ask("POST", path, json=body)
    jsonschema.validate(reply.json(), schemas.IMAGES)
    picture = requests.get(reply.json()["images"][0]["url"], timeout=10)

    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")


def test_several_generations(client: PlainClient) -> None:
    """Each of several generations has a row of its own."""
    rows = client.post(num_generations=3).json()["generations"]

    assert len({row["generation_id"] for row in rows}) == 3


def test_lists_by_filters(simulator: Simulator, client: PlainClient) -> None:
    """Lists can be narrowed by each documented filter; the queue's shows what has not ended."""
    simulator.faults.add("processing-forever:2")
    done, runs = client.made(target_directory="a", target_repo="r"), client.enqueue(target_directory="b")
    filters = {"folder": "a", "repo": "r", "status": "succeeded"}
    found = {
        name: [
            row["generation_id"] for row in client.get("/ai/generations", params={name: value})["generations"]
        ]
        for name, value in filters.items()
    }
    queue = [row["generation_id"] for row in client.get("/ai/queue")["generations"]]
    ended = client.get("/ai/queue", params={"status": "succeeded"})["generations"]

    assert found == {key: [done["generation_id"]] for key in filters}
    assert client.get("/ai/generations", params={"model": "z-image-turbo"})["count"] == 0
    assert client.get("/ai/generations", params={"media_type": "image"})["count"] == 0
    assert client.get("/ai/generations", params={"namespace": client.user})["count"] == 2
    assert queue == [runs]
    assert [row["generation_id"] for row in ended] == [done["generation_id"]]


def test_pages(client: PlainClient) -> None:
    """The history comes in pages, newest first, and sums the costs of all of them."""
    made = [client.made(duration=6)["generation_id"] for _ in range(3)]
    pages = [client.get("/ai/generations", params={"page": page, "page_size": 2}) for page in (1, 2, 3)]
    listed = [row["generation_id"] for page in pages for row in page["generations"]]

    assert listed == made[::-1]
    assert {(page["total_pages"], page["total_entries"], page["total_cost"]) for page in pages} == {
        (2, 3, str(3 * Decimal("0.4800")))
    }


@pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=1001", "page_size=0", "status=done"])
def test_bad_queries(client: PlainClient, query: str) -> None:
    """Queries that the documentation does not know are refused."""
    assert client.ask("GET", f"/ai/generations?{query}").status_code == 400


def test_cancel(simulator: Simulator, client: PlainClient) -> None:
    """A job that runs is cancelled without an event; one that has ended stays as it is."""
    simulator.faults.add("slow-job:1")
    with client.listen() as stream:
        running = client.enqueue()
        client.ask("DELETE", f"/ai/queue/{running}")
        made = client.made()
        again = client.ask("DELETE", f"/ai/queue/{made['generation_id']}")
        first = next(json.loads(line[6:]) for line in stream.iter_lines(1) if line.startswith(b"data: "))

    assert client.row(running)["status"] == "cancelled"
    assert (again.status_code, client.row(made["generation_id"])["status"]) == (200, "succeeded")
    assert first["generation_id"] == made["generation_id"]


def test_retry(simulator: Simulator, client: PlainClient) -> None:
    """A job can be retried: the copy says of what it is one. What has succeeded cannot."""
    simulator.faults.add("moderation:1")
    failed = client.made(target_directory="t", duration=8)
    reply = client.ask("POST", f"/ai/queue/{failed['generation_id']}/retry").json()
    jsonschema.validate(reply, schemas.ENQUEUED)
    copy = client.wait(reply["generations"][0]["generation_id"])

    assert (copy["retried_from_id"], copy["target_directory"], copy["duration"]) == (
        failed["generation_id"],
        "t",
        8,
    )
    assert client.ask("POST", f"/ai/queue/{copy['generation_id']}/retry").status_code == 400
    assert simulator.accepted[-1]["retried_from"] == failed["generation_id"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("DELETE", ""), ("POST", "/retry")],
)
def test_unknown_generations(client: PlainClient, method: str, path: str) -> None:
    """An unknown id is a 404 without a detail."""
    reply = client.ask(method, f"/ai/queue/00000000-0000-4000-8000-000000000000{path}")

    assert reply.status_code == 404
    assert reply.json() == {
        "error": {"type": "resource_not_found", "title": "Resource not found"},
        "status": "error",
        "status_message": "resource_not_found",
    }


def test_times_are_whole_unix_seconds(client: PlainClient) -> None:
    """A row says when it was enqueued, started and completed."""
    row = client.made()

    assert abs(row["enqueued_at"] - time.time()) < 60
    assert row["enqueued_at"] <= row["started_at"] <= row["completed_at"]


def test_reserved_names_are_never_echoed_parameters(client: PlainClient) -> None:
    """A parameter named like a field of the row does not take its place."""
    row = client.made(status="mine", cost="1", result_url="mine", note="echoed")

    assert row["status"] == "succeeded"
    assert row["result_url"] != "mine"
    assert "cost" not in row
    assert row["note"] == "echoed"
