"""Local files on their way to a model, by each of the routes."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from runner.errors import UsageError
from runner.providers.hosted.client import open_oxen
from runner.providers.hosted.errors import Cause, OxenError, UploadError
from runner.providers.hosted.own_host import OwnHost
from runner.providers.hosted.upload_file import LocalFile, MemoryCache, Uploader
from runner.providers.hosted.uploads import uploader
from tests.runner.hosted.bench import BRIEF, CANARY, PNG, patience, settings
from tests.runner.hosted.scripted_server import ScriptedServer, reply, reset, scripted_server

pytestmark = pytest.mark.anyio

REPO = "/api/repos/mira/playground"
DIGEST = hashlib.sha256(PNG).hexdigest()


@pytest.fixture
def picture(tmp_path: Path) -> LocalFile:
    """A picture whose name nobody else needs to know."""
    path = tmp_path / "my secret plans.png"
    path.write_bytes(PNG)
    return LocalFile(path, DIGEST, "image", "png")


@asynccontextmanager
async def route(server: ScriptedServer, cache: MemoryCache, **changes: object) -> AsyncIterator[Uploader]:
    """The route that the settings name."""
    async with open_oxen(settings(server, **changes), patience=patience(), timeouts=BRIEF) as oxen:
        yield uploader(oxen, cache)


def workbench(server: ScriptedServer) -> None:
    server.on("GET", "/api/users/me", reply(200, {"user": {"username": "mira"}}))
    server.on("GET", REPO, reply(200, {"repository": {}}))
    server.on(
        "POST", f"{REPO}/workbench/context", reply(200, {"status": "success", "asset_path": "reelmake/a.png"})
    )
    server.on(
        "GET",
        f"{REPO}/file/presigned_url/main/reelmake/a.png",
        reply(200, {"url": "https://hub.test/a?oxen_signature=1"}),
        reply(200, {"url": "https://hub.test/a?oxen_signature=2"}),
    )


async def test_a_file_is_uploaded_once_and_signed_for_each_job(
    server: ScriptedServer, picture: LocalFile
) -> None:
    """The bytes go up once; each job gets a URL that is signed anew."""
    workbench(server)
    async with route(server, MemoryCache()) as way:
        first, second = await way.url(picture), await way.url(picture)
    (upload,) = server.asked("POST", f"{REPO}/workbench/context")

    assert (first.reveal()[-1], second.reveal()[-1]) == ("1", "2")
    assert PNG in upload.body
    assert b"secret plans" not in upload.body
    assert DIGEST.encode() in upload.body
    assert not way.public


async def test_a_missing_repository_is_made_private(server: ScriptedServer, picture: LocalFile) -> None:
    """Where there is no repository yet, a private one is made."""
    workbench(server)
    server.on("GET", REPO, reply(404, b""))
    server.on("POST", "/api/repos", reply(201, {"status": "success"}))
    async with route(server, MemoryCache()) as way:
        await way.url(picture)
    made = server.asked("POST", "/api/repos")[0].json

    assert (made["visibility"], made["is_public"], made["namespace"]) == ("private", False, "mira")


async def test_a_forgotten_upload_is_repeated(server: ScriptedServer, picture: LocalFile) -> None:
    """If the provider has removed a file, it is uploaded again."""
    workbench(server)
    cache = MemoryCache()
    cache.put(f"workbench {server.url}/repos/mira/playground", DIGEST, "reelmake/gone.png")
    async with route(server, cache) as way:
        await way.url(picture)

    assert len(server.asked("POST", f"{REPO}/workbench/context")) == 1


async def test_an_upload_survives_trouble(server: ScriptedServer, picture: LocalFile) -> None:
    """Uploads cost nothing, so one that breaks off is sent again, from its beginning."""
    workbench(server)
    path = f"{REPO}/workbench/context"
    server.on("POST", path, reset(), reply(502, b""), reply(200, {"asset_path": "reelmake/a.png"}))
    async with route(server, MemoryCache()) as way:
        await way.url(picture)
    sent = server.asked("POST", path)

    assert len(sent) == 3
    assert all(PNG in request.body for request in sent)


async def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(
    server: ScriptedServer, tmp_path: Path
) -> None:
    """What the route does not take is refused with what to do, and nothing is uploaded."""
    workbench(server)
    path = tmp_path / "big.wav"
    with path.open("wb") as file:
        file.truncate(15 * 2**20 + 1)
    async with route(server, MemoryCache()) as way:
        with pytest.raises(UploadError, match="15 are allowed for audio"):
            await way.url(LocalFile(path, DIGEST, "audio", "wav"))

    assert server.asked("POST", f"{REPO}/workbench/context") == []


async def test_a_lost_file_is_told(server: ScriptedServer, tmp_path: Path) -> None:
    """A file that is not there any more is an error in words."""
    workbench(server)
    server.on("POST", "/api/repos", reply(200, {}))
    own = {"upload_put": server.url + "/{name}", "upload_get": "https://cdn.test/{name}"}
    for name in ("workbench", "public", "own"):
        async with route(server, MemoryCache(), upload=name, **own) as way:
            with pytest.raises(UploadError, match="cannot be read"):
                await way.url(LocalFile(tmp_path / "no.png", DIGEST, "image", "png"))


async def test_without_a_name_nothing_is_uploaded(server: ScriptedServer, picture: LocalFile) -> None:
    """Where the provider does not say whose key it is, there is nowhere to put a file."""
    for way_name in ("workbench", "public"):
        async with route(server, MemoryCache(), upload=way_name) as way:
            with pytest.raises(UploadError, match="whose key"):
                await way.url(picture)


async def test_a_public_upload_is_chosen_and_has_a_plain_url(
    server: ScriptedServer, picture: LocalFile
) -> None:
    """The public route is for those who chose it: one PUT, and a URL that needs no signature."""
    path = f"/api/repos/mira/films/file/main/reelmake/{DIGEST}.png"
    server.on("GET", "/api/users/me", reply(200, {"user": {"username": "mira"}}))
    server.on("POST", "/api/repos", reply(409, {"error": "exists"}))
    server.on("PUT", path, reply(200, {"anything": "at all"}))
    async with route(server, MemoryCache(), upload="public", repository="films") as way:
        first, second = await way.url(picture), await way.url(picture)

    assert way.public
    assert first == second
    assert first.reveal() == server.url + path
    assert len(server.asked("PUT", path)) == 1


async def test_a_refused_upload_is_told(server: ScriptedServer, picture: LocalFile) -> None:
    """What the provider says against an upload is passed on."""
    workbench(server)
    server.on("POST", f"{REPO}/workbench/context", reply(402, {"error": {"message": "Storage is full"}}))
    async with route(server, MemoryCache()) as way:
        with pytest.raises(OxenError, match="Storage is full") as caught:
            await way.url(picture)

    assert caught.value.cause is Cause.CREDIT


async def test_ones_own_host_is_given_the_file_and_not_the_key(picture: LocalFile) -> None:
    """A PUT to the user's own server, without the provider's key, and once a file."""
    async with scripted_server() as own:
        own.on("PUT", f"/in/{DIGEST}.png", reply(201, b""))
        way = OwnHost(own.url + "/in/{name}?token=t0ken", "https://cdn.test/{name}", MemoryCache(), BRIEF)
        first, second = await way.url(picture), await way.url(picture)
        (request,) = own.requests

    assert first == second
    assert first.reveal() == f"https://cdn.test/{DIGEST}.png"
    assert request.body == PNG
    assert CANARY.encode() not in request.raw
    assert request.headers["content-type"] == "image/png"


async def test_ones_own_host_may_refuse(picture: LocalFile) -> None:
    """A refusal of the user's server is told without the query of its URL."""
    async with scripted_server() as own:
        own.on("PUT", f"/in/{DIGEST}.png", reply(507, b""))
        way = OwnHost(own.url + "/in/{name}?token=t0ken", "https://cdn.test/{name}", MemoryCache(), BRIEF)
        with pytest.raises(UploadError, match="HTTP 507") as caught:
            await way.url(picture)

    assert "t0ken" not in str(caught.value)


async def test_ones_own_host_must_be_named(server: ScriptedServer) -> None:
    """The route to one's own server needs its addresses."""
    with pytest.raises(UsageError, match="upload_put"):
        async with route(server, MemoryCache(), upload="own"):
            pass
