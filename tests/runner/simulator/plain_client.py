"""A small client for tests: it sends what it is told to, and adds nothing."""

from __future__ import annotations

from threading import Event
from typing import Any

import requests

PATIENCE = 10.0
_TICK = 0.01


class PlainClient:
    """Speaks to one simulator with one key."""

    def __init__(self, url: str, key: str = "x") -> None:
        """Take the simulator's URL, which ends in `/api`."""
        self.url = url
        self.user = key.rpartition("@")[0] or "you"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Make one request, to a path below `/api` or to a whole URL."""
        url = path if path.startswith("http") else self.url + path
        return self.session.request(method, url, **{"timeout": PATIENCE, "allow_redirects": False} | options)

    def get(self, path: str, **options: Any) -> Any:
        """The JSON of a GET that succeeds."""
        reply = self.ask("GET", path, **options)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, **body: Any) -> requests.Response:
        """Ask for a generation by the queue."""
        return self.ask("POST", "/ai/queue", json={"model": "ltx-2-3-pro", "prompt": "a harbour"} | body)

    def enqueue(self, **body: Any) -> str:
        """Ask for a generation that is accepted; its id."""
        reply = self.post(**body)
        assert reply.status_code == 200, reply.text
        return str(reply.json()["generations"][0]["generation_id"])

    def row(self, generation: str) -> dict[str, Any]:
        """The row of a generation."""
        found: dict[str, Any] = self.get(f"/ai/queue/{generation}")
        return found

    def wait(self, generation: str) -> dict[str, Any]:
        """The row, once it is final; the history is read, so that readings by the queue count from there."""
        for _ in range(int(PATIENCE / _TICK)):
            rows = self.get("/ai/generations", params={"page_size": 50})["generations"]
            (row,) = [row for row in rows if row["generation_id"] == generation]
            if row["status"] in ("succeeded", "failed", "cancelled"):
                return self.row(generation)
            Event().wait(_TICK)
        raise AssertionError(f"{generation} never ended")

    def made(self, **body: Any) -> dict[str, Any]:
        """The row of a generation that was asked for and has ended."""
        return self.wait(self.enqueue(**body))

    def listen(self) -> requests.Response:
        """Open the event stream."""
        return self.ask("GET", "/events", stream=True)
