"""Keys: what identifies a piece of work, so that it is done, and paid for, once.

Properties, each of them tested:

1. Equal work has an equal key, whatever its step is called, in which shot or place of the list it stands,
   and in whatever order its parameters are written.
2. Unequal work has an unequal key: a value's type counts, so that `1`, `1.0`, `true` and `"1"` are four
   values, and no text or table that a recipe can hold passes for a media file.
3. Media count by content. A frame or sound taken out of a video counts by the video's content, so that a key
   is known without decoding anything. An https URL counts by its text.
4. A key says nothing of address, title, price or schedule. Take 1 has the key that the work has without
   takes.
5. The pre-image is JSON that people can read, kept so that a plan can say what changed.

The key is the SHA-256 of `reelmake key 1`, a line feed, and the pre-image as JSON with sorted names, no white
space and ASCII escapes. Media are objects with a name that begins with `$`; a `$` that begins a name in a
recipe is doubled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from dsl.values import Derived, LocalMedia, Made, Match, RemoteMedia, Value
from runner.job import Slug

KEY_VERSION = 1

Json: TypeAlias = Any
Leaf: TypeAlias = LocalMedia | RemoteMedia | Made | Derived | Match | Slug


def preimage(
    *,
    uses: str,
    maker: Mapping[str, Json],
    model: str | None,
    take: int,
    params: Mapping[str, Json],
    slate: str | None = None,
) -> dict[str, Json]:
    """What a key is the digest of.

    Args:
        uses: The kind of step.
        maker: What of the provider, or of the local kind, changes the result.
        model: The model's id; None for a local kind.
        take: The take number; the first is left out.
        params: The parameters actually sent, as `encode` gives them.
        slate: The text burnt into the picture, where there is one.
    """
    image: dict[str, Json] = {"uses": uses, "maker": dict(maker), "model": model, "params": dict(params)}
    if take > 1:
        image["take"] = take
    if slate is not None:
        image["slate"] = slate
    return image


def key(image: Mapping[str, Json]) -> str:
    """The key of a pre-image: 64 hexadecimal digits."""
    text = f"reelmake key {KEY_VERSION}\n{canonical(image)}"
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def canonical(value: Json) -> str:
    """JSON in the one form that equal values share.

    Raises:
        ValueError: If a number is not finite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def encode(value: Value | Slug, leaf: Callable[[Leaf], Json]) -> Json:
    """A parameter as it enters a pre-image; `leaf` says what stands for media and unsettled lengths."""
    if isinstance(value, LocalMedia | RemoteMedia | Made | Derived | Match | Slug):
        return leaf(value)
    if isinstance(value, Mapping):
        return {_unreserved(name): encode(inner, leaf) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [encode(inner, leaf) for inner in value]
    return value


def content(digest: str) -> Json:
    """Stands for a media file in a pre-image."""
    return {"$digest": digest}


def url(text: str) -> Json:
    """Stands for a URL, whose content is not known."""
    return {"$url": text}


def derived(output: str, source: Json, version: int) -> Json:
    """Stands for a frame or sound taken out of a video by the given version of the code that does so."""
    return {"$derived": output, "of": source, "version": version}


def slug(stand_in: Slug) -> Json:
    """Stands for a missing clip."""
    return {"$slug": stand_in.address, "seconds": str(stand_in.seconds)}


def _unreserved(name: str) -> str:
    return f"${name}" if name.startswith("$") else name
