"""The search for the canary key finds it wherever it hides; a run of all tests ends with that search."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests import canary
from tests.canary import KEY, Listener, file_shows, files_that_show, shows

ROOT = Path(__file__).parents[1]
RAW = KEY.encode()
SMALL = KEY.replace("/", "%2f").replace("+", "%2b").replace("=", "%3d").encode()
HIDDEN = {
    "raw": RAW,
    "JSON": json.dumps({"key": KEY}).encode(),
    "JSON of another kind": b'"' + RAW.replace(b"/", rb"\/") + b'"',
    "a URL": f"https://x.test/?key={quote(KEY, safe='')}".encode(),
    "a URL's path": f"https://x.test/{quote(KEY)}".encode(),
    "a form": quote_plus(KEY).encode(),
    "a URL in small letters": SMALL,
    "a URL with all escaped": "".join(f"%{byte:02X}" for byte in RAW).encode(),
    "hex": RAW.hex().encode(),
    "HEX": RAW.hex().upper().encode(),
    **{f"base64 after {n}": base64.b64encode(b"u" * n + RAW + b":rest") for n in range(6)},
    **{f"base64 for URLs after {n}": base64.urlsafe_b64encode(b"u" * n + RAW) for n in range(6)},
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_a_key_is_found_in_each_encoding(name: str) -> None:
    """Raw, in JSON, URLs, hexadecimal and base64 at any offset, the key is seen; a neighbour of it is not."""
    assert shows(b"before \xff" + HIDDEN[name] + b" after")
    assert not shows(b"before " + HIDDEN[name][: len(HIDDEN[name]) // 2] + b" after")


@pytest.mark.parametrize("name", ["raw", "hex", "base64 after 2", "a URL"])
def test_a_planted_file_is_found(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """A key in a file of a folder is found, also where it lies across two pieces of a large one."""
    folder = tmp_path_factory.mktemp("planted")
    place = folder / "deep/er/film.mp4"
    place.parent.mkdir(parents=True)
    (folder / "clean").write_bytes(b"canary" * 100)
    place.write_bytes(bytes(canary._CHUNK - 7) + HIDDEN[name] + bytes(canary._CHUNK))
    try:
        assert files_that_show(folder) == [place]
    finally:
        shutil.rmtree(folder)


def test_a_file_name_counts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A key in a name is as bad as one in a file."""
    folder = tmp_path_factory.mktemp("named")
    place = folder / RAW.hex()
    place.touch()
    try:
        assert files_that_show(folder) == [place]
    finally:
        shutil.rmtree(folder)


def test_a_log_record_is_heard() -> None:
    """The key is heard in a record's text, its arguments and its traceback."""
    listener = Listener()
    log = logging.getLogger("alone")
    log.propagate = False
    log.addHandler(listener)
    log.debug("clean %s", "text")
    assert listener.taken() == []
    log.debug("with %s", KEY)
    log.debug("with %(it)s", {"it": RAW})
    log.error("it failed", exc_info=ValueError(quote(KEY, safe="")))
    assert listener.taken() == ["a log record of alone"] * 3
    assert listener.taken() == []


LEAKS = """\
import logging, os, subprocess, sys

KEY = os.environ["OXEN_API_KEY"]

def test_prints():
    print(KEY)

def test_says(capsys):
    print(KEY)
    capsys.readouterr()

def test_logs():
    logging.getLogger("leak").debug("a %s", KEY)

def test_child():
    child = "import os; print(os.environ['OXEN_API_KEY'])"
    subprocess.run([sys.executable, "-c", child], capture_output=True)

def test_writes(tmp_path):
    (tmp_path / "journal").write_bytes(b"x" * 99 + KEY.encode().hex().encode())

def test_clean(tmp_path):
    (tmp_path / "journal").write_bytes(b"x" * 99)
"""


def test_a_leak_beyond_a_hole_is_found(tmp_path: Path) -> None:
    """Of a file of a terabyte only what was written is read, and all of that."""
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.seek(2**40)
        file.write(b"x" * 5_000_000 + KEY.encode())

    found = file_shows(path)
    path.unlink()

    assert found


def test_a_run_with_a_leak_fails(tmp_path: Path) -> None:
    """A session whose tests leak the key fails, and names what leaked it: test by test, and the file."""
    tests = tmp_path / "tests"
    tests.mkdir()
    for name in ("canary.py", "conftest.py"):
        shutil.copyfile(ROOT / "tests" / name, tests / name)
    (tests / "test_leaks.py").write_text(LEAKS, "utf-8")
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    base = tmp_path / "base"
    done = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "no:cacheprovider", f"--basetemp={base}",
         "--color=no", "tests"],
        cwd=tmp_path, env={**os.environ, "COLUMNS": "200"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.stdout is not None
    told = done.stdout.read().decode()
    done.stdout.close()
    status = done.wait()
    for path in base.rglob("journal"):
        path.unlink()

    assert status == 1, told
    leaking = {f"tests/test_leaks.py::test_{test}" for test in ("prints", "says", "logs", "child")}
    assert set(re.findall(r"^FAILED (\S+) - the key was shown in ", told, re.MULTILINE)) == leaking, told
    assert re.search(r"^ERROR \S+ - Failed: the key was shown in \S+/journal$", told, re.MULTILINE), told
    assert "4 failed, 2 passed, 1 error" in told, told
