"""`reel models`: what is known of models, asked of a simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dsl import catalog
from runner.models import Known, defaults, known
from runner.providers.hosted.copies import copies_of
from runner.providers.hosted.live_models import read_model
from runner.providers.hosted.settings import Settings, read_settings
from runner.simulator.options import Options
from runner.simulator.server import Simulator
from runner.views.model_text import model_text
from runner.views.models_text import models_text
from tests.cli.conftest import Reel

LTX = "ltx-2-3-pro"
TODAY = date(2026, 11, 21)
BUNDLED = """\
ltx-2-3-quality-reference-video-to-video  LTX 2.3 Quality: Reference Video to Video

makes     video
endpoint  /videos/generate
seed      yes
size      at most 704 pixels on the short side
schema    as it comes with reelmake (founding page)
asked     never: reel models ltx-2-3-quality-reference-video-to-video --refresh asks the provider, for the \
price too

parameters (* must be given)
  prompt *                 text
  input_video *            a video
  input_image              an image
"""
DIFFERENCES = """
what differs in the provider's own schema of 2026-11-19
  camera_motion: removed
  duration: now also 1, 2, 3, 4, 5, 7 and 9
  resolution: now also "720p"
"""


@pytest.fixture(autouse=True)
def _cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder with nothing in it."""
    monkeypatch.setattr("runner.providers.hosted.copies.cache_folder", lambda: folder / "cache")


