"""Copies of models' descriptions as the language reads them, and how they come into the cache."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dsl import catalog
from dsl.parameters import check_parameters
from runner.facts import RecipeFacts
from runner.providers.hosted.copies import FreshModels, copies_of, days, described
from runner.providers.hosted.live_models import read_model
from runner.providers.hosted.pricelist import Pricelist
from runner.providers.hosted.refresh import refresh
from runner.providers.hosted.secret import Secret
from runner.providers.hosted.settings import Settings, read_settings
from tests.runner.hosted.bench import BRIEF, settings
from tests.runner.hosted.scripted_server import ScriptedServer, reply

NAME = "ltx-2-3-pro"
TODAY = date(2026, 11, 21)
BUNDLED = catalog.model(NAME)
MODEL = {
    "id": NAME,
    "request_schema": {
        "properties": {"prompt": {"type": "string"}, "input_image": {"type": "string"}},
        "required": ["prompt"],
    },
    "pricing": {"method": "per_video_output_second", "cost_per_second": 0.08},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own, and no settings."""
    for module in ("copies", "live_models"):
        monkeypatch.setattr(f"runner.providers.hosted.{module}.cache_folder", lambda: tmp_path / "cache")
    for name in ("OXEN_BASE_URL", "OXEN_API_KEY", "REEL_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def described_with(parameter: Any) -> Any:
    """The model with another schema for its duration."""
    properties = {"prompt": {"type": "string"}, "duration": parameter}
    return described(
        read_model({"id": NAME, "request_schema": {"properties": properties}}, NAME, "2026-11-21"), BUNDLED
    )


def test_a_description_becomes_a_model_of_the_language() -> None:
    """It has the provider's parameters and day, and what no schema says stays as it is bundled."""
    found = described(read_model(MODEL, NAME, "2026-11-21"), BUNDLED)

    assert found is not None
    assert (found.as_of, found.required, tuple(found.parameters)) == (
        "2026-11-21", ("prompt",), ("prompt", "input_image"),
    )  # fmt: skip
    assert (found.media("input_image"), found.later, found.output) == ("image", {}, "video")


def test_a_description_without_a_schema_is_none() -> None:
    """A copy that says nothing of parameters judges none."""
    assert described(read_model({"id": NAME}, NAME, "2026-11-21"), BUNDLED) is None


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "file"}, {"type": 3}, {"enum": "6"}, {"enum": 6}, {"minimum": "1"}, {"type": ["x"]},
        {"items": 4}, {"maxItems": -1}, {"exclusiveMinimum": True}, {"type": "array", "items": {"type": "?"}},
    ],
)  # fmt: skip
def test_a_schema_that_is_none_refuses_nothing(odd: Any) -> None:
    """Whatever a provider writes in a schema's place, recipes are judged by what is left of it."""
    found = described_with(odd)

    assert check_parameters(found, {"prompt": "x", "duration": 8}) == []
    assert check_parameters(found, {"prompt": "x", "duration": [8]}) == []


def test_facts_read_the_copies_of_the_configured_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The freshest copy of that server is given, always as the same object; of another server, none."""
    for day in ("2026-11-20", "2026-11-21"):
        copies_of(read_settings()).keep(read_model(MODEL, NAME, day))
    facts = RecipeFacts((), probe=False)
    found = facts.schema(NAME)

    assert found is not None
    assert (found.as_of, facts.schema(NAME) is found) == ("2026-11-21", True)
    assert (facts.schema("z-image-turbo"), facts.schema("nobodys")) == (None, None)
    assert days([NAME, "z-image-turbo", NAME]) == ["2026-11-21"]
    monkeypatch.setenv("OXEN_BASE_URL", "http://127.0.0.1:9/api")
    assert RecipeFacts((), probe=False).schema(NAME) is None


def test_a_broken_configuration_is_no_fault_of_recipes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the configuration cannot be read, recipes are judged by the bundled schemas."""
    copies_of(read_settings()).keep(read_model(MODEL, NAME, "2026-11-21"))
    (folder / "config.toml").write_text("[oxen\n")
    monkeypatch.setenv("REEL_CONFIG", str(folder / "config.toml"))

    assert FreshModels().model(NAME) is None


