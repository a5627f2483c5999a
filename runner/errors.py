"""Errors of the runner: each is a situation, with words for whoever reads them on a terminal."""

from __future__ import annotations


class ReelError(Exception):
    """Something went wrong that the user can act on. The message says what, and what to do."""


class UsageError(ReelError):
    """The command cannot be carried out as given (exit status 2)."""


class BusyError(ReelError):
    """Another process has the run or the store (exit status 6)."""


class MediaError(ReelError):
    """A media file could not be read or made. The message ends with ffmpeg's last lines, if it ran."""


class StoreError(ReelError):
    """The store or the journal cannot be used: damaged, read-only, newer, or out of space."""
