"""The usual route: into a private repository, read through a URL that is signed for about an hour."""

from __future__ import annotations

from urllib.parse import quote

from runner.providers.hosted.client import Oxen
from runner.providers.hosted.errors import BadReplyError, Cause, OxenError, UploadError
from runner.providers.hosted.secret import SignedUrl
from runner.providers.hosted.upload_file import LocalFile, UploadCache

_MEBI = 2**20
_LIMITS = {"image": 30 * _MEBI, "video": 50 * _MEBI, "audio": 15 * _MEBI}
_SIGNED_PATH = "file/presigned_url/main"
_EXISTS = frozenset({409, 422})


class Workbench:
    """Uploads once a file, and signs anew for each job."""

    public = False

    def __init__(self, oxen: Oxen, cache: UploadCache) -> None:
        self._oxen = oxen
        self._cache = cache
        self._base: str | None = None

    async def url(self, file: LocalFile) -> SignedUrl:
        """A signed URL, good for about an hour.

        Raises:
            UploadError: If the file is too large, or the account has no name to put it under.
            OxenError: If the provider refuses, or the network fails.
        """
        base = await self._repository()
        route = f"workbench {self._oxen.settings.origin}{base}"
        place = self._cache.place(route, file.digest)
        if place is not None:
            try:
                return await self._signed(base, place)
            except OxenError as error:
                if error.cause is not Cause.MISSING:
                    raise
                self._cache.forget(route, file.digest)
        place = await self._upload(base, file)
        self._cache.put(route, file.digest, place)
        return await self._signed(base, place)

    async def _repository(self) -> str:
        """The path of the repository, made if it is not there; looked for once."""
        if self._base is None:
            owner = await self._oxen.username()
            if owner is None:
                raise UploadError("the provider does not say whose key this is, so nothing can be uploaded")
            name = self._oxen.settings.repository
            base = f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}"
            try:
                await self._oxen.requests.json("GET", base)
            except OxenError as error:
                # A private repository that is not there and one that is not ours look alike.
                if error.problem.status not in {403, 404}:
                    raise
                await self._create(owner, name)
            self._base = base
        return self._base

    async def _create(self, owner: str, name: str) -> None:
        content = {
            "name": name,
            "namespace": owner,
            "description": "Pictures and clips on their way to a model",
            "visibility": "private",
            "is_public": False,
            "workbench": True,
        }
        answer = await self._oxen.requests.answer("POST", "/repos", content=content)
        if not answer.ok and answer.status not in _EXISTS:
            raise OxenError(self._oxen.requests.problem(answer))

    async def _upload(self, base: str, file: LocalFile) -> str:
        size, limit = file.size(), _LIMITS[file.media]
        if size > limit:
            raise UploadError(
                f"{file.path} has {size / _MEBI:.1f} MiB; {limit // _MEBI} are allowed for {file.media}. "
                "Make it smaller, or give its https URL instead"
            )
        value = await self._oxen.requests.json(
            "POST",
            f"{base}/workbench/context",
            files=lambda: file.multipart("file", {"directory": "reelmake"}),
        )
        place = value.get("asset_path")
        if not isinstance(place, str) or not place or ".." in place.split("/"):
            raise BadReplyError("the file was uploaded, but the reply does not say where it is")
        return place

    async def _signed(self, base: str, place: str) -> SignedUrl:
        value = await self._oxen.requests.json("GET", f"{base}/{_SIGNED_PATH}/{quote(place.lstrip('/'))}")
        url = value.get("url")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise BadReplyError("the reply has no signed URL")
        return SignedUrl(url)
