"""Models as the provider describes them today, their dated copies, and their differences to ours."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dsl import catalog
from runner.providers.hosted.client import open_oxen
from runner.providers.hosted.drift import Drift, drift
from runner.providers.hosted.errors import BadReplyError
from runner.providers.hosted.live_models import LiveModel, ModelCache, cache_folder, fetch_model, read_model
from tests.runner.hosted.bench import BRIEF, patience, settings
from tests.runner.hosted.scripted_server import ScriptedServer, reply

pytestmark = pytest.mark.anyio

NAME = "ltx-2-3-pro"
SCHEMA = {
    "type": "object",
    "required": ["prompt", "ghost"],
    "basic": ["prompt"],
    "properties": {
        "prompt": {"type": "string", "x-order": 1},
        "input_image": {"type": "string", "format": "uri", "renderType": "image-url"},
        "clips": {"type": "array", "items": {"type": "string", "renderType": "video-url"}},
        "video_url": {"type": "string", "format": "uri"},
        "page": {"type": "string", "format": "uri"},
        "duration": {"type": "integer", "enum": [1, 2, 3], "default": 3},
        "resolution": {"type": "string", "enum": ["720p", "1080p"], "default": "1080p"},
        "odd": 7,
    },
}
MODEL = {
    "id": NAME, "object": "model", "display_name": "LTX-2.3 Pro", "endpoint": "/videos/generate",
    "capabilities": {"input": ["text"], "output": ["video"]}, "request_schema": SCHEMA,
    "pricing": {"method": "per_video_output_second", "cost_per_second": 0.08},
}  # fmt: skip


@dataclass(frozen=True)
class Bundled:
    """A bundled model, as far as it is compared."""

    parameters: dict[str, dict[str, Any]]
    required: tuple[str, ...]


def live(value: dict[str, Any] | None = None) -> LiveModel:
    return read_model(MODEL if value is None else value, NAME, "2026-11-21")


@pytest.mark.parametrize(
    "value",
    [
        MODEL, {"data": MODEL}, {"model": MODEL}, {"status": "success", "data": MODEL},
        {**{key: MODEL[key] for key in MODEL if key != "request_schema"}, "json_request_schema": SCHEMA},
        {**MODEL, "request_schema": None, "json_request_schema": SCHEMA},
    ],
)  # fmt: skip
def test_a_model_is_read_in_every_wrapping(value: dict[str, Any]) -> None:
    """Bare or wrapped, with the schema under either name: the same model."""
    found = live(value)

    assert (found.title, found.output, found.required) == ("LTX-2.3 Pro", "video", ("prompt",))
    assert found.parameters is not None
    assert found.parameters["duration"] == {"type": "integer", "enum": [1, 2, 3], "default": 3}
    assert found.defaults == {"duration": 3, "resolution": "1080p"}


def test_media_inputs_are_known_by_their_marks() -> None:
    """`renderType` says what a parameter takes; a bare URI says it by its name, or not at all."""
    parameters = live().parameters or {}

    roles = {name: fragment["media"] for name, fragment in parameters.items() if "media" in fragment}

    assert roles == {"input_image": "image", "clips": "video", "video_url": "video"}


@pytest.mark.parametrize("value", [{}, {"data": []}, {"data": {}}, {"error": "x"}, {"model": "x"}])
def test_what_describes_no_model_is_refused(value: dict[str, Any]) -> None:
    """A reply without a model in it is an error."""
    with pytest.raises(BadReplyError):
        live(value)


@pytest.mark.parametrize(
    "schema", [None, [], {}, {"properties": []}, {"type": "object", "properties": {}}, "x"]
)
def test_a_model_without_a_schema_is_still_a_model(schema: object) -> None:
    """Without a schema nothing is known of its parameters, which is no difference to the bundled one."""
    found = live({**MODEL, "request_schema": schema, "capabilities": 7, "pricing": 7, "endpoint": 7})

    assert (found.parameters, found.pricing, found.endpoint, found.output) == (None, None, None, None)
    assert drift(Bundled({"prompt": {}}, ()), found) == []


def test_differences_are_told_by_parameter() -> None:
    """Added, removed and changed parameters are told, and the order of an enumeration is no change."""
    bundled = Bundled(
        {
            "prompt": {"type": "string"}, "input_image": {"type": "string"}, "clips": {"type": "array"},
            "video_url": {"type": "string"}, "page": {"type": "string"},
            "duration": {"type": "integer", "enum": [6, 8, 10], "default": 3},
            "resolution": {"type": "string", "enum": ["1080p", "720p"], "default": "1080p"},
            "camera_motion": {"type": "string"},
        },
        ("prompt", "input_image"),
    )  # fmt: skip
    found = drift(bundled, live())

    assert found == [
        Drift("camera_motion", "removed"),
        Drift("duration", "changed", "enum", [10, 6, 8], [1, 2, 3]),
        Drift("input_image", "changed", "required", bundled=True, live=False),
    ]
    assert [str(one) for one in found[:2]] == [
        "camera_motion: removed",
        "duration: enum was [10, 6, 8], is [1, 2, 3]",
    ]


def test_copies_are_dated_and_the_freshest_is_read(tmp_path: Path) -> None:
    """A copy a day is kept; a damaged one is passed over for the one before."""
    cache = ModelCache(tmp_path, "https://hub.oxen.ai")
    assert cache.freshest(NAME) is None
    cache.keep(read_model(MODEL, NAME, "2026-11-20"))
    cache.keep(read_model({**MODEL, "display_name": "New"}, NAME, "2026-11-21"))

    assert cache.days(NAME) == ["2026-11-20", "2026-11-21"]
    newest = cache.freshest(NAME)
    assert newest is not None
    assert (newest.title, newest.as_of) == ("New", "2026-11-21")
    (damaged,) = tmp_path.rglob("2026-11-21.json")
    damaged.write_text("{")
    older = cache.freshest(NAME)
    assert older is not None
    assert older.as_of == "2026-11-20"
    assert ModelCache(tmp_path, "https://other.test").freshest(NAME) is None


def test_a_models_name_chooses_no_path(tmp_path: Path) -> None:
    """Whatever a model is called, its copies stay in the cache folder."""
    cache = ModelCache(tmp_path / "cache", "https://hub.oxen.ai")
    for name in ("../../evil", "/etc/passwd", "a/b", "..", "x" * 300, "\0"):
        cache.keep(read_model({**MODEL, "id": name}, name, "2026-11-21"))
        assert cache.freshest(name) is not None

    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


async def test_a_model_is_fetched_and_dated(server: ScriptedServer) -> None:
    """The provider's description carries the day on which it was read."""
    server.on("GET", f"/api/ai/models/{NAME}", reply(200, {"data": MODEL}))
    async with open_oxen(settings(server), patience=patience(), timeouts=BRIEF) as oxen:
        found = await fetch_model(oxen, NAME, date(2026, 11, 21))

    assert (found.id, found.as_of) == (NAME, "2026-11-21")
    assert json.loads(json.dumps(found.raw)) == MODEL


def test_the_cache_is_where_the_platform_wants_it() -> None:
    """The cache folder bears our name."""
    assert cache_folder().name == "reelmake"


def test_the_known_drift_of_a_bundled_model_is_found() -> None:
    """What the provider has changed since the founding pages shows; an unchanged schema shows nothing."""
    bundled = catalog.model(NAME)
    assert bundled is not None
    same = {**MODEL, "request_schema": bundled.schema()}
    later = json.loads(json.dumps(same))
    later["request_schema"]["properties"]["resolution"]["enum"].insert(0, "720p")
    later["request_schema"]["properties"]["duration"]["enum"] = list(range(1, 11))
    del later["request_schema"]["properties"]["camera_motion"]

    assert drift(bundled, live(same)) == []
    assert [(one.parameter, one.what) for one in drift(bundled, live(later))] == [
        ("camera_motion", "removed"),
        ("duration", "changed"),
        ("resolution", "changed"),
    ]


@pytest.mark.parametrize("module", ["settings", "live_models", "drift", "prices", "errors", "rows"])
def test_what_check_needs_loads_no_httpx(module: str) -> None:
    """Settings, copies of models and prices are read without the HTTP library."""
    program = f"import sys, runner.providers.hosted.{module}; sys.exit('httpx' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
