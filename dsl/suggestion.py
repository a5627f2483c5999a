"""What an author may have meant by a name that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENOUGH = 4  # Letters from which the beginning of a name tells which one is meant.
_LONGEST = 64  # No name we know is longer, and the distance of long texts is slow to find.


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Find the known name a typo was meant for; None where nothing is near enough to be believed.

    One letter in three may be wrong, rounded up from two letters, and three at the most: one of 2 to 4
    letters, two of 5 to 7, three from 8 on. A letter added, left out or changed, or two swapped, is one wrong
    letter; `-`, `_` and capitals count for nothing. Where no name is that near, the only one that goes on
    where the typed one stops (`image` for `image_url`) is meant, from four letters on.

    Args:
        name: The name as typed; a single letter, or more than 64, is never guessed at.
        known: The names there are. Of several equally near, the first in the alphabet is taken.
    """
    known = tuple(known)
    if not 1 < len(name) <= _LONGEST:
        return None
    wanted = _plain(name)
    allowed = min(3, (len(wanted) + 1) // 3)
    best: tuple[int, str] | None = None
    for candidate in sorted(known):
        distance = _distance(wanted, _plain(candidate), allowed)
        if distance is not None and (best is None or distance < best[0]):
            best = (distance, candidate)
    if best is not None:
        return best[1]
    if len(wanted) < _ENOUGH:
        return None
    longer = [known_name for known_name in known if _plain(known_name).startswith(wanted)]
    return longer[0] if len(longer) == 1 else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The question to ask about a name that does not exist, where there is one worth asking."""
    found = nearest(name, known)
    return None if found is None else f'did you mean "{found}"?'


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _distance(left: str, right: str, most: int) -> int | None:
    """Letters to add, leave out, change or swap to make one text the other; None where more than `most`."""
    if abs(len(left) - len(right)) > most:
        return None
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(above[column] + 1, current[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, above = above, current
    return above[-1] if above[-1] <= most else None
