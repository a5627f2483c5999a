"""A model as the provider describes it today, and dated copies of what it said."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from uuid import uuid4

from dsl.values import MediaType
from runner.providers.hosted.errors import BadReplyError
from runner.providers.hosted.plain import plain
from runner.providers.hosted.replies import parse_object

if TYPE_CHECKING:
    from runner.providers.hosted.client import Oxen  # Reading the copies must not load httpx.

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_KINDS: tuple[MediaType, ...] = get_args(MediaType)
_FRAGMENT = (
    "type", "title", "description", "enum", "default", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "format", "items", "maxItems", "minItems", "const",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LiveModel:
    """A model's description, in the same shape as a bundled one.

    Attributes:
        id: Its name.
        title: Its name for people.
        endpoint: Of the blocking call, such as `/videos/generate`.
        output: What it makes, if it says.
        parameters: JSON-Schema fragments, media inputs marked with `media`; None if it has no schema.
        required: Names that must be sent.
        pricing: As the provider gives it; see `prices.price`.
        as_of: The day it was read.
        raw: The reply itself.
    """

    id: str
    title: str
    endpoint: str | None
    output: MediaType | None
    parameters: Mapping[str, Mapping[str, Any]] | None
    required: tuple[str, ...]
    pricing: Mapping[str, Any] | None
    as_of: str
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def defaults(self) -> dict[str, Any]:
        """The schema's defaults, by parameter."""
        return {
            name: fragment["default"]
            for name, fragment in (self.parameters or {}).items()
            if "default" in fragment
        }


async def fetch_model(oxen: Oxen, name: str, today: date) -> LiveModel:
    """Ask the provider about a model.

    Raises:
        OxenError: If there is none, or it cannot be asked.
        BadReplyError: If the reply describes no model.
    """
    return read_model(await oxen.model(name), name, today.isoformat())


def read_model(value: Mapping[str, Any], name: str, as_of: str) -> LiveModel:
    """A description, bare or under `data`, with the schema under either of its names.

    Raises:
        BadReplyError: If it describes no model, or another than was asked for.
    """
    inner: Any = value
    for wrapper in ("data", "model"):
        if isinstance(inner, Mapping) and isinstance(inner.get(wrapper), Mapping):
            inner = inner[wrapper]
    if not isinstance(inner, Mapping) or not ({"id", "name"} & inner.keys()):
        raise BadReplyError(f"the reply does not describe the model {plain(name, 100)}")
    schema = next((inner[key] for key in ("request_schema", "json_request_schema") if inner.get(key)), None)
    parameters, required = _schema(schema)
    endpoint, pricing = inner.get("endpoint"), inner.get("pricing")
    title = next((inner[key] for key in ("display_name", "name") if isinstance(inner.get(key), str)), name)
    return LiveModel(
        id=name,
        title=plain(title, 200),
        endpoint=endpoint if isinstance(endpoint, str) else None,
        output=_output(inner.get("capabilities")),
        parameters=parameters,
        required=required,
        pricing=pricing if isinstance(pricing, Mapping) else None,
        as_of=as_of,
        raw=inner,
    )


def _schema(schema: object) -> tuple[Mapping[str, Mapping[str, Any]] | None, tuple[str, ...]]:
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(schema, Mapping) or not isinstance(properties, Mapping) or not properties:
        return None, ()  # A model without any parameter is one whose schema was left empty.
    parameters = {
        name: _fragment(name, value) for name, value in properties.items() if isinstance(value, Mapping)
    }
    listed = schema.get("required")
    required = (
        tuple(name for name in listed if isinstance(name, str) and name in parameters)
        if isinstance(listed, list)
        else ()
    )
    return parameters, required


def _fragment(name: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    fragment = {key: value[key] for key in _FRAGMENT if key in value}
    role = _role(name, value)
    return fragment if role is None else {**fragment, "media": role}


def _role(name: str, value: Mapping[str, Any]) -> MediaType | None:
    """What kind of media the parameter takes: by `renderType`, or for a bare URI by its name."""
    items = value.get("items")
    inner = items if isinstance(items, Mapping) else {}
    drawn = value.get("renderType", inner.get("renderType"))
    for kind in _KINDS:
        if drawn == f"{kind}-url":
            return kind
    if "uri" in (value.get("format"), inner.get("format")):
        named = [kind for kind in _KINDS if kind in name]
        return named[0] if len(named) == 1 else None
    return None


def _output(capabilities: object) -> MediaType | None:
    listed = capabilities.get("output") if isinstance(capabilities, Mapping) else None
    found = [kind for kind in _KINDS if isinstance(listed, list) and kind in listed]
    return found[0] if len(found) == 1 else None


class ModelCache:
    """Dated copies of models' descriptions, in the user's cache folder; one folder an origin.

    Args:
        folder: The cache folder; made when the first copy is kept.
        origin: Whose models they are.
    """

    def __init__(self, folder: Path, origin: str) -> None:
        self._folder = folder / "models" / hashlib.sha256(origin.encode()).hexdigest()[:16]

    def keep(self, model: LiveModel) -> None:
        """Keep the copy of its day.

        Raises:
            OSError: If it cannot be written.
        """
        folder = self._of(model.id)
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{uuid4().hex}"
        draft.write_text(json.dumps(model.raw, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        draft.replace(folder / f"{model.as_of}.json")

    def days(self, name: str) -> list[str]:
        """The days of which there are copies, oldest first."""
        try:
            return sorted(path.stem for path in self._of(name).iterdir() if _DAY.fullmatch(path.name))
        except OSError:
            return []

    def freshest(self, name: str) -> LiveModel | None:
        """The newest copy that can be read; None if there is none."""
        for day in reversed(self.days(name)):
            try:
                return read_model(parse_object((self._of(name) / f"{day}.json").read_bytes()), name, day)
            except (OSError, BadReplyError):
                continue
        return None

    def _of(self, name: str) -> Path:
        safe = name if _NAME.fullmatch(name) else "id-" + hashlib.sha256(name.encode()).hexdigest()[:32]
        return self._folder / safe


def cache_folder() -> Path:
    """The user's cache folder, where the platform wants it."""
    from platformdirs import user_cache_path

    return user_cache_path("reelmake")
