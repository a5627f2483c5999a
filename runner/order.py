"""What is to be paid for, and what is told of it on its way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.job import Report


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent.

    Attributes:
        content: JSON values.
        chained: Whether a medium is handed over by the provider's own URL, and could be uploaded instead.
    """

    content: Mapping[str, Any]
    chained: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid for.

    Attributes:
        key: The key of the work, take included.
        address: Whose work it is.
        uses: The kind of step.
        output: `video` or `image`.
        price: USD to reserve; None where it is not known.
        canonical: What is asked for as the journal keeps it: media by digest, no URL's query.
        body: Makes what is sent, given the tag or None, and whether every medium is to be uploaded.
        only_follow: Whether what was sent before is to be followed, and nothing new to be sent.
        report: Told what happens on the way.
    """

    key: str
    address: str
    uses: str
    output: str
    price: Decimal | None
    canonical: Mapping[str, Any]
    body: Callable[[str | None, bool], Awaitable[Body]]
    only_follow: bool = False
    report: Callable[[Report], None] = lambda _: None
