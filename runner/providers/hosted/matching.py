"""Which generations of a list are an attempt's: by the tag that a row itself carries, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from runner.providers.hosted.rows import Row


def tagged(rows: Iterable[Row], tag: str) -> tuple[str, ...]:
    """Ids of the rows whose own `target_directory` is the tag; of a row and its retries, the newest one.

    That the list was asked for with a filter proves nothing: a server may ignore it.
    """
    known = list(rows)
    later = {row.retried_from_id: row.generation_id for row in known if row.retried_from_id is not None}
    found = {_newest(row.generation_id, later): None for row in known if row.target_directory == tag}
    return tuple(found)


def echoes_tags(rows: Iterable[Row]) -> bool:
    """Whether any row carries a tag of ours: where none ever does, an empty list says nothing."""
    return any((row.target_directory or "").startswith("reelmake/") for row in rows)


def _newest(generation_id: str, later: dict[str, str]) -> str:
    seen = {generation_id}
    while (following := later.get(generation_id)) is not None and following not in seen:
        seen.add(following)
        generation_id = following
    return generation_id
