"""The free part of the API: repeated within reason, read with tolerance, kept to the configured origin."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from runner.providers.hosted.client import Account, Oxen, open_oxen
from runner.providers.hosted.errors import BadReplyError, Cause, OxenError, UnreachableError
from runner.providers.hosted.patience import Patience, Quota
from runner.providers.hosted.wire import Timeouts
from tests.runner.hosted.bench import BRIEF, CANARY, ID, NOW, OTHER, InstantClock, patience, settings
from tests.runner.hosted.scripted_server import (
    Act,
    Request,
    ScriptedServer,
    chunked,
    raw,
    reply,
    reset,
    stall,
)

pytestmark = pytest.mark.anyio

ROW = {
    "generation_id": ID,
    "model_name": "m",
    "media_type": "video",
    "status": "processing",
    "enqueued_at": 1,
}
QUICK = replace(BRIEF, read=0.2, whole=0.3)


def opened(server: ScriptedServer, clock: InstantClock | None = None, timeouts: Timeouts = BRIEF) -> Any:
    return open_oxen(settings(server), patience=patience(clock), timeouts=timeouts)


@pytest.mark.parametrize(
    "trouble",
    [
        reset(),
        raw(),
        stall(),
        raw(b"HTTP/1.1 200 O"),
        reply(500, b"x"),
        reply(502, b"<html>"),
        reply(503, {"error": "x"}),
        reply(504, b""),
        reply(408, b""),
        reply(200, ROW, length=9999),
        chunked(json.dumps(ROW).encode(), whole=False),
    ],
)
async def test_a_poll_survives_trouble(server: ScriptedServer, trouble: Act) -> None:
    """A GET that fails for a moment is sent again, after a pause, and then answered."""
    clock = InstantClock()
    server.on("GET", f"/api/ai/queue/{ID}", trouble, reply(200, ROW))
    async with opened(server, clock, QUICK) as oxen:
        row = await oxen.get(ID)

    assert row.standing == "running"
    assert len(server.requests) == 2
    assert len(clock.slept) == 1
    assert 0 <= clock.slept[0] <= 1


async def test_pauses_grow_and_end(server: ScriptedServer) -> None:
    """Tries are few, each pause is drawn up to a limit that doubles, and the last failure is told."""
    clock = InstantClock()
    server.on("GET", "/api/ai/models", reply(500, {"error": {"title": "boom"}}))
    async with opened(server, clock) as oxen:
        with pytest.raises(OxenError, match="boom") as caught:
            await oxen.models()

    assert caught.value.cause is Cause.TRANSIENT
    assert len(server.requests) == 4
    assert all(0 <= pause <= limit for pause, limit in zip(clock.slept, (1, 2, 4), strict=True))


async def test_a_long_outage_exhausts_the_quota_not_the_client(server: ScriptedServer) -> None:
    """While the service is down requests stop being repeated, and afterwards all is as before."""
    clock = InstantClock()
    shared = patience(clock)
    shared.quota = Quota(tokens=20)
    server.on("GET", f"/api/ai/queue/{ID}", *[reply(500, b"down")] * 10, reply(200, ROW))
    async with open_oxen(settings(server), patience=shared, timeouts=BRIEF) as oxen:
        for _ in range(6):
            with pytest.raises(OxenError):
                await oxen.get(ID)
        row = await oxen.get(ID)

    assert row.generation_id == ID
    assert shared.quota.tokens == 1


@pytest.mark.parametrize(
    ("asked", "slept"), [("3", 3.0), ("-4", 0.0), ("Sat, 21 Nov 2026 12:00:05 GMT", 5.0), ("garbage", 0.0)]
)
async def test_a_server_may_ask_for_a_pause(server: ScriptedServer, asked: str, slept: float) -> None:
    """A short wait that the server asks for is kept before the next try."""
    clock = InstantClock()
    server.on("GET", f"/api/ai/queue/{ID}", reply(503, b"", {"Retry-After": asked}), reply(200, ROW))
    async with opened(server, clock) as oxen:
        await oxen.get(ID)

    assert slept <= clock.slept[0] <= slept + 1


@pytest.mark.parametrize(
    ("status", "cause"), [(429, Cause.RATE), (401, Cause.KEY), (402, Cause.CREDIT), (404, Cause.MISSING)]
)
async def test_some_errors_are_not_repeated(server: ScriptedServer, status: int, cause: Cause) -> None:
    """Limits, keys, credit and absence are for the caller to deal with, and come at once with their wait."""
    server.on("GET", f"/api/ai/queue/{ID}", reply(status, {"error": "no"}, {"Retry-After": "40"}))
    async with opened(server) as oxen:
        with pytest.raises(OxenError) as caught:
            await oxen.get(ID)

    assert (caught.value.cause, caught.value.problem.retry_after) == (cause, 40)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "act",
    [
        reply(200, b"<html>"),
        reply(200, []),
        reply(200, {}),
        reply(200, {**ROW, "generation_id": OTHER}),
        reply(204, b""),
        reply(200, ROW, {"Content-Encoding": "zstd"}),
        reply(200, ROW, {"Content-Encoding": "gzip"}),
        reply(200, gzip.compress(bytes(50_000_000)), {"Content-Encoding": "gzip"}),
        reply(200, gzip.compress(json.dumps(ROW).encode())[:-9], {"Content-Encoding": "gzip"}),
    ],
)
async def test_an_unreadable_reply_is_a_typed_error(server: ScriptedServer, act: Act) -> None:
    """Pages, other rows, bombs and broken encodings are refused with our own error."""
    server.on("GET", f"/api/ai/queue/{ID}", act)
    async with opened(server) as oxen:
        with pytest.raises(BadReplyError):
            await oxen.get(ID)


async def test_a_packed_reply_is_read(server: ScriptedServer) -> None:
    """A reply in gzip, which is asked for, is unpacked."""
    packed = gzip.compress(json.dumps(ROW).encode())
    server.on("GET", f"/api/ai/queue/{ID}", reply(200, packed, {"Content-Encoding": "gzip"}))
    async with opened(server) as oxen:
        assert (await oxen.get(ID)).model == "m"


async def test_no_redirection_is_followed(server: ScriptedServer) -> None:
    """The API lives at one origin: a redirection of a GET is an error, and the key goes nowhere."""
    server.on("GET", f"/api/ai/queue/{ID}", reply(302, b"", {"Location": server.url + "/elsewhere"}))
    async with opened(server) as oxen:
        with pytest.raises(OxenError) as caught:
            await oxen.get(ID)

    assert caught.value.cause is Cause.PROTOCOL
    assert len(server.requests) == 1


async def test_a_lost_row_is_looked_for_in_the_history(server: ScriptedServer) -> None:
    """What the queue has forgotten, the history may know; if neither does, that proves nothing."""
    async with opened(server) as oxen:
        assert await oxen.find(ID) is None
        wrapped = {"status": "success", "generation": {**ROW, "status": "succeeded", "cost": "0.48"}}
        server.on("GET", f"/api/ai/generations/{ID}", reply(200, wrapped))
        row = await oxen.find(ID)

    assert row is not None
    assert (row.standing, row.cost) == ("succeeded", Decimal("0.48"))


@pytest.mark.parametrize("bad", ["", "x", "../../etc/passwd", ID.upper(), ID + "?a=b", ID + "\n"])
async def test_only_ids_enter_a_url(server: ScriptedServer, bad: str) -> None:
    """What is not a well-formed id is never put into a URL."""
    async with opened(server) as oxen:
        for ask in (oxen.get, oxen.detail, oxen.cancel):
            with pytest.raises(ValueError, match="not the id"):
                await ask(bad)

    assert server.requests == []


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (reply(200, {"status": "success", "generation_id": ID}), "asked"),
        (reply(200, b""), "asked"),
        (reply(400, {"error": "already finished"}), "ended"),
        (reply(404, {"error": {"type": "resource_not_found", "title": "x"}}), "missing"),
    ],
)
async def test_a_cancel_is_a_request(server: ScriptedServer, act: Act, expected: str) -> None:
    """What a DELETE answers is told; that a job has ended is no error."""
    server.on("DELETE", f"/api/ai/queue/{ID}", act)
    async with opened(server) as oxen:
        assert await oxen.cancel(ID) == expected


def pages(count: int, *, per_page: int, **more: object) -> Act:
    """A history of so many rows, served in pages."""

    async def act(stream: Any, request: Request) -> None:
        query = parse_qs(request.query)
        page = int(query["page"][0])
        numbers = range((page - 1) * per_page, min(count, page * per_page))
        rows = [{**ROW, "generation_id": f"0195f0ab-0000-7000-8000-{number:012x}"} for number in numbers]
        total = -(-count // per_page)
        body = {
            "generations": rows,
            "page_number": page,
            "total_pages": total,
            "total_entries": count,
            **more,
        }
        await reply(200, body)(stream, request)

    return act


async def test_the_history_is_read_to_its_end(server: ScriptedServer) -> None:
    """All pages are read with the same filters, and the cost of all is told."""
    server.on("GET", "/api/ai/generations", pages(250, per_page=100, total_cost="12.50"))
    async with opened(server) as oxen:
        listing = await oxen.list_generations(folder="reelmake/r")

    assert (len(listing.rows), listing.complete, listing.total_cost) == (250, True, Decimal("12.50"))
    assert [parse_qs(request.query)["folder"] for request in server.requests] == [["reelmake/r"]] * 3
    assert {parse_qs(request.query)["page_size"][0] for request in server.requests} == {"100"}


@pytest.mark.parametrize(
    ("body", "complete", "found", "asked"),
    [
        ({"generations": []}, True, 0, 1),
        ({"generations": [ROW]}, True, 1, 1),
        ({"generations": [ROW], "total_pages": 5, "total_entries": 5}, False, 1, 2),
        ({"generations": [ROW], "total_pages": 10**9}, True, 1, 2),
        ({"generations": [ROW, {"generation_id": "?"}], "total_pages": 1}, False, 1, 1),
        ({"generations": [ROW], "total_pages": "many", "total_entries": None, "total_cost": "x"}, True, 1, 1),
    ],
)
async def test_a_server_without_proper_pages_ends_all_the_same(
    server: ScriptedServer, body: object, complete: bool, found: int, asked: int
) -> None:
    """A server that knows no pages is not asked for ever, and what it counts but does not give is missed."""
    server.on("GET", "/api/ai/generations", reply(200, body))
    async with opened(server) as oxen:
        listing = await oxen.list_generations()

    assert (listing.complete, len(listing.rows), len(server.requests)) == (complete, found, asked)


async def test_a_page_that_fails_fails_the_list(server: ScriptedServer) -> None:
    """A list with a page missing is no list."""
    server.on("GET", "/api/ai/generations", pages(250, per_page=100), reply(500, b"x"))
    async with opened(server) as oxen:
        with pytest.raises(OxenError):
            await oxen.list_generations()


async def test_the_queue_is_listed(server: ScriptedServer) -> None:
    """The queue's list takes the documented filters."""
    server.on("GET", "/api/ai/queue", reply(200, {"count": 1, "generations": [ROW]}))
    async with opened(server) as oxen:
        listing = await oxen.list_queue(status="failed")

    assert [row.generation_id for row in listing.rows] == [ID]
    assert server.requests[0].query == "status=failed"


