"""Where a model as bundled and the same model today disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from runner.providers.hosted.live_models import LiveModel

_COMPARED = (
    "type",
    "enum",
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "maxItems",
)


class Described(Protocol):
    """A bundled model, as far as it is compared."""

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """JSON-Schema fragments by name."""
        ...

    @property
    def required(self) -> tuple[str, ...]:
        """Names that must be sent."""
        ...


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference.

    Attributes:
        parameter: Whose.
        what: `added` or `removed` by the provider, or `changed`.
        field: What of it has changed, such as `enum` or `required`; empty for whole parameters.
        bundled: As bundled; None where it is absent.
        live: As it is today; None where it is absent.
    """

    parameter: str
    what: Literal["added", "removed", "changed"]
    field: str = ""
    bundled: Any = None
    live: Any = None

    def __str__(self) -> str:
        if self.what != "changed":
            return f"{self.parameter}: {self.what}"
        return f"{self.parameter}: {self.field} was {_show(self.bundled)}, is {_show(self.live)}"


def drift(bundled: Described, live: LiveModel) -> list[Drift]:
    """The differences that matter to a request, by parameter; none where the provider gives no schema."""
    return [] if live.parameters is None else list(_differences(bundled, live, live.parameters))


def _differences(
    bundled: Described, live: LiveModel, now: Mapping[str, Mapping[str, Any]]
) -> Iterator[Drift]:
    before = bundled.parameters
    for name in sorted({*before, *now}):
        if name not in now:
            yield Drift(name, "removed")
            continue
        if name not in before:
            yield Drift(name, "added")
            continue
        if (name in bundled.required) != (name in live.required):
            yield Drift(name, "changed", "required", name in bundled.required, name in live.required)
        for field in _COMPARED:
            old, new = _value(before[name], field), _value(now[name], field)
            if old != new:
                yield Drift(name, "changed", field, old, new)


def _value(fragment: Mapping[str, Any], field: str) -> Any:
    """A constant is an enumeration of one; the order of an enumeration means nothing."""
    if field == "enum":
        listed = fragment.get("enum", [fragment["const"]] if "const" in fragment else None)
        return sorted(listed, key=repr) if isinstance(listed, list) else None
    return fragment.get(field)


def _show(value: Any) -> str:
    return "nothing" if value is None else str(value)
