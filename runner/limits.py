"""How much may go on at once: local work one job a core, hosted jobs as many as `--jobs` says.

What earlier runs have paid for is followed beside all that, because others wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Lane: TypeAlias = Literal["local", "hosted", "follow"]


class Limits:
    """The places of each lane. It never gives away more than there are."""

    def __init__(self, places: Mapping[Lane, int]) -> None:
        if any(count < 1 for count in places.values()):
            raise ValueError("a lane without a place would never finish")
        self._free = dict(places)

    def free(self, lane: Lane) -> bool:
        """Whether a place is free."""
        return self._free[lane] > 0

    def take(self, lane: Lane) -> None:
        """Take a free place."""
        assert self.free(lane), f"no place is free in the lane {lane}"
        self._free[lane] -= 1

    def give_back(self, lane: Lane) -> None:
        """Give a place back."""
        self._free[lane] += 1
