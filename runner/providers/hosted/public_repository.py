"""The documented route: a file in a public repository. Everybody can read it, and its history keeps it."""

from __future__ import annotations

from urllib.parse import quote

from runner.providers.hosted.client import Oxen
from runner.providers.hosted.errors import OxenError, UploadError
from runner.providers.hosted.secret import SignedUrl
from runner.providers.hosted.upload_file import LocalFile, UploadCache

_ROUTE = "public"
_EXISTS = frozenset({409, 422})
_EMAIL = "reelmake@localhost"


class PublicRepository:
    """Uploads to a public repository; only for users who have chosen so."""

    public = True

    def __init__(self, oxen: Oxen, cache: UploadCache) -> None:
        self._oxen = oxen
        self._cache = cache
        self._owner: str | None = None

    async def url(self, file: LocalFile) -> SignedUrl:
        """The file's public URL, without a signature.

        Raises:
            UploadError: If the account has no name to put it under.
            OxenError: If the provider refuses, or the network fails.
        """
        owner = await self._repository()
        name = self._oxen.settings.repository
        path = f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}/file/main/reelmake/{file.name}"
        route = f"{_ROUTE} {self._oxen.settings.origin}"
        if self._cache.place(route, file.digest) != path:
            data = {"message": "Add a file for a model", "name": owner, "email": _EMAIL}
            answer = await self._oxen.requests.answer("PUT", path, files=lambda: file.multipart("file", data))
            if not answer.ok:
                raise OxenError(self._oxen.requests.problem(answer))
            self._cache.put(route, file.digest, path)
        return SignedUrl(self._oxen.settings.base_url + path)

    async def _repository(self) -> str:
        if self._owner is None:
            owner = await self._oxen.username()
            if owner is None:
                raise UploadError("the provider does not say whose key this is, so nothing can be uploaded")
            content = {
                "namespace": owner,
                "name": self._oxen.settings.repository,
                "user": {"name": owner, "email": _EMAIL},
                "description": "Pictures and clips for models, readable by everybody",
                "is_public": True,
                "visibility": "public",
            }
            answer = await self._oxen.requests.answer("POST", "/repos", content=content)
            if not answer.ok and answer.status not in _EXISTS:
                raise OxenError(self._oxen.requests.problem(answer))
            self._owner = owner
        return self._owner
