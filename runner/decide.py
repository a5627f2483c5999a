"""What becomes of a held attempt once the user has chosen: decided from what the journal and the list say.

Nothing is guessed here. A generation that merely looks alike is shown, and adopted only if the user names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from runner.journal import Record, Sent
from runner.submit import Decided, State

Choice: TypeAlias = Literal["adopt", "resubmit", "abandon"]

DECIDABLE = frozenset({State.HELD, State.ABANDONED})
_MOST = 10
_OURS = "reelmake/"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A generation as the provider lists it.

    Attributes:
        generation_id: Its id.
        standing: `running`, `succeeded`, `failed` or `cancelled`.
        model: The model's id; None where the provider does not say.
        prompt: As echoed; None likewise.
        tag: The `target_directory` it carries itself; None where it has none.
        at: When it was accepted, by the provider's clock, UTC; None where it does not say.
        cost: USD; None until it is known.
        retried_from: The generation of which it is a retry.
    """

    generation_id: str
    standing: str
    model: str | None = None
    prompt: str | None = None
    tag: str | None = None
    at: datetime | None = None
    cost: Decimal | None = None
    retried_from: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What is known at the moment of a decision.

    Attributes:
        same_account: Whether the key at hand is of the account that sent the attempt.
        matches: Ids that bear its tag; None where the list could not be read whole.
        row: What the provider says of the id that is to be adopted; None if it knows none.
        holder: The other attempt that has this id already, if one does.
    """

    same_account: bool = False
    matches: tuple[str, ...] | None = None
    row: Candidate | None = None
    holder: Record | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes of a choice.

    Attributes:
        fact: What the attempt is told; None where the choice is refused, and nothing changes.
        words: What the user is told.
    """

    fact: Decided | None
    words: str


def decide(sent: Sent, choice: Choice, generation_id: str | None, told: Told) -> Decision:
    """What comes of a choice about an attempt.

    Args:
        sent: The attempt.
        choice: What the user wants.
        generation_id: The id to adopt.
        told: What is known.
    """
    record = sent.record
    if record.attempt.state not in DECIDABLE:
        return Decision(None, undecidable(record))
    if choice == "abandon":
        if record.attempt.state is State.ABANDONED:
            return Decision(None, "it is given up already")
        words = "given up; it counts as spent, and is not run again until --resubmit"
        return Decision(Decided("abandon"), words)
    if not told.same_account:
        return Decision(
            None,
            f"it was sent under another account, {record.account} at {record.origin}; use that account's key",
        )
    if choice == "adopt":
        return _adopted(sent, generation_id or "", told)
    return _resubmitted(record, told.matches)


def undecidable(record: Record) -> str:
    """Why there is nothing to decide about an attempt that is not held."""
    match record.attempt.state:
        case State.INTENT | State.UNKNOWN:
            return "it is not settled yet whether it was accepted; `reel run` looks for it first"
        case State.STALLED | State.SUBMITTED:
            return (
                f"it goes on at the provider as {record.attempt.generation_id}; `reel run` goes on waiting, "
                "and `reel cancel` cancels it"
            )
        case State.SUCCEEDED | State.FETCHED:
            return "it was made; `reel run` fetches it"
        case state:
            return f"nothing is to be decided: it is {state.replace('_', ' ')}"


def alike(sent: Sent, rows: Iterable[Candidate], taken: Sequence[str]) -> tuple[Candidate, ...]:
    """Generations of the same model and prompt that are nobody else's as far as is known, the newest first.

    Args:
        sent: The attempt.
        rows: What the provider lists.
        taken: Ids that other attempts have.
    """
    tag, wanted = sent.record.attempt.tag, _words(sent.body.get("prompt"))
    found = [
        row
        for row in rows
        if row.generation_id not in taken
        and row.model == sent.body.get("model")
        and _words(row.prompt) == wanted
        and (row.tag == tag or not (row.tag or "").startswith(_OURS))
    ]
    found.sort(key=lambda row: row.at.timestamp() if row.at is not None else 0.0, reverse=True)
    return tuple(found[:_MOST])


def _adopted(sent: Sent, generation_id: str, told: Told) -> Decision:
    record, row, model = sent.record, told.row, sent.body.get("model")
    if told.holder is not None and told.holder.attempt.uuid != record.attempt.uuid:
        return Decision(None, f"{generation_id} belongs to {told.holder.address} already")
    if row is None:
        return Decision(None, f"the provider knows no generation {generation_id} of this account")
    if row.tag and row.tag != record.attempt.tag:
        return Decision(None, f"{generation_id} bears another tag, {row.tag}: it was asked for by another")
    if row.model is not None and row.model != model:
        return Decision(None, f"{generation_id} is of the model {row.model}, and {model} was asked for")
    return Decision(Decided("adopt", generation_id), f"adopted {generation_id}; `reel run` fetches it")


def _resubmitted(record: Record, matches: tuple[str, ...] | None) -> Decision:
    own = record.attempt.generation_id if record.attempt.held == "fetch" else None
    if matches is None:
        return Decision(
            None, "the provider's list cannot be read now, and nothing is sent before it was; try again"
        )
    found = tuple(match for match in matches if match != own)
    if len(found) == 1:
        return Decision(
            Decided("adopt", found[0]),
            f"not sent again: the provider's list shows it now; adopted {found[0]}, `reel run` fetches it",
        )
    if found:
        return Decision(
            None, f"the provider's list shows it {len(found)} times; adopt one: {', '.join(found)}"
        )
    return Decision(Decided("resubmit"), "the next `reel run` sends it anew, and pays for it anew")


def _words(prompt: Any) -> str:
    return " ".join(prompt.split()) if isinstance(prompt, str) else ""
