"""Keys, accounts, and who is let in."""

from __future__ import annotations

import jsonschema
import pytest
import requests

from runner.simulator import schemas
from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient

KEYED = ["/ai/queue", "/ai/generations", "/ai/queue/x", "/events", "/users/me", "/repos/you/playground"]


@pytest.mark.parametrize("path", KEYED)
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer  ", "Basic eDp4"])
def test_no_key_no_entry(simulator: Simulator, path: str, header: str | None) -> None:
    """Without a key nothing is told."""
    headers = {} if header is None else {"Authorization": header}
    reply = requests.get(simulator.url + path, headers=headers, timeout=10)

    assert reply.status_code == 401
    assert reply.json()["error"]["type"] == "unauthenticated"


@pytest.mark.parametrize("path", ["/ai/models", "/ai/models/ltx-2-3-pro", "/evaluations/models"])
def test_models_need_no_key(simulator: Simulator, path: str) -> None:
    """The models can be read without a key."""
    assert requests.get(simulator.url + path, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("key", "user"), [("any", "you"), ("ada@secret", "ada"), ("ada@another", "ada"), ("@x", "you")]
)
def test_a_key_can_name_its_account(simulator: Simulator, key: str, user: str) -> None:
    """Any key will do; `NAME@secret` is a key of NAME, and so is every other of that form."""
    plain = PlainClient(simulator.url, key)
    with plain.session:
        found = plain.get("/users/me")

    jsonschema.validate(found, schemas.USER)
    assert found["user"]["username"] == user


def test_accounts_see_their_own(simulator: Simulator, client: PlainClient) -> None:
    """A generation of another account does not exist."""
    generation = client.made()["generation_id"]
    other = PlainClient(simulator.url, "somebody@x")
    with other.session:
        assert other.ask("GET", f"/ai/queue/{generation}").status_code == 404
        assert other.get("/ai/generations")["count"] == 0


@pytest.mark.parametrize("agent", ["oxen/0.1", "my-Oxen-client"])
def test_a_client_named_like_the_old_one_is_turned_away(
    simulator: Simulator, client: PlainClient, agent: str
) -> None:
    """A User-Agent with `oxen` in it gets 426, also for a download."""
    url = client.made()["result_url"]
    replies = [
        requests.get(one, headers={"User-Agent": agent}, timeout=10)
        for one in (url, simulator.url + "/ai/models")
    ]

    assert [reply.status_code for reply in replies] == [426, 426]


def test_every_request_is_noted(simulator: Simulator, client: PlainClient) -> None:
    """A test can see what was asked, with which key, at which host."""
    client.ask("GET", "/ai/queue?status=failed", headers={"User-Agent": "tester/1"})
    seen = simulator.requests[-1]

    assert (seen.method, seen.path, seen.query) == ("GET", "/api/ai/queue", "status=failed")
    assert (seen.user_agent, seen.authorization) == ("tester/1", f"Bearer {client.user}@x")
    assert seen.host == simulator.url.split("/")[2]


def test_what_is_nowhere(client: PlainClient) -> None:
    """Unknown paths and methods are refused in JSON, with the methods that there are."""
    nowhere, wrong = client.ask("GET", "/ai/nowhere"), client.ask("PATCH", "/ai/queue/x")

    jsonschema.validate(nowhere.json(), schemas.ERROR)
    assert (nowhere.status_code, wrong.status_code) == (404, 405)
    assert set(wrong.headers["allow"].split(", ")) == {"GET", "DELETE"}
