"""Generations: one row each, how the API shows them, and how it picks them from all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dsl.catalog import Model

TERMINAL = frozenset({"succeeded", "failed", "cancelled"})
RESERVED = frozenset({
    "generation_id", "model", "model_name", "media_type", "status", "enqueued_at", "started_at",
    "completed_at", "result_url", "error_message", "prompt", "num_generations", "target_namespace",
    "target_repo", "target_directory", "response_format", "retried_from_id", "cost", "user_id", "username",
    "user_image",
})  # fmt: skip
"""Fields of a row that no parameter of a model can take the place of."""


@dataclass(slots=True, eq=False)
class Row:
    """A generation.

    Attributes:
        id: A UUID.
        user: Whose it is.
        model: Its model.
        parameters: What was submitted besides `RESERVED`, as sent.
        prompt: What was submitted as the prompt.
        namespace: Who pays, and where the result lies.
        repo: As submitted.
        directory: As submitted.
        enqueued_at: Unix time of acceptance, seconds.
        faults: Names and arguments of the faults that strike this job.
        suffix: Of the result's file, with the dot.
        ended: Set when its status is final.
        readings: How often it was read since it was made.
    """

    id: str
    user: str
    model: Model
    parameters: Mapping[str, Any]
    prompt: Any
    namespace: str
    repo: Any
    directory: Any
    enqueued_at: float
    faults: Mapping[str, str]
    retried_from: str | None = None
    status: str = "queued"
    started_at: float | None = None
    completed_at: float | None = None
    suffix: str = ""
    error: str | None = None
    cost: Decimal | None = None
    readings: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def tag(self) -> Any:
        """The `target_directory` that is echoed."""
        return None if "tagless" in self.faults else self.directory

    def answers_to(self, folder: str) -> bool:
        """Whether `folder=` finds it."""
        return self.directory == folder and self.faults.get("tagless", "filtered") == "filtered"

    def listed(self, now: float) -> bool:
        """Whether lists show it yet."""
        late = self.faults.get("slow-list")
        return late is None or now >= self.enqueued_at + float(late or 5)

    def end(self, status: str, now: float) -> None:
        """Set a final status."""
        self.status, self.completed_at = status, now
        self.started_at = self.started_at if status == "cancelled" else self.started_at or now
        self.ended.set()


def queue_row(row: Row, url: Callable[[Row], str]) -> dict[str, Any]:
    """A row as the queue shows it; `url` signs the address of its result."""
    status, made = _status(row), row.status == "succeeded"
    shown = {name: value for name, value in row.parameters.items() if name not in RESERVED}
    shown |= {
        "generation_id": row.id,
        "model_name": row.model.id,
        "media_type": row.model.output,
        "status": status,
        "enqueued_at": int(row.enqueued_at),
        "started_at": None if row.started_at is None else int(row.started_at),
        "completed_at": None if row.completed_at is None else int(row.completed_at),
        "result_url": _url(row, url) if made and status == "succeeded" else None,
        "error_message": row.error,
        "prompt": row.prompt,
        "target_namespace": row.namespace,
        "target_repo": row.repo,
        "target_directory": row.tag,
    }
    if row.retried_from:
        shown["retried_from_id"] = row.retried_from
    return shown


def generation_row(row: Row, url: Callable[[Row], str]) -> dict[str, Any]:
    """A row as the history shows it."""
    return queue_row(row, url) | {
        "cost": None if row.cost is None else str(row.cost),
        "user_id": f"user-{row.user}",
        "username": row.user,
        "user_image": None,
    }


def _status(row: Row) -> str:
    if row.status == "processing" and "unknown-status" in row.faults:
        return row.faults["unknown-status"] or "warming_up"
    again = row.status == "succeeded" and "status-backwards" in row.faults
    if again and row.readings % 2 == 0 < row.readings:
        return "processing"
    return row.status


def _url(row: Row, url: Callable[[Row], str]) -> str | None:
    if "odd-url" in row.faults:
        return row.faults["odd-url"] or "../../etc/passwd"
    if (times := row.faults.get("null-url")) is not None and (not times or row.readings <= int(times)):
        return None
    return url(row)


FILTERS = ("namespace", "model", "media_type", "status", "repo", "folder")


def pick(rows: Iterable[Row], user: str, filters: Mapping[str, str], now: float) -> list[Row]:
    """The rows of a user that a list shows, newest first."""
    wanted = {name: value for name, value in filters.items() if name in FILTERS}
    return [row for row in rows if row.user == user and row.listed(now) and _matches(row, wanted)][::-1]


def _matches(row: Row, wanted: Mapping[str, str]) -> bool:
    has = {
        "namespace": row.namespace,
        "model": row.model.id,
        "media_type": row.model.output,
        "status": row.status,
        "repo": row.repo,
    }
    return all(row.answers_to(v) if name == "folder" else has[name] == v for name, v in wanted.items())