def test_copies_are_read_without_the_http_library(folder: Path) -> None:
    """Facts about models load neither httpx nor anyio, also where there is a copy."""
    copies_of(read_settings()).keep(read_model(MODEL, NAME, "2026-11-21"))
    program = (
        "import sys, pathlib\n"
        "from runner.providers.hosted import copies\n"
        "copies.cache_folder = lambda: pathlib.Path(sys.argv[1])\n"
        "from runner.facts import RecipeFacts\n"
        f"assert RecipeFacts((), probe=False).schema({NAME!r}).as_of == '2026-11-21'\n"
        "sys.exit(bool({'httpx', 'anyio', 'av', 'ffmpeg'} & sys.modules.keys()))"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(folder / "cache")], check=False)

    assert ended.returncode == 0


@pytest.mark.anyio
async def test_each_model_is_asked_about_on_its_own(server: ScriptedServer) -> None:
    """What could be had is kept with its day, and of the rest it is said why."""
    server.on("GET", f"/api/ai/models/{NAME}", reply(200, MODEL))
    server.on("GET", "/api/ai/models/gone", reply(404, {"error": {"message": "Model not found"}}))
    server.on("GET", "/api/ai/models/odd", reply(200, {"data": []}))
    here = settings(server)
    problems = await refresh(here, [NAME, "gone", "odd"], TODAY, timeouts=BRIEF)

    assert list(problems) == ["gone", "odd"]
    assert problems["gone"] == "Model not found"
    assert copies_of(here).days(NAME) == ["2026-11-21"]
    assert (copies_of(here).days("gone"), copies_of(here).days("odd")) == ([], [])


@pytest.mark.anyio
async def test_no_key_is_needed(server: ScriptedServer) -> None:
    """Without a key the request has none, and is answered."""
    server.on("GET", f"/api/ai/models/{NAME}", reply(200, MODEL))

    assert await refresh(Settings(base_url=server.api), [NAME], TODAY, timeouts=BRIEF) == {}
    assert [seen.headers.get("authorization") for seen in server.requests] == [None]


@pytest.mark.anyio
async def test_a_provider_that_is_away_is_not_asked_on_and_on() -> None:
    """Once it cannot be reached, the rest is not asked about, and older copies stay."""
    here = Settings(base_url="http://127.0.0.1:9/api")
    copies_of(here).keep(read_model(MODEL, NAME, "2026-01-01"))
    problems = await refresh(here, [NAME, *(f"m{n}" for n in range(40))], TODAY, timeouts=BRIEF)

    assert len(problems) == 41
    assert len(set(problems.values())) == 1
    assert copies_of(here).days(NAME) == ["2026-01-01"]


def test_prices_are_the_old_copys_while_nobody_answers() -> None:
    """A server that is away leaves the prices of the copy there is, and none where there is none."""
    here = Settings(base_url="http://127.0.0.1:9/api", key=Secret("k"))
    copies_of(here).keep(read_model(MODEL, NAME, "2026-01-01"))
    prices = Pricelist(here)

    assert prices.price(NAME, {}, 6.0) == Decimal("0.48")
    assert prices.price("z-image-turbo", {}, None) is None


@pytest.mark.parametrize(("key", "age"), [("k", 0), (None, 300)])
def test_a_server_elsewhere_is_not_asked_needlessly(
    key: str | None, age: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a copy of today, or without a key, only copies tell prices."""
    monkeypatch.setattr(Pricelist, "_asked", lambda *_: pytest.fail("the server was asked"))
    here = Settings(base_url="https://nobody.invalid/api", key=Secret(key) if key else None)
    day = datetime.now(UTC).date() - timedelta(days=age)
    copies_of(here).keep(read_model(MODEL, NAME, day.isoformat()))

    assert Pricelist(here).price(NAME, {}, 1.0) == Decimal("0.08")
