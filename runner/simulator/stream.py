"""The event stream: who listens, what they are sent, and all that can go wrong with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from runner.simulator.faults import Faults
from runner.simulator.rows import Row

COMPLETED = "media_generation_completed"
_LATE_SECONDS = 1.0
_LONG = 2 * 1024 * 1024


@dataclass(slots=True, eq=False)
class Listener:
    """One connection to the stream.

    Attributes:
        user: Whose events it gets.
        base: The origin by which it reached this server.
        faults: Those that strike this connection.
        cut: Resets the connection.
        waiting: Chunks to send; None ends the stream.
    """

    user: str
    base: str
    faults: dict[str, str]
    cut: Callable[[], None]
    waiting: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)

    def send(self, name: str, data: dict[str, Any]) -> None:
        """Send one event."""
        if "events-crlf" in self.faults:
            lines = [f"event: {name}", *(f"data: {line}" for line in json.dumps(data, indent=1).splitlines())]
            self.waiting.put_nowait("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
        else:
            self.waiting.put_nowait(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())

    async def chunks(self, keep_alive: float) -> AsyncIterator[bytes]:
        """What goes out, until the stream ends; a comment whenever nothing else does."""
        silent = "events-silent" in self.faults
        while True:
            try:
                chunk = await asyncio.wait_for(self.waiting.get(), keep_alive)
            except TimeoutError:
                chunk = b": keep-alive\n\n"
            if chunk is None:
                return
            if not silent:
                yield chunk


@dataclass(slots=True)
class Hub:
    """Everybody who listens.

    Attributes:
        faults: The scripted faults.
        url: Signs the address of a row's result, given the origin.
        listeners: The connections that are open.
        most: The most connections of one user that were ever open at once.
        connections: How many there have been.
    """

    faults: Faults
    url: Callable[[str, Row], str]
    listeners: set[Listener] = field(default_factory=set)
    most: int = 0
    connections: int = 0
    _held: list[Row] = field(default_factory=list)

    def join(self, listener: Listener) -> None:
        """A connection was opened."""
        self.listeners.add(listener)
        self.connections += 1
        self.most = max(self.most, sum(one.user == listener.user for one in self.listeners))

    def announce(self, row: Row) -> None:
        """A generation has succeeded or failed."""
        struck = self.faults.strike("event")
        if "events-dropped" in struck:
            return
        if "events-out-of-order" in struck:
            self._held.append(row)
            asyncio.get_running_loop().call_later(_LATE_SECONDS, self._release)
            return
        for listener in [one for one in self.listeners if one.user == row.user]:
            self._tell(listener, row, struck)
        self._release()

    def close(self) -> None:
        """End every stream."""
        for listener in self.listeners:
            listener.waiting.put_nowait(None)

    def _release(self) -> None:
        held, self._held = self._held, []
        for row in held:
            for listener in [one for one in self.listeners if one.user == row.user]:
                listener.send(COMPLETED, self._data(row, listener.base))

    def _tell(self, listener: Listener, row: Row, struck: dict[str, str]) -> None:
        if "events-cut" in struck:
            listener.cut()
            return
        data = self._data(row, listener.base)
        if "events-foreign" in struck:
            other = str(uuid4())
            listener.send("deployment_updated", {"deployment_id": other, "status": "running"})
            listener.send(COMPLETED, {key: str(value).replace(row.id, other) for key, value in data.items()})
        if "events-garbage" in struck:
            listener.waiting.put_nowait(
                f"nonsense\n:\ndata\nevent: {COMPLETED}\ndata: {{not json\n\n".encode()
            )
        if "events-long-line" in struck:
            listener.waiting.put_nowait(b"data: " + b"x" * _LONG + b"\n\n")
        for _ in range(2 if "events-doubled" in struck else 1):
            listener.send(COMPLETED, data)

    def _data(self, row: Row, base: str) -> dict[str, Any]:
        data = {"generation_id": row.id, "status": row.status, "media_type": row.model.output}
        if row.status == "succeeded":
            return data | {"model": row.model.id, "url": self.url(base, row)}
        return data | {"error": row.error}
