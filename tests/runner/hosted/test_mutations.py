"""Thousands of mutated replies: each ends in a value or in an error of ours, and nothing paid is repeated."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from runner.errors import ReelError
from runner.providers.hosted.classify import classify
from runner.providers.hosted.client import Oxen, open_oxen
from runner.providers.hosted.live_models import read_model
from runner.providers.hosted.outcome import Answer, outcome
from runner.providers.hosted.prices import price
from runner.providers.hosted.replies import parse_object, parse_reply
from runner.providers.hosted.rows import read_row, read_rows
from runner.providers.hosted.sse import EventParser
from runner.providers.hosted.stream import hint
from runner.providers.hosted.sync_reply import made
from runner.submit import Accepted
from tests.runner.hosted.bench import BRIEF, CANARY, ID, NOW, OTHER, patience, settings
from tests.runner.hosted.scripted_server import ScriptedServer, raw

SCALE = float(os.environ.get("REEL_TRIALS", "1"))
TRIALS = max(1, int(14_000 * SCALE))
POSTS = max(1, int(6_000 * SCALE))
SOCKETS = max(1, int(150 * SCALE))

YES = {"generations": [{"generation_id": ID, "status": "queued"}]}
ROW = {
    "generation_id": ID,
    "model_name": "m",
    "status": "succeeded",
    "result_url": "https://x.test/a",
    "cost": "1",
}
SEEDS: list[Any] = [
    YES, ROW, {"generation": ROW}, {"generations": [ROW, {**ROW, "generation_id": OTHER}], "total_pages": 1},
    {"error": {"type": "invalid_params", "title": "T", "detail": "D"}, "status": "error"},
    {"error": {"type": "upstream", "title": "T"}, "status": 502}, {"error": "text"},
    {"videos": [{"url": "https://x.test/a"}]}, {"user": {"username": "mira"}},
    {"id": "m",
     "request_schema": {"properties": {"image": {"format": "uri", "enum": [1]}}, "required": ["image"]},
     "pricing": {"method": "per_image", "cost_per_image": 1}},
]  # fmt: skip
ODD: list[Any] = [
    None, True, -1, 10**25, 1e308, "", "\x1b]0;x\x07", "x" * 5000, [], {}, [[[[]]]],
    "\u202e", ID, OTHER, CANARY, "NaN",
]  # fmt: skip


def mutated(rng: Random) -> bytes:
    """A documented reply with something changed, in its values or in its bytes."""
    value = json.loads(json.dumps(rng.choice(SEEDS)))
    for _ in range(rng.randint(0, 3)):
        _change(value, rng)
    body = bytearray(json.dumps(value, ensure_ascii=rng.random() < 0.5).encode())
    for _ in range(rng.choice([0, 0, 0, 1, 3])):
        at = rng.randrange(len(body) + 1)
        body[at : at + rng.randint(0, 3)] = rng.choice(
            [
                b"",
                b"\xff",
                b'"',
                b"{",
                b"]",
                b",",
                b"\\ud800",
                b"9" * 5000,
                b"[" * 3000,
                b"NaN",
                b"\0",
                b"\xef\xbb\xbf",
            ]
        )
    return bytes(body[: rng.randint(0, len(body))] if rng.random() < 0.1 else body)


def _change(value: Any, rng: Random) -> None:
    while True:
        keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(value[key], (dict, list)) and rng.random() < 0.7:
            value = value[key]
            continue
        value[key] = copy.deepcopy(rng.choice(ODD))
        return


READERS: list[Callable[[bytes, Random], Any]] = [
    lambda body, _: parse_reply(body),
    lambda body, _: repr(read_row(parse_object(body)).problem),
    lambda body, _: read_rows(parse_object(body)),
    lambda body, _: str(read_model(parse_object(body), "m", "2026-11-21").defaults),
    lambda body, _: price(parse_object(body).get("pricing"), {}, 1.0),
    lambda body, rng: classify(rng.randint(100, 599), {"retry-after": body[:9].decode("latin-1")}, body, NOW),
    lambda body, rng: outcome(Answer(rng.choice([200, 400, 422, 500]), {}, body), now=NOW),
    lambda body, _: made(Answer(200, {}, body)),
    lambda body, _: [
        hint(event)
        for event in EventParser().feed(b"event: media_generation_completed\ndata: " + body + b"\n\n")
    ],
]


def test_no_mutated_reply_ends_in_an_untyped_error() -> None:
    """Whatever the bytes, every reader answers or raises an error of ours."""
    rng = Random(20261121)
    for _ in range(TRIALS):
        body = mutated(rng)
        for reader in READERS:
            with suppress(ReelError):
                reader(body, rng)


def test_only_one_well_formed_id_is_ever_accepted() -> None:
    """No mutation makes a POST accepted under an id that the reply does not name as its only one."""
    rng = Random(7)
    accepted = 0
    for _ in range(POSTS):
        body = mutated(rng)
        posted = outcome(Answer(200, {}, body), now=NOW)
        if isinstance(posted, Accepted):
            accepted += 1
            (row,) = parse_object(body)["generations"]
            assert row["generation_id"] == posted.generation_id
    assert 0 < accepted < POSTS / 2 or POSTS < 100


@pytest.mark.anyio
async def test_mutated_bytes_on_the_wire_are_posted_once(server: ScriptedServer) -> None:
    """Over real connections: each submit is one request, each poll ends typed, and the key is not quoted."""
    rng = Random(11)
    async with open_oxen(settings(server), patience=patience(), timeouts=BRIEF) as oxen:
        for count in range(1, SOCKETS + 1):
            body = mutated(rng)
            head = (
                f"HTTP/1.1 {rng.choice([200, 200, 400, 429, 502])} X\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            wire = bytearray(head.encode() + body)
            if rng.random() < 0.3:
                wire[rng.randrange(len(wire))] = rng.randrange(256)
            server.on("POST", "/api/ai/queue", raw(bytes(wire)))
            posted = await oxen.submit({"model": "m", "prompt": "p"})
            assert CANARY not in repr(posted)
            assert len(server.asked("POST", "/api/ai/queue")) == count
            await _poll(oxen, server, bytes(wire))


async def _poll(oxen: Oxen, server: ScriptedServer, wire: bytes) -> None:
    server.on("GET", f"/api/ai/queue/{ID}", raw(wire))
    shown = ""
    try:
        shown = (await oxen.get(ID)).generation_id
    except ReelError as error:
        shown = f"{error} {error!r}"
    assert shown == ID or (shown and CANARY not in shown)
