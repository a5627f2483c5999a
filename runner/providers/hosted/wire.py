"""HTTP as we use it: no proxies or passwords from the surroundings, no cookies, no redirects, bounded."""

from __future__ import annotations

import logging
import ssl
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import anyio
import httpx

from runner.providers.hosted.errors import BadReplyError, UnreachableError
from runner.providers.hosted.outcome import Answer, describe
from runner.providers.hosted.replies import LIMIT
from runner.providers.hosted.settings import Settings, user_agent

# Both log whole URLs, and with them the signatures in their queries.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_ZLIB_OR_GZIP = 47


@cache
def tls() -> ssl.SSLContext:
    """How servers prove who they are; made once, for it takes a while. `SSL_CERT_FILE` is honoured."""
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for the network, in seconds.

    Attributes:
        connect: For a connection, TLS included.
        read: For the next bytes of a reply.
        whole: For a whole request that is free.
        post: For a whole paid request to the queue.
        sync: For the blocking endpoint.
        upload: For an upload.
        silence: Without a byte on the event stream, which sends something every 15 seconds.
    """

    connect: float = 10.0
    read: float = 30.0
    whole: float = 60.0
    post: float = 30.0
    sync: float = 1800.0
    upload: float = 1200.0
    silence: float = 50.0


def open_client(*, timeouts: Timeouts, keep_alive: bool) -> httpx.AsyncClient:
    """A client for requests; the key is not in it, but added to each request that may have it.

    Args:
        timeouts: How long to wait.
        keep_alive: Whether an idle connection may serve another request. Never for a paid one: that a reused
            connection breaks does not tell whether the request was read.
    """
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=8 if keep_alive else 0)
    return httpx.AsyncClient(
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        follow_redirects=False,
        headers={"User-Agent": user_agent(), "Accept-Encoding": "gzip"},
        timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect),
        transport=httpx.AsyncHTTPTransport(verify=tls(), retries=0, trust_env=False, limits=limits),
        trust_env=False,
    )


@contextmanager
def network() -> Iterator[None]:
    """Turn what the network and httpx raise into our own error, at the border.

    Raises:
        UnreachableError: For whatever keeps a request from being answered.
    """
    try:
        yield
    except TimeoutError:
        raise UnreachableError("no answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
        raise UnreachableError(f"the network failed ({describe(error)})") from None
    except (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream) as error:
        raise UnreachableError(f"the connection broke ({describe(error)})") from None


async def read_answer(response: httpx.Response, settings: Settings, limit: int = LIMIT) -> Answer:
    """The reply in full, decoded, and without the key.

    Raises:
        BadReplyError: If it has more than `limit` bytes when decoded, or an encoding that nobody asked for.
    """
    async with pieces(response) as chunks:
        body = await _bounded(chunks, _encoding(response), limit, response.status_code)
    headers = {
        name.lower(): settings.scrub(value.encode()).decode() for name, value in response.headers.items()
    }
    return Answer(response.status_code, headers, settings.scrub(body))


@asynccontextmanager
async def pieces(response: httpx.Response) -> AsyncIterator[AsyncIterator[bytes]]:
    """The body as it comes, not decoded."""
    chunks = response.aiter_raw()
    try:
        yield chunks
    finally:
        # Beneath this generator lie others that nobody closes if it is left early, and trio complains.
        # They end by themselves when read to the end, which is near once the connection is closed.
        with anyio.CancelScope(shield=True):
            await response.aclose()
            with suppress(httpx.HTTPError, httpx.StreamError):
                async for _ in chunks:
                    pass


def _encoding(response: httpx.Response) -> str:
    return str(response.headers.get("content-encoding", "identity")).strip().lower()


async def _bounded(chunks: AsyncIterable[bytes], encoding: str, limit: int, status: int) -> bytes:
    """A decoder that stops at the limit: fifty kilobytes of gzip can be fifty megabytes of text."""
    if encoding not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        raise BadReplyError("the reply has an encoding that was not asked for", status=status)
    packed = encoding not in {"identity", ""}
    decoder = zlib.decompressobj(_ZLIB_OR_GZIP)
    body = bytearray()
    async for chunk in chunks:
        try:
            body += decoder.decompress(chunk, limit + 1 - len(body)) if packed else chunk
        except zlib.error:
            raise BadReplyError("the reply is not encoded as it says", status=status) from None
        if len(body) > limit:
            raise BadReplyError(f"the reply has more than {limit} bytes", status=status)
    if packed and body and not decoder.eof:
        raise BadReplyError("the reply ends in the middle of its encoding", status=status)
    return bytes(body)
