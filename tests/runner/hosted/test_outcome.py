"""What a POST has done: the table of promises.md, row by row."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from runner.providers.hosted.errors import Cause
from runner.providers.hosted.outcome import (
    Answer,
    Posted,
    Refused,
    StaleIntentError,
    Unknown,
    outcome,
)
from runner.submit import Accepted, Attempt, NotSent, State, after
from tests.runner.hosted.bench import ID, NOW, OTHER

SAYS_NO = {
    "error": {"type": "invalid_params", "title": "Bad", "detail": "duration must be 6"},
    "status": "error",
}


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def read(reply: Answer | Exception, *, bytes_out: bool = True) -> Posted:
    return outcome(reply, now=NOW, bytes_out=bytes_out)


def one(*ids: object) -> dict[str, Any]:
    return {"generations": [{"generation_id": item, "status": "queued"} for item in ids]}


@pytest.mark.parametrize("status", [200, 201, 202])
def test_one_id_is_accepted(status: int) -> None:
    """A success with exactly one well-formed id is accepted, whichever success it is."""
    assert read(answer(status, one(ID))) == Accepted(ID)


@pytest.mark.parametrize("word", ["queued", "processing", "failed", "quantum", None, 7])
def test_the_status_word_of_a_new_row_does_not_matter(word: object) -> None:
    """Only the id decides: what the row's status says is for the polls to find out."""
    assert read(answer(200, {"generations": [{"generation_id": ID, "status": word}]})) == Accepted(ID)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{", b"<html>ok</html>", {}, {"generations": []}, {"generations": None},
        {"generations": [None]}, one("1234"), one(ID.upper()), one(ID + "/"), one(ID + "\n"), one(None),
        one(ID, OTHER), one(ID, "junk"), {"generations": {"generation_id": ID}}, {"generation_id": ID},
        b'{"generations":[{"generation_id":"%b"}],"generations":[]}' % ID.encode(),
        {"status": "error", "status_message": "no"}, b"\xff\xfe", b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_success_without_exactly_one_id_is_unknown(body: Any) -> None:
    """A success that does not name exactly one generation may still have made one, or several."""
    assert isinstance(read(answer(200, body)), Unknown)


def test_two_ids_are_both_kept_as_evidence() -> None:
    """Where one was asked for and two came, both are kept to be shown."""
    posted = read(answer(200, one(ID, OTHER)))

    assert isinstance(posted, Unknown)
    assert posted.ids == (ID, OTHER)
    assert ID.encode() in posted.evidence


@pytest.mark.parametrize(
    "status", [400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 426, 429, 431]
)
def test_a_refusal_in_the_providers_json_is_definite(status: int) -> None:
    """These statuses with a body as the provider writes it mean that no job was made."""
    posted = read(answer(status, SAYS_NO))

    assert isinstance(posted, Refused)
    assert posted.message == "duration must be 6"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422, 429])
@pytest.mark.parametrize(
    "body", [b"<html>Forbidden</html>", b"", b"no", {"message": "Forbidden"}, [], {"error": {}}]
)
def test_a_refusal_that_the_provider_did_not_write_is_unknown(status: int, body: Any) -> None:
    """A gateway's refusal proves nothing: the request may have passed it before."""
    assert isinstance(read(answer(status, body)), Unknown)


@pytest.mark.parametrize(
    "status", [100, 199, 300, 301, 302, 303, 304, 307, 308, 407, 408, 409, 425, 500, 502, 503, 504, 529, 599]
)
def test_every_other_status_is_unknown_even_with_the_providers_json(status: int) -> None:
    """Redirections, conflicts, time-outs and server errors leave it open whether a job was made."""
    assert isinstance(read(answer(status, SAYS_NO, location="https://elsewhere.test/x?sig=1")), Unknown)


def test_a_redirection_names_its_target_without_the_query() -> None:
    """The message of a redirection says where to, but not with which signature."""
    posted = read(answer(307, b"", location="https://elsewhere.test/x?sig=abc"))

    assert isinstance(posted, Unknown)
    assert "https://elsewhere.test/x" in posted.message
    assert "abc" not in posted.message


def test_a_body_that_blames_a_server_behind_is_unknown() -> None:
    """A 400 whose body says 502 comes from behind the provider, and leaves it open what happened there."""
    body = {"error": {"type": "upstream", "title": "Bad gateway"}, "status": 502}

    assert isinstance(read(answer(400, body)), Unknown)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout(""),
        httpx.PoolTimeout(""),
        httpx.UnsupportedProtocol("x"),
    ],
)
def test_without_a_connection_nothing_was_sent(error: Exception) -> None:
    """Errors from before the first byte prove that nothing was sent; the same ones after it prove nothing."""
    assert isinstance(read(error, bytes_out=False), NotSent)
    assert isinstance(read(error, bytes_out=True), Unknown)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadError(""), httpx.ReadTimeout(""), httpx.WriteError(""), httpx.WriteTimeout(""),
        httpx.RemoteProtocolError("x"), httpx.LocalProtocolError("x"), httpx.CloseError(""),
        httpx.DecodingError("x"),
        TimeoutError(), OSError(5, "I/O error"), ValueError("?"), RuntimeError(), KeyError("x"),
    ],
)  # fmt: skip
def test_any_other_error_is_unknown(error: Exception) -> None:
    """Whatever else is raised, known or not, sent or not: nobody knows, and nothing is sent again."""
    assert isinstance(read(error, bytes_out=True), Unknown)
    assert isinstance(read(error, bytes_out=False), Unknown)


def test_an_intent_that_is_too_old_was_not_sent() -> None:
    """A request given up before its first byte was not sent."""
    assert isinstance(read(StaleIntentError(), bytes_out=False), NotSent)


@pytest.mark.parametrize(
    ("status", "cause"),
    [(400, Cause.PARAMETER), (401, Cause.KEY), (402, Cause.CREDIT), (403, Cause.KEY), (429, Cause.RATE)],
)
def test_a_refusal_has_a_cause(status: int, cause: Cause) -> None:
    """A refusal says which of the ways out applies."""
    posted = read(answer(status, SAYS_NO))

    assert isinstance(posted, Refused)
    assert posted.problem.cause is cause


def test_a_rate_limit_says_how_long_to_wait() -> None:
    """The wait that a 429 asks for comes with the refusal."""
    posted = read(answer(429, {"error": "Rate limit exceeded"}, retry_after="7"))

    assert isinstance(posted, Refused)
    assert posted.problem.retry_after == 7


def test_a_refused_tag_is_recognised() -> None:
    """A refusal that names `target_directory` is about the tag."""
    posted = read(answer(400, {"error": {"message": "target_directory is not allowed"}}))

    assert isinstance(posted, Refused)
    assert posted.names_tag


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (answer(200, one(ID)), State.SUBMITTED),
        (answer(422, SAYS_NO), State.REJECTED),
        (answer(502, b""), State.UNKNOWN),
        (StaleIntentError(), State.NOT_SENT),
    ],
)
def test_an_outcome_is_a_fact_of_the_machine(reply: Answer | Exception, state: State) -> None:
    """The paid-attempt machine takes every outcome as it is."""
    attempt = Attempt("u", "k", "t", State.INTENT, "boot", 0.0)

    assert after(attempt, read(reply, bytes_out=False)).state is state
