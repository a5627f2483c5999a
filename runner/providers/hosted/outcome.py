"""What a POST has done, decided from what came back; the most expensive question of all.

Only two answers let anybody send again: it provably never left, or the provider refused it in its own words.
Everything else may have been accepted, and is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import httpx

from runner.providers.hosted.classify import classify
from runner.providers.hosted.errors import BadReplyError, Cause, Problem
from runner.providers.hosted.plain import plain, unsigned
from runner.providers.hosted.replies import parse_object
from runner.providers.hosted.rows import is_id
from runner.submit import Accepted, NotSent, Rejected, Unclear

EVIDENCE = 64 * 1024
"""Bytes of a reply that are kept as evidence."""

_REFUSALS = frozenset({*range(400, 407), 410, 411, 413, 414, 415, 422, 426, 429, 431})
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete reply.

    Attributes:
        status: The HTTP status.
        headers: Names in lower case.
        body: Decoded, without the key.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return 200 <= self.status < 300  # noqa: PLR2004 - Statuses read best as such.


@dataclass(frozen=True, slots=True)
class Refused(Rejected):
    """A definite refusal: why, and how long to wait; `problem.message` is `message`."""

    problem: Problem

    @property
    def names_tag(self) -> bool:
        """Whether it is about `target_directory`: then the account takes no tags."""
        return "target_directory" in self.message


@dataclass(frozen=True, slots=True)
class Unknown(Unclear):
    """Nobody knows whether it was accepted.

    Attributes:
        status: The HTTP status, if a reply came so far.
        ids: Whatever in the reply looks like an id.
        evidence: The start of the reply, as it came but for the key and for queries of URLs.
    """

    status: int | None = None
    ids: tuple[str, ...] = ()
    evidence: bytes = field(default=b"", repr=False)


class StaleIntentError(Exception):
    """The request was given up before its first byte: too long since its intent was committed."""


Posted: TypeAlias = Accepted | NotSent | Refused | Unknown


def outcome(reply: Answer | Exception, *, now: datetime, bytes_out: bool = True) -> Posted:
    """What a POST to the queue has done.

    Args:
        reply: The complete reply, or what was raised instead.
        now: The wall's time in UTC, for `Retry-After`.
        bytes_out: Whether a byte of the request may have left, as far as the transport tells.
    """
    if isinstance(reply, Answer):
        return _answered(reply, now)
    if isinstance(reply, StaleIntentError):
        return NotSent("it was not sent: too much time had passed since it was written down")
    if isinstance(reply, _NEVER_SENT) and not bytes_out:
        return NotSent(f"no connection was made ({describe(reply)})")
    return Unknown(f"sent, but no complete reply came ({describe(reply)})")


def refusal(answer: Answer, now: datetime) -> Refused | None:
    """The definite refusal that a reply is; None if it is anything else."""
    problem = classify(answer.status, answer.headers, answer.body, now)
    if answer.status not in _REFUSALS or not problem.from_provider or problem.upstream:
        return None
    return Refused(problem.message, problem)


def describe(error: Exception) -> str:
    """An exception in a few words: its class says what happened, and httpx's text may be empty."""
    name = type(error).__name__
    text = plain(str(error), 200)
    return f"{name}: {text}" if text else name


def _answered(answer: Answer, now: datetime) -> Posted:
    if answer.ok:
        return _accepted(answer)
    if (refused := refusal(answer, now)) is not None:
        return refused
    if 300 <= answer.status < 400:  # noqa: PLR2004
        where = plain(answer.headers.get("location", "nowhere"), 200)
        return _unknown(answer, f"HTTP {answer.status}, a redirection to {where}, which is not followed")
    problem = classify(answer.status, answer.headers, answer.body, now)
    return _unknown(answer, f"HTTP {answer.status}, which says nothing certain ({problem.message})")


def _accepted(answer: Answer) -> Posted:
    try:
        listed = parse_object(answer.body).get("generations")
    except BadReplyError as error:
        return _unknown(answer, f"HTTP {answer.status}, but {error}")
    rows: list[Any] = listed if isinstance(listed, list) else []
    ids = tuple(
        row["generation_id"] for row in rows if isinstance(row, Mapping) and is_id(row.get("generation_id"))
    )
    if len(rows) == 1 and len(ids) == 1:
        return Accepted(ids[0])
    found = f"{len(rows)} generations" if rows else "no list of generations"
    return _unknown(answer, f"HTTP {answer.status}, but with {found} and {len(ids)} well-formed ids", ids)


def _unknown(answer: Answer, message: str, ids: tuple[str, ...] = ()) -> Unknown:
    return Unknown(message, answer.status, ids, unsigned(answer.body[:EVIDENCE]))


def out_of_credit(posted: Posted) -> bool:
    """Whether the account must pause: it is out of credit, or its key is not accepted."""
    return isinstance(posted, Refused) and posted.problem.cause in {Cause.CREDIT, Cause.KEY}
