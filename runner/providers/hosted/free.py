"""Requests that cost nothing: sent again, within reason, when the network or the service fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import anyio
import httpx

from runner.providers.hosted.classify import classify
from runner.providers.hosted.errors import BadReplyError, Cause, OxenError, Problem
from runner.providers.hosted.outcome import Answer
from runner.providers.hosted.patience import Patience
from runner.providers.hosted.replies import parse_object
from runner.providers.hosted.settings import Settings
from runner.providers.hosted.wire import Timeouts, network, open_client, read_answer

Files: TypeAlias = Callable[[], AbstractAsyncContextManager[Mapping[str, Any]]]
"""Opens what is uploaded anew for each try, as httpx's `files` and `data`."""


class FreeRequests:
    """Sends free requests to the configured origin, with the key."""

    def __init__(
        self, settings: Settings, client: httpx.AsyncClient, patience: Patience, timeouts: Timeouts
    ) -> None:
        self.settings = settings
        self.patience = patience
        self.timeouts = timeouts
        self._client = client

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, settings: Settings, patience: Patience, timeouts: Timeouts
    ) -> AsyncIterator[FreeRequests]:
        """Requests over connections that are closed at the end."""
        async with open_client(timeouts=timeouts, keep_alive=True) as client:
            yield cls(settings, client, patience, timeouts)

    async def json(
        self, method: str, path: str, params: Mapping[str, str] | None = None, **options: Any
    ) -> Mapping[str, Any]:
        """The JSON object that is answered. Arguments as for `answer`.

        Raises:
            OxenError: If the answer is an error.
            BadReplyError: If it is a success that cannot be read.
        """
        answer = await self.answer(method, path, params, **options)
        if not answer.ok:
            raise OxenError(self.problem(answer))
        try:
            return parse_object(answer.body)
        except BadReplyError as error:
            raise BadReplyError(f"{method} {path}: {error}", status=answer.status) from None

    async def answer(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        content: Mapping[str, Any] | None = None,
        files: Files | None = None,
    ) -> Answer:
        """The answer, whatever its status, unless trying again may bring a better one.

        Args:
            method: GET, PUT, POST or DELETE, of something that costs nothing and may be repeated.
            path: Below the base URL.
            params: The query.
            content: A JSON body.
            files: A multipart body.

        Raises:
            OxenError: If the network, the service or a rate limit is in the way, after the tries there are.
        """

        async def once() -> Answer:
            deadline = self.timeouts.upload if files else self.timeouts.whole
            with network(), anyio.fail_after(deadline):
                if files is None:
                    return self._judged(
                        await self._send(method, path, params, {"json": content} if content else {})
                    )
                async with files() as body:
                    return self._judged(await self._send(method, path, params, body))

        return await self.patience.persist(once)

    def problem(self, answer: Answer) -> Problem:
        """What an answer that is not a success means."""
        return classify(answer.status, answer.headers, answer.body, self.patience.clock.now())

    async def _send(
        self, method: str, path: str, params: Mapping[str, str] | None, body: Mapping[str, Any]
    ) -> Answer:
        settings = self.settings
        headers = {"Accept": "application/json", **settings.authorization(settings.origin)}
        url = settings.base_url + path
        async with self._client.stream(method, url, params=params, headers=headers, **body) as response:
            return await read_answer(response, settings)

    def _judged(self, answer: Answer) -> Answer:
        if not answer.ok and (problem := self.problem(answer)).cause in {Cause.TRANSIENT, Cause.RATE}:
            raise OxenError(problem)
        return answer
