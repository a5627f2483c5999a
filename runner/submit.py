"""A paid attempt: one try at one hosted job, as a state machine without any input or output.

`after` says which state a fact leads to; `next_action` says what to do in a state. Whoever drives the machine
commits every state to the journal before acting on it, so that a process killed at any instant finds in the
journal all that it needs to go on, and never has a reason to send the same job again. The table this follows
is in docs/promises.md, "A paid attempt".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, TypeAlias

SETTLE_SECONDS = 120.0
FETCH_TRIES = 5
NULL_RESULT_POLLS = 5


class State(StrEnum):
    """Where a paid attempt stands."""

    INTENT = "intent"
    """Committed before the first byte is sent; the price is reserved."""
    NOT_SENT = "not_sent"
    """Provably never reached the provider; a new attempt may be made."""
    REJECTED = "rejected"
    """The provider refused it in its own words; nothing is owed."""
    UNKNOWN = "unknown"
    """Sent, and nobody knows whether it was accepted; the provider's list is read until it has settled."""
    HELD = "held"
    """Only the user can decide: adopt, resubmit or abandon; or the result cannot be fetched."""
    SUBMITTED = "submitted"
    """Accepted; its id is known."""
    STALLED = "stalled"
    """Past its deadline. It goes on at the provider, and is looked at again by the next run."""
    SUCCEEDED = "succeeded"
    """Made; the clip is not here yet."""
    FETCHED = "fetched"
    """The clip's bytes are in the store."""
    DONE = "done"
    """Fetched, proven whole, and journaled as the key's result."""
    FAILED = "failed"
    """The provider could not make it."""
    CANCELLED = "cancelled"
    """Cancelled at the provider."""
    ABANDONED = "abandoned"
    """Given up by the user; counts as spent, and its key is not run again until `--resubmit`."""
    SUPERSEDED = "superseded"
    """The user has asked for a new attempt in its place, knowing that both may be paid."""


LIVE = frozenset(
    {
        State.INTENT,
        State.UNKNOWN,
        State.HELD,
        State.SUBMITTED,
        State.STALLED,
        State.SUCCEEDED,
        State.FETCHED,
        State.ABANDONED,
    }
)
"""States in which an attempt holds its key: nobody may start another for it."""

UNRESOLVED = frozenset({State.INTENT, State.UNKNOWN})
"""States in which no new POST goes out on the account."""

