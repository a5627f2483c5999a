"""What reelmake needs from this machine, looked at before a film depends on it."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal, TypeAlias

from runner.errors import ReelError

State: TypeAlias = Literal["ok", "warn", "fail"]

_PYTHON = (3, 11)
_ROOMY = 5_000_000_000
_TIGHT = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What.
        state: `ok`, `warn` (something will not work) or `fail` (nothing will).
        text: What was found.
        advice: What to do about it; None where all is well.
    """

    name: str
    state: State
    text: str
    advice: str | None = None


def examine(home: Path) -> tuple[Finding, ...]:
    """Look at everything; changes nothing on disk but a temporary file.

    Args:
        home: The state folder that a run would use.
    """
    checks: tuple[Callable[[], Iterable[Finding]], ...] = (
        _python, _ffmpeg, _font, lambda: _state(home), lambda: _disk(home), _providers,
    )  # fmt: skip
    return tuple(finding for check in checks for finding in check())


def _python() -> Iterable[Finding]:
    version = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info < _PYTHON:
        yield Finding("python", "fail", version, "install Python 3.11 or newer")
    else:
        yield Finding("python", "ok", version)


def _ffmpeg() -> Iterable[Finding]:
    from runner.media import abilities
    from runner.media.ffmpeg import executable

    unset = "set REEL_FFMPEG to a complete ffmpeg, or unset it to use the one that comes with reelmake"
    try:
        found = f"{abilities.version()} at {executable()}"
        missing = abilities.missing()
    except ReelError as error:
        yield Finding("ffmpeg", "fail", str(error), unset)
        return
    if missing:
        yield Finding("ffmpeg", "fail", f"{found} lacks {', '.join(missing)}", unset)
    else:
        yield Finding("ffmpeg", "ok", found)


def _font() -> Iterable[Finding]:
    from runner.media.text import font

    try:
        yield Finding("font", "ok", str(font()))
    except (ReelError, OSError) as error:
        yield Finding("font", "fail", str(error), "install reelmake anew: a file of it is missing")


def _state(home: Path) -> Iterable[Finding]:
    where = _nearest(home)
    advice = "set REEL_HOME to a folder that you may write to"
    try:
        with tempfile.TemporaryFile(dir=where):
            pass
    except OSError as error:
        yield Finding("state", "fail", f"{home}: {error.strerror}", advice)
        return
    there = "" if home.is_dir() else ", made by the first run"
    yield Finding("state", "ok", f"{home}{there}")


def _disk(home: Path) -> Iterable[Finding]:
    free = shutil.disk_usage(_nearest(home)).free
    text = f"{free / 1e9:.1f} GB free for {home}"
    if free >= _ROOMY:
        yield Finding("disk", "ok", text)
    else:
        state: State = "warn" if free >= _TIGHT else "fail"
        yield Finding("disk", state, text, "make room, or set REEL_HOME to a larger disk")


def _providers() -> Iterable[Finding]:
    from runner.providers import provider

    for name in sorted({entry.name for entry in entry_points(group="reelmake.providers")}):
        try:
            why = provider(name).unavailable()
        except ReelError as error:
            why = str(error)
        if why is None:
            yield Finding(f"provider {name}", "ok", "ready")
        else:
            yield Finding(f"provider {name}", "warn", "not available", why)


def _nearest(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.is_dir())
