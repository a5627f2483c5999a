"""Recipes for tests, and facts about files that need no files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from dsl.catalog import Model, model
from dsl.compile import Overrides, compile_recipe
from dsl.diagnostics import Diagnostic, RecipeError
from dsl.facts import FileProblem, FoundFile
from dsl.graph import Graph
from dsl.values import MediaType

LTX = "ltx-2-3-pro"
_BY_ENDING: Mapping[str, MediaType] = {".png": "image", ".mp4": "video", ".wav": "audio"}


def fresher(day: str = "2026-11-21") -> Model:
    """The model `ltx-2-3-pro` as it might be described later, with a required parameter more."""
    bundled = model(LTX)
    assert bundled is not None
    parameters = {name: schema for name, schema in bundled.parameters.items() if name != "camera_motion"}
    parameters["duration"] = {"type": "integer", "enum": [4, 5, 6, 7, 8], "default": 6}
    parameters["resolution"] = {"type": "string", "enum": ["720p", "1080p"], "default": "1080p"}
    parameters["mid_image"] = {"type": "string", "format": "uri", "media": "image"}
    parameters["tier"] = {"type": "string", "enum": ["fast", "pro"]}
    required = ("prompt", "tier")
    return replace(bundled, as_of=day, parameters=parameters, required=required, later={})


@dataclass(frozen=True, slots=True)
class PlainFacts:
    """Facts made of names alone: what a file is follows from its ending, and `none.*` does not exist.

    Attributes:
        lengths: Seconds that files last, by name.
        models: Models as the provider described them last, by id.
    """

    lengths: Mapping[str, Fraction] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)

    def locate(self, folder: Path, text: str) -> FoundFile | FileProblem:
        """Say what a file is, from its name."""
        path = Path(text)
        if path.is_absolute() or ".." in path.parts:
            return "outside"
        if path.stem == "none":
            return "missing"
        media = _BY_ENDING.get(path.suffix)
        return "not_media" if media is None else FoundFile(folder / path, media)

    def length(self, path: Path) -> Fraction | None:
        """Seconds, where the test said so."""
        return self.lengths.get(path.name)

    def schema(self, name: str) -> Model | None:
        """A fresher description of a model, where the test has one."""
        return self.models.get(name)


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder to compile recipes in."""

    folder: Path

    def write(self, text: str) -> Path:
        """Write a recipe; the language version is added where it is missing."""
        path = self.folder / "film.toml"
        path.write_text(text if "schema" in text else f'schema = "reelmake/1"\n{text}', encoding="utf-8")
        return path

    def graph(
        self, text: str, overrides: Overrides | None = None, lengths: Mapping[str, Fraction] | None = None
    ) -> Graph:
        """Compile a recipe that has no errors."""
        return compile_recipe(self.write(text), PlainFacts(lengths or {}), overrides, file="film.toml")

    def findings(
        self, text: str, overrides: Overrides | None = None, lengths: Mapping[str, Fraction] | None = None
    ) -> tuple[Diagnostic, ...]:
        """Everything that is found about a recipe, whether it has errors or not."""
        try:
            return self.graph(text, overrides, lengths).findings
        except RecipeError as error:
            return error.diagnostics

    def codes(
        self, text: str, overrides: Overrides | None = None, lengths: Mapping[str, Fraction] | None = None
    ) -> list[str]:
        """The codes of all findings by place, without the notes on what models make."""
        found = self.findings(text, overrides, lengths)
        return [each.code for each in found if each.code not in ("RM352", "RM410", "RM412")]
