"""Kinds of step: what `uses` may name.

Built-in kinds and those of plug-ins are found the same way, through the entry point group
`reelmake.steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dsl.values import MediaType


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step.

    Attributes:
        name: What `uses` says.
        output: What it makes; None where the model decides.
        default_model: The catalogue's model for it; None for local kinds and `generate`.
        requires: Parameters required even where the model's schema does not.
        schema: For a local kind, the JSON Schema of its parameters, with `media` on those that take media.
        render: For a local kind, `module:function` of what does the work, imported when it is first run.
        version: For a local kind, raised whenever the same parameters would give another result; in the key.
    """

    name: str
    output: MediaType | None
    default_model: str | None = None
    requires: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None
    render: str | None = None
    version: int = 1

    @property
    def local(self) -> bool:
        """Whether reelmake does the work itself, on this machine."""
        return self.render is not None
