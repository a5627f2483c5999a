"""The media that a job names: files of the simulator's own, and plates for all that lies elsewhere."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from dsl.catalog import Model
from dsl.values import MediaType
from runner.simulator.files import SIGNATURE, Files

_REPOS = "/api/repos/"


class UnreachableError(Exception):
    """An input cannot be had; the message is what a provider would say."""


@dataclass(frozen=True, slots=True)
class Plate:
    """Stands for media on another host: a neutral title card.

    Attributes:
        media: What it stands for.
        host: Where that lies.
    """

    media: MediaType
    host: str


Given: TypeAlias = "Path | Plate | list[Path | Plate]"


@dataclass(frozen=True, slots=True)
class Reach:
    """How inputs are found.

    Attributes:
        files: The simulator's own.
        own: Names of this server, `HOST:PORT`.
        folder: Where the content of `data:` URLs is put.
        say: Told of every plate.
    """

    files: Files
    own: frozenset[str]
    folder: Path
    say: Callable[[str], None]

    def gather(self, model: Model, parameters: Mapping[str, Any]) -> dict[str, Given]:
        """Everything the media parameters name, by parameter.

        Raises:
            UnreachableError: If one cannot be had.
        """
        found: dict[str, Given] = {}
        for name in model.parameters:
            media, value = model.media(name), parameters.get(name)
            if media is None or value is None:
                continue
            if isinstance(value, list):
                found[name] = [self._one(url, media) for url in value]
            else:
                found[name] = self._one(value, media)
        return found

    def _one(self, url: str, media: MediaType) -> Path | Plate:
        parts = _split(url)
        if parts.scheme == "data":
            return self._inline(url, media)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise UnreachableError(
                f"Getting model response error: 422 - Value error, Invalid URL: {url[:200]}"
            )
        if parts.netloc in self.own:
            return self._own(url, parts)
        self.say(f"{parts.netloc} is not asked: a plate stands in for the {media} {url.partition('?')[0]}")
        return Plate(media, parts.netloc)

    def _own(self, url: str, parts: SplitResult) -> Path:
        address = unquote(parts.path.removeprefix(_REPOS))
        signature = parse_qs(parts.query).get(SIGNATURE, [""])[0]
        if not (self.files.signed(address, signature) or self.files.open_to_all(address)):
            raise UnreachableError(f"Failed to download input: 403 Client Error: Forbidden for url: {url}")
        if (stored := self.files.stored.get(address)) is None:
            raise UnreachableError(f"Failed to download input: 404 Client Error: Not Found for url: {url}")
        return stored.path

    def _inline(self, url: str, media: MediaType) -> Path:
        if media != "image":
            raise UnreachableError("Getting model response error: 422 - unsupported_url_scheme: data")
        head, _, data = url.partition(",")
        try:
            content = base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error):
            content = b""
        if not head.endswith(";base64") or not content:
            raise UnreachableError("Getting model response error: 422 - Value error, Invalid data URL")
        path = self.folder / f"inline-{len(list(self.folder.iterdir()))}"
        path.write_bytes(content)
        return path


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
