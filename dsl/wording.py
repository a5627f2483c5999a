"""How values and their types are called in a finding."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from dsl.values import Derived, LocalMedia, Made, Match, MediaType, RemoteMedia

_LONGEST = 48

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a table",
    "string": "text",
}
_SORTS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((list, tuple), "a list"),
    ((dict,), "a table"),
    ((dt.date, dt.time), "a date or time"),
    ((Match,), '"match"'),
)
_ARTICLES: dict[MediaType, str] = {"image": "an image", "video": "a video", "audio": "sound"}


def shown_value(value: object) -> str:
    """A value as it is written in a recipe, shortened where it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
        return json.dumps(short, ensure_ascii=False)
    return repr(value) if isinstance(value, int | float) else described(value)


def described(value: object) -> str:
    """What sort of thing a value is."""
    if isinstance(value, bool | int | float):
        return shown_value(value)
    if isinstance(value, str):
        return f"the text {shown_value(value)}"
    if isinstance(value, LocalMedia | RemoteMedia | Made | Derived):
        return with_article(value.media)
    return next((words for types, words in _SORTS if isinstance(value, types)), "this")


def with_article(media: MediaType) -> str:
    """`an image`, `a video` or `sound`."""
    return _ARTICLES[media]


def type_names(types: Any) -> str:
    """A JSON Schema type, or several, as people call them."""
    names = (types,) if isinstance(types, str) else tuple(types or ())
    return " or ".join(_TYPES.get(name, name) for name in names) or "another value"
