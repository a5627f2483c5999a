"""The hosted provider, as far as it goes without a network: its name, identity, and why it cannot render."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from runner.errors import UsageError
from runner.job import Job, Rendition

_DEFAULT = "https://hub.oxen.ai/api"
_PORTS = {"https": 443, "http": 80}


class Oxen:
    """Renders on Oxen; in this release it is known to `check`, `plan` and `show` only."""

    name = "oxen"
    hosted = True

    def unavailable(self) -> str | None:
        """Always a reason: nothing is sent in this release."""
        return (
            "hosted rendering is not in this release; `reel rehearse RECIPE` previews every shot here, "
            "without a key and for nothing"
        )

    def identity(self, rendition: Rendition) -> Mapping[str, Any]:
        """The provider with the origin of its base URL; how a rehearsal is drawn changes nothing of it.

        Raises:
            UsageError: If `OXEN_BASE_URL` is not an http or https URL.
        """
        del rendition
        return {"provider": f"oxen@{origin(os.environ.get('OXEN_BASE_URL') or _DEFAULT)}"}

    def price(self, model: str, params: Mapping[str, Any], seconds: float | None) -> Decimal | None:
        """Not known without asking, which is never the same as nothing."""
        del model, params, seconds
        return None

    async def render(self, job: Job) -> Path:
        """Refuse, as `unavailable` says.

        Raises:
            UsageError: Always.
        """
        del job
        raise UsageError(str(self.unavailable()))


def provider() -> Oxen:
    """The provider, as the entry point `oxen` offers it."""
    return Oxen()


def origin(base_url: str) -> str:
    """The origin of a base URL, as it enters keys; `simulator` for every loopback, so that none are mixed.

    Scheme, host and port, in lower case, without the port that the scheme implies; no user and no path.

    Raises:
        UsageError: If it is not an http or https URL.
    """
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        raise _refused() from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _refused()
    if _loopback(parts.hostname):
        return "simulator"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = "" if port in (None, _PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def _refused() -> UsageError:
    # The value is not shown: someone may have put a key into it.
    return UsageError(f'OXEN_BASE_URL is not an http or https URL; unset it for "{_DEFAULT}"')


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
