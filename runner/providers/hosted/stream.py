"""The event stream: a wake-up, never the truth.

Nothing is buffered or replayed by the provider, so whoever listens polls all that is outstanding after each
`Connected`. An event only says which id to look at.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeAlias

import httpx

from runner.providers.hosted.classify import classify
from runner.providers.hosted.errors import BadReplyError, OxenError
from runner.providers.hosted.patience import Patience, jitter
from runner.providers.hosted.plain import plain
from runner.providers.hosted.replies import parse_object
from runner.providers.hosted.rows import is_id
from runner.providers.hosted.settings import Settings
from runner.providers.hosted.sse import EventParser, ServerEvent
from runner.providers.hosted.wire import Timeouts, network, open_client, pieces, read_answer

COMPLETED = "media_generation_completed"
_ERROR_LIMIT = 64 * 1024
_LONGEST = 60.0
_AFTER_REFUSAL = 30.0
_STEADY = 30.0


@dataclass(frozen=True, slots=True)
class Connected:
    """Signals that events are heard from now on; what happened before must be asked for."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Signals that a generation has ended in some way; only its row tells how."""

    generation_id: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Signals that nothing is heard for a while: why, and the pause in seconds before the next try."""

    why: str
    pause: float


Heard: TypeAlias = Connected | Hint | Lost


def hint(event: ServerEvent) -> Hint | None:
    """What an event of the stream means to us; None for those that are about something else, or broken."""
    if event.name != COMPLETED:
        return None
    try:
        generation_id = parse_object(event.data.encode(errors="replace")).get("generation_id")
    except BadReplyError:
        return None
    return Hint(generation_id) if isinstance(generation_id, str) and is_id(generation_id) else None


class EventStream:
    """Listens with one connection for all jobs of a key, and connects again for ever.

    Args:
        settings: Where, and with which key.
        patience: Its clock and its dice; tries are not counted here.
        timeouts: `silence` is how long the stream may say nothing, keep-alive included.
    """

    def __init__(
        self, settings: Settings, *, patience: Patience | None = None, timeouts: Timeouts | None = None
    ) -> None:
        self._settings = settings
        self._patience = patience or Patience()
        self._timeouts = timeouts or Timeouts()

    async def listen(self) -> AsyncGenerator[Heard, None]:
        """What is heard, until the caller stops and closes the generator (`contextlib.aclosing`)."""
        failures = 0
        clock = self._patience.clock
        while True:
            began = clock.elapsed()
            refused = False
            why = "the server ended the stream"
            try:
                async with aclosing(self._once()) as heard:
                    async for item in heard:
                        yield item
            except OxenError as error:
                why, refused = str(error), error.problem.status is not None
            failures = 0 if clock.elapsed() - began > _STEADY else failures + 1
            pause = jitter(failures, self._patience.rng, first=self._patience.first, cap=_LONGEST)
            pause = max(pause, _AFTER_REFUSAL) if refused else pause
            yield Lost(plain(why, 300), pause)
            await clock.sleep(pause)

    async def _once(self) -> AsyncGenerator[Heard, None]:
        """One connection, to its end.

        Raises:
            OxenError: If it is refused, breaks, falls silent, or sends what is no event stream.
        """
        settings, timeouts = self._settings, self._timeouts
        headers = {
            "Accept": "text/event-stream",
            "Accept-Encoding": "identity",
            "Cache-Control": "no-store",
            **settings.authorization(settings.origin),
        }
        timeout = httpx.Timeout(timeouts.silence, connect=timeouts.connect)
        with network():
            async with (
                open_client(timeouts=timeouts, keep_alive=False) as client,
                client.stream(
                    "GET", settings.base_url + "/events", headers=headers, timeout=timeout
                ) as response,
            ):
                await self._check(response)
                yield Connected()
                parser = EventParser()
                async with pieces(response) as chunks:
                    async for chunk in chunks:
                        for event in parser.feed(chunk):
                            if (meant := hint(event)) is not None:
                                yield meant

    async def _check(self, response: httpx.Response) -> None:
        kind = response.headers.get("content-type", "text/event-stream").partition(";")[0].strip().lower()
        if response.status_code == 200 and kind == "text/event-stream":  # noqa: PLR2004
            return
        if response.status_code == 200:  # noqa: PLR2004
            raise BadReplyError(f"the event stream answers with {plain(kind, 60)}", status=200)
        answer = await read_answer(response, self._settings, _ERROR_LIMIT)
        now = self._patience.clock.now()
        raise OxenError(classify(answer.status, answer.headers, answer.body, now))
