"""Keys and accounts: any key will do, and a key can name whose it is."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from runner.simulator import replies

USER = "you"
_NAMED = re.compile(r"(?P<user>[A-Za-z0-9_-]{1,40})@.+", re.ASCII)

Handler: TypeAlias = Callable[[Request, str], Awaitable[Response]]


def account(request: Request) -> str | None:
    """Whose the key is: `NAME@secret` is NAME's and any other key is `you`; None where there is no key."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return None
    found = _NAMED.fullmatch(key.strip())
    return found["user"] if found else USER


def keyed(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A handler that is only reached with a key, and is told whose it is."""

    async def with_account(request: Request) -> Response:
        if (user := account(request)) is None:
            return replies.unauthenticated(request)
        return await handler(request, user)

    return with_account
