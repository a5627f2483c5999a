"""The provider's own list of what it has made, read to the last page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.providers.hosted.rows import Row, money, read_rows

PAGE = 100
"""Rows a page: they echo prompts, and a reply is bounded."""

_MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Listing:
    """Generations of the account.

    Attributes:
        rows: Each once, in the provider's order.
        complete: Whether these are all that the filters select, as far as the provider's own numbers tell.
        unreadable: Rows without a well-formed id. Not to be taken for absence.
        total_cost: USD over all that the filters select; None where it is not told.
    """

    rows: tuple[Row, ...]
    complete: bool
    unreadable: int = 0
    total_cost: Decimal | None = None


async def all_pages(read: Callable[[Mapping[str, str]], Awaitable[Mapping[str, Any]]]) -> Listing:
    """Every page of a paged list.

    Rows may move to later pages while they are read, so each counts once; whether all were seen is told by
    the provider's own total.

    Args:
        read: Reads a page, given its part of the query.
    """
    found: dict[str, Row] = {}
    unreadable, entries, cost = 0, None, None
    for page in range(1, _MOST_PAGES + 1):
        value = await read({"page": str(page), "page_size": str(PAGE)})
        rows, bad = read_rows(value)
        news = {row.generation_id: row for row in rows if row.generation_id not in found}
        found |= news
        unreadable += bad
        entries, cost = _count(value.get("total_entries")), money(value.get("total_cost"))
        if _last(page, _count(value.get("total_pages")), len(rows) + bad, len(news)):
            break
    complete = not unreadable and (entries is None or len(found) >= entries)
    return Listing(tuple(found.values()), complete=complete, unreadable=unreadable, total_cost=cost)


def _last(page: int, pages: int | None, size: int, news: int) -> bool:
    if pages is not None and page >= pages:
        return True
    # A page without news is the last, or comes from a server that does not know pages.
    return news == 0 or (pages is None and size < PAGE)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
