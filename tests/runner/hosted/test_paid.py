"""A paid POST against a server that misbehaves: sent once, on its own connection, and never overclaimed."""

from __future__ import annotations

import json
import socket
from dataclasses import replace

import anyio
import pytest

from runner.providers.hosted.client import open_oxen
from runner.providers.hosted.outcome import Posted, Refused, Unknown
from runner.providers.hosted.secret import Secret
from runner.providers.hosted.settings import Settings
from runner.providers.hosted.sync_reply import Made
from runner.submit import Accepted, NotSent
from tests.runner.hosted.bench import BRIEF, CANARY, ID, patience, settings
from tests.runner.hosted.scripted_server import Act, ScriptedServer, chunked, raw, reply, reset, stall

pytestmark = pytest.mark.anyio

BODY = {"model": "ltx-2-3-pro", "prompt": "é 🎬", "num_generations": 1, "target_directory": "reelmake/r/u"}
YES = {"generations": [{"generation_id": ID, "status": "queued"}]}
QUICK = replace(BRIEF, read=0.2, post=0.3, sync=0.3)


async def post(server: ScriptedServer, *acts: Act) -> Posted:
    """One submit to a server that does these things."""
    server.on("POST", "/api/ai/queue", *acts)
    async with open_oxen(settings(server), patience=patience(), timeouts=QUICK) as oxen:
        return await oxen.submit(BODY)


async def test_an_accepted_job_is_sent_as_documented(server: ScriptedServer) -> None:
    """One POST with the key, the body as JSON, and a neutral name; its id is known."""
    server.on("POST", "/api/ai/queue", reply(200, YES))
    async with open_oxen(settings(server), patience=patience(), timeouts=BRIEF) as oxen:
        posted = await oxen.submit(BODY, attempt="8c0e")
    (request,) = server.requests

    assert posted == Accepted(ID)
    assert request.json == BODY
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"] == "8c0e"
    assert request.headers["user-agent"].startswith("reelmake/")
    assert "oxen" not in request.headers["user-agent"]


