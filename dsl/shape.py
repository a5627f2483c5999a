"""Which keys each table of a recipe has, and what type each is of; what is wrong is reported.

Text enters here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dsl import shape_findings as say
from dsl.report import Path, Report

FILE_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
STEPS = "at least one table [steps.NAME]"


class Part(BaseModel):
    """The top of an included file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    language: Literal["reelmake/1"] = Field("reelmake/1", alias="schema", description='"reelmake/1"')
    include: list[str] = Field([], description="a list of paths below the recipe's folder")
    vars: dict[str, Any] = Field({}, description="a table")
    cast: dict[str, dict[str, Any]] = Field({}, description="a table of tables, such as [cast.mira]")
    style: dict[str, Any] = Field({}, description="a table")
    defaults: dict[str, dict[str, Any]] = Field({}, description="a table of tables, [defaults.KIND]")
    shots: list[dict[str, Any]] = Field([], description="a list of tables, [[shots]]")
    steps: dict[str, dict[str, Any]] = Field({}, description="a table of tables, [steps.NAME]")


class Top(Part):
    """The top of the recipe, where an included file may bring the steps."""

    language: Literal["reelmake/1"] = Field(alias="schema", description='"reelmake/1"')
    title: str | None = Field(None, description="text")
    slate: str | None = Field(
        None, pattern=rf"^{FILE_NAME}$", description="text of letters, digits, - and _, for file names"
    )
    seed: int = Field(0, ge=0, description="a whole number, 0 or more")
    provider: str = Field("oxen", min_length=1, description="text, the name of a provider")
    max_cost: float | None = Field(None, ge=0, allow_inf_nan=False, description="a price in USD, 0 or more")
    outputs: dict[str, str] = Field({}, description='text, a reference such as "${film.video}"')


class WholeTop(Top):
    """The top of a recipe that includes nothing."""

    steps: dict[str, dict[str, Any]] = Field(min_length=1, description=STEPS)


class ShotShape(BaseModel):
    """A shot; what is not reserved is the author's own."""

    model_config = ConfigDict(extra="allow", strict=True)

    id: str = Field(pattern=rf"^{FILE_NAME}$", description="text of letters, digits, - and _, quoted")
    omit: bool = Field(False, description="true or false")


class WishShape(BaseModel):
    """What a shot asks of a step."""

    model_config = ConfigDict(extra="allow", strict=True)

    model: str | None = Field(None, description="text, the id of a model")
    provider: str | None = Field(None, min_length=1, description="text, the name of a provider")
    needs: list[str] = Field([], description="a list of the names of steps")
    takes: int = Field(1, ge=1, le=999, description="a whole number from 1 to 999")
    gate: bool = Field(False, description="true or false")
    without: list[str] = Field([], description="a list of the names of parameters")
    params: dict[str, Any] = Field({}, description="a table of parameters")


class StepShape(WishShape):
    """A step; what is not reserved is a parameter."""

    uses: str = Field(description="text, a kind of step")
    for_each: Literal["shots"] | None = Field(None, description='"shots"')
    matrix: dict[str, list[Any]] = Field({}, description='lists by name, such as matrix.look = ["a", "b"]')


def check(model: type[BaseModel], table: Mapping[str, Any], path: Path, report: Report) -> frozenset[Path]:
    """Report whatever pydantic refuses, and answer with the paths that are not to be used."""
    try:
        model.model_validate(table)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
    else:
        return frozenset()
    described = {info.alias or name: str(info.description) for name, info in model.model_fields.items()}
    strangers = [str(each["loc"][-1]) for each in found if each["type"] == "extra_forbidden"] or [
        key for key in table if key not in described
    ]
    bad: set[Path] = set()
    for each in found:
        loc = tuple(each["loc"])
        here = (*path, *loc)
        key = str(loc[0])
        bad.add(
            (*path, *loc[:2]) if key in ("cast", "defaults", "shots", "steps", "outputs") else (*path, key)
        )
        if each["type"] == "extra_forbidden":
            report.add(say.unknown_key(report.key(here), key, report.near(key, described)))
        elif each["type"] == "missing" and (typo := report.near(key, strangers)) is not None:
            report.add(say.unknown_key(report.key((*path, typo)), typo, key))
        elif each["type"] == "missing":
            report.add(say.missing_key(report.header(path), key, described[key], path))
        elif key == "schema":
            report.add(say.unknown_language(report.value(here)))
        elif key == "steps" and each["type"] == "too_short":
            report.add(say.missing_key(report.header(here), key, described[key], path))
        else:
            nested = len(loc) > 1 and key in ("cast", "defaults", "shots", "steps")
            name = str(loc[-1]) if isinstance(loc[-1], str) else key
            wanted = "a table" if nested else described[key]
            report.add(say.wrong_type(report.value(here), name, wanted, each["input"]))
    return frozenset(bad)
