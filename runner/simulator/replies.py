"""Replies: JSON, the documented error bodies, and connections that end otherwise."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    from runner.simulator.studio import Studio

HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
_NO_LINGERING = struct.pack("ii", 1, 0)


def studio(request: Request) -> Studio:
    """The state that all handlers share."""
    shared: Studio = request.app.state.studio
    return shared


def base(request: Request) -> str:
    """The origin by which the client reached this server."""
    return f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}"


def answer(
    request: Request, data: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A reply in JSON, changed by `Options.mutate` where a test asks for that."""
    body = json.dumps(data).encode()
    if mutate := studio(request).options.mutate:
        status, body = mutate(request.method, request.url.path, status, body) or (status, body)
    return Response(body, status, headers, media_type="application/json")


def refusal(request: Request, status: int, kind: str, title: str, detail: str | None = None) -> Response:
    """The documented general error body."""
    error = {"type": kind, "title": title} | ({"detail": detail} if detail else {})
    return answer(request, {"error": error, "status": "error", "status_message": kind}, status)


def message(request: Request, status: int, text: str) -> Response:
    """The documented second error body."""
    return answer(request, {"error": {"message": text}}, status)


def text(request: Request, status: int, words: str) -> Response:
    """The error body that is a text."""
    return answer(request, {"error": words}, status)


def not_found(request: Request) -> Response:
    """An unknown generation; this one has no detail."""
    return refusal(request, 404, "resource_not_found", "Resource not found")


def unauthenticated(request: Request) -> Response:
    """No key, or one that is refused."""
    return refusal(request, 401, "unauthenticated", "Unauthenticated", "A valid API key is required.")


def gateway(request: Request) -> Response:
    """What a gateway says when nobody is behind it."""
    del request
    return Response(HTML, 502, media_type="text/html")


def internal(request: Request) -> Response:
    """Status 500 in JSON."""
    return refusal(request, 500, "unknown_error", "Internal server error")


def too_many(request: Request, retry_after: str) -> Response:
    """Status 429; the argument is the header's value, or one of a few words."""
    now = studio(request).now()
    values = {"": "1", "retry-after": "1", "date": _date(now + 2), "past-date": _date(now - 86_400)}
    value = values.get(retry_after, retry_after)
    reply = refusal(request, 429, "rate_limited", "Rate limit exceeded")
    if value != "none":
        reply.headers["retry-after"] = value
    return reply


def _date(unix: float) -> str:
    return formatdate(unix, usegmt=True)


def transport(request: Request) -> asyncio.Transport:
    """The connection that a request came by."""
    found: asyncio.Transport = request.scope["state"]["transport"]
    return found


def cut(connection: asyncio.Transport) -> None:
    """Reset a connection: the other side gets RST instead of an orderly end."""
    if (sock := connection.get_extra_info("socket")) is not None and not connection.is_closing():
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
    connection.abort()


class Silence(Response):
    """No reply at all: until the client gives up, or after a reset."""

    def __init__(self, request: Request, *, reset: bool) -> None:
        super().__init__()
        self._transport = transport(request)
        self._closing = studio(request).closing
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing."""
        del scope, send
        if self._reset:
            cut(self._transport)
        gone = asyncio.ensure_future(gone_away(receive))
        closing = asyncio.ensure_future(self._closing.wait())
        await asyncio.wait({gone, closing}, return_when=asyncio.FIRST_COMPLETED)
        if not gone.done():
            self._transport.abort()
            await gone
        closing.cancel()


class Half(Response):
    """A reply that ends in its middle, with the connection."""

    def __init__(self, request: Request, whole: Response) -> None:
        super().__init__()
        self._transport = transport(request)
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the headers and half of the body."""
        del scope
        body, status, headers = bytes(self._whole.body), self._whole.status_code, self._whole.raw_headers
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        self._transport.close()
        await gone_away(receive)


async def gone_away(receive: Receive) -> None:
    """Wait until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
