"""Events from bytes, however they are cut."""

from __future__ import annotations

import pytest

from runner.providers.hosted.errors import BadReplyError
from runner.providers.hosted.sse import LINE_LIMIT, EventParser, ServerEvent
from runner.providers.hosted.stream import Hint, hint
from tests.runner.hosted.bench import ID

STREAM = (
    ': keep-alive\n\nevent: media_generation_completed\ndata: {"a":\ndata: 1}\nid: 7\nretry: 10\n\n'
    "event:x\ndata:  two spaces\n\ndata\n\nevent: no data\n\n: é\ndata: é🎬\n\n"
)  # fmt: skip
EVENTS = [
    ServerEvent("media_generation_completed", '{"a":\n1}'),
    ServerEvent("x", " two spaces"),
    ServerEvent("message", ""),
    ServerEvent("message", "é🎬"),
]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_events_do_not_depend_on_line_ends_or_pieces(ending: str, size: int) -> None:
    """The same events come out, whatever ends the lines and wherever the bytes are cut."""
    data = b"\xef\xbb\xbf" + STREAM.replace("\n", ending).encode()
    parser = EventParser()
    found = [event for at in range(0, len(data), size) for event in parser.feed(data[at : at + size])]

    assert found == EVENTS


def test_an_event_without_its_end_is_none() -> None:
    """What the connection cuts off is no event."""
    assert EventParser().feed(b"event: x\ndata: 1\n") == []


def test_endless_lines_are_refused() -> None:
    """A line that does not end is given up, not collected."""
    parser = EventParser()
    parser.feed(b"x" * LINE_LIMIT)

    with pytest.raises(BadReplyError):
        parser.feed(b"x")


def test_endless_data_is_refused() -> None:
    """An event of ever more lines is given up as well."""
    line = b"data: " + b"x" * 100 + b"\n"
    parser = EventParser(limit=1000)
    parser.feed(9 * line)

    with pytest.raises(BadReplyError):
        parser.feed(line)


def test_bytes_that_are_no_text_are_replaced() -> None:
    """Broken UTF-8 breaks an event's text, not the stream."""
    assert EventParser().feed(b"data: \xff\n\n") == [ServerEvent("message", "\ufffd")]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        (
            "media_generation_completed",
            f'{{"generation_id":"{ID}","status":"succeeded","url":"x"}}',
            Hint(ID),
        ),
        ("media_generation_completed", f'{{"generation_id":"{ID}","status":"failed","error":"x"}}', Hint(ID)),
        ("media_generation_completed", '{"generation_id":"../../etc"}', None),
        ("media_generation_completed", '{"generation_id":7}', None),
        ("media_generation_completed", "[]", None),
        ("media_generation_completed", "", None),
        ("media_generation_completed", "\ufffd{", None),
        ("deployment_updated", f'{{"generation_id":"{ID}"}}', None),
        ("message", f'{{"generation_id":"{ID}"}}', None),
    ],
)
def test_only_a_completed_generation_is_a_hint(name: str, data: str, expected: Hint | None) -> None:
    """Events about other things, and broken ones, mean nothing; the others, that a row is worth a look."""
    assert hint(ServerEvent(name, data)) == expected
