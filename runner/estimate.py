"""How long work may take, from what this machine saw before: for the critical path, and for nothing exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from dsl.address import Address
from dsl.graph import Instance
from runner.plan import Planned

_HOSTED = 90.0
_LOCAL = 0.5
_LOCAL_PER_SECOND = 0.15


@dataclass(frozen=True, slots=True)
class Paces:
    """Seconds that work took on average, by kind of step and by who does it (empty for local kinds)."""

    known: Mapping[tuple[str, str], float]
    hosted: frozenset[str] = frozenset()

    def seconds(self, instance: Instance, length: Fraction | None) -> float:
        """Seconds that an instance may take: as such work took before, else a guess from its length."""
        maker = instance.provider or ""
        if (known := self.known.get((instance.uses, maker))) is not None:
            return known
        return _HOSTED if maker in self.hosted else _LOCAL + _LOCAL_PER_SECOND * float(length or 0)


def critical_path(planned: Mapping[Address, Planned]) -> float:
    """Seconds of the longest chain, if nothing ever waited for a free place. In the plan's order."""
    ends: dict[Address, float] = {}
    for address, each in planned.items():
        begins = max((ends.get(source, 0.0) for source in each.instance.inputs), default=0.0)
        ends[address] = begins + each.estimate
    return max(ends.values(), default=0.0)
