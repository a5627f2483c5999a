"""JSON from strangers is read or refused, and never ends in a traceback."""

from __future__ import annotations

import pytest

from runner.providers.hosted.errors import BadReplyError, OxenError
from runner.providers.hosted.replies import LIMIT, parse_object, parse_reply


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nope", b"\xff", b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":1e999}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":' + b"9" * 31 + b"}", b'{"a":"\\ud800"}', b'{"\\udfff":1}', b'{"a":1,"a":2}', b"[" * 100_000,
        b"[" * 200 + b"]" * 200, b'{"a":' * 200 + b"1" + b"}" * 200, b" " * (LIMIT + 1), b'"\\u12"',
        b"{'a':1}", b'{"a":1}x', b"\x00",
    ],
)  # fmt: skip
def test_what_is_not_proper_json_is_refused(body: bytes) -> None:
    """Depth, endless numbers, halves of characters, doubled keys and the like are one typed error."""
    with pytest.raises(BadReplyError):
        parse_reply(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'{"a":"\\ud83c\\udfac","b":[1.5,null,true]}', {"a": "🎬", "b": [1.5, None, True]}),
        (b"[" * 60 + b"]" * 60, None),
        (b"12345678901234567890", 12345678901234567890),
    ],
)
def test_proper_json_is_read(body: bytes, value: object) -> None:
    """What is proper comes through, with a byte order mark and with letters beyond the first plane."""
    found = parse_reply(body)

    assert value is None or found == value


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1"])
def test_an_object_is_wanted(body: bytes) -> None:
    """Where an object is documented, anything else is refused."""
    with pytest.raises(OxenError, match="not an object"):
        parse_object(body)
