"""A paid POST: sent once, on a connection of its own, by its own deadline."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import httpx

from runner.providers.hosted.outcome import Answer, StaleIntentError
from runner.providers.hosted.settings import Settings
from runner.providers.hosted.wire import Timeouts, open_client, read_answer


def encode(body: Mapping[str, Any]) -> bytes:
    """The body as it is sent.

    Raises:
        ValueError: If it is not JSON.
    """
    try:
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, RecursionError) as error:
        raise ValueError(f"the request is not JSON: {error}") from None


async def post_once(
    settings: Settings,
    path: str,
    content: bytes,
    *,
    deadline: float,
    timeouts: Timeouts,
    fresh: Callable[[], bool],
    headers: Mapping[str, str],
) -> tuple[Answer | Exception, bool]:
    """Send, and tell what came of it.

    Args:
        settings: Where, and with which key.
        path: Below the base URL.
        content: The body, JSON.
        deadline: Seconds for everything together.
        timeouts: How long to wait for the connection.
        fresh: Asked just before the first byte; if it says no, nothing is sent.
        headers: Sent with it.

    Returns:
        The reply or what was raised instead of one, and whether a byte of the request may have left.
    """
    bytes_out = False

    async def watch(event: str, _: Mapping[str, Any]) -> None:
        nonlocal bytes_out
        if event.endswith("send_request_headers.started"):
            if not fresh():
                raise StaleIntentError
            bytes_out = True

    try:
        with anyio.fail_after(deadline):
            async with (
                open_client(timeouts=timeouts, keep_alive=False) as client,
                client.stream(
                    "POST",
                    settings.base_url + path,
                    content=content,
                    headers={
                        "Accept": "application/json",
                        "Content-Type": "application/json",
                        **headers,
                        **settings.authorization(settings.origin),
                    },
                    timeout=httpx.Timeout(deadline, connect=min(timeouts.connect, deadline)),
                    extensions={"trace": watch},
                ) as response,
            ):
                return await read_answer(response, settings), bytes_out
    except Exception as error:  # noqa: BLE001 - Whatever it is, the request may have been accepted.
        return error, bytes_out
