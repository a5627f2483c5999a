"""The API of Oxen, one method an endpoint.

`submit` and `generate` cost money: each sends once, and answers with what is certain. Everything else is free
and is sent again when the network or the service fails. Nothing follows a redirect.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

import anyio

from runner.providers.hosted.errors import BadReplyError, Cause, OxenError
from runner.providers.hosted.free import FreeRequests
from runner.providers.hosted.history import Listing, all_pages
from runner.providers.hosted.outcome import Answer, Posted, outcome
from runner.providers.hosted.paid import encode, post_once
from runner.providers.hosted.patience import Patience
from runner.providers.hosted.rows import Row, is_id, read_row, read_rows
from runner.providers.hosted.settings import Settings
from runner.providers.hosted.sync_reply import Made, made
from runner.providers.hosted.wire import Timeouts

Cancelled: TypeAlias = Literal["asked", "ended", "missing"]
SyncEndpoint: TypeAlias = Literal["/videos/generate", "/images/generate", "/images/edit"]
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Account:
    """Who pays: the origin, and the username or, where that is unknown, a digest of the key."""

    origin: str
    name: str


def _always() -> bool:
    return True


class Oxen:
    """Oxen's API for one key. Build it with `open_oxen`."""

    def __init__(self, requests: FreeRequests) -> None:
        self.requests = requests
        self.settings = requests.settings

    async def submit(
        self, body: Mapping[str, Any], *, fresh: Callable[[], bool] = _always, attempt: str | None = None
    ) -> Posted:
        """Enqueue one generation, once.

        It is shielded from cancellation and has its own deadline, so that Ctrl-C makes nothing uncertain.

        Args:
            body: What is sent, as JSON; it asks for one generation.
            fresh: Asked just before the first byte: whether the intent was committed so lately that nobody
                can have taken it for lost. If not, nothing is sent.
            attempt: The attempt's uuid, sent as `Idempotency-Key`; harmless, should nobody read it.

        Raises:
            ValueError: If the body is not JSON, or asks for several generations. Nothing was sent.
        """
        if body.get("num_generations", 1) != 1:
            raise ValueError("one generation a request")
        content = encode(body)
        with anyio.CancelScope(shield=True):
            reply, bytes_out = await post_once(
                self.settings,
                "/ai/queue",
                content,
                deadline=self.requests.timeouts.post,
                timeouts=self.requests.timeouts,
                fresh=fresh,
                headers={} if attempt is None else {"Idempotency-Key": attempt},
            )
        return outcome(reply, now=self.requests.patience.clock.now(), bytes_out=bytes_out)

    async def generate(
        self, endpoint: SyncEndpoint, body: Mapping[str, Any], *, fresh: Callable[[], bool] = _always
    ) -> Made | Posted:
        """Generate with a blocking endpoint, once. If it is cancelled, nobody knows what became of it.

        Raises:
            ValueError: If the body is not JSON. Nothing was sent.
        """
        reply, bytes_out = await post_once(
            self.settings,
            f"/ai{endpoint}",
            encode({**body, "response_format": "url"}),
            deadline=self.requests.timeouts.sync,
            timeouts=self.requests.timeouts,
            fresh=fresh,
            headers={},
        )
        if isinstance(reply, Answer) and reply.ok:
            return made(reply)
        return outcome(reply, now=self.requests.patience.clock.now(), bytes_out=bytes_out)

    async def get(self, generation_id: str) -> Row:
        """The queue's row.

        Raises:
            OxenError: With `Cause.MISSING` if there is none; otherwise if it cannot be read.
        """
        return read_row(
            await self.requests.json("GET", f"/ai/queue/{_checked(generation_id)}"), generation_id
        )

    async def detail(self, generation_id: str) -> Row:
        """The history's row, which has the cost. Raises as `get` does."""
        path = f"/ai/generations/{_checked(generation_id)}"
        return read_row(await self.requests.json("GET", path), generation_id)

    async def find(self, generation_id: str) -> Row | None:
        """The row wherever it is; None if neither queue nor history knows the id, which proves no failure.

        Raises:
            OxenError: If it cannot be read.
        """
        for look in (self.get, self.detail):
            try:
                return await look(generation_id)
            except OxenError as error:
                if error.cause is not Cause.MISSING:
                    raise
        return None

    async def cancel(self, generation_id: str) -> Cancelled:
        """Ask to cancel; only a later poll tells what became of it.

        Returns:
            `asked`, `ended` if the provider says that it cannot any more, `missing` if it knows no such id.

        Raises:
            OxenError: If it could not be asked.
        """
        answer = await self.requests.answer("DELETE", f"/ai/queue/{_checked(generation_id)}")
        if answer.ok:
            return "asked"
        problem = self.requests.problem(answer)
        if problem.cause is Cause.MISSING:
            return "missing"
        if answer.status in {400, 409, 422}:
            return "ended"
        raise OxenError(problem)

    async def list_queue(self, **filters: str) -> Listing:
        """The queue's rows: queued and processing ones, unless `status` says otherwise.

        Args:
            filters: `namespace`, `model`, `media_type`, `status`, `repo`, `folder`.

        Raises:
            OxenError: If it cannot be read.
        """
        rows, unreadable = read_rows(await self.requests.json("GET", "/ai/queue", filters))
        return Listing(tuple(rows), complete=not unreadable, unreadable=unreadable)

    async def list_generations(self, **filters: str) -> Listing:
        """The history, all pages of it, with costs. Filters and errors as for `list_queue`."""

        async def read(page: Mapping[str, str]) -> Mapping[str, Any]:
            return await self.requests.json("GET", "/ai/generations", {**filters, **page})

        return await all_pages(read)

    async def username(self) -> str | None:
        """Who has the key; None where the provider does not say.

        Raises:
            OxenError: If the key is refused, or the network fails.
        """
        try:
            value = await self.requests.json("GET", "/users/me")
        except OxenError as error:
            if error.cause in {Cause.MISSING, Cause.PROTOCOL, Cause.PARAMETER}:
                return None
            raise
        user = value.get("user", value)
        name = user.get("username") if isinstance(user, Mapping) else None
        usable = isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and name.isprintable()
        return str(name) if usable else None

    async def account(self) -> Account:
        """Whose key it is; where the provider does not say, a digest of the key stands for the name.

        Raises:
            OxenError: As for `username`.
        """
        if (name := await self.username()) is not None:
            return Account(self.settings.origin, name)
        key = self.settings.key.reveal() if self.settings.key is not None else ""
        return Account(self.settings.origin, "key-" + hashlib.sha256(key.encode()).hexdigest()[:16])

    async def models(self) -> list[Mapping[str, Any]]:
        """All models, as the provider describes them.

        Raises:
            OxenError: If they cannot be read.
        """
        value = await self.requests.json("GET", "/ai/models")
        listed = value.get("data", value.get("models"))
        if not isinstance(listed, list):
            raise BadReplyError("the reply has no list of models")
        return [model for model in listed if isinstance(model, dict)]

    async def model(self, name: str) -> Mapping[str, Any]:
        """One model, as the provider describes it, bare or wrapped.

        Raises:
            OxenError: With `Cause.PARAMETER` or `Cause.MISSING` if there is none.
        """
        return await self.requests.json("GET", f"/ai/models/{quote(name, safe='')}")


@asynccontextmanager
async def open_oxen(
    settings: Settings, *, patience: Patience | None = None, timeouts: Timeouts | None = None
) -> AsyncIterator[Oxen]:
    """Oxen's API, with connections that are closed at the end.

    Args:
        settings: Where, and with which key.
        patience: How free requests are repeated.
        timeouts: How long to wait for the network.
    """
    async with FreeRequests.opened(settings, patience or Patience(), timeouts or Timeouts()) as requests:
        yield Oxen(requests)


def _checked(generation_id: str) -> str:
    if not is_id(generation_id):
        raise ValueError("not the id of a generation")
    return generation_id
