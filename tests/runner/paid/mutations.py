"""Replies changed at random: in their values, their bytes, their status, or altogether; by a seed."""

from __future__ import annotations

import copy
import json
import threading
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

STRANGER = "0195f0ab-1111-7000-8000-00000000000a"
NOWHERE = "http://127.0.0.1:9/a.mp4"
_ODD: list[Any] = [
    None, True, False, -1, 0, 1.5, 10**25, 1e308, "", " ", "\x1b]0;x\x07", "x" * 5000, [], {}, [[[[]]]],
    "\u202e", "\ud800", STRANGER, "not-a-uuid", "NaN", NOWHERE, "file:///etc/passwd", "//x", "1e999", "-0.5",
]  # fmt: skip
_STATUSES = [
    "queued", "processing", "succeeded", "failed", "cancelled", "SUCCEEDED", "done", "", "error",
]  # fmt: skip
_WHOLE = [
    b"", b"null", b"[]", b"{}", b"0", b"NaN", b'"text"', b"{", b"\xff\xfe", b"[" * 20_000, b'{"a":' * 5000,
    b'{"generations":' + b"9" * 6000 + b"}", b"<html><body>502</body></html>", b"\xef\xbb\xbf{}",
    b'{"a":1}{"a":2}', b'{"generations": [{"generation_id": NaN}]}', b'{"error": null}',
    b'{"generation": []}', b'{"data": 1}',
]  # fmt: skip
_BYTES = [
    b"", b"\xff", b'"', b"{", b"]", b",", b"\\ud800", b"9" * 5000, b"[" * 3000, b"NaN", b"\0",
    b"\xef\xbb\xbf", b"-Infinity", b"1e999", b'"generations":', b'"status":"failed",',
]  # fmt: skip
_CODES = [200, 201, 202, 204, 206, 226, 301, 400, 404, 408, 409, 418, 422, 500, 502, 503, 599]
_CHANGES = 0.4


class Mutator:
    """Changes some of the replies of a simulator, as its seed says; switched off until it is given one.

    Attributes:
        changed: How many replies it has changed, by method.
    """

    def __init__(self) -> None:
        self.changed: Counter[str] = Counter()
        self._rng: Random | None = None
        self._lock = threading.Lock()

    def seed(self, seed: int | None) -> None:
        """Change replies from now on, or with None, leave them as they are."""
        with self._lock:
            self._rng = None if seed is None else Random(seed)

    def __call__(self, method: str, path: str, status: int, body: bytes) -> tuple[int, bytes] | None:
        """What to send instead; None for as it is."""
        del path
        with self._lock:
            rng = self._rng
            if rng is None or rng.random() > _CHANGES:
                return None
            self.changed[method] += 1
            return changed(status, body, rng)


def changed(status: int, body: bytes, rng: Random) -> tuple[int, bytes]:
    """A reply with something changed."""
    how = rng.random()
    if how < 0.15:
        return (rng.choice(_CODES) if rng.random() < 0.5 else status), rng.choice(_WHOLE)
    if how < 0.25:
        return rng.choice(_CODES), body
    if how < 0.35:
        return status, body[: rng.randrange(len(body) + 1)]
    if how < 0.5:
        raw = bytearray(body)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(raw) + 1)
            raw[at : at + rng.randint(0, 3)] = rng.choice(_BYTES)
        return status, bytes(raw)
    value = json.loads(body)
    for _ in range(rng.randint(1, 3)):
        rng.choice(_WAYS)(value, rng)
    return status, json.dumps(value, ensure_ascii=rng.random() < 0.5).encode(errors="surrogatepass")


def _place(value: Any, rng: Random) -> tuple[Any, Any] | None:
    """Somewhere in a value: what holds it, and its key or index there."""
    while isinstance(value, dict | list):
        keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return None
        key = rng.choice(keys)
        if not isinstance(value[key], dict | list) or rng.random() < 0.3:
            return value, key
        value = value[key]
    return None


def _replace(value: Any, rng: Random) -> None:
    if (place := _place(value, rng)) is not None:
        holder, key = place
        holder[key] = copy.deepcopy(rng.choice(_ODD))


def _drop(value: Any, rng: Random) -> None:
    if (place := _place(value, rng)) is not None:
        holder, key = place
        del holder[key]


def _double(value: Any, rng: Random) -> None:
    """One more of a list's items, or a value in a list or an object."""
    if (place := _place(value, rng)) is None:
        return
    holder, key = place
    if isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    else:
        one = holder[key]
        holder[key] = rng.choice([[one], [one, one], {key: one}, {"data": one}])


def _state(value: Any, rng: Random) -> None:
    """Another status word wherever one stands."""
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(one, dict | list):
            _state(one, rng)
    if isinstance(value, dict) and "status" in value:
        value["status"] = rng.choice(_STATUSES)


_WAYS: list[Callable[[Any, Random], None]] = [_replace, _replace, _drop, _double, _state]
