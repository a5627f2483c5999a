"""Rows in both generations of the documentation, and in none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.providers.hosted.errors import BadReplyError, Cause
from runner.providers.hosted.matching import echoes_tags, tagged
from runner.providers.hosted.rows import Row, money, read_row, read_rows
from runner.submit import Seen
from tests.runner.hosted.bench import ID, OTHER

THIRD = ID[:-1] + "c"
URL = "https://hub.oxen.ai/api/repos/a/b?oxen_signature=s3cret"
FULL = {
    "generation_id": ID, "model_name": "ltx-2-3-pro", "media_type": "video", "status": "succeeded",
    "enqueued_at": 1, "started_at": 2, "completed_at": 3, "result_url": URL, "error_message": None,
    "prompt": "a ship", "target_directory": "reelmake/r/u", "cost": "0.48",
    "seed": 7, "input_image": "https://x",
}  # fmt: skip


def row(**changes: Any) -> Row:
    return read_row({"generation_id": ID, "status": "processing", **changes})


def test_a_documented_row_is_read() -> None:
    """All that is documented is there, and the parameters that are echoed with it do no harm."""
    found = read_row(FULL)

    assert (found.model, found.enqueued_at, found.cost) == ("ltx-2-3-pro", 1, Decimal("0.48"))
    assert found.seen == Seen("succeeded", has_result=True)
    assert found.result_url is not None
    assert found.result_url.reveal() == URL


def test_a_row_shows_no_signature_and_no_prompt() -> None:
    """A row that is printed gives away neither the URL's signature nor what was asked for."""
    shown = repr(read_row(FULL))

    assert "s3cret" not in shown
    assert "a ship" not in shown


def test_an_older_row_is_read() -> None:
    """A row as documented before, with `model` and without a status, is one that runs."""
    found = read_row({"generation_id": ID, "model": "ltx-2-3-pro"})

    assert (found.model, found.standing, found.strange) == ("ltx-2-3-pro", "running", True)


def test_a_row_may_be_wrapped() -> None:
    """The history wraps a single row; the queue does not."""
    assert (
        read_row({"status": "success", "generation": {"generation_id": ID, "status": "failed"}}).standing
        == "failed"
    )


@pytest.mark.parametrize(
    ("word", "standing", "strange"),
    [
        ("queued", "running", False), ("processing", "running", False), ("succeeded", "succeeded", False),
        ("failed", "failed", False), ("cancelled", "cancelled", False), ("canceled", "cancelled", False),
        ("completed", "running", True), ("SUCCEEDED", "running", True), ("", "running", True),
        (None, "running", True),
        (7, "running", True), ({"a": 1}, "running", True), ("x" * 9999, "running", True),
        ("\x1b[31m", "running", True),
    ],
)  # fmt: skip
def test_an_unknown_status_is_no_end(word: object, standing: str, strange: bool) -> None:
    """Only the documented words end a job; any other counts as running and deserves a warning."""
    found = row(status=word)

    assert (found.standing, found.strange) == (standing, strange)
    assert len(found.status or "") <= 64


@pytest.mark.parametrize(
    "value",
    [None, [], "x", 7, {}, {"generation_id": None}, {"generation_id": "x"}, {"generation_id": ID.upper()},
     {"generation_id": ID + "\n"}, {"generation_id": "../" + ID[3:]}, {"generation": {"generation_id": 7}}],
)  # fmt: skip
def test_without_a_well_formed_id_it_is_no_row(value: object) -> None:
    """The id is the one thing that must be right: it enters URLs."""
    with pytest.raises(BadReplyError):
        read_row(value)


def test_a_row_of_another_generation_is_no_answer() -> None:
    """A reply about another id than was asked for is refused."""
    with pytest.raises(BadReplyError, match="another"):
        read_row(FULL, OTHER)


@pytest.mark.parametrize(
    "name", ["enqueued_at", "cost", "result_url", "error_message", "model_name", "target_directory"]
)
@pytest.mark.parametrize("value", [None, [], {}, True, -1, 10**25, 1e300, "", "\x1b", "NaN", "x" * 100_000])
def test_a_field_of_the_wrong_kind_is_absent(name: str, value: object) -> None:
    """No field but the id can make a row unreadable."""
    assert row(**{name: value}).generation_id == ID


@pytest.mark.parametrize(
    "url", [None, "", "/api/repos/x", "x.mp4", "ftp://x/y", "file:///etc/passwd", 7, "javascript:1"]
)
def test_a_result_without_an_absolute_url_is_none(url: object) -> None:
    """A row that succeeded with a null or relative URL has no result yet."""
    assert row(status="succeeded", result_url=url).seen == Seen("succeeded", has_result=False)


def test_a_failed_row_has_a_problem() -> None:
    """What a failed row says is read as an error, and no other row has one."""
    problem = row(status="failed", error_message="Insufficient credits").problem

    assert problem is not None
    assert problem.cause is Cause.CREDIT
    assert row(error_message="Insufficient credits").problem is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.48", Decimal("0.48")), (" 1.5 ", Decimal("1.5")), (2, Decimal(2)), (0.24, Decimal("0.24")),
        ("0", Decimal(0)),
        (None, None), (True, None), ("", None), ("free", None), ("NaN", None), ("Infinity", None),
        ("-1", None),
        (-0.5, None), ("1e99", None), (float("nan"), None), (float("inf"), None), ([], None),
        ("1" * 500, None),
    ],
)  # fmt: skip
def test_money_is_exact_or_unknown(value: object, expected: Decimal | None) -> None:
    """Amounts come as text or numbers; what is not an amount is unknown, which is not nothing."""
    assert money(value) == expected


def test_rows_without_ids_are_counted() -> None:
    """A list tells how many of its rows could not be read, for they are not absent."""
    rows, unreadable = read_rows({"generations": [FULL, {"generation_id": "?"}, None]})

    assert ([found.generation_id for found in rows], unreadable) == ([ID], 2)


@pytest.mark.parametrize("value", [{}, {"generations": None}, {"generations": {}}, [], None])
def test_a_list_is_wanted(value: object) -> None:
    """A reply without a list of generations says nothing about what exists."""
    with pytest.raises(BadReplyError):
        read_rows(value)


def made(generation_id: str, tag: str | None, retry_of: str | None = None) -> Row:
    return row(generation_id=generation_id, target_directory=tag, retried_from_id=retry_of)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], ()),
        ([made(ID, "t")], (ID,)),
        ([made(ID, None), made(OTHER, "t/"), made(THIRD, "T")], ()),
        ([made(ID, "t"), made(OTHER, "t")], (ID, OTHER)),
        ([made(ID, "t"), made(OTHER, "t", ID)], (OTHER,)),
        ([made(THIRD, None, OTHER), made(OTHER, "t", ID), made(ID, "t")], (THIRD,)),
        ([made(ID, "t", OTHER), made(OTHER, "t", ID)], (OTHER, ID)),
    ],
)
def test_a_match_carries_the_tag_itself(rows: list[Row], expected: tuple[str, ...]) -> None:
    """Only a row's own tag makes it a match, and of a chain of retries the newest one is meant."""
    assert tagged(rows, "t") == expected


def test_whether_tags_are_echoed_can_be_told() -> None:
    """A list on which no row has a tag of ours says nothing about a tag that is missing."""
    assert echoes_tags([made(ID, "reelmake/r/u"), made(OTHER, None)])
    assert not echoes_tags([made(ID, None), made(OTHER, "films")])
