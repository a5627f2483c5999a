"""What differs between two pre-images, field by field, in words that a user knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SHORT = 8
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs from what was made last.

    Attributes:
        field: Where in the instance: `prompt`, `clips[2].transition`, `model`.
        before: The value then, as JSON; media as a name with a short digest; None where it was not set.
        after: The value now, likewise.
    """

    field: str
    before: Any
    after: Any


def changes(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    labels_before: Mapping[str, str],
    labels_after: Mapping[str, str],
) -> tuple[Change, ...]:
    """What differs, in the order of the fields.

    Args:
        before: The pre-image then.
        after: The pre-image now. What is not known yet is left out of the comparison.
        labels_before: What media were called then, by digest.
        labels_after: What media are called now, by digest.
    """
    found = [
        Change(_field(name), _shown(old, labels_before), _shown(new, labels_after))
        for name, old, new in _differences("", before, after)
    ]
    # The slate repeats the prompt: alone it is a change of its own, beside another it is an echo.
    return tuple(change for change in found if change.field != "slate" or len(found) == 1)


def _differences(name: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    if _unknown(before) or _unknown(after) or _same(before, after):
        return
    if _is_table(before) and _is_table(after):
        for key in sorted(before.keys() | after.keys()):
            inner = f"{name}.{key}" if name else key
            yield from _differences(inner, before.get(key, _ABSENT), after.get(key, _ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_differences(name, before, after)
    elif before != after or type(before) is not type(after):
        yield name, before, after


def _list_differences(name: str, before: list[Any], after: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    """Compare the stretch between what both lists begin and end with, so that an insertion is one change."""
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and _alike(before[head], after[head]):
        head += 1
    tail = 0
    while tail < shorter - head and _alike(before[-1 - tail], after[-1 - tail]):
        tail += 1
    then, now = before[head : len(before) - tail], after[head : len(after) - tail]
    for index in range(max(len(then), len(now))):
        old = then[index] if index < len(then) else _ABSENT
        new = now[index] if index < len(now) else _ABSENT
        yield from _differences(f"{name}[{head + index}]", old, new)


def _alike(before: Any, after: Any) -> bool:
    return not any(True for _ in _differences("", before, after))


def _same(before: Any, after: Any) -> bool:
    return type(before) is type(after) and before == after and not isinstance(before, dict | list)


def _unknown(value: Any) -> bool:
    return isinstance(value, dict) and "$wait" in value


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and not any(key.startswith("$") and key[:2] != "$$" for key in value)


def _field(name: str) -> str:
    return name.removeprefix("params.").removeprefix("maker.")


def _shown(value: Any, labels: Mapping[str, str]) -> Any:
    match value:
        case list():
            return [_shown(inner, labels) for inner in value]
        case {"$digest": digest}:
            return f"{labels.get(digest, 'a file')} ({digest[:_SHORT]})"
        case {"$derived": output, "of": source}:
            name, space, digest = _shown(source, labels).rpartition(" (")
            return f"{name}.{output}{space}{digest}" if name else f"{digest}.{output}"
        case {"$url": text} | {"$slug": text}:
            return text
        case dict():
            return {key: _shown(inner, labels) for key, inner in value.items() if not _unknown(inner)}
    return None if value is _ABSENT else value
