"""What an error means: from a status and a body, or from the message of a failed generation.

The shapes are those of the documentation and of what clients have seen; none is guaranteed, and all are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.providers.hosted.errors import BadReplyError, Cause, Problem
from runner.providers.hosted.plain import plain
from runner.providers.hosted.replies import parse_reply
from runner.providers.hosted.retry_after import retry_after

_CONTENT = re.compile(
    r"content[ _-]?(policy|safety|filter|moderat)|flagged|moderat(ion|ed|or)|\bnsfw\b"
    r"|safety (checker|system|filter)",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(insufficient|not enough|out of|no|exhausted)[ _-](credits?|funds|balance)\b|payment required"
    r"|credits? (are |is )?exhausted",
    re.IGNORECASE,
)
_INPUT = re.compile(
    r"\b40[134]\b[^.]{0,60}\bfor url\b|(failed|unable|could not|cannot|error)\b[^.]{0,20}"
    r"\b(download|fetch|retriev|load|access|read)\w*\b[^.]{0,40}\b(url|image|video|audio|file|media|input)"
    r"|file_download_error|unsupported_url_scheme",
    re.IGNORECASE,
)
_RATE = re.compile(r"\b429\b|rate.?limit|too many requests", re.IGNORECASE)
_KEY = re.compile(r"unauthenticated|unauthori[sz]ed|invalid api key", re.IGNORECASE)
_TRANSIENT = re.compile(
    r"\b50[0234]\b|time[d -]?out|timed out|overloaded|temporarily|unavailable|upstream"
    r"|internal (server )?error|connection (reset|refused|error)|try again",
    re.IGNORECASE,
)
_PARAMETER = re.compile(
    r"\b4(00|22)\b|value error|validation|invalid|unsupported|must be|not allowed|cannot be empty|required"
    r"|model not found",
    re.IGNORECASE,
)
_WORDS = (
    (_CREDIT, Cause.CREDIT),
    (_CONTENT, Cause.CONTENT),
    (_INPUT, Cause.INPUT),
    (_RATE, Cause.RATE),
    (_KEY, Cause.KEY),
    (_PARAMETER, Cause.PARAMETER),
    (_TRANSIENT, Cause.TRANSIENT),
)
_STATUSES = {
    401: Cause.KEY, 402: Cause.CREDIT, 403: Cause.KEY, 404: Cause.MISSING, 408: Cause.TRANSIENT,
    410: Cause.MISSING, 426: Cause.PROTOCOL, 429: Cause.RATE,
}  # fmt: skip
_SERVER = 500


def classify(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Problem:
    """What a reply that is not a success means.

    Args:
        status: Its HTTP status.
        headers: Its headers, names in lower case.
        body: Its body, as much as was read.
        now: The wall's time in UTC, for `Retry-After`.
    """
    wait = retry_after(headers.get("retry-after"), now)
    try:
        value = parse_reply(body)
    except BadReplyError:
        return Problem(_by_status(status, ""), _raw(status, body), status, wait)
    message = _message(value)
    if message is None:
        return Problem(_by_status(status, ""), _raw(status, body), status, wait)
    upstream = _upstream(value)
    cause = Cause.TRANSIENT if upstream else _by_status(status, message)
    return Problem(
        cause, plain(message), status, wait, from_provider=_is_the_providers(value), upstream=upstream
    )


def failure(message: str | None, *, retryable: bool | None = None) -> Problem:
    """What the `error_message` of a failed generation means; `retryable` is the row's `error_retryable`."""
    text = plain(message or "")
    if not text:
        return Problem(Cause.OTHER, "the provider gave no reason")
    cause = _by_words(text)
    if cause is None:
        cause = Cause.TRANSIENT if retryable else Cause.OTHER
    return Problem(cause, text)


def _by_words(message: str) -> Cause | None:
    return next((cause for pattern, cause in _WORDS if pattern.search(message)), None)


def _by_status(status: int, message: str) -> Cause:
    """The status decides where it is specific; 400 and its like mean what their words say."""
    if status >= _SERVER:
        return Cause.TRANSIENT
    spoken = _by_words(message)
    if spoken in {Cause.CONTENT, Cause.CREDIT} and status not in {401, 402, 429}:
        return spoken
    if message.lower().startswith("model not found"):
        return Cause.PARAMETER
    if not 400 <= status < _SERVER:  # noqa: PLR2004 - Statuses read best as such.
        return Cause.PROTOCOL
    told = spoken if spoken in {Cause.INPUT, Cause.RATE, Cause.KEY} else Cause.PARAMETER
    return _STATUSES.get(status, told)


def _message(value: Any) -> str | None:
    """The words, in the order of how much they say; None if it has none where words are expected."""
    if not isinstance(value, Mapping):
        return None
    error = value.get("error")
    inner: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
    candidates = [
        *(inner.get(name) for name in ("detail", "message", "title", "type")),
        None if isinstance(error, Mapping) else error,
        *(value.get(name) for name in ("status_message", "status_description", "detail", "message")),
    ]
    return next((text for text in map(_words, candidates) if text), None)


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (Mapping, list)) and value:
        return json.dumps(value, separators=(",", ":"))
    return ""


def _is_the_providers(value: Any) -> bool:
    """Whether Oxen wrote it. A gateway's `{"message": "Forbidden"}` is JSON as well, and proves nothing."""
    if not isinstance(value, Mapping):
        return False
    error = value.get("error")
    if isinstance(error, Mapping):
        return any(_words(error.get(name)) for name in ("detail", "message", "title", "type"))
    if isinstance(error, str) and error.strip():
        return True
    return value.get("status") == "error" and bool(_words(value.get("status_message")))


def _upstream(value: Any) -> bool:
    """Shape E: the body says that a server behind the provider failed, whatever the status line says."""
    status = value.get("status") if isinstance(value, Mapping) else None
    return isinstance(status, int) and not isinstance(status, bool) and status >= _SERVER


def _raw(status: int, body: bytes) -> str:
    text = plain(re.sub(r"<[^>]{0,400}>", " ", body[:4096].decode(errors="replace")), 300)
    return f"HTTP {status}: {text}" if text else f"HTTP {status}, with no explanation"
