"""The journal's rows of attempts: one live attempt a key, and nobody moves what is not theirs."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from runner.artifact import Artifact, MediaFacts
from runner.ceiling import Ceiling
from runner.errors import CeilingError, StoreError
from runner.journal import Journal, Ordered
from runner.journal.schema import STEPS
from runner.submit import LIVE, Accepted, Attempt, State, Unclear, after
from tests.runner.paid.fakes import Studio

AT = datetime(2026, 1, 2, tzinfo=UTC)
NONE = Ceiling()


def intent(uuid: str, key: str = "key") -> Attempt:
    return Attempt(uuid, key, f"reelmake/run/{uuid}", State.INTENT, "boot", 5.0)


def ordered(price: str | None = "0.25", run: str = "run") -> Ordered:
    usd = None if price is None else Decimal(price)
    body = {"prompt": "é", "image": {"sha256": "ab"}}
    return Ordered(
        run, "run", "film.toml", "plate/010", "u", "video", "oxen", "https://x", "you", body, usd, AT
    )


def test_the_index_knows_the_live_states(studio: Studio) -> None:
    """The database lets one attempt a key be in any state that the machine calls live."""
    assert all(f"'{state}'" in STEPS[1] for state in LIVE)
    assert not any(f"'{state}'" in STEPS[1] for state in set(State) - LIVE)

    attempts = studio.journal.attempts
    assert attempts.begin(intent("a"), ordered(), NONE).attempt.uuid == "a"
    assert attempts.begin(intent("b"), ordered(), NONE).attempt.uuid == "a"
    with pytest.raises(StoreError, match="UNIQUE"):
        attempts._insert(intent("c"), ordered())


def test_a_stale_hand_moves_nothing(studio: Studio) -> None:
    """Who lost an attempt to another process, or knows an old state of it, cannot move it."""
    attempts = studio.journal.attempts
    record = attempts.begin(intent("a"), ordered(), NONE)
    taken = attempts.take(record, "other")
    assert taken is not None
    assert attempts.take(record, "third") is None
    with pytest.raises(StoreError, match="another process"):
        attempts.move(record, after(record.attempt, Accepted("id")))

    moved = attempts.move(taken, after(record.attempt, Unclear("?")))
    with pytest.raises(StoreError, match="another process"):
        attempts.move(taken, after(record.attempt, Accepted("id")))
    assert attempts.of("key") == moved


def test_an_id_belongs_to_one_attempt(studio: Studio) -> None:
    """Two attempts of an account cannot both claim a generation."""
    attempts = studio.journal.attempts
    for uuid in ("a", "b"):
        record = attempts.begin(intent(uuid, key=uuid), ordered(), NONE)
        if uuid == "b":
            with pytest.raises(StoreError):
                attempts.move(record, after(record.attempt, Accepted("id")))
        else:
            attempts.move(record, after(record.attempt, Accepted("id")))
    assert attempts.of("b") == record


def test_the_price_is_reserved_with_the_intent(studio: Studio) -> None:
    """Two intents share what is left under the ceiling, and one that does not fit leaves no row."""
    attempts, ceiling = studio.journal.attempts, Ceiling(Decimal("0.40"))
    attempts.begin(intent("a", key="a"), ordered(), ceiling)
    with pytest.raises(CeilingError):
        attempts.begin(intent("b", key="b"), ordered(), ceiling)

    assert attempts.of("b") is None
    assert attempts.spent("run").amount == Decimal("0.25")


def test_done_goes_with_what_was_made(studio: Studio) -> None:
    """An attempt is done in the transaction that says what its key made, or not at all."""
    attempts = studio.journal.attempts
    record = attempts.begin(intent("a"), ordered(), NONE)
    record = attempts.move(record, after(record.attempt, Accepted("id")))
    from dataclasses import replace

    attempts.move(record, replace(record.attempt, state=State.SUCCEEDED))
    artifact = Artifact("d" * 64, 1, MediaFacts("video", "mp4"))
    studio.journal.add_made("key", artifact, uses="u", maker="oxen", took=1.0)
    reader = Journal.read(studio.folder / "journal.sqlite")
    assert (reader.made("key"), reader.attempts.of("key").attempt.state) == (None, State.SUCCEEDED)  # type: ignore[union-attr]
    reader.close()

    studio.journal.commit()
    assert studio.attempt().state is State.DONE
    assert attempts.source("d" * 64, "https://x", "you") == "id"
    assert attempts.source("d" * 64, "https://x", "somebody") is None


def test_a_journal_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    """A journal from before paid attempts is read as it is, and upgraded when it is written to."""
    path = tmp_path / "old.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(STEPS[0])
    connection.execute("PRAGMA user_version = 1")
    connection.execute(
        "INSERT INTO runs (id, recipe, began, status) VALUES ('r', 'film.toml', 'x', 'failed')"
    )
    connection.commit()
    connection.close()
    before = path.read_bytes()

    reader = Journal.read(path)
    assert (reader.made("key"), reader.attempts.of("key")) == (None, None)
    reader.close()
    assert path.read_bytes() == before

    writer = Journal.open(path)
    assert writer.begin_run("next", "film.toml", AT) == "next"
    assert writer.attempts.of("key") is None
    writer.commit()
    writer.close()
