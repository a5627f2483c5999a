"""The journal: durable all at once, and words where it cannot be used."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from runner import facts_json
from runner.artifact import Artifact, MediaFacts, Sound
from runner.errors import StoreError
from runner.events import InstanceBlocked, to_json
from runner.journal import Journal, Placed, Scope, Seen

AT = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
FACTS = MediaFacts(
    "video", "mp4", 640, 360, Fraction(24000, 1001), 145, Fraction(145, 24), Sound(48000, 2, None)
)
ARTIFACT = Artifact("ab" * 32, 1234, FACTS)
SCOPE = Scope("/film.toml", "plate/010", "oxen")
SEEN = Seen("k", {"uses": "u", "params": {"prompt": "é"}}, {"ab": "board.png"}, "failed", "why\nmore")
BLOCKED = InstanceBlocked(AT, "film", ("plate/010",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    opened = Journal.open(path)
    yield opened
    opened.close()


def fill(journal: Journal) -> None:
    journal.begin_run("r1", "/film.toml", AT)
    journal.add_event("r1", BLOCKED)
    journal.add_made("k", ARTIFACT, uses="image-to-video", maker="oxen", took=2.0)
    journal.add_seen(SCOPE, SEEN)
    journal.add_derived("src", "audio", 1, ARTIFACT)
    journal.add_delivered(Path("/out/film.mp4"), Placed("ab", 1, 2, 3))


def assert_filled(journal: Journal) -> None:
    assert journal.events("r1") == [to_json(BLOCKED)]
    assert journal.made("k") == ARTIFACT
    assert journal.seen(SCOPE) == SEEN
    assert journal.last(SCOPE) == ("k", "failed")
    assert journal.derived("src", "audio", 1) == ARTIFACT
    assert journal.delivered(Path("/out/film.mp4")) == Placed("ab", 1, 2, 3)
    assert journal.paces() == {("image-to-video", "oxen"): 2.0}


def test_what_is_committed_is_read_back(journal: Journal, path: Path) -> None:
    """Every row comes back as it was, facts in exact rationals, also for who only reads."""
    fill(journal)
    journal.commit()

    assert_filled(journal)
    reader = Journal.read(path)
    assert_filled(reader)
    reader.close()


def test_what_is_not_committed_is_forgotten_whole(journal: Journal, path: Path) -> None:
    """A crash before the commit leaves neither the event nor the facts that go with it."""
    fill(journal)
    journal.close()

    again = Journal.open(path)
    assert again.events() == []
    assert again.made("k") is None
    assert again.seen(SCOPE) is None
    again.close()


def test_nobody_else_sees_half_a_transaction(journal: Journal, path: Path) -> None:
    """A reader beside the writer sees what is committed and nothing more."""
    fill(journal)
    reader = Journal.read(path)
    assert reader.made("k") is None
    reader.close()


def test_a_journal_copied_after_a_crash_is_whole(journal: Journal, path: Path, tmp_path: Path) -> None:
    """The bytes on the disk after a commit, write-ahead log included, are enough to go on from."""
    fill(journal)
    journal.commit()
    copied = tmp_path / "copy"
    copied.mkdir()
    for name in ("journal.sqlite", "journal.sqlite-wal"):
        shutil.copy(path.with_name(name), copied / name)

    resumed = Journal.open(copied / "journal.sqlite")
    assert_filled(resumed)
    resumed.close()


def test_commits_are_synchronous(path: Path, journal: Journal) -> None:
    """Every commit waits for the disk, in a log that readers do not block."""
    connection = journal._connection
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert path.exists()


def test_a_run_that_never_ended_was_killed(journal: Journal) -> None:
    """The next run of the recipe says so; runs of other recipes and ended ones stay as they are."""
    for run, recipe in (("a", "/x.toml"), ("b", "/y.toml"), ("c", "/x.toml")):
        journal.begin_run(run, recipe, AT)
        if run == "b":
            journal.end_run(run, AT, "done")
    journal.begin_run("d", "/x.toml", AT)

    rows = journal._connection.execute("SELECT id, status FROM runs ORDER BY id").fetchall()
    assert rows == [("a", "killed"), ("b", "done"), ("c", "killed"), ("d", None)]


def test_an_absent_journal_is_empty_and_stays_absent(path: Path) -> None:
    """Looking where nothing is finds nothing and makes nothing."""
    reader = Journal.read(path)
    assert reader.events() == []
    assert reader.made("k") is None
    reader.close()

    assert list(path.parent.iterdir()) == []


def test_an_empty_file_is_an_empty_journal(path: Path) -> None:
    """A crash in the very first moment leaves a file without tables, and no harm."""
    path.touch()

    reader = Journal.read(path)
    assert reader.events() == []
    reader.close()
    writer = Journal.open(path)
    fill(writer)
    writer.commit()
    writer.close()


@pytest.mark.parametrize("opened", [Journal.open, Journal.read])
def test_a_newer_journal_is_refused(path: Path, opened: type[Journal]) -> None:
    """A journal of a version to come is not touched, and the user is told what to do."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(StoreError, match="from a newer reelmake"):
        opened(path)  # type: ignore[call-arg, arg-type]

    assert path.read_bytes() == before


@pytest.mark.parametrize("opened", [Journal.open, Journal.read])
def test_a_damaged_journal_is_said(path: Path, opened: type[Journal]) -> None:
    """What is no journal is named, with what is and is not lost."""
    path.write_bytes(b"garbage " * 512)

    with pytest.raises(StoreError, match="is damaged"):
        opened(path)  # type: ignore[call-arg, arg-type]


def test_damage_deep_inside_is_said(path: Path) -> None:
    """A page that was overwritten comes out as words when it is read."""
    writer = Journal.open(path)
    for index in range(200):
        writer.add_made(f"{index:064}", ARTIFACT, uses="u", maker="m", took=1)
    writer.commit()
    writer.close()
    text = bytearray(path.read_bytes())
    text[4096:] = b"\xff" * (len(text) - 4096)
    path.write_bytes(text)
    reader = Journal.read(path)

    with pytest.raises(StoreError, match="is damaged"):
        reader.made(f"{7:064}")
    reader.close()


def test_a_row_that_reelmake_did_not_write_is_said() -> None:
    """Facts that make no sense are an error with words."""
    for text in ("[]", "{}", '{"media": "video", "container": "mp4", "fps": "x"}', "nonsense"):
        with pytest.raises(StoreError, match="did not write"):
            facts_json.load(text)


def test_a_full_disk_is_said(journal: Journal) -> None:
    """When the journal cannot grow, nothing of the transaction is kept and the user is told."""
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreError, match="the disk is full"):
        journal.add_seen(SCOPE, Seen("k", {"prompt": "x" * 100_000}, {}, "made"))


def test_a_journal_that_may_not_be_written_is_said(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only journal is named, with the way out."""
    journal._connection.execute("PRAGMA query_only = ON")

    with pytest.raises(StoreError, match="may not be written to"):
        fill(journal)
    monkeypatch.undo()
    assert path.exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A journal in a folder that is gone cannot be opened, and that is said."""
    with pytest.raises(StoreError, match="cannot be opened"):
        Journal.open(tmp_path / "gone" / "journal.sqlite")


def test_facts_survive() -> None:
    """Facts come back equal, whatever of them is not set."""
    for facts in (
        FACTS,
        MediaFacts("image", "png", 8, 8),
        MediaFacts("audio", "wav", seconds=Fraction(1, 3)),
    ):
        assert facts_json.load(facts_json.dump(facts)) == facts
