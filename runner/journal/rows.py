"""Rows added to an open transaction and read back; every error of SQLite becomes one of ours, with words."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runner.errors import StoreError


class Rows:
    """The statements of one connection."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def add(self, statement: str, *values: Any) -> int:
        """Change rows within the open transaction, or begin one.

        Returns:
            How many rows were changed.
        """
        with worded(self._path):
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            return self._connection.execute(statement, values).rowcount

    def one(self, query: str, *values: Any) -> Any:
        """The first row, or None."""
        with worded(self._path):
            return self._connection.execute(query, values).fetchone()

    def every(self, query: str, *values: Any) -> list[Any]:
        """All rows."""
        with worded(self._path):
            return self._connection.execute(query, values).fetchall()

    def commit(self) -> None:
        """Put everything added since the last time on the disk, or nothing of it.

        Raises:
            StoreError: If that is not possible, as on a full disk.
        """
        if self._connection.in_transaction:
            with worded(self._path):
                self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def durably(self) -> Iterator[None]:
        """Put what is added within on the disk at its end, or nothing of it if anything goes wrong.

        What was added before is put there first: it is nobody else's to lose.

        Raises:
            StoreError: If that is not possible.
        """
        self.commit()
        try:
            yield
            self.commit()
        except BaseException:  # Also when interrupted: a transaction is kept whole or not at all.
            with contextlib.suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            raise


@contextlib.contextmanager
def closed_if_broken(connection: sqlite3.Connection) -> Iterator[None]:
    """Close a connection that cannot be used."""
    try:
        yield
    except BaseException:  # Whatever it was, nobody else will close this connection.
        connection.close()
        raise


@contextlib.contextmanager
def worded(path: Path) -> Iterator[None]:
    """Errors of SQLite become words.

    Raises:
        StoreError: For each.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_words(path, error)) from error


def _words(path: Path, error: sqlite3.Error) -> str:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return (
                f"the journal {path} is damaged ({error}); move it out of the way to begin a new one, "
                f"and nothing in objects/ is lost, but its work will be done again"
            )
        case sqlite3.SQLITE_READONLY:
            return f"the journal {path} may not be written to; make it writable, or set REEL_HOME elsewhere"
        case sqlite3.SQLITE_FULL:
            return f"the disk is full, so the journal {path} cannot go on; free some space and run again"
        case sqlite3.SQLITE_BUSY:
            return f"the journal {path} is being written to by another process; try again"
        case sqlite3.SQLITE_CANTOPEN:
            return f"the journal {path} cannot be opened; is its folder there, and may you write to it?"
    return f"the journal {path} cannot be used: {error}"
