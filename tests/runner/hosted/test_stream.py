"""The event stream over real connections: it wakes, it comes back, and it never decides."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

import pytest

from runner.providers.hosted.secret import Secret
from runner.providers.hosted.settings import Settings
from runner.providers.hosted.stream import Connected, EventStream, Heard, Hint, Lost
from tests.runner.hosted.bench import BRIEF, CANARY, ID, OTHER, InstantClock, patience, settings
from tests.runner.hosted.scripted_server import Act, ScriptedServer, raw, reply, reset, stall

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
QUICK = replace(BRIEF, silence=0.2)


def event(generation_id: str) -> bytes:
    return (
        b'event: media_generation_completed\r\ndata: {"generation_id":\r\ndata: "%b"}\r\n\r\n'
        % generation_id.encode()
    )


async def hear(server: ScriptedServer, count: int, clock: InstantClock | None = None) -> list[Heard]:
    """The first things that are heard."""
    heard: list[Heard] = []
    stream = EventStream(settings(server), patience=patience(clock), timeouts=QUICK)
    async with aclosing(stream.listen()) as items:
        async for item in items:
            heard.append(item)
            if len(heard) == count:
                break
    return heard


async def test_events_are_heard_as_they_are_sent(server: ScriptedServer) -> None:
    """A hint is there while the stream is still open, and the request is as documented."""
    server.on("GET", "/api/events", stall(HEAD + b": keep-alive\n\n" + event(ID)))
    heard = await hear(server, 2)

    assert heard == [Connected(), Hint(ID)]
    assert server.requests[0].headers["accept"] == "text/event-stream"
    assert server.requests[0].headers["authorization"] == f"Bearer {CANARY}"


async def test_doubled_foreign_and_broken_events_do_no_harm(server: ScriptedServer) -> None:
    """Each event for a generation is a hint, also twice and for ids of others; the rest is passed over."""
    noise = b"event: deployment\ndata: {}\n\n\xff\xfe\n\nevent: media_generation_completed\ndata: {\n\n"
    server.on("GET", "/api/events", raw(HEAD, noise, event(OTHER), event(ID), noise, event(ID)))

    assert (await hear(server, 4)) == [Connected(), Hint(OTHER), Hint(ID), Hint(ID)]


@pytest.mark.parametrize(
    "act",
    [
        raw(HEAD),
        reset(),
        reset(HEAD),
        stall(),
        stall(HEAD),
        raw(b"garbage"),
        reply(500, b"x"),
        reply(401, b""),
        reply(200, b"<html>", {"Content-Type": "text/html"}),
        reply(302, b"", {"Location": "/api/events2"}),
        raw(HEAD, b"data: " + b"x" * (2**20 + 99)),
        reply(200, b"", {"Content-Type": "application/json"}),
    ],
)
async def test_whatever_ends_it_it_comes_back(server: ScriptedServer, act: Act) -> None:
    """Ended, broken, silent, refused or flooded: the stream is opened again, and says so both times."""
    server.on("GET", "/api/events", act, stall(HEAD + event(ID)))
    heard: list[Heard] = []
    stream = EventStream(settings(server), patience=patience(), timeouts=QUICK)
    async with aclosing(stream.listen()) as items:
        async for item in items:
            heard.append(item)
            if item == Hint(ID):
                break

    assert [type(item) for item in heard[-3:]] == [Lost, Connected, Hint]
    assert len(server.requests) == 2


async def test_pauses_grow_and_a_refusal_waits_longer(server: ScriptedServer) -> None:
    """Between tries the pause is drawn from a range that doubles; after a refusal it is half a minute."""
    clock = InstantClock()
    server.on("GET", "/api/events", raw(HEAD), raw(HEAD), reset(), reply(503, b"x"), stall(HEAD))
    heard = await hear(server, 7, clock)
    pauses = [item.pause for item in heard if isinstance(item, Lost)]

    assert pauses == clock.slept
    assert all(pause <= limit for pause, limit in zip(pauses[:3], (2, 4, 8), strict=True))
    assert pauses[3] >= 30
    assert heard[-1] == Connected()


async def test_the_key_is_not_in_what_is_said(server: ScriptedServer) -> None:
    """A server that quotes the key in its refusal is quoted without it."""
    server.on("GET", "/api/events", reply(403, {"error": f"bad key {CANARY}"}))
    (lost,) = await hear(server, 1)

    assert isinstance(lost, Lost)
    assert "bad key ***" in lost.why


async def test_without_a_server_it_waits(anyio_backend: str) -> None:
    """Where nobody listens, the stream says so and tries again later."""
    assert anyio_backend
    stream = EventStream(
        Settings(base_url="http://127.0.0.1:9/api", key=Secret(CANARY)), patience=patience(), timeouts=QUICK
    )
    async with aclosing(stream.listen()) as items:
        assert isinstance(await anext(items), Lost)
        assert isinstance(await anext(items), Lost)
