"""Rows of the queue and of the history, read with tolerance: only the id must be right.

Both generations of the documentation are accepted: `model_name` and `model`, with and without `status`.
Whatever has the wrong type is as if it were absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from runner.providers.hosted.classify import failure
from runner.providers.hosted.errors import BadReplyError, Problem
from runner.providers.hosted.plain import plain
from runner.providers.hosted.secret import SignedUrl
from runner.submit import Seen

Standing: TypeAlias = Literal["running", "succeeded", "failed", "cancelled"]
ID = re.compile(r"[0-9a-f-]{36}")
"""What an id of a generation looks like; nothing else enters a URL or a path."""

_STANDINGS: dict[str, Standing] = {
    "queued": "running", "processing": "running", "succeeded": "succeeded", "failed": "failed",
    "cancelled": "cancelled", "canceled": "cancelled",
}  # fmt: skip
_LAST_SECOND = 10**11
_DEAREST = 9


def is_id(value: object) -> bool:
    """Whether the value is a well-formed id of a generation."""
    return isinstance(value, str) and ID.fullmatch(value) is not None


def money(value: Any) -> Decimal | None:
    """USD from a decimal string or a number; None for anything else, and for less than nothing."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        amount = Decimal(str(value).strip()[:60])
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount < 0 or amount.adjusted() > _DEAREST:
        return None
    return amount


def _id(value: Any) -> Any:
    if not is_id(value):
        raise ValueError("not the id of a generation")
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _word(value: Any) -> str | None:
    return plain(value, 64) or None if isinstance(value, str) else None


def _message(value: Any) -> str | None:
    return plain(value) or None if isinstance(value, str) else None


def _seconds(value: Any) -> int | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < _LAST_SECOND:
        return int(value)
    return None


def _url(value: Any) -> SignedUrl | None:
    if isinstance(value, str) and value.lower().startswith(("https://", "http://")):
        return SignedUrl(value)
    return None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _related(value: Any) -> str | None:
    return str(value) if is_id(value) else None


Text: TypeAlias = Annotated[str | None, BeforeValidator(_text)]
Word: TypeAlias = Annotated[str | None, BeforeValidator(_word)]
Moment: TypeAlias = Annotated[int | None, BeforeValidator(_seconds)]


class Row(BaseModel):
    """One generation, as the provider tells it.

    Attributes:
        generation_id: Its id, well-formed.
        model: The model's id.
        media_type: `image` or `video`.
        status: The status word as sent, cut and cleaned; None where there is none.
        enqueued_at: Unix seconds of the server's clock.
        started_at: Likewise.
        completed_at: Likewise.
        result_url: Where the result is; None where it is not an absolute URL.
        error_message: Why it failed, fit to show.
        target_directory: The tag, as echoed.
        retried_from_id: The row of which this one is a retry.
        error_retryable: Whether the provider thinks that it may work again.
        cost: USD, once known.
        prompt: As echoed.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True, extra="ignore", frozen=True, protected_namespaces=()
    )

    generation_id: Annotated[str, BeforeValidator(_id)] = Field(
        validation_alias=AliasChoices("generation_id", "id")
    )
    model: Word = Field(default=None, validation_alias=AliasChoices("model_name", "model"))
    media_type: Word = None
    status: Word = None
    enqueued_at: Moment = None
    started_at: Moment = None
    completed_at: Moment = None
    result_url: Annotated[SignedUrl | None, BeforeValidator(_url)] = None
    error_message: Annotated[str | None, BeforeValidator(_message)] = None
    target_directory: Text = None
    retried_from_id: Annotated[str | None, BeforeValidator(_related)] = None
    error_retryable: Annotated[bool | None, BeforeValidator(_flag)] = None
    cost: Annotated[Decimal | None, BeforeValidator(money)] = None
    prompt: Text = Field(default=None, repr=False)

    @property
    def standing(self) -> Standing:
        """Where it stands. A word that we do not know is no end: it counts as running."""
        return _STANDINGS.get(self.status or "", "running")

    @property
    def strange(self) -> bool:
        """Whether the status word is none of the documented ones, which deserves a warning."""
        return self.status not in _STANDINGS

    @property
    def problem(self) -> Problem | None:
        """Why it failed, if it did."""
        if self.standing != "failed":
            return None
        return failure(self.error_message, retryable=self.error_retryable)

    @property
    def seen(self) -> Seen:
        """The same for the paid-attempt machine."""
        return Seen(self.standing, self.result_url is not None, self.error_message or "")


def read_row(value: Any, expected: str | None = None) -> Row:
    """A row, bare or wrapped as `generation`.

    Args:
        value: The JSON value.
        expected: The id that was asked for: a row of another is not an answer.

    Raises:
        BadReplyError: If it is not a row, or not that one.
    """
    if isinstance(value, Mapping) and isinstance(value.get("generation"), Mapping):
        value = value["generation"]
    if not isinstance(value, Mapping):
        raise BadReplyError("the reply is not a generation")
    try:
        row = Row.model_validate(value)
    except ValidationError:
        raise BadReplyError("the reply is a generation without a well-formed id") from None
    if expected is not None and row.generation_id != expected:
        raise BadReplyError("the reply is about another generation")
    return row


def read_rows(value: Any) -> tuple[list[Row], int]:
    """The rows under `generations`, and how many could not be read.

    Raises:
        BadReplyError: If there is no such list.
    """
    listed = value.get("generations") if isinstance(value, Mapping) else None
    if not isinstance(listed, list):
        raise BadReplyError("the reply has no list of generations")
    rows: list[Row] = []
    for item in listed:
        try:
            rows.append(read_row(item))
        except BadReplyError:
            continue
    return rows, len(listed) - len(rows)
