"""What is sent to the queue: parameters, with every medium handed over as a URL that the model can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import anyio

from dsl.values import RemoteMedia
from runner.job import Input, Job
from runner.order import Body
from runner.providers.hosted.client import Oxen
from runner.providers.hosted.errors import OxenError
from runner.providers.hosted.upload_file import LocalFile, Uploader


def canonical(job: Job) -> dict[str, Any]:
    """What is asked for, fit to be kept: media by digest, URLs without their queries."""
    return {"model": job.model, **{name: _plain(value) for name, value in sorted(job.params.items())}}


def _plain(value: Any) -> Any:
    if isinstance(value, Input):
        return {"sha256": value.digest}
    if isinstance(value, RemoteMedia):
        parts = urlsplit(value.url)
        return {"url": urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value


@dataclass(slots=True)
class Bodies:
    """Makes bodies.

    Attributes:
        oxen: The API.
        uploader: Hands over files.
        source: The generation that gave these bytes, by their digest; None where none of the account did.
    """

    oxen: Oxen
    uploader: Uploader
    source: Callable[[str], str | None]
    _one_by_one: anyio.Lock = field(default_factory=anyio.Lock)
    _uploads: set[str] = field(default_factory=set)

    async def body(self, job: Job, tag: str | None, *, upload: bool) -> Body:
        """What is sent for a job.

        Args:
            job: The job.
            tag: Its tag; None where the account takes none.
            upload: Whether every medium is to be uploaded.

        Raises:
            UploadError: If a file may not or cannot be uploaded.
            OxenError: If the provider refuses, or the network fails.
        """
        chained = False

        async def handed(value: Any) -> Any:
            nonlocal chained
            if isinstance(value, Input):
                url = None if upload else await self._own(value.digest)
                chained = chained or url is not None
                return url or await self._uploaded(value)
            if isinstance(value, RemoteMedia):
                return value.url
            if isinstance(value, Mapping):
                return {key: await handed(inner) for key, inner in value.items()}
            if isinstance(value, Sequence) and not isinstance(value, str):
                return [await handed(inner) for inner in value]
            return value

        content = {"model": job.model, **{name: await handed(value) for name, value in job.params.items()}}
        if tag is not None:
            content["target_directory"] = tag
        return Body(content, chained)

    async def _own(self, digest: str) -> str | None:
        """A fresh URL of the earlier result that has these bytes, if there is one."""
        if (generation_id := self.source(digest)) is None:
            return None
        try:
            row = await self.oxen.find(generation_id)
        except OxenError:
            return None
        return None if row is None or row.result_url is None else row.result_url.reveal()

    async def _uploaded(self, value: Input) -> str:
        facts = value.facts
        file = LocalFile(value.path, value.digest, facts.media, facts.container)
        if value.digest in self._uploads:
            return (await self.uploader.url(file)).reveal()
        async with self._one_by_one:  # So that a file that two jobs want is uploaded once.
            url = await self.uploader.url(file)
            self._uploads.add(value.digest)
        return url.reveal()
