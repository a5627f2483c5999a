"""JSON from strangers: read once, here, or refused with a typed error."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from runner.providers.hosted.errors import BadReplyError

LIMIT = 4 * 2**20
"""Bytes that a decoded reply may have."""

_DEEPEST = 64
_DIGITS = 30


def parse_reply(body: bytes, limit: int = LIMIT) -> Any:
    """The value of a JSON body.

    Raises:
        BadReplyError: If it is too big or too deep, is not JSON in UTF-8, or holds what JSON does not have or
            what cannot be written down again: NaN, endless numbers, halves of characters, a key twice.
    """
    if len(body) > limit:
        raise BadReplyError(f"the reply has more than {limit} bytes")
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_constant=_refuse,
            parse_int=_whole,
            parse_float=_finite,
            object_pairs_hook=_once,
        )
    except RecursionError:
        raise BadReplyError("the reply is nested too deeply") from None
    except ValueError as error:
        raise BadReplyError(f"the reply is not proper JSON ({_short(error)})") from None
    _check(value)
    return value


def parse_object(body: bytes) -> Mapping[str, Any]:
    """As `parse_reply`, for a reply that must be an object."""
    value = parse_reply(body)
    if not isinstance(value, dict):
        raise BadReplyError("the reply is JSON, but not an object")
    return value


def _check(value: Any) -> None:
    """Depth and surrogates, without recursion."""
    layer, depth = [value], 0
    while layer:
        if depth > _DEEPEST:
            raise BadReplyError("the reply is nested too deeply")
        below: list[Any] = []
        for item in layer:
            if isinstance(item, str):
                if not item.isascii():
                    _encodable(item)
            elif isinstance(item, dict):
                below += item.keys()
                below += item.values()
            elif isinstance(item, list):
                below += item
        layer, depth = below, depth + 1


def _encodable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadReplyError("the reply holds half a character") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key appears twice")
    return result


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError("a number is too long")
    return int(digits)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is not finite")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _short(error: ValueError) -> str:
    # A UnicodeDecodeError quotes the bytes it failed on; a JSONDecodeError only says where.
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)[:100]
