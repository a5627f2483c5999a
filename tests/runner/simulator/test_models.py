"""The models, their schemas and prices, as the API shows them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from dsl import catalog
from runner.simulator import schemas
from runner.simulator.models import Shelf
from runner.simulator.options import Options
from runner.simulator.prices import cost, pricing
from runner.simulator.server import Simulator
from tests.runner.simulator.plain_client import PlainClient


@pytest.fixture(scope="module")
def drifted() -> Iterator[PlainClient]:
    """A client of a simulator with later schemas, under the other key."""
    with Simulator(
        Options(render="fast", job_seconds=0.01, schema_key="json_request_schema", drift=True)
    ) as running:
        plain = PlainClient(running.url)
        with plain.session:
            yield plain


def test_documented_shapes(client: PlainClient) -> None:
    """The lists of models and one model validate against the documentation's schemas."""
    models = client.get("/ai/models")

    jsonschema.validate(models, schemas.MODELS)
    jsonschema.validate(client.get("/evaluations/models"), schemas.EVALUATED)
    assert [model["id"] for model in models["data"]] == list(catalog.ids())
    assert client.get("/ai/models/ltx-2-3-pro") in models["data"]


def test_unknown_model(client: PlainClient) -> None:
    """An unknown model has the second documented error body."""
    reply = client.ask("GET", "/ai/models/none")

    assert (reply.status_code, reply.json()) == (404, {"error": {"message": "Model not found: none"}})


def test_schema_says_which_parameters_are_media(client: PlainClient) -> None:
    """Media parameters have a render type, and our own word for it is not shown."""
    schema = client.get("/ai/models/ltx-2-3-quality-reference-video-to-video")["request_schema"]

    assert schema["properties"]["control_video_url"]["renderType"] == "video-url"
    assert "media" not in json.dumps(list(schema["properties"].values()))
    assert schema["required"] == ["prompt", "input_video"]


def test_drift(drifted: PlainClient, client: PlainClient) -> None:
    """The later documentation: other durations, one more resolution, no camera motion, and the other key."""
    model = drifted.get("/ai/models/ltx-2-3-pro")
    later, now = model["json_request_schema"]["properties"], client.get("/ai/models/ltx-2-3-pro")

    assert "request_schema" not in model
    assert later["duration"]["enum"] == list(range(1, 11))
    assert "720p" in later["resolution"]["enum"]
    assert ("camera_motion" in later, "camera_motion" in now["request_schema"]["properties"]) == (False, True)


def test_drifted_jobs_are_judged_by_the_later_schema(drifted: PlainClient, client: PlainClient) -> None:
    """What the later schema allows is made where it is served."""
    statuses = [one.made(duration=5)["status"] for one in (drifted, client)]

    assert statuses == ["succeeded", "failed"]


@pytest.mark.parametrize("name", catalog.ids())
def test_every_model_has_a_price_and_a_schema(name: str) -> None:
    """Each model's pricing has a documented shape, and its schema is a JSON Schema."""
    model = catalog.model(name)
    assert model is not None
    jsonschema.validate(pricing(model), schemas.PRICING)
    jsonschema.Draft202012Validator.check_schema(Shelf("request_schema", drift=True).schema(model))

    assert cost(model, {}) > 0


def test_every_documented_shape_of_prices_is_served() -> None:
    """Each field of `pricing` that can price an image or a video is used by some model, also as a string."""
    prices = [pricing(model) for name in catalog.ids() if (model := catalog.model(name))]
    used = {key for price in prices for key, value in price.items() if value is not None}

    assert used == {
        "method",
        "cost_per_second",
        "cost_per_second_by_resolution",
        "cost_per_second_high_res",
        "cost_per_second_with_audio",
        "cost_per_image",
        "cost_per_image_grid",
    }
    assert any(isinstance(price["cost_per_second"], str) for price in prices)


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("ltx-2-3-pro", {}, "0.48"),
        ("ltx-2-3-pro", {"duration": 8, "resolution": "4k"}, "2.56"),
        ("ltx-2-3-quality-reference-video-to-video", {}, "0.2521"),
        (
            "ltx-2-3-quality-reference-video-to-video",
            {"num_frames": 48, "frames_per_second": 24},
            "0.1",
        ),
        ("ltx-2-3-pro", {"duration": -3}, "0.4"),
        ("ltx-2-3-pro", {"duration": "1e999"}, "0.4"),
    ],
)
def test_costs(name: str, parameters: dict[str, Any], expected: str) -> None:
    """A job costs its seconds at the rate of its resolution."""
    model = catalog.model(name)
    assert model is not None

    assert cost(model, parameters) == Decimal(expected)


def test_cost_of_a_row(client: PlainClient) -> None:
    """A row's cost is a decimal string, once it is made; a failure costs nothing."""
    made, failed = (client.made(duration=seconds)["generation_id"] for seconds in (8, 7))
    costs = [client.get(f"/ai/generations/{one}")["generation"]["cost"] for one in (made, failed)]

    assert costs == ["0.6400", "0"]
    assert client.get("/ai/generations")["total_cost"] == "0.6400"