@pytest.mark.parametrize(
    "act",
    [
        reset(),
        raw(),
        raw(b"HTTP/1.1 200"),
        raw(b"\x00\x01garbage\r\n\r\n"),
        raw(b"SSH-2.0-x\r\n"),
        stall(),
        stall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
        reset(b"HTTP/1.1 200 OK\r\n"),
        reply(200, YES, length=500),
        reply(200, b"", length=0),
        reply(204, b""),
        reply(200, b"<html></html>"),
        reply(200, YES, {"Content-Encoding": "br"}),
        reply(200, YES, {"Content-Encoding": "gzip"}),
        chunked(json.dumps(YES).encode(), whole=False),
        reply(200, b'{"generations":[' + b" " * (4 * 2**20 + 9)),
        reply(301, b"", {"Location": "/api/ai/queue"}),
        reply(307, b"", {"Location": "/api/ai/queue"}),
        reply(308, b"", {"Location": "http://127.0.0.1:1/"}),
        reply(500, b"oops"),
        reply(502, b"<html>"),
        reply(503, {"error": "later"}, {"Retry-After": "0"}),
        reply(409, {"error": "exists"}),
        reply(408, b""),
        raw(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}"),
        raw(b"HTTP/1.1 999 ?\r\nContent-Length: 0\r\n\r\n"),
        raw(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
)
async def test_whatever_is_not_certain_is_unknown_and_sent_once(server: ScriptedServer, act: Act) -> None:
    """Any accident after the request has left is unknown; nothing is followed, and nothing is sent again."""
    posted = await post(server, act)

    assert isinstance(posted, Unknown), posted
    assert len(server.requests) == 1
    assert server.connections == 1


async def test_a_drip_of_bytes_does_not_hold_a_job(server: ScriptedServer) -> None:
    """A reply that comes byte by byte, each in time, ends with the request's own deadline."""

    async def drip(stream: anyio.abc.SocketStream, _: object) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
            await stream.send(bytes([byte]))
            await anyio.sleep(0.02)

    assert isinstance(await post(server, drip), Unknown)
    assert len(server.requests) == 1


async def test_a_refusal_is_told_with_its_reason(server: ScriptedServer) -> None:
    """A refusal in the provider's JSON is definite, and says why."""
    posted = await post(server, reply(422, {"error": {"message": "fps must be one of 24, 25"}}))

    assert isinstance(posted, Refused)
    assert posted.message == "fps must be one of 24, 25"


async def test_without_a_server_nothing_was_sent(anyio_backend: str) -> None:
    """Where nobody listens, it is certain that nothing was sent."""
    assert anyio_backend
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = Settings(base_url=f"http://127.0.0.1:{unused.getsockname()[1]}/api", key=Secret(CANARY))
        async with open_oxen(nobody, patience=patience(), timeouts=QUICK) as oxen:
            posted = await oxen.submit(BODY)

    assert isinstance(posted, NotSent)


async def test_a_server_that_speaks_no_tls_was_sent_nothing(server: ScriptedServer) -> None:
    """A TLS handshake that fails comes before the first byte of the request, and so does the key."""
    encrypted = replace(settings(server), base_url=server.api.replace("http://", "https://"))
    async with open_oxen(encrypted, patience=patience(), timeouts=replace(QUICK, connect=0.1)) as oxen:
        posted = await oxen.submit(BODY)

    assert isinstance(posted, NotSent)


async def test_a_stale_intent_is_not_sent(server: ScriptedServer) -> None:
    """If too much time has passed when the connection stands, the request is given up unsent."""
    server.on("POST", "/api/ai/queue", reply(200, YES))
    async with open_oxen(settings(server), patience=patience(), timeouts=BRIEF) as oxen:
        posted = await oxen.submit(BODY, fresh=lambda: False)

    assert isinstance(posted, NotSent)
    assert server.requests == []


async def test_each_job_has_a_connection_of_its_own(server: ScriptedServer) -> None:
    """No paid request rides on a connection that has been idle, even where the server would keep it open."""
    server.on("POST", "/api/ai/queue", reply(200, YES, {"Connection": "keep-alive"}))
    async with open_oxen(settings(server), patience=patience(), timeouts=BRIEF) as oxen:
        for _ in range(3):
            assert await oxen.submit(BODY) == Accepted(ID)

    assert server.connections == 3


async def test_a_cancelled_run_still_hears_the_reply(server: ScriptedServer) -> None:
    """Ctrl-C while the request is under way does not make its outcome uncertain."""
    heard: list[Posted] = []

    async def slow(stream: anyio.abc.SocketStream, request: object) -> None:
        scope.cancel()
        await reply(200, YES)(stream, request)  # type: ignore[arg-type]

    server.on("POST", "/api/ai/queue", slow)
    async with open_oxen(settings(server), patience=patience(), timeouts=BRIEF) as oxen:
        with anyio.CancelScope() as scope:
            heard.append(await oxen.submit(BODY))

    assert heard == [Accepted(ID)]


async def test_several_generations_are_never_asked_for(server: ScriptedServer) -> None:
    """One intent is one id: a body that asks for more is a mistake of ours, and nothing is sent."""
    async with open_oxen(settings(server), patience=patience(), timeouts=BRIEF) as oxen:
        with pytest.raises(ValueError, match="one generation"):
            await oxen.submit({**BODY, "num_generations": 2})
        for bad in (float("nan"), {1, 2}, b"bytes"):
            with pytest.raises(ValueError, match=r"JSON|JSON compliant"):
                await oxen.submit({**BODY, "seed": bad})

    assert server.requests == []


@pytest.mark.parametrize(
    "value",
    [
        {"videos": [{"url": "https://x.test/a.mp4"}]},
        {"videos": [{"video_url": "https://x.test/a.mp4"}]},
        {"videos": [{"video": {"url": "https://x.test/a.mp4"}}]},
        {"images": [{"url": "https://x.test/a.mp4"}]},
        {"videos": [None, 7, {"url": None}, {"url": "https://x.test/a.mp4"}]},
    ],
)
async def test_the_blocking_call_tells_where_the_result_is(server: ScriptedServer, value: object) -> None:
    """The blocking endpoint is asked for a URL, and every seen place of it is read."""
    server.on("POST", "/api/ai/videos/generate", reply(200, value))
    async with open_oxen(settings(server), patience=patience(), timeouts=BRIEF) as oxen:
        found = await oxen.generate("/videos/generate", {"model": "m", "prompt": "p"})

    assert isinstance(found, Made)
    assert [url.reveal() for url in found.urls] == ["https://x.test/a.mp4"]
    assert server.requests[0].json["response_format"] == "url"


@pytest.mark.parametrize(
    "act", [reset(), stall(), reply(200, {}), reply(200, b"{"), reply(200, {"videos": "x"}), reply(504, b"")]
)
async def test_a_blocking_call_that_is_lost_is_unknown(server: ScriptedServer, act: Act) -> None:
    """If the blocking call breaks off or brings no URL, it may have been made and billed all the same."""
    server.on("POST", "/api/ai/videos/generate", act)
    async with open_oxen(settings(server), patience=patience(), timeouts=QUICK) as oxen:
        found = await oxen.generate("/videos/generate", {"model": "m", "prompt": "p"})

    assert isinstance(found, Unknown)
    assert len(server.requests) == 1
