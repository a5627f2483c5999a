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


class CeilingError(ReelError):
    """It would cost more than may be spent (exit status 3). Nothing was sent."""


class RefusedError(ReelError):
    """The provider will not make this, and would not make it the next time either."""


class HeldError(ReelError):
    """Only the user can decide what becomes of a paid attempt (exit status 4)."""


class StalledError(ReelError):
    """A job takes longer than its deadline; it goes on at the provider (exit status 5)."""


class PausedError(ReelError):
    """The account takes no more work until somebody tops it up or mends its key (exit status 5)."""


class FailedError(ReelError):
    """The provider could not make it; a new attempt may work, and is paid anew."""
