"""The user's own route: a PUT to a server of theirs, and a public URL under which it gives the file back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio

from runner.providers.hosted.errors import UploadError
from runner.providers.hosted.secret import SignedUrl
from runner.providers.hosted.upload_file import LocalFile, UploadCache
from runner.providers.hosted.wire import Timeouts, network, open_client

_PIECE = 256 * 1024


class OwnHost:
    """Uploads to where the user's configuration says. The API key does not go there.

    Args:
        put: The URL to PUT to, with `{name}` in it.
        get: The public URL, with `{name}` in it.
        cache: Remembers what is there already.
        timeouts: How long to wait.
    """

    def __init__(self, put: str, get: str, cache: UploadCache, timeouts: Timeouts | None = None) -> None:
        self.public = True
        self._put = put
        self._get = get
        self._cache = cache
        self._timeouts = timeouts or Timeouts()

    async def url(self, file: LocalFile) -> SignedUrl:
        """The file's URL on the user's server.

        Raises:
            UploadError: If that server does not take it.
            OxenError: If the network fails.
        """
        url = self._get.replace("{name}", file.name)
        route = str(SignedUrl(self._put))
        if self._cache.place(route, file.digest) is None:
            status = await self._send(file)
            if not 200 <= status < 300:  # noqa: PLR2004 - Statuses read best as such.
                raise UploadError(f"{SignedUrl(self._put)} does not take {file.path}: HTTP {status}")
            self._cache.put(route, file.digest, str(SignedUrl(url)))
        return SignedUrl(url)

    async def _send(self, file: LocalFile) -> int:
        headers = {"Content-Length": str(file.size()), "Content-Type": file.mime}
        with network(), anyio.fail_after(self._timeouts.upload):
            async with (
                open_client(timeouts=self._timeouts, keep_alive=False) as client,
                client.stream(
                    "PUT", self._put.replace("{name}", file.name), headers=headers, content=_pieces(file)
                ) as response,
            ):
                return response.status_code


async def _pieces(file: LocalFile) -> AsyncIterator[bytes]:
    async with await anyio.open_file(file.path, "rb") as opened:
        while piece := await opened.read(_PIECE):
            yield piece
