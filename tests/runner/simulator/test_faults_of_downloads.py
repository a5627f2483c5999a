"""Faults of downloads, seen on the wire."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests

from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient

ENDED = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.fixture
def url(client: PlainClient) -> str:
    """The signed URL of a made clip."""
    return str(client.made()["result_url"])


def _get(url: str, **headers: str) -> requests.Response:
    """A download as it is to be made: with no key."""
    return requests.get(
        url, headers={"Accept-Encoding": "identity", **headers}, timeout=10, allow_redirects=False
    )


def _boxes(content: bytes) -> int:
    """The length that the boxes of an MP4 file add up to."""
    total = 0
    while total + 8 <= len(content):
        total += int.from_bytes(content[total : total + 4], "big")
    return total


def test_whole(simulator: Simulator, url: str) -> None:
    """Without faults the whole clip comes, and its boxes add up."""
    assert simulator.faults.armed == []
    reply = _get(url)

    assert int(reply.headers["content-length"]) == len(reply.content) == _boxes(reply.content)
    assert (reply.headers["content-type"], reply.headers["accept-ranges"]) == ("video/mp4", "bytes")


def test_truncated_by_the_connection(simulator: Simulator, url: str) -> None:
    """Less comes than was promised."""
    simulator.faults.add("truncated:1")
    with pytest.raises(ENDED):
        _get(url)

    assert _get(url).status_code == 200


@pytest.mark.parametrize(("kind", "promised"), [("short", True), ("unlengthed", False)])
def test_truncated_in_itself(simulator: Simulator, url: str, kind: str, promised: bool) -> None:
    """The reply is whole by its own account, and the clip in it is not."""
    simulator.faults.add(f"truncated:*:{kind}")
    reply = _get(url)

    assert ("content-length" in reply.headers) is promised
    assert _boxes(reply.content) > len(reply.content)


def test_oversized(simulator: Simulator, url: str) -> None:
    """More comes than the clip, as much as was declared."""
    simulator.faults.add("oversized:*:100000")
    reply = _get(url)

    assert len(reply.content) == 100_000


@pytest.mark.parametrize(("fault", "length"), [("oversized", "5368709120"), ("oversized:1:none", None)])
def test_oversized_without_end(simulator: Simulator, url: str, fault: str, length: str | None) -> None:
    """Five gigabytes are declared, or nothing is; what comes is the clip and then zeros."""
    simulator.faults.add(fault)
    with requests.get(url, stream=True, timeout=10) as reply:
        chunks = reply.iter_content(1 << 16)
        start = b"".join(next(chunks) for _ in range(20))

    assert reply.headers.get("content-length") == length
    assert start[4:8] == b"ftyp"
    assert start.endswith(bytes(1 << 16))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("html-instead-of-video", "text/html"), ("html-instead-of-video:1:disguised", "video/mp4")],
)
def test_html(simulator: Simulator, url: str, fault: str, kind: str) -> None:
    """A page comes in place of the clip, and may be called one."""
    simulator.faults.add(fault)
    reply = _get(url)

    assert (reply.status_code, reply.headers["content-type"].partition(";")[0]) == (200, kind)
    assert reply.content.startswith(b"<!doctype html>")


def test_stalled(simulator: Simulator, url: str) -> None:
    """Half of the clip comes, and then nothing."""
    simulator.faults.add("stalled")
    with requests.get(url, stream=True, timeout=1) as reply:
        length = int(reply.headers["content-length"])
        got = b""
        chunks = reply.iter_content(1)
        for _ in range(length // 2):
            got += next(chunks)
        with pytest.raises(requests.ConnectionError, match="timed out"):
            [next(chunks) for _ in range(length)]

    assert got[4:8] == b"ftyp"


def test_unlengthed(simulator: Simulator, url: str) -> None:
    """The whole clip comes, without a word on its length."""
    simulator.faults.add("unlengthed")
    reply = _get(url)

    assert "content-length" not in reply.headers
    assert _boxes(reply.content) == len(reply.content)


def test_reset(simulator: Simulator, url: str) -> None:
    """The connection is reset before anything comes."""
    simulator.faults.add("download-reset:1")
    with pytest.raises(ENDED):
        _get(url)


@pytest.mark.parametrize(
    ("fault", "status"), [("download-500", 500), ("expired-url", 403), ("expired-url:1:410", 410)]
)
def test_refused(simulator: Simulator, url: str, fault: str, status: int) -> None:
    """The clip is refused with a status."""
    simulator.faults.add(fault)

    assert _get(url).status_code == status


def test_foreign_redirect(simulator: Simulator, url: str) -> None:
    """The clip is said to lie at another origin, where it does."""
    simulator.faults.add("foreign-redirect:1")
    there = _get(url).headers["location"]

    assert urlsplit(there).netloc != urlsplit(url).netloc
    assert urlsplit(there).path == urlsplit(url).path


def test_foreign_redirect_of_choice(simulator: Simulator, url: str) -> None:
    """The other origin can be named."""
    simulator.faults.add("foreign-redirect:*:https://elsewhere.example/x.mp4")

    assert _get(url).headers["location"] == "https://elsewhere.example/x.mp4"


def test_weak_etag(simulator: Simulator, url: str) -> None:
    """An ETag can be a weak one, with which nothing may be resumed."""
    simulator.faults.add("weak-etag")

    assert _get(url).headers["etag"].startswith('W/"')


def test_resumes(simulator: Simulator, url: str) -> None:
    """Without faults a part is what was asked for."""
    assert simulator.faults.armed == []
    whole = _get(url)
    part = _get(url, **{"Range": "bytes=1000-", "If-Range": whole.headers["etag"]})

    assert (part.status_code, part.content) == (206, whole.content[1000:])
    assert part.headers["content-range"] == f"bytes 1000-{len(whole.content) - 1}/{len(whole.content)}"
    assert _get(url, Range="bytes=999999-").status_code == 416


def test_no_range(simulator: Simulator, url: str) -> None:
    """The whole comes although a part was asked for."""
    simulator.faults.add("no-range")
    reply = _get(url, Range="bytes=1000-")

    assert (reply.status_code, reply.content) == (200, _get(url).content)


def test_wrong_range(simulator: Simulator, url: str) -> None:
    """Another part comes than was asked for, and says so."""
    simulator.faults.add("wrong-range")
    reply = _get(url, Range="bytes=1000-")

    assert reply.status_code == 206
    assert reply.headers["content-range"].startswith("bytes 500-")
    assert reply.content == _get(url).content[500 : 500 + len(reply.content)]


@pytest.mark.parametrize(("fault", "status"), [("changed-etag", 200), ("changed-etag:1:anyway", 206)])
def test_changed_etag(simulator: Simulator, url: str, fault: str, status: int) -> None:
    """The clip has changed since its first part came; a part comes even so, if scripted."""
    etag = _get(url).headers["etag"]
    simulator.faults.add(fault)
    reply = _get(url, **{"Range": "bytes=1000-", "If-Range": etag})

    assert (reply.status_code, reply.headers["etag"] != etag) == (status, True)