@pytest.mark.parametrize(
    ("act", "name"),
    [
        (reply(200, {"user": {"username": "mira"}}), "mira"),
        (reply(200, {"username": "mira"}), "mira"),
        (reply(200, {"user": {"username": "\x1b[31m"}}), None),
        (reply(200, {"user": None}), None),
        (reply(200, b"<html>"), None),
        (reply(404, b""), None),
    ],
)
async def test_an_account_is_told_by_name_or_by_a_digest(
    server: ScriptedServer, act: Act, name: str | None
) -> None:
    """Where the provider does not say whose key it is, a digest that betrays nothing stands for the name."""
    server.on("GET", "/api/users/me", act)
    async with opened(server) as oxen:
        account = await oxen.account()

    assert account == Account(server.url, name) if name else account.name.startswith("key-")
    assert CANARY not in repr(account)


async def test_a_refused_key_is_no_account(server: ScriptedServer) -> None:
    """A key that is not accepted is told as such."""
    server.on("GET", "/api/users/me", reply(401, {"status": "error", "status_message": "unauthenticated"}))
    async with opened(server) as oxen:
        with pytest.raises(OxenError) as caught:
            await oxen.account()

    assert caught.value.cause is Cause.KEY


async def test_models_are_listed_and_described(server: ScriptedServer) -> None:
    """The list of models is read under either name, and a model's id is escaped in its URL."""
    server.on("GET", "/api/ai/models", reply(200, {"object": "list", "data": [{"id": "a"}, None, 7]}))
    server.on("GET", "/api/ai/models/a%2F..%2Fb", reply(200, {"id": "a/../b"}))
    async with opened(server) as oxen:
        assert await oxen.models() == [{"id": "a"}]
        assert await oxen.model("a/../b") == {"id": "a/../b"}
        server.on("GET", "/api/ai/models", reply(200, {"data": {}}))
        with pytest.raises(BadReplyError):
            await oxen.models()


async def test_the_surroundings_change_nothing(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies named in the environment are not used: the key would pass through them."""
    for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.on("GET", f"/api/ai/queue/{ID}", reply(200, ROW, {"Set-Cookie": "a=b"}))
    async with opened(server) as oxen:
        await oxen.get(ID)
        await oxen.get(ID)

    assert "cookie" not in server.requests[1].headers


async def test_an_unreachable_server_is_told_as_such(server: ScriptedServer) -> None:
    """When the tries are over, the error says what the network did."""
    server.on("GET", f"/api/ai/queue/{ID}", reset())
    async with opened(server) as oxen:
        assert isinstance(oxen, Oxen)
        with pytest.raises(UnreachableError, match="network failed"):
            await oxen.get(ID)


def test_the_defaults_are_the_documented_policy() -> None:
    """Up to twenty seconds between tries, five hundred tokens, and no request without an end."""
    default = Patience()

    assert (default.cap, default.quota.tokens, Timeouts().post, Timeouts().sync) == (20, 500, 30, 1800)
    assert 45 <= Timeouts().silence <= 60
    assert default.clock.now() >= NOW or default.clock.now().year >= 2024
