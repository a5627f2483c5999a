"""What happened in a run: frozen facts in the past tense, and the only way out of the engine.

The journal keeps every event but `InstanceProgressed`. Terminal, page, JSON and record are folds over them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

RunStatus: TypeAlias = Literal["done", "failed", "held", "stalled", "refused", "interrupted"]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Signals that a run began.

    Attributes:
        at: When, in UTC.
        run: The run's id.
        recipe: The recipe file, absolute.
        instances: Every instance the run is about, in order.
        rehearsal: Whether the animatic provider stands in for the real ones.
    """

    at: datetime
    run: str
    recipe: Path
    instances: tuple[str, ...]
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class InstanceReused:
    """Signals that an instance needed no work: what it makes was there already.

    Attributes:
        at: When, in UTC.
        address: The instance.
        key: Its key.
        digest: SHA-256 of what was made.
        shared_with: The instance of this run whose work it shared; None where it was made in an earlier run.
    """

    at: datetime
    address: str
    key: str
    digest: str
    shared_with: str | None = None


@dataclass(frozen=True, slots=True)
class InstanceStarted:
    """Signals that work on an instance began.

    Attributes:
        at: When, in UTC.
        address: The instance.
        uses: The kind of step.
        provider: Who renders it; None for a local kind.
        model: The model's id; None for a local kind.
        key: Its key.
    """

    at: datetime
    address: str
    uses: str
    provider: str | None
    model: str | None
    key: str


@dataclass(frozen=True, slots=True)
class InstanceProgressed:
    """Signals that a part of the work is done. It is shown and not journaled.

    Attributes:
        at: When, in UTC.
        address: The instance.
        part: How much of it is done, 0 to 1.
    """

    at: datetime
    address: str
    part: float


@dataclass(frozen=True, slots=True)
class InstanceSubmitted:
    """Signals that a hosted provider has accepted the work, in this run or an earlier one.

    Attributes:
        at: When this was known, in UTC.
        address: The instance.
        key: Its key.
        generation_id: The provider's id.
        price_usd: What is reserved for it; None where the price is not known.
    """

    at: datetime
    address: str
    key: str
    generation_id: str
    price_usd: float | None


@dataclass(frozen=True, slots=True)
class InstanceWarned:
    """Signals that a provider says something odd of its job, which is followed all the same.

    Attributes:
        at: When this was known, in UTC.
        address: The instance.
        key: Its key.
        generation_id: The provider's id.
        status: The status word that the provider does not document; it counts as running.
        message: The same in words.
    """

    at: datetime
    address: str
    key: str
    generation_id: str
    status: str
    message: str


@dataclass(frozen=True, slots=True)
class InstanceResubmitted:
    """Signals that the provider could not do the work as it was sent, and that it is sent in another way.

    Attributes:
        at: When, in UTC.
        address: The instance.
        key: Its key.
        reason: Why, in the provider's words.
        price_usd: What is reserved for the new attempt; None where the price is not known.
    """

    at: datetime
    address: str
    key: str
    reason: str
    price_usd: float | None


@dataclass(frozen=True, slots=True)
class InstanceHeld:
    """Signals that only the user can decide what becomes of something that may have been paid for.

    Attributes:
        at: When, in UTC.
        address: The instance.
        key: Its key.
        message: What is known, for people.
        left_over: Whether an earlier run left it, and this one does not ask for it.
    """

    at: datetime
    address: str
    key: str | None
    message: str
    left_over: bool = False


@dataclass(frozen=True, slots=True)
class InstanceStalled:
    """Signals that work goes on another time: the provider is slow, or the account takes no more.

    Attributes:
        at: When, in UTC.
        address: The instance.
        key: Its key.
        message: Why, for people.
    """

    at: datetime
    address: str
    key: str | None
    message: str


@dataclass(frozen=True, slots=True)
class InstanceUnpaid:
    """Signals that an instance was not ordered, because its price does not fit under the ceiling.

    Attributes:
        at: When, in UTC.
        address: The instance.
        key: Its key.
        message: Why, for people.
    """

    at: datetime
    address: str
    key: str | None
    message: str


@dataclass(frozen=True, slots=True)
class InstanceFinished:
    """Signals that an instance was made, and that it lies in the store.

    Attributes:
        at: When, in UTC.
        address: The instance.
        key: Its key.
        digest: SHA-256 of what was made.
        size: Bytes.
        container: What the file is: `mp4`, `png`, …
        seconds: How long it plays; None for images.
        frames: How many frames it has; None for images.
        took: Seconds of work.
    """

    at: datetime
    address: str
    key: str
    digest: str
    size: int
    container: str
    seconds: float | None
    frames: int | None
    took: float


@dataclass(frozen=True, slots=True)
class InstanceFailed:
    """Signals that an instance could not be made.

    Attributes:
        at: When, in UTC.
        address: The instance.
        key: Its key; None where it failed before that was known.
        message: Why, for people; several lines where ffmpeg spoke.
        refused: Whether a provider refused it, and would do so again.
    """

    at: datetime
    address: str
    key: str | None
    message: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class InstanceBlocked:
    """Signals that an instance will not be made in this run, because something it waits for failed.

    Attributes:
        at: When, in UTC.
        address: The instance.
        by: What failed, or is itself blocked.
    """

    at: datetime
    address: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """Signals that a deliverable lies under its final name.

    Attributes:
        at: When, in UTC.
        address: The instance it comes from; None where it is a file of the author's own.
        name: The output's name.
        path: Where it is, absolute.
        digest: SHA-256 of its bytes.
        changed: False where the very file lay there already.
        missing: Clips that the film has a slug for, or that were dropped from it.
    """

    at: datetime
    address: str | None
    name: str
    path: Path
    digest: str
    changed: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Signals that a run is over. It is the last event of a run.

    Attributes:
        at: When, in UTC.
        run: The run's id.
        status: How it ended.
        outputs: What was delivered, absolute paths by the output's name.
        made: How many instances were made.
        reused: How many needed no work.
        failed: Which failed.
        blocked: Which could not be tried because of them.
        missing: Clips that a delivered film has a slug for, or that were dropped from it.
        held: Which need a decision.
        stalled: Which go on another time.
        unpaid: Which do not fit under the ceiling.
        spent_usd: What this run and those it goes on from have spent or reserved; None where nothing was
            ordered, or a price is not known.
    """

    at: datetime
    run: str
    status: RunStatus
    outputs: Mapping[str, tuple[Path, ...]]
    made: int
    reused: int
    failed: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    stalled: tuple[str, ...] = ()
    unpaid: tuple[str, ...] = ()
    spent_usd: float | None = None


Event: TypeAlias = (
    RunStarted
    | InstanceReused
    | InstanceStarted
    | InstanceProgressed
    | InstanceSubmitted
    | InstanceResubmitted
    | InstanceWarned
    | InstanceFinished
    | InstanceFailed
    | InstanceHeld
    | InstanceStalled
    | InstanceUnpaid
    | InstanceBlocked
    | Delivered
    | RunFinished
)


def to_json(event: Event) -> dict[str, Any]:
    """An event as JSON values: `event` and `at` first, then its own fields."""
    return {"event": name(event)} | {
        field.name: _plain(getattr(event, field.name)) for field in fields(event)
    }


def name(event: Event) -> str:
    """What an event is called in JSON: `InstanceReused` is `instance_reused`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