@pytest.fixture(scope="module", params=["request_schema", "json_request_schema"])
def later(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """A server whose models have changed since they were bundled, by either name of their schemas."""
    with Simulator(Options(render="fast", drift=True, schema_key=request.param)) as simulator:
        yield simulator


@pytest.fixture
def asked(later: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """The server, configured without a key."""
    monkeypatch.setenv("OXEN_BASE_URL", later.url)
    return later


def live(**changes: object) -> Known:
    """A bundled model with a copy of two days ago, otherwise described by the provider."""
    bundled = catalog.model(LTX)
    assert bundled is not None
    schema = json.loads(json.dumps(bundled.schema()))
    schema["properties"]["duration"]["enum"] = list(range(1, 11))
    schema["properties"]["resolution"]["enum"] += ["720p"]
    del schema["properties"]["camera_motion"]
    value = {"id": LTX, "display_name": "LTX", "request_schema": schema, **changes}
    return Known(bundled, read_model(value, LTX, "2026-11-19"))


def test_the_list_says_what_each_model_is(reel: Reel) -> None:
    """Without a copy there is a line for each bundled model, with no price; nobody is asked."""
    lines = reel("models").out.splitlines()
    row = next(line for line in lines if line.startswith(f"{LTX} "))

    assert len(lines) == len(catalog.ids()) + 3
    assert row.split() == [LTX, "video", "image", "no", "?", "never", "LTX-2.3", "Pro"]
    assert lines[-1].startswith(f"{len(catalog.ids())} models, as they come with reelmake")


def test_one_model_is_shown_with_its_parameters(reel: Reel) -> None:
    """Types, choices, ranges, defaults, media and what needs what are shown, and the bundled schema's day."""
    shown = reel("models", "ltx-2-3-quality-reference-video-to-video").out

    assert shown.startswith(BUNDLED)
    assert "\n  num_frames               a whole number  from 9 to 481; default 121\n" in shown
    assert "\n  strength                 a number        above 0; default 1\n" in shown
    assert "default false; needs control_video_url\n" in shown


def test_a_later_documentation_is_shown_until_the_provider_was_asked(reel: Reel) -> None:
    """What the documentation is known to have said since stands where there is no copy."""
    shown = reel("models", LTX).out

    assert "\nas its documentation has described it since 2026-07-18\n" in shown
    assert shown.endswith("  camera_motion: removed\n")


def test_a_model_that_is_not_there(reel: Reel) -> None:
    """A name that nobody knows ends with status 2 and the nearest one."""
    ended = reel("models", "ltx-2-3-por")

    assert (ended.status, ended.out) == (2, "")
    assert ended.err == 'error: there is no model "ltx-2-3-por"; did you mean "ltx-2-3-pro"?\n'


def test_refreshing_keeps_what_the_provider_says(reel: Reel, asked: Simulator) -> None:
    """`--refresh` needs no key, asks about the model named alone, and shows its prices and what differs."""
    before = len(asked.requests)
    shown = reel("models", LTX, "--refresh")
    day = datetime.now(UTC).date().isoformat()

    assert shown.status == 0
    assert [request.path for request in asked.requests[before:]] == [f"/api/ai/models/{LTX}"]
    assert f"\nasked     today, on {day}\nprice     $0.04 a second at 720p\n" in shown.out
    assert shown.out.endswith(DIFFERENCES.replace("2026-11-19", day))
    assert "documentation" not in shown.out


def test_the_list_shows_prices_where_the_provider_was_asked(reel: Reel, asked: Simulator) -> None:
    """Without a name, the models that steps use by themselves are asked about."""
    before = len(asked.requests)
    rows = {row["id"]: row for row in json.loads(reel("models", "--refresh", "--json").out)}

    assert sorted(rows) == list(catalog.ids())
    assert len(asked.requests) - before == len(defaults())
    assert (rows[LTX]["price_per_second_usd"], rows[LTX]["differs"], rows[LTX]["copy_days"]) == (
        0.08,
        True,
        0,
    )
    assert rows["z-image-turbo"]["price_per_image_usd"] == 0.01
    assert {rows[name]["copy_as_of"] for name in catalog.ids() if name not in defaults()} == {None}
    assert all(not isinstance(value, dict) for row in rows.values() for value in row.values())


def test_the_models_of_a_recipe(reel: Reel, tiny: Path, asked: Simulator) -> None:
    """With a recipe, the models that it uses are asked about and shown, even while it has errors."""
    wrong = tiny.with_name("wrong.toml")
    wrong.write_text(tiny.read_text("utf-8").replace("${plate.video}", "${plait.video}"), "utf-8")
    for recipe in (tiny, wrong):
        before = len(asked.requests)
        rows = json.loads(reel("models", recipe.name, "--refresh", "--json").out)

        assert [row["id"] for row in rows] == [LTX]
        assert len(asked.requests) - before == 1


def test_a_recipe_without_models_has_none(reel: Reel, folder: Path) -> None:
    """A recipe that is made on this machine alone, or that names nothing, is no reason to ask anybody."""
    (folder / "cut.toml").write_text(
        'schema = "reelmake/1"\n[steps.cut]\nuses = "trim"\ninput_video = "https://a.test/a.mp4"\nend = 1\n'
    )
    (folder / "odd.toml").write_text("odd = 1\n")

    assert reel("models", "cut.toml").err.endswith("uses no model: all its steps are done on this machine\n")
    assert (reel("models", "odd.toml").status, reel("models", "none.toml").status) == (2, 2)


@pytest.mark.usefixtures("asked")
def test_parameters_as_data(reel: Reel) -> None:
    """`reel models ID --json` is a list with a flat object for each parameter, drift included."""
    rows = {row["parameter"]: row for row in json.loads(reel("models", LTX, "--refresh", "--json").out)}

    assert list(rows) == list(getattr(catalog.model(LTX), "parameters", ()))
    assert (rows["prompt"]["required"], rows["input_image"]["media"]) == (True, "image")
    assert (rows["duration"]["choices"], rows["duration"]["default"]) == ([6, 8, 10], 6)
    assert rows["camera_motion"]["differs"] == ["camera_motion: removed"]


@pytest.mark.usefixtures("asked")
def test_offline_the_copies_stay(reel: Reel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody answers, that is said once, older copies are shown, and the status is 1."""
    assert reel("models", LTX, "--refresh").status == 0
    copies_of(Settings(base_url="http://127.0.0.1:9")).keep(read_model({"id": LTX}, LTX, "2026-01-01"))
    monkeypatch.setenv("OXEN_BASE_URL", "http://127.0.0.1:9")
    ended = reel("models", "--refresh")

    assert ended.status == 1
    assert ended.err.count("error:") == 1
    assert ended.err.startswith(
        f"error: http://127.0.0.1:9 was asked about {len(defaults())} models: the network"
    )
    assert ended.err.endswith("; what was known before is kept\n")
    assert copies_of(read_settings()).days(LTX) == ["2026-01-01"]


@pytest.mark.usefixtures("asked")
def test_a_model_that_the_provider_has_not(reel: Reel) -> None:
    """A model that neither the provider nor reelmake knows is named, with the provider's words."""
    ended = reel("models", "nobodys", "--refresh")

    assert ended.status == 2
    assert "was asked about nobodys: Model not found: nobodys" in ended.err


def test_check_warns_of_what_has_changed(reel: Reel, tiny: Path, asked: Simulator) -> None:
    """After `--refresh`, `check` warns with the copy's day, in both directions, and never asks itself."""
    text = tiny.read_text("utf-8")
    tiny.write_text(
        text.replace("[steps.plate]", '[steps.plate]\nduration = 7\ncamera_motion = "static"'), "utf-8"
    )
    bundled = reel("check", tiny.name)
    assert reel("models", tiny.name, "--refresh").status == 0
    before = len(asked.requests)
    ended = reel("check", tiny.name, "--json")
    found = {row["code"]: row["message"] for row in json.loads(ended.out) if row["severity"] == "warning"}
    day = datetime.now(UTC).date().isoformat()

    assert "RM308" in bundled.out
    assert (ended.status, sorted(found), len(asked.requests)) == (0, ["RM315", "RM316"], before)
    assert all(f"of {day}" in message for message in found.values())


@pytest.mark.usefixtures("asked")
def test_a_plan_says_whose_its_prices_are(reel: Reel, tiny: Path) -> None:
    """The total of a plan names the simulator, whose prices nobody pays."""
    lines = reel("plan", tiny.name).out.splitlines()

    assert "price  $1.44 (a simulator's, which nobody is charged)" in lines


@pytest.mark.parametrize(
    ("pricing", "lines"),
    [
        (
            {"cost_per_second": "0.06", "cost_per_second_high_res": 0.12, "cost_per_second_with_audio": None},
            ["price     $0.06 a second", "          $0.12 a second in high resolution"],
        ),
        (
            {"method": "per_image", "cost_per_image_grid": {"high": {"2K": 0.0525, "1K": 0.03}}},
            ["price     $0.03 an image, high at 1K", "          $0.0525 an image, high at 2K"],
        ),
        ({"method": "time", "input_cost_per_token": 1}, ["price     ?  (the provider does not say it"]),
        (None, ["price     ?  (the provider does not say it"]),
    ],
)
def test_every_price_is_told(pricing: object, lines: list[str]) -> None:
    """Each price that is filled in is a line; where none is, that is said."""
    shown = model_text(live(pricing=pricing), TODAY).splitlines()
    first = next(at for at, line in enumerate(shown) if line.startswith("price"))

    assert [line[: len(wanted)] for line, wanted in zip(shown[first:], lines, strict=False)] == lines


def test_copies_have_an_age() -> None:
    """The list and the page of a model say when the provider was asked, and what differs in its choices."""
    one = live()

    assert "  2 days ago, differs  " in models_text([one], TODAY).splitlines()[1]
    assert "\nasked     2 days ago, on 2026-11-19\n" in model_text(one, TODAY)
    assert model_text(one, TODAY).endswith(DIFFERENCES.rstrip("\n"))


def test_a_model_that_only_the_provider_has() -> None:
    """A copy of a model that does not come with reelmake is shown, and said to be of no use to recipes."""
    copies_of(read_settings()).keep(
        read_model({"id": "new", "request_schema": {"properties": {"prompt": {"type": "string"}}}}, "new",
                   "2026-11-20")
    )  # fmt: skip
    shown = model_text(known(["new"])[0], TODAY)

    assert "reelmake does not know the model, recipes cannot use it" in shown
    assert shown.endswith("\n  prompt  text")
