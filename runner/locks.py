"""Locks between processes. The kernel frees them when their owner dies, however it dies."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from runner.errors import BusyError, StoreError

_PATIENCE = 100


def _pause() -> None:
    time.sleep(0.02)


@contextlib.contextmanager
def run_lock(folder: Path, recipe: Path, pause: Callable[[], None] = _pause) -> Iterator[None]:
    """Hold the run of one recipe.

    Args:
        folder: The folder of locks in the state folder.
        recipe: The recipe, absolute and with links resolved.
        pause: Waits for a moment.

    Raises:
        BusyError: If another process holds it; the message names that process.
    """
    name = hashlib.sha256(os.fsencode(recipe)).hexdigest()[:32]
    with _opened(folder / f"{name}.lock") as descriptor:
        patience = _PATIENCE
        while not _try(descriptor, fcntl.LOCK_EX):
            owner = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            # A process killed in the moment of starting ffmpeg leaves a child that holds what it held until
            # it has become ffmpeg: only then does the kernel close the child's copies of our files.
            if patience == 0 or _alive(owner):
                by = f"process {owner}" if owner.isdigit() else "another process"
                raise BusyError(f"{recipe.name} is being run by {by} already; wait until it ends, or stop it")
            patience -= 1
            pause()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield


@contextlib.contextmanager
def store_lock(folder: Path) -> Iterator[None]:
    """Share the store with others who use it; who clears it up takes it alone.

    Raises:
        BusyError: If the store is being cleared up.
    """
    with _opened(folder / "store.lock") as descriptor:
        if not _try(descriptor, fcntl.LOCK_SH):
            raise BusyError(
                "the store is being cleared up by another process; try again when it has finished"
            )
        yield


@contextlib.contextmanager
def reading_lock(folder: Path) -> Iterator[None]:
    """Share the store with others as long as there is one, writing nothing.

    Raises:
        BusyError: If the store is being cleared up.
    """
    try:
        descriptor = os.open(folder / "store.lock", os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        yield
        return
    try:
        _share(descriptor)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait for a lock that is held for moments only, and hold it."""
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def abandoned(path: Path) -> bool:
    """Whether nobody alive holds the lock in this file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        return _try(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {(error.strerror or str(error)).lower()}") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _alive(owner: str) -> bool:
    """Whether the process that wrote its number into a lock is there; yes where that cannot be told."""
    try:
        os.kill(int(owner), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OverflowError, PermissionError):
        return True
    return True


def _share(descriptor: int) -> None:
    if not _try(descriptor, fcntl.LOCK_SH):
        raise BusyError("the store is being cleared up by another process; try again when it has finished")


def _try(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
