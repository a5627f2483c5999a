"""Parameters judged by two schemas of one model: the bundled one, and a fresher copy of the provider's own.

Where they agree, the bundled one speaks. Where they differ, nobody knows which of them the provider follows
by the time the job runs: that is a warning, and never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from dsl import findings
from dsl.catalog import Model
from dsl.findings import Words
from dsl.kinds import Kind
from dsl.parameters import Finding, check_parameters
from dsl.values import Value

_Say: TypeAlias = Callable[[str, str, str], Words]


@lru_cache(maxsize=256)
def widened(bundled: Model, fresh: Model) -> Model:
    """The bundled model with the parameters that only the fresher copy has, so that they can be written."""
    added = {name: schema for name, schema in fresh.parameters.items() if name not in bundled.parameters}
    return replace(bundled, parameters={**bundled.parameters, **added}) if added else bundled


@lru_cache(maxsize=256)
def _strict(bundled: Model) -> Model:
    """The bundled model without what a later schema is said to allow."""
    return replace(bundled, later={}) if bundled.later else bundled


@dataclass(frozen=True, slots=True)
class Judges:
    """A model in two descriptions.

    Attributes:
        bundled: As it comes with reelmake.
        fresh: As the provider described it, on the day in `as_of`.
    """

    bundled: Model
    fresh: Model

    def check(
        self,
        params: Mapping[str, Value],
        *,
        kind: Kind | None = None,
        step_keys: Iterable[str] = (),
        lost: Collection[str] = (),
    ) -> list[Finding]:
        """Judge the parameters of one instance. Arguments as of `check_parameters`."""

        def judged(model: Model) -> list[Finding]:
            return check_parameters(model, params, kind=kind, step_keys=step_keys, lost=lost)

        return [*self._told(judged(self.bundled), judged(_strict(self.bundled)), judged(self.fresh))]

    def _told(self, ours: list[Finding], strict: list[Finding], theirs: list[Finding]) -> Iterator[Finding]:
        refused = {finding.parameter[0]: finding for finding in reversed(theirs)}
        for finding, plain in zip(ours, strict, strict=True):
            name = str(finding.parameter[0])
            if name not in refused:
                yield self._again(plain, findings.newly_allowed)
            elif finding.severity == "warning":  # What was documented may come again: no error.
                yield self._again(refused[name], findings.newly_refused)
            else:
                yield finding if name in self.bundled.parameters else refused[name]
        known = {finding.parameter[0] for finding in ours}
        for finding in theirs:
            if finding.parameter[0] not in known:
                yield self._again(finding, findings.newly_refused)

    def _again(self, finding: Finding, say: _Say) -> Finding:
        """A finding of one schema, told as the difference of two."""
        words = say(finding.message, self.bundled.id, self.fresh.as_of)
        return replace(
            finding, code=words.code, severity=words.severity, message=words.message, help=words.help
        )
