"""Errors in all their shapes become one of a few situations, with the words that say most."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runner.providers.hosted.classify import classify, failure
from runner.providers.hosted.errors import Cause, Problem
from runner.providers.hosted.plain import LIMIT, plain, unsigned
from tests.runner.hosted.bench import NOW


def read(status: int, body: Any) -> Problem:
    return classify(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode(), NOW)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"error": {"type": "t", "title": "T", "detail": "D"}, "status": "error", "status_message": "S"},
            "D",
        ),
        ({"error": {"type": "t", "title": "T", "message": "M"}, "status_message": "S"}, "M"),
        ({"error": {"type": "t", "title": "T"}, "status": "error", "status_message": "S"}, "T"),
        ({"error": {"type": "t"}, "status_message": "S"}, "t"),
        ({"error": {"message": "Model not found: x"}}, "Model not found: x"),
        ({"error": "num_generations must be an integer"}, "num_generations must be an integer"),
        ({"status": "error", "status_message": "unauthenticated"}, "unauthenticated"),
        ({"error": {"type": "upstream", "title": "Bad gateway"}, "status": 502}, "Bad gateway"),
        ({"error": {"type": "invalid_file_input"}, "status_description": "D"}, "invalid_file_input"),
        ({"error": {"detail": [{"loc": ["fps"], "msg": "bad"}]}}, '[{"loc":["fps"],"msg":"bad"}]'),
        (b"<html><body><h1>502 Bad Gateway</h1></body></html>", "HTTP 400: 502 Bad Gateway"),
        (b"", "HTTP 400, with no explanation"),
        (b"\x1b]52;c;aGk=\x07boom", "HTTP 400: ]52;c;aGk=boom"),
        ([], "HTTP 400: []"),
        ({"error": None}, 'HTTP 400: {"error": null}'),
    ],
)
def test_the_message_is_the_one_that_says_most(body: Any, message: str) -> None:
    """Detail goes before message, title, type, bare text and status message; raw text comes last."""
    assert read(400, body).message == message


@pytest.mark.parametrize(
    ("status", "text", "cause"),
    [
        (400, "Prompt violates our content policy", Cause.CONTENT),
        (422, "content_policy_violation", Cause.CONTENT),
        (403, "Flagged by moderation", Cause.CONTENT),
        (400, "duration must be one of 6, 8, 10", Cause.PARAMETER),
        (404, "Model not found: ltx-9", Cause.PARAMETER),
        (400, "Model not found: ltx-9", Cause.PARAMETER),
        (404, "Generation not found", Cause.MISSING),
        (410, "gone", Cause.MISSING),
        (429, "slow down", Cause.RATE),
        (402, "whatever", Cause.CREDIT),
        (400, "Insufficient credits", Cause.CREDIT),
        (403, "Insufficient credits", Cause.CREDIT),
        (401, "unauthenticated", Cause.KEY),
        (403, "not yours", Cause.KEY),
        (400, "403 Client Error: Forbidden for url: https://x.test/a.png", Cause.INPUT),
        (426, "CLI out of date", Cause.PROTOCOL),
        (302, "elsewhere", Cause.PROTOCOL),
        (500, "content policy service is down", Cause.TRANSIENT),
        (503, "x", Cause.TRANSIENT),
        (408, "x", Cause.TRANSIENT),
    ],
)
def test_a_reply_has_a_cause(status: int, text: str, cause: Cause) -> None:
    """The status decides where it is specific, the words where it is not."""
    assert read(status, {"error": {"message": text}}).cause is cause


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Insufficient credits", Cause.CREDIT),
        ("NSFW content detected", Cause.CONTENT),
        ("Getting model response error: 422 - Value error, num_frames must be 8k+1", Cause.PARAMETER),
        ("Getting model response error: 422 - content_policy_violation", Cause.CONTENT),
        ("403 Client Error: Forbidden for url: https://hub.oxen.ai/api/x", Cause.INPUT),
        ("Failed to download the image", Cause.INPUT),
        ("Getting model response error: 429 - Too Many Requests", Cause.RATE),
        ("Getting model response error: 503 - Service Unavailable", Cause.TRANSIENT),
        ("upstream timed out", Cause.TRANSIENT),
        ("the hamster is tired", Cause.OTHER),
        (None, Cause.OTHER),
        ("", Cause.OTHER),
    ],
)
def test_a_failed_generation_has_a_cause(text: str | None, cause: Cause) -> None:
    """The message of a failed row is all there is to tell why, and its words do."""
    assert failure(text).cause is cause


def test_a_row_that_says_it_may_be_tried_again_is_transient() -> None:
    """Where the words say nothing, the provider's own flag counts."""
    assert failure("the hamster is tired", retryable=True).cause is Cause.TRANSIENT


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[2J\x9b31m\x07", "\u202egnp.exe\u2066", "a\r\nb\tc\0d", "\ud800\udfff", "\U000e0041\ufeff\u2028"],
)
def test_messages_hold_no_controls(hostile: str) -> None:
    """Escapes, direction marks, lone surrogates and invisible letters never reach a terminal."""
    shown = plain(f"before {hostile} after")

    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert shown.isprintable()


def test_messages_are_cut() -> None:
    """A message of a megabyte becomes one of two kilobytes, and stays proper text."""
    shown = failure("é" * 1_000_000).message

    assert len(shown.encode()) <= LIMIT
    assert shown.endswith("…")


def test_messages_hold_no_signatures() -> None:
    """URLs in a provider's text lose their queries, and whoever logs in by them."""
    text = "Forbidden for url: https://u:p@x.test/a.png?oxen_signature=abc&e=1, and http://y.test/#frag"
    shown = plain(text)

    escaped = r'{"url":"https:\/\/x.test\/a\u003foxen_signature=abc"}'

    assert "abc" not in plain(escaped)
    assert b"abc" not in unsigned(escaped.encode())
    assert "abc" not in shown
    assert "u:p" not in shown
    assert "https://x.test/a.png?…" in shown
