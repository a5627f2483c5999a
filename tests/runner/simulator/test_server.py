"""The server itself: starting, ending, its ledger, its stream, and what a test can do to its replies."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jsonschema
import pytest
import requests

from runner.errors import UsageError
from runner.simulator import schemas
from runner.simulator.faults import Fault
from runner.simulator.options import Options
from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient

QUICK = Options(render="fast", job_seconds=0.01)


def test_ledger_is_on_disk_whatever_the_client_was_told(tmp_path: Path) -> None:
    """Each line of the ledger is a generation accepted, and lines of an earlier server stay."""
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text('{"generation_id": "earlier"}\n')
    faults = (Fault.parse("500-after-accept:1"), Fault.parse("500-before-accept:2"))
    with Simulator(Options(render="fast", job_seconds=0.01, ledger=ledger, faults=faults)) as running:
        plain = PlainClient(running.url)
        with plain.session:
            statuses = [plain.post(seed=number, target_directory="t").status_code for number in range(3)]
        lines = [json.loads(line) for line in ledger.read_text().splitlines()]

    assert statuses == [500, 500, 200]
    assert lines[0] == {"generation_id": "earlier"}
    assert [line["body"]["seed"] for line in lines[1:]] == [0, 2]
    assert [line["unknown"] for line in lines[1:]] == [["seed"], ["seed"]]
    assert all(line["body"]["target_directory"] == "t" and line["endpoint"] == "queue" for line in lines[1:])


def test_ledger_that_cannot_be_written_accepts_nothing(tmp_path: Path) -> None:
    """Nothing is accepted that the ledger does not have."""
    said: list[str] = []
    options = Options(render="fast", ledger=tmp_path / "no" / "ledger", say=said.append)
    with Simulator(options) as running:
        plain = PlainClient(running.url)
        with plain.session:
            assert plain.post().json()["error"]["type"] == "unknown_error"
            assert plain.get("/ai/generations")["count"] == 0

    assert any("FileNotFoundError" in line for line in said)


def test_a_taken_port_is_said_in_words() -> None:
    """A port that somebody has leads to a usage error that names the option."""
    with Simulator(QUICK) as running:
        port = int(running.url.split(":")[2].removesuffix("/api"))
        with pytest.raises(UsageError, match="choose another with --port"), Simulator(Options(port=port)):
            raise AssertionError


def test_idle_streams_are_kept_alive(client: PlainClient) -> None:
    """When nothing happens a comment and an empty line come, again and again."""
    with client.listen() as stream:
        lines = stream.iter_lines(chunk_size=1)
        first = [next(lines) for _ in range(4)]

        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["transfer-encoding"] == "chunked"
    assert first == [b": keep-alive", b"", b": keep-alive", b""]


def test_events_tell_success_and_failure(simulator: Simulator, client: PlainClient) -> None:
    """Both have the one documented event, each with its own fields; nothing from before is told."""
    client.made()
    simulator.faults.add("moderation:2")
    with client.listen() as stream:
        made = [client.made()["generation_id"] for _ in range(2)]
        lines = (line for line in stream.iter_lines(1) if line.startswith((b"event", b"data")))
        told = [(next(lines), json.loads(next(lines)[6:])) for _ in made]

    assert [name for name, _ in told] == [b"event: media_generation_completed"] * 2
    assert [data["generation_id"] for _, data in told] == made
    assert [set(data) - {"generation_id", "status", "media_type"} for _, data in told] == [
        {"model", "url"},
        {"error"},
    ]
    for _, data in told:
        jsonschema.validate(data, schemas.EVENT)


def test_events_are_per_account(simulator: Simulator, client: PlainClient) -> None:
    """A listener hears of its own account only."""
    other = PlainClient(simulator.url, "another@x")
    with other.session, client.listen() as stream:
        other.made()
        made = client.made()["generation_id"]
        data = next(json.loads(line[6:]) for line in stream.iter_lines(1) if line.startswith(b"data"))

    assert data["generation_id"] == made


def test_replies_can_be_changed_by_a_test() -> None:
    """`mutate` sees every JSON reply, and what it answers is what is sent."""
    seen: list[tuple[str, str, int]] = []

    def mutate(method: str, path: str, status: int, body: bytes) -> tuple[int, bytes] | None:
        seen.append((method, path, status))
        return (418, body[:10]) if method == "POST" else None

    with Simulator(Options(render="fast", job_seconds=0.01, mutate=mutate)) as running:
        plain = PlainClient(running.url)
        with plain.session:
            reply = plain.post()
            untouched = plain.get("/ai/generations")

    assert (reply.status_code, reply.content) == (418, b'{"generati')
    assert untouched["count"] == 1
    assert seen == [("POST", "/api/ai/queue", 200), ("GET", "/api/ai/generations", 200)]


def test_it_ends_although_somebody_still_waits() -> None:
    """Open streams, replies that never come and jobs that run do not keep the server."""
    with Simulator(Options(render="fast", job_seconds=60)) as running:
        running.faults.add("timeout-after-accept:2")
        plain = PlainClient(running.url)
        waiting = [
            threading.Thread(target=_ask_and_forget, args=(plain, *request))
            for request in (
                ("GET", "/events"),
                ("POST", "/ai/videos/generate"),
                ("POST", "/ai/queue"),
            )
        ]
        with plain.session:
            for thread in waiting:
                thread.start()
            while len(running.requests) < 3:
                threading.Event().wait(0.01)
            begun = time.monotonic()
            running._exit.close()
            ended = time.monotonic() - begun
            for thread in waiting:
                thread.join(10)

    assert ended < 4
    assert not any(thread.is_alive() for thread in waiting)


def _ask_and_forget(plain: PlainClient, method: str, path: str) -> None:
    with contextlib.suppress(requests.RequestException):
        plain.ask(method, path, json={"model": "ltx-2-3-pro", "prompt": "a"})


def test_two_hundred_in_flight() -> None:
    """Two hundred jobs of half a second are worked on at once; one by one they would take 100 s."""
    with Simulator(Options(render="fast", job_seconds=0.5)) as running:

        def ten_of_them(number: int) -> None:
            plain = PlainClient(running.url)
            with plain.session:
                for job in range(10):
                    plain.enqueue(prompt=f"{number} {job}")

        begun = time.monotonic()
        with ThreadPoolExecutor(10) as threads:
            list(threads.map(ten_of_them, range(20)))
        plain = PlainClient(running.url)
        with plain.session:
            while plain.get("/ai/generations?page_size=1&status=succeeded")["total_entries"] < 200:
                threading.Event().wait(0.02)
        taken = time.monotonic() - begun

    assert len({entry["generation_id"] for entry in running.accepted}) == 200
    assert taken < 40


def test_interrupted_in_the_foreground() -> None:
    """`serve` says where it listens, and ends in order when it is interrupted."""
    program = (
        "from runner.simulator.options import Options\n"
        "from runner.simulator.server import serve\n"
        "serve(Options(render='fast', say=lambda line: print(line, flush=True)))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().rpartition(" ")[2].strip()
    plain = PlainClient(address)
    with plain.session:
        user = plain.get("/users/me")["user"]["username"]
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)

    assert (user, process.returncode, errors) == ("you", 0, "")


def test_origin_of_a_name(simulator: Simulator, client: PlainClient) -> None:
    """URLs name the host by which the client came."""
    row = client.made()
    signed = client.ask("GET", f"/ai/queue/{row['generation_id']}", headers={"Host": "reel.test:99"}).json()

    assert row["result_url"].startswith(simulator.url)
    assert signed["result_url"].startswith("http://reel.test:99/api/repos/")
