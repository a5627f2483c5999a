"""A server on loopback that does to its clients, byte by byte, what a test tells it to."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import anyio
from anyio.abc import SocketAttribute, SocketStream


@dataclass(frozen=True, slots=True)
class Request:
    """What has come in."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    raw: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Act: TypeAlias = Callable[[SocketStream, Request], Awaitable[None]]


def raw(*pieces: bytes) -> Act:
    """Send these bytes and close."""

    async def act(stream: SocketStream, _: Request) -> None:
        for piece in pieces:
            await stream.send(piece)

    return act


def reply(
    status: int = 200,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    *,
    length: int | None = None,
) -> Act:
    """A reply; `body` is bytes, or something to be sent as JSON. `length` lies about it; -1 leaves it out."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Connection": "close", **(headers or {})}
    if length != -1:
        fields["Content-Length"] = str(len(content) if length is None else length)
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return raw(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode("latin-1"), content)


def chunked(body: bytes, *, whole: bool = True) -> Act:
    """A reply in chunks; without its end if it is not whole."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    pieces = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:7], body[7:]) if piece]
    return raw(head, *pieces, *([b"0\r\n\r\n"] if whole else []))


def reset(first: bytes = b"") -> Act:
    """Send something, perhaps, and break the connection as a crash would."""

    async def act(stream: SocketStream, _: Request) -> None:
        if first:
            await stream.send(first)
        stream.extra(SocketAttribute.raw_socket).setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )

    return act


def stall(first: bytes = b"") -> Act:
    """Send something, perhaps, and then nothing until the client goes away."""

    async def act(stream: SocketStream, _: Request) -> None:
        if first:
            await stream.send(first)
        while True:
            try:
                await stream.receive()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return

    return act


class ScriptedServer:
    """Answers each request with the next act of its route; a route's last act answers all that follow."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[Request] = []
        self.connections = 0
        self._routes: dict[tuple[str, str], list[Act]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api(self) -> str:
        return f"{self.url}/api"

    def on(self, method: str, path: str, *acts: Act) -> None:
        self._routes[method, path] = list(acts)

    def asked(self, method: str, path: str) -> list[Request]:
        return [request for request in self.requests if (request.method, request.path) == (method, path)]

    async def serve(self, stream: SocketStream) -> None:
        self.connections += 1
        async with stream:
            try:
                request = await _read(stream)
                if request is None:
                    return
                self.requests.append(request)
                acts = self._routes.get((request.method, request.path), [reply(404, _NOT_FOUND)])
                act = acts.pop(0) if len(acts) > 1 else acts[0]
                await act(stream, request)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                return


_NOT_FOUND = {"error": {"type": "resource_not_found", "title": "Not found"}, "status": "error"}


@asynccontextmanager
async def scripted_server() -> AsyncIterator[ScriptedServer]:
    """A server that lives as long as the block."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
    async with listener, anyio.create_task_group() as tasks:
        server = ScriptedServer(listener.extra(SocketAttribute.local_port))
        tasks.start_soon(listener.serve, server.serve)
        yield server
        tasks.cancel_scope.cancel()


async def _read(stream: SocketStream) -> Request | None:
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            data += await stream.receive()
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            body += await stream.receive()
    except anyio.EndOfStream:
        return None
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    return Request(method, path, query, headers, body, head + b"\r\n\r\n" + body)
