"""The bundled models and the kinds of step."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from dsl import builtin, catalog, kinds
from dsl.parameters import check_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

MODELS = [found for name in catalog.ids() if (found := catalog.model(name))]


def test_all_models_are_bundled() -> None:
    """The catalogue holds the 112 models of the public pages, each under its own id."""
    assert len(MODELS) == 112
    assert [model.id for model in MODELS] == list(catalog.ids())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_a_model_accepts_its_own_defaults(model: catalog.Model) -> None:
    """A model's schema is valid, and each of its defaults passes it without a finding."""
    Draft202012Validator.check_schema(model.schema())
    defaults: dict[str, Any] = {
        name: schema["default"] for name, schema in model.parameters.items() if "default" in schema
    }

    assert [finding for finding in check_parameters(model, defaults) if finding.code != "RM305"] == []
    assert set(model.required) <= set(model.parameters)
    assert set(model.requires) <= set(model.parameters)


def test_media_roles_are_known() -> None:
    """A model says what media a parameter takes; tables that hold URLs are none."""
    model = catalog.model("ltx-2-3-quality-reference-video-to-video")
    tables = catalog.model("wan-v2-7-reference-to-video")

    assert model is not None
    assert tables is not None
    assert model.inputs("video") == ("input_video", "control_video_url")
    assert model.media("prompt") is None
    assert model.takes_seed
    assert tables.media("reference_images") is None


@pytest.mark.parametrize("name", ["", "../catalog", "ltx-2-3-pro.json", "nobody"])
def test_what_is_no_model_is_not_found(name: str) -> None:
    """Only the ids of the catalogue are found, and no path is followed."""
    assert catalog.model(name) is None


def test_every_built_in_kind_is_registered() -> None:
    """The entry points name exactly the kinds that come with reelmake, and their default models exist."""
    ours = {value.name: value for value in vars(builtin).values() if isinstance(value, kinds.Kind)}

    assert set(kinds.names()) >= set(ours)
    for name, kind in ours.items():
        assert kinds.kind(name) is kind
        model = catalog.model(kind.default_model or "")
        assert (model is None) == (kind.local or kind.name == "generate")
        if model is not None:
            assert model.output == kind.output
            assert kind.takes is None or model.inputs(kind.takes)
        if kind.schema is not None:
            Draft202012Validator.check_schema(kind.schema)


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two plug-ins that are broken, each in its way."""
    broken = [
        EntryPoint("broken", "no.such.module:kind", kinds.GROUP),
        EntryPoint("odd", "dsl.kinds:GROUP", kinds.GROUP),
    ]
    monkeypatch.setattr(kinds, "entry_points", lambda **_: broken)
    for cached in (kinds._registered, kinds.kind):
        cached.cache_clear()
    yield
    for cached in (kinds._registered, kinds.kind):
        cached.cache_clear()


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("name", ["broken", "odd"])
def test_a_broken_plug_in_is_named(name: str) -> None:
    """A plug-in that cannot be loaded, or is no kind, is an error that names it."""
    with pytest.raises(kinds.KindError, match=f'plug-in step "{name}"'):
        kinds.kind(name)
    assert kinds.kind("nobody") is None
