"""Fetching a result: to a part file, proven whole before anybody calls it a clip.

One call is one try. Whoever calls decides how often, and asks for a fresh URL when one has expired.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread
import httpx

from runner.clock import Clock, RealClock
from runner.media.sniff import HEAD, recognise, sniff
from runner.providers.hosted.errors import (
    BadDownloadError,
    DownloadError,
    ExpiredUrlError,
    InterruptedDownloadError,
    Mark,
    OxenError,
    TooLargeError,
    UnreachableError,
)
from runner.providers.hosted.part_file import PartFile
from runner.providers.hosted.plain import plain
from runner.providers.hosted.ranges import Coming, coming, range_headers
from runner.providers.hosted.reach import MOST_HOPS, Reach
from runner.providers.hosted.secret import SignedUrl
from runner.providers.hosted.settings import Settings
from runner.providers.hosted.whole import whole
from runner.providers.hosted.wire import Timeouts, network, open_client, pieces


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """What a download may cost.

    Attributes:
        size: Bytes at most.
        whole: Seconds at most, for all of it.
        window: Seconds over which its pace is measured.
        pace: Bytes a second at least, over each window.
    """

    size: int = 4 * 2**30
    whole: float = 3600.0
    window: float = 60.0
    pace: float = 1024.0


@dataclass(frozen=True, slots=True)
class DownloadDone:
    """A file that came in full: as long as it should be, and media by its own account.

    Attributes:
        path: The part file, synced.
        size: Bytes.
        sha256: 64 hexadecimal digits.
    """

    path: Path
    size: int
    sha256: str


class Downloader:
    """Fetches results. Build it with `open_downloader`."""

    def __init__(
        self,
        settings: Settings,
        client: httpx.AsyncClient,
        *,
        reach: Reach,
        limits: DownloadLimits,
        timeouts: Timeouts,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._client = client
        self._reach = reach
        self._limits = limits
        self._timeouts = timeouts
        self._clock = clock

    async def fetch(self, url: SignedUrl, part: Path, mark: Mark | None = None) -> DownloadDone:
        """One try to fetch a result.

        Args:
            url: Where it is. The key is sent along to the configured origin only.
            part: The file to write. With `mark`, what lies there is kept and gone on with.
            mark: From the `InterruptedDownloadError` of an earlier try with the same part file.

        Raises:
            ExpiredUrlError: If a fresh URL is needed.
            BadDownloadError: If what comes is no media, or not all of it.
            TooLargeError: If it is larger than the cap.
            InterruptedDownloadError: If it broke off or was too slow; with a mark if it may go on.
            UnsafeUrlError: If the URL, or one that it redirects to, is not to be opened.
            OSError: If the part file cannot be written.
        """
        file = await anyio.to_thread.run_sync(lambda: PartFile(part, keep=mark is not None))
        progress = _Progress(mark)
        try:
            with anyio.fail_after(self._limits.whole):
                return await self._fetch(url, file, progress)
        except (BadDownloadError, TooLargeError):
            file.discard()
            raise
        except TimeoutError:
            why = f"it took longer than {self._limits.whole:g} seconds"
        except (UnreachableError, _BrokenOffError) as error:
            why = str(error)
        finally:
            file.close()
        raise InterruptedDownloadError(f"the download of {url} broke off: {why}", progress.mark)

    async def _fetch(self, url: SignedUrl, file: PartFile, progress: _Progress) -> DownloadDone:
        asked = range_headers(progress.mark, file.size) if progress.mark and file.size else {}
        async with self._answered(url, asked) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            comes = self._comes(response.status_code, headers, file, progress)
            if comes.start == 0:
                file.restart()
            progress.mark = Mark(comes.etag, comes.total) if comes.etag else None
            await self._receive(response, file, comes)
        return await self._proven(file, comes, chunked="chunked" in headers.get("transfer-encoding", ""))

    def _comes(self, status: int, headers: Mapping[str, str], file: PartFile, progress: _Progress) -> Coming:
        mark = progress.mark if file.size else None
        if status == 416:  # noqa: PLR2004 - Statuses read best as such.
            progress.mark = None
            raise _BrokenOffError("the server has no more bytes than are there already")
        if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            raise BadDownloadError("the result came in an encoding that was not asked for")
        comes = coming(status, headers, mark, file.size)
        if comes is None:
            progress.mark = None
            raise _BrokenOffError("the server went on with something else than was asked for")
        if comes.total is not None and comes.total > self._limits.size:
            raise TooLargeError(f"the result has {comes.total} bytes; {self._limits.size} are allowed")
        return comes

    async def _receive(self, response: httpx.Response, file: PartFile, comes: Coming) -> None:
        began, counted = self._clock.elapsed(), file.size
        head = b""
        async with aclosing(_chunks(response)) as chunks:
            async for chunk in chunks:
                if file.size + len(chunk) > self._limits.size:
                    raise TooLargeError(f"the result goes on after the {self._limits.size} bytes allowed")
                file.write(chunk)
                if comes.start == 0 and len(head) < HEAD:
                    head += chunk
                    _refuse_text(head, self._settings)
                if file.due:
                    await anyio.to_thread.run_sync(file.sync)
                if (passed := self._clock.elapsed() - began) >= self._limits.window:
                    if (file.size - counted) / passed < self._limits.pace:
                        raise _BrokenOffError(f"fewer than {self._limits.pace:g} bytes a second came")
                    began, counted = self._clock.elapsed(), file.size

    async def _proven(self, file: PartFile, comes: Coming, *, chunked: bool) -> DownloadDone:
        if comes.total is not None and file.size != comes.total:
            raise _BrokenOffError(f"{file.size} of {comes.total} bytes came")
        await anyio.to_thread.run_sync(file.sync)
        complete = await anyio.to_thread.run_sync(whole, file.path)
        if await anyio.to_thread.run_sync(sniff, file.path) is None:
            raise BadDownloadError("the result is no film, picture or sound")
        if complete is False:
            raise BadDownloadError(f"the result is cut off after {file.size} bytes, and says it has more")
        if complete is None and comes.total is None and not chunked:
            raise BadDownloadError("nothing tells whether the result is whole: it came without a length")
        return DownloadDone(file.path, file.size, file.digest())

    @asynccontextmanager
    async def _answered(self, url: SignedUrl, extra: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """The reply at the end of at most `MOST_HOPS` redirections, each judged anew."""
        here = self._reach.read(url.reveal())
        for _ in range(MOST_HOPS + 1):
            response = await self._open(here, extra)
            try:
                status = response.status_code
                if status in {200, 206, 416}:
                    yield response
                    return
                if status not in {301, 302, 303, 307, 308}:
                    raise _refused(status)
                here = self._reach.read(response.headers.get("location", ""), here)
            finally:
                with anyio.CancelScope(shield=True):
                    await response.aclose()
        raise BadDownloadError(f"the result is behind more than {MOST_HOPS} redirections")

    async def _open(self, url: httpx.URL, extra: Mapping[str, str]) -> httpx.Response:
        pinned = await self._reach.pin(url)
        failure: OxenError | None = None
        for address, host, extensions in pinned.ways():
            headers = {
                "Accept-Encoding": "identity",
                **host,
                **extra,
                **self._settings.authorization(pinned.origin),
            }
            request = self._client.build_request(
                "GET",
                address,
                headers=headers,
                extensions={**extensions, "timeout": self._patience()},
            )
            try:
                with network(), anyio.fail_after(self._timeouts.whole):
                    return await self._client.send(request, stream=True)
            except UnreachableError as error:
                failure = error
        raise failure or UnreachableError("the host has no address")

    def _patience(self) -> dict[str, float | None]:
        return httpx.Timeout(self._timeouts.read, connect=self._timeouts.connect).as_dict()


@asynccontextmanager
async def open_downloader(
    settings: Settings,
    *,
    reach: Reach | None = None,
    limits: DownloadLimits | None = None,
    timeouts: Timeouts | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Downloader]:
    """Fetches results, over connections that are closed at the end.

    Args:
        settings: Where the key may go, and whether private addresses and this machine may be spoken to.
        reach: Instead of what the settings say about that.
        limits: What a download may cost.
        timeouts: How long to wait for the network.
        clock: Measures the pace.
    """
    timeouts = timeouts or Timeouts()
    reach = reach or Reach(loopback=settings.loopback, allow_private=settings.allow_private)
    async with open_client(timeouts=timeouts, keep_alive=False) as client:
        yield Downloader(
            settings,
            client,
            reach=reach,
            limits=limits or DownloadLimits(),
            timeouts=timeouts,
            clock=clock or RealClock(),
        )


class _BrokenOffError(Exception):
    """This try is over; another may succeed."""


@dataclass(slots=True)
class _Progress:
    """With what the next try can go on."""

    mark: Mark | None


def _refused(status: int) -> DownloadError | _BrokenOffError:
    if status in {401, 403, 404, 410}:
        return ExpiredUrlError(f"the URL of the result has expired or is refused (HTTP {status})")
    if status >= 500 or status in {408, 425, 429}:  # noqa: PLR2004
        return _BrokenOffError(f"HTTP {status}")
    return BadDownloadError(f"HTTP {status} instead of the result")


async def _chunks(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body; only the network's errors are translated, not those of whoever writes it to a disk."""
    with network():
        async with pieces(response) as chunks:
            async for chunk in chunks:
                yield chunk


def _refuse_text(head: bytes, settings: Settings) -> None:
    """A page or an error that comes as a success is told by its beginning, whatever its type says."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in {b"<", b"{", b"["} and recognise(head) is None:
        quoted = plain(settings.scrub(start)[:512].decode(errors="replace"), 300)
        raise BadDownloadError(f"a page or an error came instead of the result: {quoted}")
