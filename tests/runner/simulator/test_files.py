"""Repositories, uploads, signed URLs, and media as inputs of jobs."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests

from runner.simulator import schemas
from runner.simulator.files import Files
from runner.simulator.options import Options
from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient

STILL = (Path(schemas.__file__).parent / "ready" / "still.png").read_bytes()


@pytest.fixture
def repository(client: PlainClient) -> str:
    """The path of a repository of the client's."""
    client.ask("POST", "/repos", json={"name": "playground", "visibility": "private"})
    return f"/repos/{client.user}/playground"


def _uploaded(client: PlainClient, repository: str) -> str:
    """The asset path of an uploaded picture."""
    reply = client.ask(
        "POST",
        f"{repository}/workbench/context",
        files={"file": ("board.png", STILL)},
        data={"directory": "boards"},
    )
    jsonschema.validate(reply.json(), schemas.CONTEXT)
    return str(reply.json()["asset_path"])


def test_the_way_of_a_local_picture(client: PlainClient) -> None:
    """The playground is made where it is missing, a file goes there, and a signed URL needs no key."""
    path = f"/repos/{client.user}/playground"
    missing = client.ask("GET", path).status_code
    made = client.ask(
        "POST", "/repos/", json={"name": "playground", "visibility": "private", "workbench": True}
    )
    again = client.ask("POST", "/repos/", json={"name": "playground"})
    asset = _uploaded(client, path)
    signed = client.get(f"{path}/file/presigned_url/main/{asset}")
    content = requests.get(signed["url"], timeout=10)

    jsonschema.validate(client.get(path), schemas.REPOSITORY)
    jsonschema.validate(signed, schemas.PRESIGNED)
    assert (missing, made.status_code, again.status_code) == (404, 201, 422)
    assert (content.content, content.headers["content-type"]) == (STILL, "image/png")


def test_repository_without_the_slash(client: PlainClient) -> None:
    """The documented way to make a repository: 200, and 409 when it exists."""
    replies = [client.ask("POST", "/repos", json={"name": "films", "is_public": True}) for _ in range(2)]

    jsonschema.validate(replies[0].json(), schemas.REPOSITORY)
    assert [reply.status_code for reply in replies] == [200, 409]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"[]", 400), (b"{", 400), (b'{"name": ""}', 400), (b'{"name":"a","namespace":"b"}', 403)],
)
def test_bad_repositories(client: PlainClient, body: bytes, status: int) -> None:
    """A repository needs a name, and the namespace of whoever asks."""
    assert client.ask("POST", "/repos", data=body).status_code == status


@pytest.mark.parametrize(("field", "path"), [("file", "boards/a.png"), ("files[]", "boards")])
def test_repository_files(client: PlainClient, field: str, path: str) -> None:
    """A file put into a public repository can be read by everybody."""
    client.ask("POST", "/repos", json={"name": "open", "is_public": True})
    place = f"/repos/{client.user}/open/file/main"
    reply = client.ask("PUT", f"{place}/{path}", files={field: ("a.png", STILL)}, data={"message": "a board"})

    jsonschema.validate(reply.json(), schemas.COMMITTED)
    assert requests.get(f"{client.url}{place}/boards/a.png", timeout=10).content == STILL


def test_a_put_needs_one_kind_of_file(client: PlainClient, repository: str) -> None:
    """Neither or both of the two fields are refused."""
    path = f"{repository}/file/main/a"
    both = client.ask("PUT", path, files={"file": b"a", "files[]": b"b"})
    neither = client.ask("PUT", path, files={"other": b"a"})

    assert (both.status_code, neither.status_code) == (400, 400)


