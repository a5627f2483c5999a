"""The key and the signatures, looked for in everything that comes out."""

from __future__ import annotations

import logging
import traceback
from contextlib import aclosing
from pathlib import Path

import pytest

from runner.errors import ReelError
from runner.providers.hosted.client import open_oxen
from runner.providers.hosted.download import open_downloader
from runner.providers.hosted.outcome import Unknown
from runner.providers.hosted.secret import SignedUrl
from runner.providers.hosted.stream import EventStream
from tests.runner.hosted.bench import BRIEF, CANARY, FILM, ID, patience, settings
from tests.runner.hosted.scripted_server import Act, ScriptedServer, reply, reset, scripted_server

pytestmark = pytest.mark.anyio

SIGNATURE = "s1gnature"
ECHO = {"error": {"message": f"Bearer {CANARY} may not read https://x.test/a?oxen_signature={SIGNATURE}"}}


@pytest.mark.parametrize(
    "act",
    [
        reply(401, ECHO),
        reply(500, ECHO),
        reply(422, ECHO),
        reply(200, ECHO),
        reply(302, b"", {"Location": f"https://x.test/?key={CANARY}&oxen_signature={SIGNATURE}"}),
        reply(200, f"<html>{CANARY}</html>".encode()),
        reset(),
    ],
)
async def test_neither_key_nor_signature_comes_out(
    server: ScriptedServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, act: Act
) -> None:
    """Errors, their tracebacks, outcomes, logs at their wordiest: none shows the key or a signature."""
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    for method, path in (
        ("POST", "/api/ai/queue"), ("GET", f"/api/ai/queue/{ID}"), ("GET", "/api/events"), ("GET", "/clip"),
        ("GET", "/api/users/me"),
    ):  # fmt: skip
        server.on(method, path, act)
    async with open_oxen(settings(server), patience=patience(), timeouts=BRIEF) as oxen:
        posted = await oxen.submit({"model": "m", "prompt": "p"})
        evidence = posted.evidence.decode() if isinstance(posted, Unknown) else ""
        shown += [repr(posted), evidence, repr(oxen.settings)]
        for ask in (lambda: oxen.get(ID), oxen.account):
            try:
                shown.append(repr(await ask()))
            except ReelError as error:
                shown += [str(error), repr(error), *traceback.format_exception(error)]
    stream = EventStream(settings(server), patience=patience(), timeouts=BRIEF)
    async with aclosing(stream.listen()) as heard:
        shown.append(repr(await anext(heard)))
    async with open_downloader(settings(server), timeouts=BRIEF) as downloader:
        url = SignedUrl(f"{server.url}/clip?oxen_signature={SIGNATURE}")
        with pytest.raises(ReelError) as caught:
            await downloader.fetch(url, tmp_path / "a.part")
        shown += [str(caught.value), *traceback.format_exception(caught.value)]
    everything = "\n".join([*shown, caplog.text])

    assert CANARY not in everything
    assert SIGNATURE not in everything


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_other_origin_ever_sees_the_key(server: ScriptedServer, tmp_path: Path, status: int) -> None:
    """Redirected polls and submits arrive nowhere else, and a redirected download arrives without the key."""
    async with scripted_server() as foreign:
        foreign.on("GET", "/x", reply(200, FILM))
        for method, path in (("POST", "/api/ai/queue"), ("GET", f"/api/ai/queue/{ID}"), ("GET", "/clip")):
            server.on(method, path, reply(status, b"", {"Location": f"{foreign.url}/x"}))
        async with open_oxen(settings(server), patience=patience(), timeouts=BRIEF) as oxen:
            await oxen.submit({"model": "m", "prompt": "p"})
            with pytest.raises(ReelError):
                await oxen.get(ID)
        assert foreign.requests == []
        async with open_downloader(settings(server), timeouts=BRIEF) as downloader:
            await downloader.fetch(SignedUrl(f"{server.url}/clip"), tmp_path / "a.part")

        assert len(foreign.requests) == 1
        assert CANARY.encode() not in foreign.requests[0].raw
