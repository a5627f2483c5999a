"""What to tell the user of a paid attempt that goes no further."""

from __future__ import annotations

from runner.errors import FailedError, HeldError, PausedError, ReelError, RefusedError, StalledError
from runner.journal import Record
from runner.remote import Refusal
from runner.submit import Held, State

FOR_GOOD = frozenset({"content", "parameter"})
"""Refusals that the same request would meet again."""

_HELD: dict[Held, str] = {
    "unknown": "it was sent, no reply came, and the provider's list does not show it",
    "several": "the provider's list shows it more than once",
    "other_account": "it was sent under another account",
    "lost": "the provider no longer knows it",
    "fetch": "it was made, and cannot be fetched",
}


def error(record: Record, refusal: Refusal | None) -> ReelError:
    """The error that an attempt ends in."""
    attempt = record.attempt
    why = refusal.why if refusal is not None else record.why
    message = refusal.message if refusal is not None else attempt.message
    named = f" ({attempt.generation_id})" if attempt.generation_id else f" (tag {attempt.tag})"
    if attempt.state is State.HELD:
        more = f": {attempt.message}" if attempt.held == "fetch" and attempt.message else ""
        return HeldError(
            f"{_HELD[attempt.held or 'unknown']}{named}{more}; it is not sent again, because it may have "
            "been paid for. The next run looks for it once more"
        )
    if attempt.state is State.STALLED:
        return StalledError(f"still running at the provider{named}; run again to go on waiting")
    if attempt.state is State.ABANDONED:
        return HeldError(f"given up by you before{named}, and it may have been paid for")
    if why in {"credit", "key"}:
        return PausedError(message)
    if why in FOR_GOOD:
        what = "the prompt or the pictures" if why == "content" else "the parameters"
        return RefusedError(f"{message}\nThe same would be refused again: change {what}")
    return FailedError(message or "the provider could not make it, and does not say why")


def elsewhere(record: Record) -> HeldError:
    """The attempt is of another account, or of another server."""
    return HeldError(
        f"{_HELD['other_account']}: {record.account} at {record.origin} "
        f"({record.attempt.generation_id or record.attempt.tag}); run with that account's key to go on"
    )


def unfetched(record: Record, message: str) -> FailedError:
    """What was made before is gone here, and does not come from the provider either."""
    named = record.attempt.generation_id or f"tag {record.attempt.tag}"
    return FailedError(f"it was made before ({named}), and cannot be fetched again: {message}")
