"""The journal against the provider's own list: what only one of them has, and what both say it cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from runner.decide import Candidate
from runner.journal import Sent
from runner.submit import State

_OPEN = frozenset({State.INTENT, State.UNKNOWN, State.HELD})
_OURS = "reelmake/"


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Attributes:
        differences: Each in a sentence.
        compared: How many generations both know.
        journal: USD, as the journal has it, over these.
        provider: USD, as the provider has it, over these.
        elsewhere: Generations with a tag of reelmake's that were asked for by other recipes.
        other_accounts: Attempts that were sent under another account, and are not compared.
    """

    differences: tuple[str, ...]
    compared: int
    journal: Decimal
    provider: Decimal
    elsewhere: int
    other_accounts: int


def audit(sents: Sequence[Sent], rows: Sequence[Candidate], origin: str, account: str) -> Audit:
    """Compare what the journal has of a recipe with the account's generations.

    Args:
        sents: The recipe's attempts.
        rows: All generations of the account.
        origin: Where the list is from.
        account: Whose list it is.
    """
    own = [sent for sent in sents if (sent.record.origin, sent.record.account) == (origin, account)]
    listed = {row.generation_id: row for row in rows}
    known = {id_ for sent in own if (id_ := sent.record.attempt.generation_id) is not None}
    pairs = [(sent, row) for sent in own if (row := listed.get(sent.record.attempt.generation_id or ""))]
    unknown = list(_unknown(own, rows, known))
    differences = [
        *(f"{_named(sent)} is not in the provider's list" for sent in own if _is_gone(sent, listed)),
        *(f"{sent.record.address}: {_lost(sent)}" for sent in own if _is_open(sent)),
        *(difference for sent, row in pairs for difference in _differing(sent, row)),
        *unknown,
    ]
    tagged = [row for row in rows if (row.tag or "").startswith(_OURS) and row.generation_id not in known]
    return Audit(
        differences=tuple(differences),
        compared=len(pairs),
        journal=sum((sent.record.cost or Decimal(0) for sent, _ in pairs), Decimal(0)),
        provider=sum((row.cost or Decimal(0) for _, row in pairs), Decimal(0)),
        elsewhere=sum(not any(row.generation_id in one for one in unknown) for row in tagged),
        other_accounts=len(sents) - len(own),
    )


def _is_gone(sent: Sent, listed: dict[str, Candidate]) -> bool:
    generation_id = sent.record.attempt.generation_id
    return generation_id is not None and generation_id not in listed


def _is_open(sent: Sent) -> bool:
    attempt = sent.record.attempt
    return attempt.state in _OPEN and attempt.generation_id is None


def _lost(sent: Sent) -> str:
    price = sent.record.price
    stake = "" if price is None else f" ({_usd(price)})"
    return f"nobody knows whether the job of {sent.at:%Y-%m-%d %H:%M} was accepted{stake}"


def _differing(sent: Sent, row: Candidate) -> Iterable[str]:
    state, cost = sent.record.attempt.state, sent.record.cost
    if state is State.DONE and row.standing != "succeeded":
        yield f"{_named(sent)} is done here, and {row.standing} there"
    if state in (State.FAILED, State.CANCELLED) and row.standing == "succeeded":
        yield f"{_named(sent)} is {state} here, and succeeded there; `reel run` fetches it"
    if cost is not None and row.cost is not None and cost != row.cost:
        yield f"{_named(sent)} cost {_usd(cost)} here, and {_usd(row.cost)} there"


def _unknown(own: Sequence[Sent], rows: Iterable[Candidate], known: set[str]) -> Iterable[str]:
    """Generations that this recipe's runs asked for, and that the journal has no attempt of."""
    tags = {sent.record.attempt.tag: sent.record.address for sent in own}
    asked = {_asked(sent): sent.record.address for sent in own}
    runs = {sent.run for sent in own}
    for row in rows:
        alike = asked.get((row.model, row.prompt)) if _run(row) is not None else None
        ours = alike is not None or row.retried_from in known or _run(row) in runs
        if row.generation_id in known or not ours:
            continue
        address = tags.get(row.tag or "") or alike or "no address that the journal knows"
        cost = "" if row.cost is None else f", {_usd(row.cost)}"
        yield f"the provider has {row.generation_id} for {address}, and the journal has not{cost}"


def _asked(sent: Sent) -> tuple[str | None, str | None]:
    return sent.body.get("model"), sent.body.get("prompt")


def _run(row: Candidate) -> str | None:
    """The run that a tag of ours names."""
    first, _, rest = (row.tag or "").partition("/")
    return rest.partition("/")[0] if f"{first}/" == _OURS else None


def _named(sent: Sent) -> str:
    return f"{sent.record.address} ({sent.record.attempt.generation_id})"


def _usd(amount: Decimal) -> str:
    return f"${amount.normalize():f}"
