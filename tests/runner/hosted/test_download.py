"""Fetching results from servers that cut off, lie, redirect and dawdle."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from runner.providers.hosted.download import Downloader, DownloadLimits, open_downloader
from runner.providers.hosted.errors import (
    BadDownloadError,
    ExpiredUrlError,
    InterruptedDownloadError,
    Mark,
    TooLargeError,
    UnsafeUrlError,
)
from runner.providers.hosted.part_file import PartFile
from runner.providers.hosted.reach import Reach
from runner.providers.hosted.secret import SignedUrl
from runner.providers.hosted.settings import Settings
from tests.runner.hosted.bench import BRIEF, CANARY, FILM, PNG, InstantClock, settings
from tests.runner.hosted.scripted_server import (
    Act,
    Request,
    ScriptedServer,
    chunked,
    raw,
    reply,
    reset,
    scripted_server,
    stall,
)

pytestmark = pytest.mark.anyio

TAG = {"ETag": '"v1"'}
QUICK = replace(BRIEF, read=0.2, whole=0.4)


def opened(server: ScriptedServer, **options: Any) -> AbstractAsyncContextManager[Downloader]:
    return open_downloader(settings(server), **{"timeouts": QUICK, **options})


def url(server: ScriptedServer, path: str = "/clip?oxen_signature=s3cret") -> SignedUrl:
    return SignedUrl(server.url + path)


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def ranged(content: bytes, headers: Mapping[str, str] = TAG) -> Act:
    """A server that knows ranges, and checks the tag."""

    async def act(stream: Any, request: Request) -> None:
        asked = request.headers.get("range")
        if asked is None or request.headers.get("if-range") != headers.get("ETag"):
            await reply(200, content, headers)(stream, request)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        where = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}", **headers}
        await reply(206, content[start:], where)(stream, request)

    return act


@pytest.mark.parametrize(
    "act",
    [
        reply(200, FILM),
        reply(200, FILM, length=-1),
        chunked(FILM),
        reply(200, PNG),
        reply(200, PNG, length=-1),
        reply(200, FILM, {"Content-Type": "text/html"}),
        reply(200, FILM, {"Content-Encoding": "identity"}),
    ],
)
async def test_a_whole_result_is_fetched(server: ScriptedServer, tmp_path: Path, act: Act) -> None:
    """A result that is whole by its length or by its own structure is fetched, with its digest."""
    server.on("GET", "/clip", act)
    async with opened(server) as downloader:
        done = await downloader.fetch(url(server), tmp_path / "a.part")
    found = bytes_of(done.path)

    assert found in {FILM, PNG}
    assert (done.size, done.sha256) == (len(found), hashlib.sha256(found).hexdigest())
    assert server.requests[0].headers["accept-encoding"] == "identity"
    assert server.requests[0].query == "oxen_signature=s3cret"


@pytest.mark.parametrize(
    "act",
    [
        reply(200, FILM[:500], length=-1),
        reply(200, FILM[:500]),
        reply(200, FILM + b"x"),
        reply(200, b"<html><title>Sign in</title>"),
        reply(200, b'\xef\xbb\xbf {"error":"expired"}'),
        reply(200, b"[]"),
        reply(200, b""),
        reply(200, b"plain text"),
        reply(200, b"#EXTM3U\nfile:///etc/passwd\n"),
        reply(200, PNG[:-3]),
        reply(200, b"\xff\xd8\xff\xe0 no end", length=-1),
        reply(200, b"\x1a\x45\xdf\xa3", length=-1),
        reply(200, FILM, {"Content-Encoding": "gzip"}),
        reply(204, b""),
        reply(400, b"x"),
        reply(418, b"x"),
        reply(300, b"x"),
        reply(304, b""),
    ],
)
async def test_what_is_not_a_whole_clip_is_refused_and_removed(
    server: ScriptedServer, tmp_path: Path, act: Act
) -> None:
    """Cut-off films, pages, errors and playlists never stay under any name."""
    server.on("GET", "/clip", act)
    async with opened(server) as downloader:
        with pytest.raises(BadDownloadError) as caught:
            await downloader.fetch(url(server), tmp_path / "a.part")

    assert names_in(tmp_path) == []
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_an_expired_url_is_told(server: ScriptedServer, tmp_path: Path, status: int) -> None:
    """A URL that is refused or gone asks for a fresh one."""
    server.on("GET", "/clip", reply(status, b"<Error>expired</Error>"))
    async with opened(server) as downloader:
        with pytest.raises(ExpiredUrlError):
            await downloader.fetch(url(server), tmp_path / "a.part")


@pytest.mark.parametrize(
    "act",
    [
        reset(),
        raw(),
        stall(),
        reply(200, FILM[:500], TAG, length=len(FILM)),
        chunked(FILM, whole=False),
        reply(500, b""),
        reply(503, b""),
        reply(429, b""),
        stall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n\0\0\0\x10ftyp"),
        reply(206, FILM, {"Content-Range": f"bytes 0-{len(FILM) - 1}/{len(FILM)}"}),
        reply(416, b""),
        raw(b"\0\0\0"),
    ],
)
async def test_a_download_that_breaks_off_may_be_tried_again(
    server: ScriptedServer, tmp_path: Path, act: Act
) -> None:
    """Whatever ends a download in the middle, the next try can succeed."""
    part = tmp_path / "a.part"
    server.on("GET", "/clip", act, ranged(FILM))
    async with opened(server) as downloader:
        with pytest.raises(InterruptedDownloadError) as caught:
            await downloader.fetch(url(server), part)
        done = await downloader.fetch(url(server), part, caught.value.mark)

    assert "s3cret" not in str(caught.value)
    assert bytes_of(done.path) == FILM


async def test_a_download_goes_on_where_it_ended(server: ScriptedServer, tmp_path: Path) -> None:
    """With a strong tag only the missing bytes are asked for."""
    part = tmp_path / "a.part"
    server.on("GET", "/clip", reply(200, FILM[:500], TAG, length=len(FILM)), ranged(FILM))
    async with opened(server) as downloader:
        with pytest.raises(InterruptedDownloadError) as caught:
            await downloader.fetch(url(server), part)
        assert caught.value.mark == Mark('"v1"', len(FILM))
        done = await downloader.fetch(url(server), part, caught.value.mark)

    assert server.requests[1].headers["range"] == "bytes=500-"
    assert server.requests[1].headers["if-range"] == '"v1"'
    assert done.sha256 == hashlib.sha256(FILM).hexdigest()


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"v1"'}])
async def test_without_a_strong_tag_it_starts_again(
    server: ScriptedServer, tmp_path: Path, headers: dict[str, str]
) -> None:
    """Bytes that cannot be joined safely are fetched anew."""
    server.on("GET", "/clip", reply(200, FILM[:500], headers, length=len(FILM)), ranged(FILM))
    async with opened(server) as downloader:
        with pytest.raises(InterruptedDownloadError) as caught:
            await downloader.fetch(url(server), tmp_path / "a.part")
        assert caught.value.mark is None
        await downloader.fetch(url(server), tmp_path / "a.part", caught.value.mark)

    assert "range" not in server.requests[1].headers


async def test_another_version_starts_again(server: ScriptedServer, tmp_path: Path) -> None:
    """If the tag has changed in between, nothing of the old version stays in the file."""
    part = tmp_path / "a.part"
    write(part, b"z" * 700)
    server.on("GET", "/clip", ranged(FILM, {"ETag": '"v2"'}))
    async with opened(server) as downloader:
        done = await downloader.fetch(url(server), part, Mark('"v1"', 900))

    assert bytes_of(done.path) == FILM


@pytest.mark.parametrize(
    "act",
    [
        reply(206, FILM[400:], {"Content-Range": f"bytes 400-{len(FILM) - 1}/{len(FILM)}", **TAG}),
        reply(206, FILM[500:], {"Content-Range": f"bytes 500-{len(FILM) - 1}/{len(FILM)}", "ETag": '"v2"'}),
        reply(206, FILM[500:600], {"Content-Range": f"bytes 500-599/{len(FILM)}", **TAG}),
        reply(206, FILM[500:], TAG),
        reply(416, b"", {"Content-Range": "bytes */10"}),
    ],
)
async def test_a_wrong_range_is_not_appended(server: ScriptedServer, tmp_path: Path, act: Act) -> None:
    """A reply that does not continue what is there ends the try, and the next one starts afresh."""
    part = tmp_path / "a.part"
    write(part, FILM[:500])
    server.on("GET", "/clip", act, ranged(FILM))
    async with opened(server) as downloader:
        with pytest.raises(InterruptedDownloadError) as caught:
            await downloader.fetch(url(server), part, Mark('"v1"', len(FILM)))
        assert caught.value.mark is None
        done = await downloader.fetch(url(server), part)

    assert bytes_of(done.path) == FILM


@pytest.mark.parametrize("act", [reply(200, FILM), reply(200, FILM, length=-1), chunked(FILM)])
async def test_what_is_too_large_is_not_kept(server: ScriptedServer, tmp_path: Path, act: Act) -> None:
    """The cap holds by the announced length, and by what really comes."""
    server.on("GET", "/clip", act)
    async with opened(server, limits=DownloadLimits(size=300)) as downloader:
        with pytest.raises(TooLargeError):
            await downloader.fetch(url(server), tmp_path / "a.part")

    assert names_in(tmp_path) == []


async def test_a_trickle_is_given_up(server: ScriptedServer, tmp_path: Path) -> None:
    """A server that sends byte by byte, each in time, is given up by its pace."""

    class Ticking(InstantClock):
        def elapsed(self) -> float:
            self.slept.append(10.0)
            return super().elapsed()

    async def trickle(stream: Any, _: Request) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + FILM[:16])
        for at in range(16, len(FILM)):
            await stream.send(FILM[at : at + 1])
            await anyio.sleep(0.001)

    server.on("GET", "/clip", trickle)
    async with opened(server, clock=Ticking()) as downloader:
        with pytest.raises(InterruptedDownloadError, match="bytes a second"):
            await downloader.fetch(url(server), tmp_path / "a.part")


async def test_a_download_has_an_end(server: ScriptedServer, tmp_path: Path) -> None:
    """However steadily bytes come, all of it together must end by a deadline."""

    async def endless(stream: Any, _: Request) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n" + FILM)
        while True:
            await stream.send(bytes(1000))
            await anyio.sleep(0.01)

    server.on("GET", "/clip", endless)
    async with opened(server, limits=DownloadLimits(whole=0.3)) as downloader:
        with pytest.raises(InterruptedDownloadError, match="longer than"):
            await downloader.fetch(url(server), tmp_path / "a.part")


async def test_the_key_goes_to_its_origin_only(server: ScriptedServer, tmp_path: Path) -> None:
    """A result at the configured origin is asked for with the key; where it redirects to, without."""
    async with scripted_server() as foreign:
        foreign.on("GET", "/clip", ranged(FILM))
        server.on("GET", "/clip", reply(302, b"", {"Location": foreign.url + "/clip?sig=1"}))
        async with opened(server) as downloader:
            await downloader.fetch(url(server), tmp_path / "a.part")

        assert server.requests[0].headers["authorization"] == f"Bearer {CANARY}"
        assert "authorization" not in foreign.requests[0].headers
        assert CANARY.encode() not in foreign.requests[0].raw
        assert b"oxen_signature" not in foreign.requests[0].raw


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/x",
        "https://10.0.0.1/x",
        "file:///etc/passwd",
        "https://u:p@x.test/",
        "//192.168.0.1/x",
        "http://example.test/x",
        "ftp://x.test/",
        "https://[::ffff:169.254.169.254]/",
    ],
)
async def test_each_hop_is_judged(server: ScriptedServer, tmp_path: Path, target: str) -> None:
    """A redirection to where no URL may lead is refused like the URL itself."""
    server.on("GET", "/clip", reply(302, b"", {"Location": target}))
    async with opened(server) as downloader:
        with pytest.raises(UnsafeUrlError):
            await downloader.fetch(url(server), tmp_path / "a.part")


async def test_redirections_end(server: ScriptedServer, tmp_path: Path) -> None:
    """Five hops are followed, relative ones too; the sixth is refused."""
    server.on("GET", "/clip", *[reply(307, b"", {"Location": "/clip"})] * 5, ranged(FILM))
    async with opened(server) as downloader:
        await downloader.fetch(url(server), tmp_path / "a.part")
        server.on("GET", "/clip", reply(307, b"", {"Location": "clip"}))
        with pytest.raises(BadDownloadError, match="more than 5"):
            await downloader.fetch(url(server), tmp_path / "a.part")

    assert len(server.requests) == 12


async def test_a_simulator_is_spoken_to_only_when_configured(server: ScriptedServer, tmp_path: Path) -> None:
    """With Oxen itself configured, a result URL on this machine is refused."""
    server.on("GET", "/clip", ranged(FILM))
    async with open_downloader(Settings(), timeouts=QUICK) as downloader:
        with pytest.raises(UnsafeUrlError):
            await downloader.fetch(url(server), tmp_path / "a.part")

    assert server.requests == []


async def test_a_name_is_looked_up_once_and_kept(server: ScriptedServer, tmp_path: Path) -> None:
    """The connection goes to the address that was judged, by the name that was asked for."""
    asked: list[str] = []

    async def once(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    server.on("GET", "/clip", ranged(FILM))
    reach = Reach(loopback=True, resolver=once)
    async with opened(server, reach=reach) as downloader:
        await downloader.fetch(SignedUrl(f"http://localhost:{server.port}/clip"), tmp_path / "a.part")

    assert asked == ["localhost"]
    assert server.requests[0].headers["host"] == f"localhost:{server.port}"


async def test_the_next_address_is_tried(server: ScriptedServer, tmp_path: Path) -> None:
    """If a host does not answer at its first address, the others are tried."""

    async def two(_: str, __: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    server.on("GET", "/clip", ranged(FILM))
    async with opened(server, reach=Reach(loopback=True, resolver=two)) as downloader:
        done = await downloader.fetch(SignedUrl(f"http://localhost:{server.port}/clip"), tmp_path / "a.part")

    assert done.size == len(FILM)


async def test_a_link_is_not_written_through(server: ScriptedServer, tmp_path: Path) -> None:
    """A part file that is a link to somewhere else is refused, and what it leads to stays as it was."""
    precious = tmp_path / "precious"
    write(precious, b"keep")
    (tmp_path / "a.part").symlink_to(precious)
    server.on("GET", "/clip", ranged(FILM))
    async with opened(server) as downloader:
        with pytest.raises(OSError, match=r"symbolic|link"):
            await downloader.fetch(url(server), tmp_path / "a.part")

    assert bytes_of(precious) == b"keep"


async def test_a_full_disk_is_told_as_such(
    server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the disk is full is no trouble of the network, and is not hidden as one."""

    def full(_: PartFile, __: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(PartFile, "write", full)
    server.on("GET", "/clip", ranged(FILM))
    async with opened(server) as downloader:
        with pytest.raises(OSError, match="No space"):
            await downloader.fetch(url(server), tmp_path / "a.part")