def test_private_files_need_the_owner_or_a_signature(
    simulator: Simulator, client: PlainClient, repository: str
) -> None:
    """Others are told that there is nothing."""
    path = f"{repository}/file/main/{_uploaded(client, repository)}"
    stranger = requests.get(simulator.url + path, headers={"Authorization": "Bearer other@x"}, timeout=10)
    forged = requests.get(f"{simulator.url}{path}?oxen_signature=9999999999-00", timeout=10)

    assert client.ask("GET", path).content == STILL
    assert (stranger.status_code, forged.status_code) == (404, 403)


def test_signatures_expire(tmp_path: Path) -> None:
    """A signature is good for its address and its time, and for no other."""
    now = 1000.0
    files = Files(tmp_path, b"secret", 60, lambda: now)
    signature = files.signature("a/b/file/main/c")
    fresh = files.signed("a/b/file/main/c", signature), files.signed("a/b/file/main/d", signature)
    now = 1060.0

    assert (fresh, files.signed("a/b/file/main/c", signature)) == ((True, False), False)


def test_results_expire_and_are_signed_anew() -> None:
    """A result's URL stops working, and reading the row again gives one that works."""
    with Simulator(Options(render="fast", job_seconds=0.01, url_seconds=0)) as running:
        plain = PlainClient(running.url)
        with plain.session:
            url = plain.made()["result_url"]

            assert requests.get(url, timeout=10).status_code == 403


def test_results_can_need_the_key() -> None:
    """With `results="bearer"` a result's URL has no signature, and is nothing without the key."""
    with Simulator(Options(render="fast", job_seconds=0.01, results="bearer")) as running:
        plain = PlainClient(running.url)
        with plain.session:
            url = plain.made()["result_url"]

            assert "?" not in url
            assert requests.get(url, timeout=10).status_code == 404
            assert plain.ask("GET", url).status_code == 200


def _fails(client: PlainClient, **body: Any) -> str:
    return str(client.made(**body)["error_message"])


def test_inputs_of_our_own(simulator: Simulator, client: PlainClient, repository: str) -> None:
    """A job reads what lies here by a signed URL, and says 403 or 404 of what it cannot read."""
    address = f"{simulator.url}{repository}/file"
    asset = _uploaded(client, repository)
    signed = client.get(f"{repository}/file/presigned_url/main/{asset}")["url"]

    assert client.made(input_image=signed)["status"] == "succeeded"
    assert "403 Client Error: Forbidden for url" in _fails(client, input_image=f"{address}/main/{asset}")
    assert client.made(input_image=client.made()["result_url"])["status"] == "succeeded"


def test_inputs_that_are_missing(simulator: Simulator, client: PlainClient) -> None:
    """What does not lie in a public repository is not found there."""
    client.ask("POST", "/repos", json={"name": "open", "is_public": True})
    url = f"{simulator.url}/repos/{client.user}/open/file/main/no.png"

    assert "404 Client Error: Not Found for url" in _fails(client, input_image=url)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"input_image": f"data:image/png;base64,{base64.b64encode(STILL).decode()}"}, "succeeded"),
        ({"input_image": "data:image/png;base64,???"}, "failed"),
        ({"input_image": "data:image/png,abc"}, "failed"),
        (
            {
                "model": "ltx-2-3-quality-reference-video-to-video",
                "input_video": "data:video/mp4;base64,AAAA",
            },
            "failed",
        ),
    ],
)
def test_inline_inputs(client: PlainClient, body: dict[str, Any], status: str) -> None:
    """Pictures can be sent inline; films cannot."""
    assert client.made(**body)["status"] == status


def test_media_elsewhere_is_a_plate_and_is_said() -> None:
    """No other host is ever asked: a plate stands in, and a line says so without the URL's query."""
    said: list[str] = []
    with Simulator(Options(render="fast", job_seconds=0.01, say=said.append)) as running:
        plain = PlainClient(running.url)
        with plain.session:
            row = plain.made(input_image="https://example.com/a.png?secret=1")

    assert row["status"] == "succeeded"
    assert any("example.com" in line and "plate" in line and "secret" not in line for line in said)
