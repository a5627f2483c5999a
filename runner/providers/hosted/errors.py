"""What can go wrong with Oxen: a few situations, each a type, with words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from runner.errors import ReelError


class Cause(StrEnum):
    """Why Oxen did not do it; each has its own way out."""

    CONTENT = "content"
    """Refused by moderation: this prompt or picture will be refused again."""
    PARAMETER = "parameter"
    """A parameter is wrong, or the model does not exist: the same request will be refused again."""
    RATE = "rate"
    """Too many requests: the account waits."""
    TRANSIENT = "transient"
    """The service or the network failed: later it may work."""
    CREDIT = "credit"
    """The account is out of credit: it pauses until it is topped up."""
    KEY = "key"
    """The key is missing, wrong, or may not do this: the account pauses."""
    MISSING = "missing"
    """There is no such thing, or no longer."""
    INPUT = "input"
    """The model could not download one of its inputs: another way to hand it over may work."""
    PROTOCOL = "protocol"
    """The reply is not what the documentation says, and cannot be understood."""
    OTHER = "other"
    """The provider failed without saying why in words that we know."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal or failure in the provider's words.

    Attributes:
        cause: What kind.
        message: The provider's message, fit to show.
        status: The HTTP status; None for a failed row.
        retry_after: Seconds the provider asks to wait, clamped; None where it does not say.
        from_provider: Whether the body is JSON as the provider writes it, so that the refusal is definite.
        upstream: Whether the body itself says that something behind the provider failed.
    """

    cause: Cause
    message: str
    status: int | None = None
    retry_after: float | None = None
    from_provider: bool = False
    upstream: bool = False


class OxenError(ReelError):
    """Oxen refused a request, or could not be asked.

    Attributes:
        problem: What it said.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem

    @property
    def cause(self) -> Cause:
        """What kind of failure it is."""
        return self.problem.cause


class BadReplyError(OxenError):
    """A reply that cannot be read: not JSON, too big, too deep, or without what it must have."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(Problem(Cause.PROTOCOL, message, status))


class UnreachableError(OxenError):
    """The network failed: no connection, no answer in time, or it broke off."""

    def __init__(self, message: str) -> None:
        super().__init__(Problem(Cause.TRANSIENT, message))


class UnsafeUrlError(ReelError):
    """A URL that reelmake does not open: not https, or an address that is not public."""


class UploadError(ReelError):
    """A local file could not be handed to a model."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an interrupted download can go on.

    Attributes:
        etag: The strong ETag of what lies in the part file so far.
        total: Bytes of the whole, where the server said.
    """

    etag: str
    total: int | None = None


class DownloadError(ReelError):
    """A result could not be fetched."""


class ExpiredUrlError(DownloadError):
    """The URL is refused or gone; the generation's row has a fresh one."""


class BadDownloadError(DownloadError):
    """What came is not the clip: a page, an error, or a clip that is not whole. The part file is gone."""


class TooLargeError(DownloadError):
    """What comes is larger than the cap. The part file is gone."""


class InterruptedDownloadError(DownloadError):
    """The download broke off, stalled, or the server failed; trying again may work.

    Attributes:
        mark: With what to go on where it ended; None where only a fresh start is safe.
    """

    def __init__(self, message: str, mark: Mark | None = None) -> None:
        super().__init__(message)
        self.mark = mark
