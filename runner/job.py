"""A job of work for a provider or a local step: an instance whose inputs are all files now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from runner.artifact import MediaFacts


@dataclass(frozen=True, slots=True)
class Input:
    """A media input: a file to read, never to change.

    Attributes:
        path: Where it lies; its name is hexadecimal or otherwise chosen by reelmake, and says nothing.
        digest: SHA-256 of its bytes.
        facts: What it is.
    """

    path: Path
    digest: str
    facts: MediaFacts


@dataclass(frozen=True, slots=True)
class Slug:
    """Stands for a clip that is missing, in a `concat` with `on_missing = "slug"`.

    Attributes:
        address: What is missing; burnt in.
        seconds: The length it would have had.
    """

    address: str
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class Rendition:
    """How an animatic is drawn.

    Attributes:
        short_side: Pixels of the picture's short side; None for the model's real size.
        slate: Whether address, take, prompt and timecode are burnt in at the foot.
    """

    short_side: int | None = 360
    slate: bool = True


@dataclass(frozen=True, slots=True)
class Submitted:
    """Signals that a provider has accepted a job.

    Attributes:
        generation_id: Its id there.
        price: USD that are reserved for it; None where that is not known.
    """

    generation_id: str
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Resubmitted:
    """Signals that a job failed and is sent once more, in another way, as a new paid attempt.

    Attributes:
        reason: Why.
        price: USD that are to be reserved for it.
    """

    reason: str
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Strange:
    """Signals that the provider gives a job a status word that it does not document; it counts as running.

    Attributes:
        generation_id: Its id there.
        word: The word, cut and cleaned.
    """

    generation_id: str
    word: str


Report: TypeAlias = Submitted | Resubmitted | Strange


def _unreported(_: Report) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Job:
    """One instance, ready to be made.

    Attributes:
        address: The instance's name, for the slate; it is not in the key.
        take: The take number.
        uses: The kind of step.
        model: The model's id; None for a local kind.
        params: Its parameters. Media are `Input`, lists of media are lists of `Input`.
        output: `video` or `image`.
        rendition: How to draw it, for the animatic provider and for sizes in a rehearsal.
        rehearsal: Whether sizes asked for in the recipe are scaled to the rendition.
        folder: An empty private folder to work in; removed afterwards.
        progress: To be called with the part done, 0 to 1, from the event loop's thread.
        key: The key of the work, for a hosted provider.
        price: USD for one generation; None where it is not known.
        only_follow: Whether what was paid for before is to be followed, and nothing new to be sent.
        report: To be called with what a hosted provider reports, from the event loop's thread.
    """

    address: str
    take: int
    uses: str
    model: str | None
    params: Mapping[str, Any]
    output: str
    rendition: Rendition
    rehearsal: bool
    folder: Path
    progress: Callable[[float], None]
    key: str = ""
    price: Decimal | None = None
    only_follow: bool = False
    report: Callable[[Report], None] = _unreported


Render: TypeAlias = Callable[[Job], Awaitable[Path]]
"""Makes a job's output, as a file within `job.folder`; raises a `ReelError` if it cannot be made."""
