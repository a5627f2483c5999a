"""Kinds of step: what `uses` may name.

Built-in kinds and those of plug-ins are found the same way, through the entry point group
`reelmake.steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from dsl.values import MediaType

GROUP = "reelmake.steps"
"""The entry point group in which kinds are registered."""

_OURS = "reelmake"


class KindError(Exception):
    """A plug-in's kind of step cannot be used; says which plug-in, and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of step.

    Attributes:
        name: What `uses` says.
        output: What it makes; None where the model decides.
        default_model: The catalogue's model for it; None for local kinds and `generate`.
        takes: What media its model must be able to take; None where text alone must do.
        requires: Parameters required even where the model's schema does not.
        schema: For a local kind, the JSON Schema of its parameters, with `media` on those that take media.
        render: For a local kind, `module:function` of what does the work, imported when it is first run.
        version: For a local kind, raised whenever the same parameters would give another result; in the key.
    """

    name: str
    output: MediaType | None
    default_model: str | None = None
    takes: MediaType | None = None
    requires: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None
    render: str | None = None
    version: int = 1

    @property
    def local(self) -> bool:
        """Whether reelmake does the work itself, on this machine."""
        return self.render is not None

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """For a local kind, a JSON Schema for each parameter; empty where the model decides."""
        properties: Mapping[str, Mapping[str, Any]] = (self.schema or {}).get("properties", {})
        return properties

    def media(self, parameter: str) -> tuple[MediaType, ...]:
        """For a local kind, what media a parameter takes; empty for plain values."""
        media: MediaType | tuple[MediaType, ...] = self.parameters.get(parameter, {}).get("media", ())
        return (media,) if isinstance(media, str) else tuple(media)

    def takes_list(self, parameter: str) -> bool:
        """For a local kind, whether a parameter takes a list."""
        return "array" in _types(self.parameters.get(parameter, {}))


def names() -> tuple[str, ...]:
    """Every kind's name, those of plug-ins too, sorted."""
    return tuple(sorted(_registered()))


@cache
def kind(name: str) -> Kind | None:
    """Find a kind by its name.

    Raises:
        KindError: If a plug-in registers the name and cannot be loaded.
    """
    if (entry := _registered().get(name)) is None:
        return None
    owner = f' of "{entry.dist.name}"' if entry.dist else ""
    try:
        found = entry.load()
    except Exception as error:  # A plug-in may fail in any way whatever.
        raise KindError(f'the plug-in step "{name}"{owner} cannot be loaded: {error}') from error
    if not isinstance(found, Kind) or found.name != name:
        raise KindError(f'the plug-in step "{name}"{owner} is not a Kind of that name: {entry.value}')
    return found


@cache
def _registered() -> dict[str, EntryPoint]:
    """Every entry point by name; a plug-in cannot take a name of ours."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        if entry.name not in found or (entry.dist and entry.dist.name == _OURS):
            found[entry.name] = entry
    return found


def _types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    types = schema.get("type", ())
    return (types,) if isinstance(types, str) else tuple(types)