Held: TypeAlias = Literal["unknown", "several", "other_account", "lost", "fetch"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row of the journal.

    Attributes:
        uuid: The attempt's identity; the tag `reelmake/<run>/<uuid>` is made from it.
        key: The key of what is to be made, take included.
        tag: What is sent as `target_directory`, and looked for in the provider's list.
        state: Where it stands.
        boot: The boot during which the intent was committed.
        intended_at: Boot clock of the intent, seconds.
        generation_id: The provider's id, once known.
        held: Why it is held, where it is.
        message: What the provider or the network said last.
        listed_since: Boot clock of this process's first complete listing, seconds. Not journaled.
        fetches: Failed tries to fetch the result in this process. Not journaled.
        empty_results: Times it was reported as made, without a URL. Not journaled.
        cancelling: Whether the user has asked to cancel it.
    """

    uuid: str
    key: str
    tag: str
    state: State
    boot: str
    intended_at: float
    generation_id: str | None = None
    held: Held | None = None
    message: str = ""
    listed_since: float | None = None
    fetches: int = 0
    empty_results: int = 0
    cancelling: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The reply was a success with exactly one well-formed id."""

    generation_id: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """The reply of a blocking call: it is made. Its URL is kept in memory only, and no id is known so far."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """It provably never left: no connection, name or TLS, or no byte within five seconds of the commit."""

    message: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A definite refusal with a provider's JSON."""

    message: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Anything else that can follow a POST, and an INTENT row found at the start of a process."""

    message: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A complete listing of the provider's generations, all pages.

    Attributes:
        matches: Ids of rows whose own `target_directory` is the attempt's tag, newest of each retried chain.
        boot: The boot of this process.
        at: Boot clock, seconds.
        settle: How long a list may lag behind, seconds.
    """

    matches: tuple[str, ...]
    boot: str
    at: float
    settle: float = SETTLE_SECONDS


@dataclass(frozen=True, slots=True)
class Seen:
    """The provider's row for the id.

    Attributes:
        status: `running`, `succeeded`, `failed`, `cancelled`, or `missing` for a 404.
        has_result: Whether the row has a URL.
        message: Its error message.
    """

    status: Literal["running", "succeeded", "failed", "cancelled", "missing"]
    has_result: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class Overdue:
    """The job's deadline has passed."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The clip is in the store, whole."""


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """The clip could not be fetched with the URL at hand."""

    message: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """The journal has the clip as the key's result."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The user has decided about a held attempt; `generation_id` goes with `adopt`."""

    choice: Literal["adopt", "resubmit", "abandon"]
    generation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """A new run looks at the attempt again."""


Outcome: TypeAlias = Accepted | Delivered | NotSent | Rejected | Unclear
Fact: TypeAlias = Outcome | Listed | Seen | Overdue | Fetched | FetchFailed | Recorded | Decided | Resumed
Action: TypeAlias = Literal["send", "list", "poll", "fetch", "record", "ask", "nothing"]


class ImpossibleError(Exception):
    """A fact that cannot follow from the state it is told in: the journal row is left as it is."""


def after(attempt: Attempt, fact: Fact) -> Attempt:  # noqa: C901, PLR0911, PLR0912 - It is the table, a row a case.
    """The attempt once a fact is known.

    Raises:
        ImpossibleError: If the fact cannot be true of an attempt in this state.
    """
    match attempt.state, fact:
        case State.INTENT, Accepted(generation_id):
            return replace(attempt, state=State.SUBMITTED, generation_id=generation_id)
        case State.INTENT, Delivered():
            return replace(attempt, state=State.SUCCEEDED)
        case State.INTENT, NotSent(message):
            return replace(attempt, state=State.NOT_SENT, message=message)
        case State.INTENT, Rejected(message):
            return replace(attempt, state=State.REJECTED, message=message)
        case State.INTENT, Unclear(message):
            return replace(attempt, state=State.UNKNOWN, message=message)
        case State.INTENT, Resumed():
            return replace(
                attempt, state=State.UNKNOWN, message="the process ended before the reply was kept"
            )
        case ((State.UNKNOWN | State.HELD | State.ABANDONED), Listed()):
            return _reconciled(attempt, fact)
        case ((State.SUCCEEDED | State.DONE), Listed(matches)) if attempt.generation_id is None:
            return replace(attempt, generation_id=matches[0]) if len(matches) == 1 else attempt
        case State.SUCCEEDED, Resumed() if attempt.generation_id is None:
            return replace(
                attempt, state=State.UNKNOWN, message="the process ended before the result was fetched"
            )
        case ((State.SUBMITTED | State.STALLED), Seen()):
            return _looked_at(attempt, fact)
        case ((State.FAILED | State.CANCELLED), Seen("succeeded", True)):
            return replace(attempt, state=State.SUCCEEDED, message="")
        case State.SUBMITTED, Overdue():
            return replace(attempt, state=State.STALLED)
        case State.STALLED, Resumed():
            return replace(attempt, state=State.SUBMITTED)
        case State.SUCCEEDED, Fetched():
            return replace(attempt, state=State.FETCHED)
        case State.SUCCEEDED, FetchFailed(message) if attempt.fetches + 1 >= FETCH_TRIES:
            if attempt.generation_id is None:  # Only the list can tell another URL.
                return replace(attempt, state=State.UNKNOWN, message=message)
            return replace(attempt, state=State.HELD, held="fetch", message=message)
        case State.SUCCEEDED, FetchFailed(message):
            return replace(attempt, fetches=attempt.fetches + 1, message=message)
        case State.HELD, Resumed() if attempt.held == "fetch" and attempt.generation_id is not None:
            return replace(attempt, state=State.SUCCEEDED, held=None, fetches=0)
        case State.HELD, Resumed() if attempt.held == "lost" and attempt.generation_id is not None:
            return replace(attempt, state=State.SUBMITTED, held=None)
        case State.FETCHED, Recorded():
            return replace(attempt, state=State.DONE)
        case ((State.HELD | State.ABANDONED), Decided("adopt", str(generation_id))):
            return replace(attempt, state=State.SUBMITTED, generation_id=generation_id, held=None)
        case State.HELD, Decided("abandon"):
            return replace(attempt, state=State.ABANDONED, held=None)
        case ((State.HELD | State.ABANDONED), Decided("resubmit")):
            return replace(attempt, state=State.SUPERSEDED, held=None)
        case _, Resumed():
            return attempt
    raise ImpossibleError(f"{fact} cannot follow when an attempt is {attempt.state}")


_ACTIONS: dict[State, Action] = {
    State.INTENT: "send",
    State.UNKNOWN: "list",
    State.SUBMITTED: "poll",
    State.SUCCEEDED: "fetch",
    State.FETCHED: "record",
    State.HELD: "ask",
}


def next_action(attempt: Attempt) -> Action:
    """What to do now, once the state is committed."""
    return _ACTIONS.get(attempt.state, "nothing")


def _reconciled(attempt: Attempt, listing: Listed) -> Attempt:
    """One match is adopted at once; that there is none means something only once the list has settled."""
    if len(listing.matches) == 1:
        return replace(attempt, state=State.SUBMITTED, generation_id=listing.matches[0], held=None)
    if attempt.state is not State.UNKNOWN:
        return attempt
    if listing.matches:
        return replace(attempt, state=State.HELD, held="several")
    since = attempt.intended_at if attempt.boot == listing.boot else attempt.listed_since
    if since is None:
        return replace(attempt, listed_since=listing.at)
    if listing.at - since < listing.settle:
        return attempt
    return replace(attempt, state=State.HELD, held="unknown")


def _looked_at(attempt: Attempt, seen: Seen) -> Attempt:  # noqa: PLR0911 - A row a case, as in `after`.
    match seen.status:
        case "succeeded" if seen.has_result:
            return replace(attempt, state=State.SUCCEEDED)
        case "succeeded" if attempt.empty_results + 1 >= NULL_RESULT_POLLS:
            return replace(
                attempt, state=State.HELD, held="fetch", message="made, but the provider gives no URL"
            )
        case "succeeded":
            return replace(attempt, empty_results=attempt.empty_results + 1)
        case "failed":
            return replace(attempt, state=State.FAILED, message=seen.message)
        case "cancelled":
            return replace(attempt, state=State.CANCELLED, message=seen.message)
        case "missing":
            return replace(
                attempt, state=State.HELD, held="lost", message="the provider no longer knows the id"
            )
        case _:
            return attempt
