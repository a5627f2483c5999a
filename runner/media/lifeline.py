"""A watcher that ends our ffmpegs if we are killed without a word.

SIGKILL gives no time to clean up, and an orphaned ffmpeg would go on using a core. The kernel closes our end
of a pipe, whatever happens to us; a shell that waits at the other end then kills what is still on its list.
(PR_SET_PDEATHSIG is no way out: it fires when the *thread* that started the child ends, and trio starts
children from threads that it lets go.)
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
from collections.abc import Iterator
from functools import cache

_WATCH = """
trap '' HUP INT TERM
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) groups="${groups%% $group *} ${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -9 "-$group"; done
"""


@contextlib.contextmanager
def tied(group: int) -> Iterator[None]:
    """Within this context, the process group dies if we do."""
    watcher = _watcher()
    _tell(watcher, f"+ {group}\n")
    try:
        yield
    finally:
        _tell(watcher, f"- {group}\n")


@cache
def _watcher() -> subprocess.Popen[bytes] | None:
    try:
        watcher = subprocess.Popen(  # In a session of its own, so that Ctrl-C does not reach it.
            ["/bin/sh", "-c", _WATCH],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
    except OSError:
        return None
    atexit.register(_dismiss, watcher)
    return watcher


def _tell(watcher: subprocess.Popen[bytes] | None, line: str) -> None:
    if watcher is not None and watcher.stdin is not None:
        with contextlib.suppress(
            OSError
        ):  # Whoever killed the watcher has taken the cleaning up upon himself.
            os.write(watcher.stdin.fileno(), line.encode())


def _dismiss(watcher: subprocess.Popen[bytes]) -> None:
    if watcher.stdin is not None:
        watcher.stdin.close()
    watcher.wait()
