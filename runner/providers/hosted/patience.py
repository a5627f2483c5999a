"""How often and after how long a harmless request is sent again.

Full jitter up to a cap, and a quota of tokens shared by all requests of a client: while the service is down,
the quota runs dry and requests fail at once instead of piling up; each success pays some back. Never for a
paid request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from runner.clock import Clock, RealClock
from runner.providers.hosted.errors import Cause, OxenError, UnreachableError

T = TypeVar("T")

_FULL = 500
_RETRY = 5
_TIMEOUT = 10
_LONGEST_EXPONENT = 10


@dataclass(slots=True)
class Quota:
    """Tokens for retries, shared by a client's requests."""

    tokens: int = _FULL

    def spend(self, tokens: int) -> bool:
        """Take tokens for a retry, if there are enough."""
        if tokens > self.tokens:
            return False
        self.tokens -= tokens
        return True

    def earn(self) -> None:
        """Give one back for a success."""
        self.tokens = min(_FULL, self.tokens + 1)


def jitter(attempt: int, rng: Random, *, first: float, cap: float) -> float:
    """Seconds before the next try: anything between nothing and a limit that doubles, up to the cap."""
    return rng.uniform(0.0, min(cap, first * 2 ** min(attempt, _LONGEST_EXPONENT)))


@dataclass(slots=True)
class Patience:
    """The policy of a client.

    Attributes:
        clock: Lets the time pass.
        rng: Draws the jitter.
        quota: Shared tokens.
        tries: How often a request is sent at most.
        first: Limit of the first pause, in seconds.
        cap: Limit of any pause, in seconds; a server that asks for longer is not asked again here.
    """

    clock: Clock = field(default_factory=RealClock)
    rng: Random = field(default_factory=Random)
    quota: Quota = field(default_factory=Quota)
    tries: int = 4
    first: float = 1.0
    cap: float = 20.0

    async def persist(self, call: Callable[[], Awaitable[T]]) -> T:
        """The call's result, called again while its failures are transient and the quota allows.

        Raises:
            OxenError: The last failure.
        """
        attempt = 0
        while True:
            try:
                result = await call()
            except OxenError as error:
                pause = self._pause(error, attempt)
                if pause is None:
                    raise
            else:
                self.quota.earn()
                return result
            await self.clock.sleep(pause)
            attempt += 1

    def _pause(self, error: OxenError, attempt: int) -> float | None:
        """Seconds until the next try; None if there is none."""
        asked = error.problem.retry_after or 0.0
        if error.cause is not Cause.TRANSIENT or attempt + 1 >= self.tries or asked > self.cap:
            return None
        if not self.quota.spend(_TIMEOUT if isinstance(error, UnreachableError) else _RETRY):
            return None
        return max(asked, jitter(attempt, self.rng, first=self.first, cap=self.cap))
