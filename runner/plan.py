"""What a run would do, and why: a verdict and a reason for each instance, recorded where they are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, TypeAlias

from dsl.address import Address
from dsl.graph import Instance
from runner.artifact import Artifact
from runner.changes import Change
from runner.gather import Gathered

__all__ = ["Change", "Plan", "Planned", "Reason", "ReasonCode", "Totals", "Upload", "Verdict", "plan_json"]

Verdict: TypeAlias = Literal["run", "reuse", "wait", "attach", "held"]
ReasonCode: TypeAlias = Literal[
    "new",
    "changed",
    "upstream",
    "up to date",
    "missing",
    "failed before",
    "refused before",
    "shared",
    "in flight",
    "held",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is as it is.

    Attributes:
        code: Which reason.
        text: The reason in words, for people.
        changes: What differs from what was made last.
    """

    code: ReasonCode
    text: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of the user's that would leave this machine.

    Attributes:
        path: The file, absolute.
        size: Bytes.
        digest: SHA-256 of its bytes.
    """

    path: Path
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run would do about one instance.

    Attributes:
        instance: The instance.
        verdict: `run` it, `reuse` what is there, `wait` for an input that is still to be made, `attach` to
            another instance of the plan that does the very same work or to what was paid for before, or
            `held`: only the user can decide what becomes of what may have been paid for.
        reason: Why.
        seconds: The declared length of what it makes; None where that is not known yet, and for images.
        frames: Its declared frames; None likewise.
        price: USD; None where it is not known. Nothing for local work, animatics, `reuse` and `attach`.
        gathered: Its parameters and its key, as far as they are known.
        artifact: What is there already; None unless the verdict is `reuse`.
        uploads: The user's files that would be sent to a hosted provider.
        estimate: Seconds the work may take, from what this machine saw before; 0 where there is none.
    """

    instance: Instance
    verdict: Verdict
    reason: Reason
    seconds: Fraction | None
    frames: int | None
    price: Decimal | None
    gathered: Gathered
    artifact: Artifact | None
    uploads: tuple[Upload, ...]
    estimate: float

    @property
    def key(self) -> str | None:
        """What identifies the work; None where that depends on an input still to be made."""
        return self.gathered.key


@dataclass(frozen=True, slots=True)
class Totals:
    """The plan in figures.

    Attributes:
        counts: How many instances have each verdict.
        price: USD of all that is run or waits; None where any of it is not known.
        film_seconds: How long the film will be; None where that is not known yet, or none is delivered.
        film_frames: Its frames; None likewise.
        critical_path_seconds: An estimate of the time the run takes with workers in plenty.
    """

    counts: Mapping[Verdict, int]
    price: Decimal | None
    film_seconds: Fraction | None
    film_frames: int | None
    critical_path_seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do.

    Attributes:
        recipe: The recipe file, absolute.
        instances: What would be done about each, in an order where each comes after all it waits for.
        totals: The plan in figures.
    """

    recipe: Path
    instances: Mapping[Address, Planned]
    totals: Totals


def plan_json(plan: Plan) -> dict[str, Any]:
    """A plan as JSON values: the surface of `reel plan --json`."""
    return {
        "recipe": str(plan.recipe),
        "instances": [_instance_json(planned) for planned in plan.instances.values()],
        "totals": {
            **plan.totals.counts,
            "price_usd": _number(plan.totals.price),
            "film_seconds": _number(plan.totals.film_seconds),
            "film_frames": plan.totals.film_frames,
            "critical_path_seconds": plan.totals.critical_path_seconds,
        },
    }


def _instance_json(planned: Planned) -> dict[str, Any]:
    instance, reason = planned.instance, planned.reason
    return {
        "address": str(instance.address),
        "step": instance.address.step,
        "shot": instance.shot,
        "take": instance.address.take,
        "uses": instance.uses,
        "provider": instance.provider,
        "model": instance.model,
        "verdict": planned.verdict,
        "reason": {
            "code": reason.code,
            "text": reason.text,
            "changes": [
                {"field": change.field, "before": change.before, "after": change.after}
                for change in reason.changes
            ],
        },
        "seconds": _number(planned.seconds),
        "price_usd": _number(planned.price),
        "key": planned.key,
        "uploads": [
            {"path": str(upload.path), "bytes": upload.size, "digest": upload.digest}
            for upload in planned.uploads
        ],
    }


def _number(value: Decimal | Fraction | None) -> float | None:
    return None if value is None else float(value)
