"""The reply of the blocking endpoints: where the clips or pictures are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.providers.hosted.errors import BadReplyError
from runner.providers.hosted.outcome import EVIDENCE, Answer, Unknown
from runner.providers.hosted.plain import unsigned
from runner.providers.hosted.replies import parse_object
from runner.providers.hosted.secret import SignedUrl


@dataclass(frozen=True, slots=True)
class Made:
    """The blocking endpoint has made it."""

    urls: tuple[SignedUrl, ...]


def made(answer: Answer) -> Made | Unknown:
    """Where the results of a successful reply are; whatever lacks them was perhaps made, and is unknown."""
    try:
        value = parse_object(answer.body)
    except BadReplyError as error:
        return Unknown(
            f"HTTP {answer.status}, but {error}", answer.status, (), unsigned(answer.body[:EVIDENCE])
        )
    urls = tuple(dict.fromkeys(SignedUrl(url) for url in _urls(value)))
    if not urls:
        message = f"HTTP {answer.status}, but without a URL of a result"
        return Unknown(message, answer.status, (), unsigned(answer.body[:EVIDENCE]))
    return Made(urls)


def _urls(value: Mapping[str, Any]) -> Iterator[str]:
    """`videos[].url` and its cousins `video_url`, `image_url` and `video.url`; likewise for images."""
    for name in ("videos", "images"):
        items = value.get(name)
        for item in items if isinstance(items, list) else []:
            if not isinstance(item, Mapping):
                continue
            nested = [item.get("video"), item.get("image")]
            found = [item.get(key) for key in ("url", "video_url", "image_url")]
            found += [inner.get("url") for inner in nested if isinstance(inner, Mapping)]
            yield from (url for url in found if isinstance(url, str) and url.lower().startswith("http"))
