"""Where Oxen is, and with which key: from the environment and the user's configuration, never a recipe's."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args
from urllib.parse import urlsplit

from runner.errors import UsageError
from runner.providers.hosted.origins import is_loopback, origin
from runner.providers.hosted.secret import Secret

DEFAULT_URL = "https://hub.oxen.ai/api"
Mode: TypeAlias = Literal["queue", "sync"]
UploadRoute: TypeAlias = Literal["workbench", "public", "own"]
_CONFIG_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """How to reach Oxen.

    Attributes:
        base_url: The API, without a slash at its end: the part before `/ai`.
        key: The API key; None where there is none.
        mode: `queue`, or `sync` for the blocking call.
        poll: Seconds between two polls of one job; None for a pace that fits the server.
        allow_private: Whether results may come from private addresses, for a server of one's own.
        upload: How a local file reaches a model.
        repository: The repository that holds uploads.
        upload_put: For `own`: the URL to PUT a file to, with `{name}` in it.
        upload_get: For `own`: the public URL of the same file, with `{name}` in it.
    """

    base_url: str = DEFAULT_URL
    key: Secret | None = None
    mode: Mode = "queue"
    poll: float | None = None
    allow_private: bool = False
    upload: UploadRoute = "workbench"
    repository: str = "playground"
    upload_put: str | None = None
    upload_get: str | None = None

    @property
    def origin(self) -> str:
        """The only origin that is ever sent the key."""
        parts = urlsplit(self.base_url)
        return origin(parts.scheme, parts.hostname or "", parts.port)

    @property
    def loopback(self) -> bool:
        """Whether the server is on this machine: a simulator."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    def authorization(self, target: str) -> dict[str, str]:
        """The header with the key, if there is one and `target` is the configured origin; else nothing."""
        if self.key is None or target != self.origin:
            return {}
        return {"Authorization": f"Bearer {self.key.reveal()}"}

    def scrub(self, body: bytes) -> bytes:
        """A body without the key, should a server echo it."""
        return body if self.key is None else self.key.scrub_bytes(body)


def user_agent() -> str:
    """A neutral name: whatever calls itself after the provider is taken for the provider's own program."""
    try:
        return f"reelmake/{version('reelmake')}"
    except PackageNotFoundError:
        return "reelmake/0"


def configuration_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's configuration: `REEL_CONFIG`, or the platform's place for it."""
    if named := environ.get("REEL_CONFIG"):
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("reelmake") / "config.toml"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings; the environment goes before the configuration, the configuration before the defaults.

    Raises:
        UsageError: If a value cannot be used; the message names the place, and never the key.
    """
    place = configuration_file(environ)
    table = _table(place)
    asked_url = environ.get("OXEN_BASE_URL") or _typed(table, "base_url", str, place) or DEFAULT_URL
    asked_key = environ.get("OXEN_API_KEY") or _typed(table, "api_key", str, place)
    poll = _typed(table, "poll", (int, float), place)
    if poll is not None and not 0 < poll <= 3600:  # noqa: PLR2004 - An hour.
        raise UsageError(f"{place}: [oxen] poll must be a number of seconds, more than 0 and at most 3600")
    return Settings(
        base_url=_base_url(asked_url),
        key=None if asked_key is None else _key(asked_key),
        mode=_chosen(table, "mode", get_args(Mode), place) or "queue",
        poll=None if poll is None else float(poll),
        allow_private=_typed(table, "allow_private", bool, place) or False,
        upload=_chosen(table, "upload", get_args(UploadRoute), place) or "workbench",
        repository=_typed(table, "repository", str, place) or "playground",
        upload_put=_template(table, "upload_put", place),
        upload_get=_template(table, "upload_get", place),
    )


_KEYS = (
    "allow_private", "api_key", "base_url", "mode", "poll", "repository",
    "upload", "upload_get", "upload_put",
)  # fmt: skip


def _table(place: Path) -> Mapping[str, Any]:
    try:
        with place.open("rb") as file:
            text = file.read(_CONFIG_LIMIT + 1)
        data = tomllib.loads(text.decode()) if len(text) <= _CONFIG_LIMIT else None
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"the configuration {place} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        # TOML errors may quote the line, and the line may be the key's.
        raise UsageError(f"the configuration {place} is not TOML; look at its quotes and brackets") from None
    if data is None:
        raise UsageError(f"the configuration {place} has more than {_CONFIG_LIMIT // 1024} KiB")
    table = data.get("oxen", {})
    if not isinstance(table, dict):
        raise UsageError(f"{place}: oxen must be a table: [oxen]")
    for name in table:
        if name not in _KEYS:
            raise UsageError(f"{place}: [oxen] knows no {name[:60]!r}; it takes {', '.join(_KEYS)}")
    return table


def _typed(table: Mapping[str, Any], name: str, kind: type | tuple[type, ...], place: Path) -> Any:
    value = table.get(name)
    if value is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
        return value
    wanted = "text in quotes" if kind is str else "true or false" if kind is bool else "a number"
    raise UsageError(f"{place}: [oxen] {name} must be {wanted}")


def _chosen(table: Mapping[str, Any], name: str, choices: tuple[str, ...], place: Path) -> Any:
    value = _typed(table, name, str, place)
    if value is not None and value not in choices:
        raise UsageError(f"{place}: [oxen] {name} must be one of {', '.join(choices)}")
    return value


def _template(table: Mapping[str, Any], name: str, place: Path) -> str | None:
    value: str | None = _typed(table, name, str, place)
    if value is not None and (value.count("{name}") != 1 or not value.startswith("https://")):
        raise UsageError(f"{place}: [oxen] {name} must be an https URL with {{name}} in it, once")
    return value


def _key(text: str) -> Secret | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise UsageError("the API key has characters that no key has; copy it again (OXEN_API_KEY)")
    return Secret(text)


def _base_url(text: str) -> str:
    text = text.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if (
        parts.scheme not in {"http", "https"}
        or not host
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        raise UsageError(f"the base URL must look like {DEFAULT_URL} (OXEN_BASE_URL, or base_url in [oxen])")
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError("the base URL must begin with https: the key is sent there (OXEN_BASE_URL)")
    # The documentation also gives the address with `/ai`, for clients of another API.
    return origin(parts.scheme, host, port) + parts.path.removesuffix("/ai").rstrip("/")
