"""Proofs that a file is all there: ranges, lengths, and the structure of the file itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.providers.hosted.errors import Mark
from runner.providers.hosted.ranges import Coming, coming, range_headers, strong_etag
from runner.providers.hosted.whole import whole
from tests.runner.hosted.bench import FILM, PNG, box

TAG = '"v1"'
LARGE = b"\0\0\0\1mdat" + (16 + 5).to_bytes(8, "big") + b"12345"
HEAD = box(b"ftyp", b"isom\0\0\0\0")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (FILM, True), (FILM[:-1], False), (FILM[: len(FILM) * 6 // 10], False), (FILM[:20], False),
        (FILM + b"x", False),
        (HEAD + box(b"moov") + LARGE, True), (HEAD + box(b"moov") + LARGE[:-1], False),
        (HEAD + box(b"mdat", b"1"), False), (HEAD + box(b"moov"), False),
        (HEAD + box(b"moov") + box(b"moov") + box(b"mdat"), False),
        (HEAD + box(b"moov") + b"\0\0\0\0mdat123", None), (HEAD + b"\0\0\0\0mdat123", False),
        (HEAD + box(b"moov") + b"\0\0\0\2mdat", False), (HEAD + b"\0\0\0\1mdat" + bytes(8), False),
        (HEAD, False),
        (HEAD + box(b"moov") + box(b"moof") + box(b"mdat", b"1") + box(b"moof") + box(b"mdat"), True),
        (PNG, True), (PNG[:-1], False), (b"\xff\xd8\xff\xe0 picture \xff\xd9", True),
        (b"\xff\xd8\xff\xe0 pic", None),
        (b"RIFF\x0c\0\0\0WEBPVP8 1234", True), (b"RIFF\x0d\0\0\0WEBPVP8 1234", False),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", None), (b"\x1a\x45\xdf\xa3 matroska", None), (b"", None),
    ],
)  # fmt: skip
def test_a_file_says_where_it_ends(tmp_path: Path, content: bytes, expected: bool | None) -> None:
    """The boxes of a film must add up to the file; other kinds tell what they can, or nothing."""
    path = tmp_path / "part"
    path.write_bytes(content)

    assert whole(path) is expected


def test_a_film_is_whole_only_in_full(tmp_path: Path) -> None:
    """Of all the places where a film can be cut, none looks whole."""
    path = tmp_path / "part"
    for length in range(12, len(FILM), 7):
        path.write_bytes(FILM[:length])
        assert whole(path) is False


@pytest.mark.parametrize(
    ("value", "expected"),
    [(TAG, TAG), (f" {TAG} ", TAG), ('W/"v1"', None), ("v1", None), ("", None), ('"', None), ('"a"b"', None)],
)
def test_only_a_strong_tag_joins_bytes(value: str, expected: str | None) -> None:
    """A weak ETag promises only that the film is much the same, which is too little to go on with."""
    assert strong_etag({"etag": value}) == expected


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (206, {"content-range": "bytes 10-99/100", "content-length": "90"}, Coming(10, 100, TAG)),
        (206, {"content-range": "bytes 10-99/100", "etag": TAG}, Coming(10, 100, TAG)),
        (206, {"content-range": "bytes 10-99/*"}, Coming(10, 100, TAG)),
        (206, {"content-range": "bytes 0-99/100"}, None),
        (206, {"content-range": "bytes 11-99/100"}, None),
        (206, {"content-range": "bytes 10-98/100"}, None),
        (206, {"content-range": "bytes 10-199/200"}, None),
        (206, {"content-range": "bytes 10-9/10"}, None),
        (206, {"content-range": "bytes 10-99/100", "content-length": "5"}, None),
        (206, {"content-range": "bytes 10-99/100", "etag": '"v2"'}, None),
        (206, {"content-range": "pages 10-99/100"}, None),
        (206, {}, None),
        (200, {"content-length": "100", "etag": TAG}, Coming(0, 100, TAG)),
        (200, {"content-length": "100", "etag": "W/" + TAG}, Coming(0, 100, None)),
        (200, {}, Coming(0, None, None)),
        (200, {"content-length": "many"}, Coming(0, None, None)),
    ],
)  # fmt: skip
def test_bytes_are_joined_only_if_they_fit(
    status: int, headers: dict[str, str], expected: Coming | None
) -> None:
    """A part of another file, or from another place, is not appended; a 200 starts from the beginning."""
    assert coming(status, headers, Mark(TAG, 100), 10) == expected


def test_a_range_that_was_not_asked_for_is_not_taken() -> None:
    """A 206 without a question is no answer."""
    assert coming(206, {"content-range": "bytes 0-9/10"}, None, 0) is None


def test_a_range_is_asked_for_with_its_tag() -> None:
    """The server is told which version the bytes at hand are of."""
    assert range_headers(Mark(TAG, 100), 10) == {"Range": "bytes=10-", "If-Range": TAG}
