"""Addresses: the names of instances, safe to type in any shell."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STEP = r"[A-Za-z_][A-Za-z0-9_-]*"
_LABEL = r"[A-Za-z0-9.][A-Za-z0-9._-]*"
_ADDRESS = re.compile(
    rf"(?P<step>{_STEP})(?:/(?P<point>{_LABEL}(?:,{_LABEL})*))?(?:@(?P<take>[1-9][0-9]{{0,5}}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """The name of one instance: `restyle/030,noir@2`.

    Attributes:
        step: The step's name.
        point: The shot's id, where the step has that axis, then the matrix labels in the
            alphabetical order of their keys.
        take: The take number, from 1. Take 1 is written without `@1`.
    """

    step: str
    point: tuple[str, ...] = ()
    take: int = 1

    def __str__(self) -> str:
        point = f"/{','.join(self.point)}" if self.point else ""
        take = f"@{self.take}" if self.take > 1 else ""
        return f"{self.step}{point}{take}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address as a user types it.

        Raises:
            ValueError: If the text is not an address.
        """
        if (found := _ADDRESS.fullmatch(text)) is None:
            raise ValueError(f'"{text}" is not an address such as "plate", "plate/010" or "plate/010@2"')
        point = tuple(found["point"].split(",")) if found["point"] else ()
        return cls(found["step"], point, int(found["take"] or 1))
