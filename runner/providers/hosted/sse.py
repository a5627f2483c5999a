"""Server-sent events, from bytes in any pieces to events, as the standard says."""

from __future__ import annotations

from dataclasses import dataclass

from runner.providers.hosted.errors import BadReplyError

LINE_LIMIT = 2**20
"""Bytes of a line, and of the data of one event."""

_BOM = b"\xef\xbb\xbf"
_CR, _LF = b"\r", b"\n"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event of the stream: its name and its data."""

    name: str
    data: str


class EventParser:
    """Collects bytes into events. Ids, delays and comments are read over: nothing is replayed here."""

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        self._rest = b""
        self._started = False
        self._after_cr = False
        self._name = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events that are complete with this chunk.

        Raises:
            BadReplyError: If a line, or the data of an event, is beyond the limit.
        """
        events: list[ServerEvent] = []
        for line in self._lines(chunk):
            if line:
                self._field(line)
            elif (event := self._dispatch()) is not None:
                events.append(event)
        return events

    def _lines(self, chunk: bytes) -> list[bytes]:
        # CR, LF and CRLF each end a line, and a chunk may end between CR and LF.
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(_LF)
        if not chunk:
            return []
        self._after_cr = chunk.endswith(_CR)
        *lines, rest = chunk.replace(b"\r\n", _LF).replace(_CR, _LF).split(_LF)
        if lines:
            lines[0] = self._rest + lines[0]
            self._rest = rest
        else:
            self._rest += rest
        if max(map(len, [*lines, self._rest])) > self._limit:
            raise BadReplyError(f"a line of the event stream has more than {self._limit} bytes")
        if lines and not self._started:
            self._started = True
            lines[0] = lines[0].removeprefix(_BOM)
        return lines

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        text = value.removeprefix(b" ").decode(errors="replace")
        if name == b"event":
            self._name = text
        elif name == b"data":
            self._size += len(value)
            if self._size > self._limit:
                raise BadReplyError(f"an event has more than {self._limit} bytes")
            self._data.append(text)

    def _dispatch(self) -> ServerEvent | None:
        event = ServerEvent(self._name or "message", "\n".join(self._data)) if self._data else None
        self._name, self._data, self._size = "", [], 0
        return event
