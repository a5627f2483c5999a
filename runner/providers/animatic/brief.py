"""A job as the animatic reads it: its media told apart, the model's defaults filled in, chance settled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dsl.catalog import model as catalogued
from runner.job import Input, Job

# Parameters that hold the picture a clip ends on, by whatever name the model knows it.
_LAST = ("last_frame_image", "tail_image_url", "end_image_url")
# A sound that is given, or a mask, is no picture to begin with.
_NOT_SHOWN = (*_LAST, "mask_url", "control_video_url")


@dataclass(frozen=True)
class Brief:
    """What is to be previewed.

    Attributes:
        job: The job itself.
    """

    job: Job

    @cached_property
    def params(self) -> Mapping[str, Any]:
        """The parameters, with the model's defaults where none is set."""
        known = catalogued(self.job.model) if self.job.model else None
        defaults = (
            {name: schema["default"] for name, schema in known.parameters.items() if "default" in schema}
            if known
            else {}
        )
        return {**defaults, **self.job.params}

    @cached_property
    def cap(self) -> int | None:
        """The most pixels the short side of the model's output has."""
        known = catalogued(self.job.model) if self.job.model else None
        return known.short_side_cap if known else None

    @property
    def prompt(self) -> str:
        """The prompt, or nothing."""
        text = self.job.params.get("prompt")
        return text if isinstance(text, str) else ""

    @cached_property
    def seed(self) -> int:
        """The seed given; else one that follows from the model, the take, the prompt and what goes in."""
        given = self.job.params.get("seed")
        if isinstance(given, int) and not isinstance(given, bool):
            return given
        made_of = [self.job.model, self.job.take, self.prompt, *(each.digest for each in self._inputs())]
        digest = hashlib.sha256(json.dumps(["animatic seed", *made_of]).encode()).digest()
        return int.from_bytes(digest[:4], "big")

    @property
    def image(self) -> Input | None:
        """The picture to begin with."""
        return next(iter(self._named("image", without=_NOT_SHOWN)), None)

    @property
    def last_image(self) -> Input | None:
        """The picture to end on."""
        found = (self.job.params.get(name) for name in _LAST)
        return next((value for value in found if isinstance(value, Input)), None)

    @property
    def video(self) -> Input | None:
        """The video to work from."""
        return next(iter(self._named("video", without=_NOT_SHOWN)), None)

    @property
    def control(self) -> Input | None:
        """The video that says where the lines are."""
        found = self.job.params.get("control_video_url")
        return found if isinstance(found, Input) else None

    @property
    def audible(self) -> bool:
        """Whether the clip has sound: unless the model is told otherwise, or makes none."""
        return self.params.get("generate_audio", True) is not False

    def number(self, name: str, otherwise: float) -> float:
        """A parameter that is a number."""
        value = self.params.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else otherwise

    def _named(self, media: str, without: tuple[str, ...] = ()) -> list[Input]:
        return [each for each in self._inputs(without) if each.facts.media == media]

    def _inputs(self, without: tuple[str, ...] = ()) -> list[Input]:
        found: list[Input] = []
        for name, value in self.job.params.items():
            if name not in without:
                values = value if isinstance(value, list | tuple) else [value]
                found.extend(each for each in values if isinstance(each, Input))
        return found
