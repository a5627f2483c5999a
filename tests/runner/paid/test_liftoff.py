"""The whole of the liftoff recipe at the simulator: what is sent conforms, and there is little of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import anyio
import pytest

from dsl import catalog
from runner.options import RunOptions
from runner.project import open_project
from tests.runner.paid.hosted import ROOT, Set

_OURS = {"model", "target_directory"}


def _conforms(body: dict[str, Any]) -> list[str]:
    """What of a request the model's documented schema does not allow."""
    import jsonschema

    model = catalog.model(body["model"])
    assert model is not None
    sent = {name: value for name, value in body.items() if name not in _OURS}
    problems = [error.message for error in jsonschema.Draft202012Validator(model.schema()).iter_errors(sent)]
    return problems + sorted(sent.keys() - model.parameters.keys())


def test_liftoff(stage: Set, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight generations are eight POSTs that conform, heard of on one stream, and hardly anything more."""
    monkeypatch.delenv("REEL_SETTLE")
    folder = tmp_path / "liftoff"
    ignored = shutil.ignore_patterns(".reel", "out")
    shutil.copytree(ROOT / "recipes/liftoff", folder, ignore=ignored)
    recipe = folder / "liftoff.toml"
    # The simulator's ready-made clips have twelve frames: too few for two dissolves of half a second.
    recipe.write_text(recipe.read_text().replace("dissolve 0.5s", "dissolve 2f"))
    with open_project(recipe, RunOptions(jobs=8)) as project:
        outcome = anyio.run(project.run)

    assert (outcome.status, outcome.exit_status) == ("done", 0)
    assert len(stage.accepted) == stage.posts == 8
    assert [_conforms(entry["body"]) for entry in stage.accepted] == [[]] * 8
    assert stage.requests(lambda _method, path: path.endswith("/api/events")) == 1
    aside = ("/ai/queue/", "/ai/generations", "/repos", "/ai/models", "/users/me", "/events")
    asked = stage.requests(lambda _method, path: not any(part in path for part in aside))
    assert asked <= 1.1 * 8
    looks = stage.requests(lambda _method, path: "/ai/queue/" in path or "/ai/generations" in path)
    assert looks <= 8 + 4 + 8
