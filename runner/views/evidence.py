"""What is known of an attempt that only the user can decide about, and the ways on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from runner.views.words import clipped, price_of, printable

if TYPE_CHECKING:
    from runner.decide import Candidate
    from runner.resolving import Evidence

_WIDTH = 100


def evidence_text(evidence: Evidence, command: str) -> str:
    """What `reel resolve` prints where nothing is chosen.

    Args:
        evidence: What is known.
        command: `reel resolve RECIPE ADDR`, as it is to be typed.
    """
    return "\n".join(_lines(evidence, command))


def _lines(evidence: Evidence, command: str) -> Iterable[str]:
    sent, attempt = evidence.sent, evidence.sent.record.attempt
    why = f" ({attempt.held.replace('_', ' ')})" if attempt.held else ""
    yield f"{sent.record.address} is {attempt.state}{why}"
    yield f"  sent      {sent.at:%Y-%m-%d %H:%M:%S} UTC, to {printable(sent.record.origin)}"
    yield f"  account   {printable(sent.record.account)}"
    for name, value in sent.body.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"  {printable(name)} = {clipped(printable(text), _WIDTH)}"
    yield f"  tag       {attempt.tag}"
    if attempt.generation_id:
        yield f"  id        {attempt.generation_id}"
    if attempt.message:
        yield f"  said      {printable(attempt.message)}"
    yield f"  at stake  {price_of(sent.record.price)}"
    yield ""
    if evidence.offline:
        yield f"the provider's list: {printable(evidence.offline)}"
    else:
        yield from _candidates("bears its tag", evidence.exact)
        yield from _candidates("has the same model and prompt, and may be another's", evidence.alike)
    yield ""
    known = [*evidence.exact, *evidence.alike]
    name = known[0].generation_id if len(known) == 1 else "ID"
    yield f"{command} --adopt {name}   take that generation as this one"
    yield f"{command} --resubmit   send it anew, and pay for it anew"
    yield f"{command} --abandon   give it up; it counts as spent"


def _candidates(what: str, rows: tuple[Candidate, ...]) -> Iterable[str]:
    if not rows:
        yield f"the provider's list: nothing {what}"
    for row in rows:
        when = f", {row.at:%Y-%m-%d %H:%M:%S} UTC" if row.at is not None else ""
        yield f"the provider's list: {row.generation_id} {what}: {row.standing}{when}, {price_of(row.cost)}"
