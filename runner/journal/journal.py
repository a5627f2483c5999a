"""The journal: what happened and what was made, in SQLite, durable before anybody is told.

Events are kept as they are. Beside them stand the few facts that a plan asks for: what each key made, what
each instance was when it was last seen, which frames were taken out of which video, what was delivered where.
Rows are added to a transaction that is open, and `commit` puts all of it on the disk at once, so that an
event and the facts that go with it are never apart.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from runner import facts_json
from runner.artifact import Artifact
from runner.errors import StoreError
from runner.events import Event, to_json
from runner.journal.attempts import Attempts
from runner.journal.rows import Rows, closed_if_broken, worded
from runner.journal.schema import APPLICATION, STEPS, VERSION
from runner.journal.uploads import Uploads

_ATTEMPTS_SINCE = 2

SeenState: TypeAlias = Literal["made", "failed", "refused"]


class Scope(NamedTuple):
    """Within what an instance is compared with what it was: recipe, address, and who renders it."""

    recipe: str
    address: str
    maker: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What an instance was when it was last tried or reused.

    Attributes:
        key: Its key then.
        preimage: What that key was the digest of.
        labels: What its media were called then, by digest.
        state: What came of it.
        message: Why it failed; empty where it did not.
    """

    key: str
    preimage: Mapping[str, Any]
    labels: Mapping[str, str]
    state: SeenState
    message: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A delivered file as it was when its bytes were last known.

    Attributes:
        digest: SHA-256 of its bytes.
        size: Bytes.
        inode: Its inode's number.
        changed: Its time of change, nanoseconds.
    """

    digest: str
    size: int
    inode: int
    changed: int


class Journal:
    """A connection to the journal. Every error of SQLite becomes a `StoreError` with words.

    Attributes:
        attempts: What was paid for, and what became of it.
        uploads: What was handed to a provider, and where it lies there.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._rows = Rows(connection, path)
        self.attempts = Attempts(self._rows)
        self.uploads = Uploads(self._rows)
        self._stand_in: Journal | None = None

    @classmethod
    def open(cls, path: Path) -> Journal:
        """Open the journal to write to it, and make it if there is none.

        Raises:
            StoreError: If it is damaged, read-only, or of a newer reelmake.
        """
        with worded(path):
            connection = sqlite3.connect(path, isolation_level=None)
        journal = cls(connection, path)
        with closed_if_broken(connection), worded(path):
            connection.execute("PRAGMA busy_timeout = 10000")
            journal._check_version()
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = 1")
            # A run is short: its log is folded into the journal when it ends, seldom in its midst.
            connection.execute("PRAGMA wal_autocheckpoint = 8000")
            connection.execute("BEGIN IMMEDIATE")
            journal._upgrade(journal._version())
            connection.execute("COMMIT")
        return journal

    @classmethod
    def read(cls, path: Path) -> Journal:
        """Open the journal to look into it, changing nothing on the disk; an absent one is empty.

        Raises:
            StoreError: If it is damaged or of a newer reelmake.
        """
        if not path.exists():
            empty = cls(sqlite3.connect(":memory:", isolation_level=None), path)
            empty._upgrade(0)
            return empty
        # Without a write-ahead log nobody is writing. SQLite is told so: it would otherwise make that log.
        quiet = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
        with worded(path):
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro{quiet}", uri=True, isolation_level=None
            )
        journal = cls(connection, path)
        with closed_if_broken(connection), worded(path):
            journal._check_version()
            if journal._version() == 0:
                connection.close()
                return cls.read(path.with_name("absent"))
            if journal._version() < _ATTEMPTS_SINCE:
                journal._stand_in = cls.read(path.with_name("absent"))
                journal.attempts = journal._stand_in.attempts
        return journal

    def close(self) -> None:
        """Leave the journal. What was not committed is forgotten."""
        self._connection.close()
        if self._stand_in is not None:
            self._stand_in.close()

    def begin_run(self, run: str, recipe: str, at: datetime, *, rehearsal: bool = False) -> str:
        """Note that a run begins. Runs of the same recipe that never ended were killed.

        Returns:
            The run to whose spending this one's is added: the first after the last that ended in success.
        """
        self._add("UPDATE runs SET status = 'killed' WHERE recipe = ? AND status IS NULL", recipe)
        last = self._one(
            """SELECT spending, status FROM runs WHERE recipe = ? AND spending IS NOT NULL
               ORDER BY rowid DESC LIMIT 1""",
            recipe,
        )
        spending = run if last is None or last[1] == "done" else str(last[0])
        row = (run, recipe, at.isoformat(), None if rehearsal else spending)
        self._add("INSERT INTO runs (id, recipe, began, spending) VALUES (?, ?, ?, ?)", *row)
        return spending

    def end_run(self, run: str, at: datetime, status: str) -> None:
        """Note how a run ended."""
        self._add("UPDATE runs SET ended = ?, status = ? WHERE id = ?", at.isoformat(), status, run)

    def add_event(self, run: str, event: Event) -> None:
        """Keep an event."""
        text = json.dumps(to_json(event), ensure_ascii=False)
        self._add("INSERT INTO events (run, event) VALUES (?, ?)", run, text)

    def add_made(self, key: str, artifact: Artifact, *, uses: str, maker: str, took: float) -> None:
        """Keep what a key made, and how many seconds it took; an attempt that was paid for it is done."""
        facts = facts_json.dump(artifact.facts)
        row = (key, artifact.digest, artifact.size, facts, uses, maker, took)
        self._add("INSERT OR REPLACE INTO made VALUES (?, ?, ?, ?, ?, ?, ?)", *row)
        self.attempts.record(key)

    def add_seen(self, scope: Scope, seen: Seen) -> None:
        """Keep what an instance is now."""
        self._add("INSERT OR IGNORE INTO preimages VALUES (?, ?)", seen.key, json.dumps(seen.preimage))
        row = (*scope, seen.key, json.dumps(seen.labels), seen.state, seen.message)
        self._add("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    def add_derived(self, source: str, output: str, version: int, artifact: Artifact) -> None:
        """Keep what was taken out of a video."""
        row = (source, output, version, artifact.digest, artifact.size, facts_json.dump(artifact.facts))
        self._add("INSERT OR REPLACE INTO derived VALUES (?, ?, ?, ?, ?, ?)", *row)

    def add_delivered(self, path: Path, placed: Placed) -> None:
        """Keep what was delivered where."""
        row = (str(path), placed.digest, placed.size, placed.inode, placed.changed)
        self._add("INSERT OR REPLACE INTO delivered VALUES (?, ?, ?, ?, ?)", *row)

    def commit(self) -> None:
        """Put everything added since the last time on the disk, or nothing of it.

        Raises:
            StoreError: If that is not possible, as on a full disk.
        """
        self._rows.commit()

    def made(self, key: str) -> Artifact | None:
        """What a key made."""
        row = self._one("SELECT digest, size, facts FROM made WHERE key = ?", key)
        return Artifact(row[0], row[1], facts_json.load(row[2])) if row else None

    def seen(self, scope: Scope) -> Seen | None:
        """What an instance was when it was last tried or reused."""
        query = """SELECT key, preimage, labels, state, message FROM seen NATURAL JOIN preimages
                   WHERE recipe = ? AND address = ? AND scope = ?"""
        row = self._one(query, *scope)
        return Seen(row[0], json.loads(row[1]), json.loads(row[2]), row[3], row[4]) if row else None

    def last(self, scope: Scope) -> tuple[str, SeenState] | None:
        """The key and state of `seen`, without the rest."""
        row = self._one("SELECT key, state FROM seen WHERE recipe = ? AND address = ? AND scope = ?", *scope)
        return (row[0], row[1]) if row else None

    def derived(self, source: str, output: str, version: int) -> Artifact | None:
        """What was taken out of a video."""
        query = "SELECT digest, size, facts FROM derived WHERE source = ? AND output = ? AND version = ?"
        row = self._one(query, source, output, version)
        return Artifact(row[0], row[1], facts_json.load(row[2])) if row else None

    def delivered(self, path: Path) -> Placed | None:
        """What was delivered to a path."""
        row = self._one("SELECT digest, size, inode, changed FROM delivered WHERE path = ?", str(path))
        return Placed(*row) if row else None

    def paces(self) -> dict[tuple[str, str], float]:
        """Seconds that work took on average, by kind of step and by who does it."""
        with worded(self._path):
            rows = self._connection.execute(
                "SELECT uses, maker, avg(took) FROM made GROUP BY uses, maker"
            ).fetchall()
        return {(uses, maker): took for uses, maker, took in rows}

    def events(self, run: str | None = None) -> list[dict[str, Any]]:
        """Every event that was kept, in order; those of one run, or all."""
        query = "SELECT event FROM events WHERE ?1 IS NULL OR run = ?1 ORDER BY id"
        with worded(self._path):
            return [json.loads(row[0]) for row in self._connection.execute(query, (run,))]

    def _add(self, statement: str, *values: Any) -> None:
        self._rows.add(statement, *values)

    def _one(self, query: str, *values: Any) -> Any:
        return self._rows.one(query, *values)

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def _check_version(self) -> None:
        if (version := self._version()) > VERSION:
            raise StoreError(
                f"the journal {self._path} is of version {version}, from a newer reelmake; this one reads "
                f"version {VERSION}: get the newer reelmake, or set REEL_HOME to another folder"
            )

    def _upgrade(self, version: int) -> None:
        """Make what a journal of this version lacks; version 0 is an empty file."""
        if version == VERSION:
            return
        for statement in (each for step in STEPS[version:] for each in step.split(";")):
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA application_id = {APPLICATION}")
        self._connection.execute(f"PRAGMA user_version = {VERSION}")
