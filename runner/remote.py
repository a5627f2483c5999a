"""What the engine asks of a provider's queue, and what it is told: the border to everything that is HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from runner.errors import ReelError
from runner.submit import Outcome, Seen

Why: TypeAlias = Literal[
    "content", "parameter", "tag", "rate", "credit", "key", "input", "transient", "other"
]


class FetchError(ReelError):
    """A result could not be fetched with the URL at hand."""


class ReadError(ReelError):
    """A row could not be read this time.

    Attributes:
        wait: Seconds the provider asks to wait before the next look; None where it does not say.
    """

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request was refused, or a job failed.

    Attributes:
        why: What kind of reason.
        message: The provider's words.
        retry_after: Seconds to wait before the next request, for a rate limit.
    """

    why: Why
    message: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of a paid request.

    Attributes:
        outcome: For the machine.
        refusal: Why it was refused, where it was.
        result: What `fetch` needs, where the reply of a blocking call delivers it.
    """

    outcome: Outcome
    refusal: Refusal | None = None
    result: Any = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A look at the provider's row.

    Attributes:
        seen: What the machine must know of it.
        result: What `fetch` needs, such as a URL; only the remote reads it.
        cost: USD; None until the provider tells.
        refusal: Why it failed, where it did.
        strange: The status word, where it is none that the provider documents.
    """

    seen: Seen
    result: Any = None
    cost: Decimal | None = None
    refusal: Refusal | None = None
    strange: str | None = None


class Remote(Protocol):
    """A provider's queue."""

    async def submit(self, body: Mapping[str, Any], *, attempt: str, fresh: Callable[[], bool]) -> Posted:
        """Ask for one generation, once; `fresh` is asked just before the first byte."""
        ...

    async def look(self, generation_id: str) -> Sighting:
        """The row of a generation.

        Raises:
            ReadError: If it cannot be read this time.
            PausedError: If the key is not accepted.
        """
        ...

    async def matches(self, tag: str) -> tuple[str, ...] | None:
        """The generations that bear a tag; None where the list could not be read whole."""
        ...

    async def fetch(self, result: Any, folder: Path) -> Path:
        """Fetch a result into a folder, whole.

        Raises:
            FetchError: If it did not come.
        """
        ...
