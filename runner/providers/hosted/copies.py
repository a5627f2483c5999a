"""The user's copies of models' descriptions, as the language knows models. Nobody is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from dsl import catalog
from dsl.catalog import Model
from runner.errors import UsageError
from runner.providers.hosted.live_models import LiveModel, ModelCache, cache_folder
from runner.providers.hosted.settings import Settings, read_settings


def copies_of(settings: Settings) -> ModelCache:
    """Where the copies are kept that came from a server."""
    return ModelCache(cache_folder(), settings.origin)


def days(names: Iterable[str]) -> list[str]:
    """The days of the freshest copies of models, oldest first; those without a copy are passed over.

    Raises:
        UsageError: If the configuration cannot be used.
    """
    cache = copies_of(read_settings())
    found = (cache.freshest(name) for name in dict.fromkeys(names))
    return sorted({live.as_of for live in found if live})


class FreshModels:
    """Bundled models as the provider described them last; each is read once.

    A configuration that cannot be read is no reason for a recipe to have errors: then there are no copies.
    """

    def __init__(self) -> None:
        self._known: dict[str, Model | None] = {}
        self._cache: ModelCache | None = None
        with suppress(UsageError):
            self._cache = copies_of(read_settings())

    def model(self, name: str) -> Model | None:
        """The freshest description of a bundled model, its day in `as_of`; None where there is none."""
        if name not in self._known:
            bundled = catalog.model(name)
            live = self._cache.freshest(name) if self._cache is not None and bundled else None
            self._known[name] = described(live, bundled) if live else None
        return self._known[name]


def described(live: LiveModel, bundled: Model | None) -> Model | None:
    """A provider's description as a model of the language; None where it has no schema.

    What a schema cannot say stays as it is bundled: which parameters need each other, and how large the
    output can be. So does which media a parameter takes, where the description does not say it.
    """
    if live.parameters is None:
        return None
    parameters = {
        name: _usable(fragment, bundled.parameters.get(name, {}) if bundled else {})
        for name, fragment in live.parameters.items()
    }
    if bundled is not None:
        return replace(bundled, as_of=live.as_of, parameters=parameters, required=live.required, later={})
    return Model(
        id=live.id,
        title=live.title,
        endpoint=live.endpoint or "/videos/generate",
        as_of=live.as_of,
        output=live.output or "video",
        parameters=parameters,
        required=live.required,
    )


def _usable(fragment: Mapping[str, Any], bundled: Mapping[str, Any]) -> Mapping[str, Any]:
    """A parameter's schema; of one that is no JSON Schema, nothing but the media."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    media = {key: bundled[key] for key in ("media",) if key in bundled and key not in fragment}
    rules = {key: value for key, value in fragment.items() if key != "media"}
    try:
        Draft202012Validator.check_schema(rules)
    except SchemaError:
        return {key: fragment[key] for key in ("media",) if key in fragment} | media
    return {**fragment, **media}
