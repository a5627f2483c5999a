"""Files going out: who may have them, parts of them, and everything that can be wrong with what comes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from runner.simulator import replies
from runner.simulator.accounts import account
from runner.simulator.files import SIGNATURE, Stored
from runner.simulator.replies import studio

_CHUNK = 1 << 16
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{1,15})-(?P<last>[0-9]{0,15})", re.ASCII)
_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n"
_BEYOND = 5 * 1024**3


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes out.

    Attributes:
        status: The HTTP status.
        headers: The headers.
        path: The file.
        first: The first byte of it to send.
        last: The last byte of it to send.
        ending: `whole`; `cut`, the connection ends; `stall`, nothing more comes; `zeros`, as many as
            were declared.
        declared: Bytes that were promised, where zeros follow; None for no end.
    """

    status: int
    headers: dict[str, str]
    path: Path
    first: int
    last: int
    ending: Literal["whole", "cut", "stall", "zeros"] = "whole"
    declared: int | None = None


async def download(request: Request) -> Response:
    """`GET /api/repos/{namespace}/{name}/file/{branch}/{path}`."""
    parts, files = request.path_params, studio(request).files
    address = f"{parts['namespace']}/{parts['name']}/file/{parts['branch']}/{parts['path']}"
    signature = request.query_params.get(SIGNATURE)
    if signature is not None and not files.signed(address, signature):
        return replies.refusal(request, 403, "forbidden", "The signature has expired or is invalid")
    if signature is None and not files.open_to_all(address) and account(request) != parts["namespace"]:
        return replies.not_found(request)
    if (stored := files.stored.get(address)) is None:
        return replies.not_found(request)
    if not parts["path"].startswith("generations/"):
        return _Body(request, _plain(request, stored))
    struck = studio(request).faults.strike("download")
    if "range" in request.headers:
        struck |= studio(request).faults.strike("resume")
    return _refused(request, struck) or _Body(request, _faulty(_plain(request, stored, struck), struck))


def _refused(request: Request, struck: dict[str, str]) -> Response | None:
    """What comes in place of a file."""
    if "download-reset" in struck:
        return replies.Silence(request, reset=True)
    if "download-500" in struck:
        return replies.internal(request)
    if "expired-url" in struck:
        return replies.refusal(request, int(struck["expired-url"] or 403), "forbidden", "The URL has expired")
    if "html-instead-of-video" in struck:
        disguised = struck["html-instead-of-video"] == "disguised"
        return Response(_PAGE, media_type="video/mp4" if disguised else "text/html")
    if "foreign-redirect" in struck:
        return RedirectResponse(struck["foreign-redirect"] or _elsewhere(request), 302)
    return None


def _elsewhere(request: Request) -> str:
    """The same address at this server's other name, which is another origin."""
    url = request.url
    return str(url.replace(hostname="127.0.0.1" if url.hostname == "localhost" else "localhost"))


def _plain(request: Request, stored: Stored, struck: dict[str, str] | None = None) -> Sending:
    """The file, or the part of it that is asked for."""
    struck, size = struck or {}, stored.path.stat().st_size
    etag = f'"changed-{stored.etag[9:]}' if "changed-etag" in struck else stored.etag
    etag = f"W/{etag}" if "weak-etag" in struck else etag
    headers = {"content-type": stored.content_type, "etag": etag, "accept-ranges": "bytes"}
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    matches = request.headers.get("if-range", etag) == etag or struck.get("changed-etag") == "anyway"
    if found is None or "no-range" in struck or not matches:
        return Sending(200, headers | {"content-length": str(size)}, stored.path, 0, size - 1)
    first, last = int(found["first"]), min(int(found["last"] or size), size - 1)
    if first > last:
        return Sending(
            416, headers | {"content-range": f"bytes */{size}", "content-length": "0"}, stored.path, 0, -1
        )
    if "wrong-range" in struck:
        length = last - first
        first, last = (first // 2, first // 2 + length)
    headers |= {"content-range": f"bytes {first}-{last}/{size}", "content-length": str(last - first + 1)}
    return Sending(206, headers, stored.path, first, last)


def _faulty(plain: Sending, struck: dict[str, str]) -> Sending:
    """The same with what is wrong with its body."""
    middle = plain.first + (plain.last - plain.first) // 2
    changes: dict[str, object] = {}
    headers = dict(plain.headers)
    if "truncated" in struck:
        changes = {
            "last": middle,
            "ending": "whole" if struck["truncated"] in ("short", "unlengthed") else "cut",
        }
        if struck["truncated"] == "short":
            headers["content-length"] = str(middle - plain.first + 1)
    elif "stalled" in struck:
        changes = {"last": middle, "ending": "stall"}
    elif "oversized" in struck:
        declared = None if struck["oversized"] == "none" else int(struck["oversized"] or _BEYOND)
        changes = {"ending": "zeros", "declared": declared}
        headers["content-length"] = str(declared)
    if "unlengthed" in (*struck, struck.get("truncated")) or struck.get("oversized") == "none":
        del headers["content-length"]
    return _with(plain, headers, changes)


def _with(plain: Sending, headers: dict[str, str], changes: dict[str, object]) -> Sending:
    return replace(plain, headers=headers, **changes)  # type: ignore[arg-type]


class _Body(Response):
    """Sends a file as `Sending` says."""

    def __init__(self, request: Request, sending: Sending) -> None:
        super().__init__(status_code=sending.status)
        self.raw_headers = [(name.encode(), value.encode()) for name, value in sending.headers.items()]
        self._sending = sending
        self._transport = replies.transport(request)
        self._closing = studio(request).closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; stop when the client is gone."""
        del scope
        gone = asyncio.ensure_future(replies.gone_away(receive))
        try:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            for chunk in self._chunks():
                if gone.done() or self._closing.is_set():
                    break
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await asyncio.sleep(0)  # Sending alone does not let the loop learn that the client is gone.
            if self._sending.ending == "stall":
                closing = asyncio.ensure_future(self._closing.wait())
                await asyncio.wait({gone, closing}, return_when=asyncio.FIRST_COMPLETED)
                closing.cancel()
            if self._sending.ending == "whole" and not self._closing.is_set():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                self._transport.close()
                await gone
        finally:
            gone.cancel()

    def _chunks(self) -> Iterator[bytes]:
        sending = self._sending
        left = sending.last - sending.first + 1
        with sending.path.open("rb") as file:
            file.seek(sending.first)
            while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk
        if sending.ending == "zeros":
            yield from _zeros(sending)


def _zeros(sending: Sending) -> Iterator[bytes]:
    sent = sending.last - sending.first + 1
    while sending.declared is None or sent < sending.declared:
        chunk = bytes(_CHUNK if sending.declared is None else min(_CHUNK, sending.declared - sent))
        sent += len(chunk)
        yield chunk
