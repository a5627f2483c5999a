"""Fixtures that every test may use, and the search for a canary key in all that the tests produce."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.canary import KEY, Listener, files_that_show

_listener = Listener()


@pytest.fixture(params=["asyncio", "trio"], scope="session")
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Both backends; for the session, because hypothesis refuses function-scoped fixtures."""
    return str(request.param)


@pytest.fixture(autouse=True, scope="session")
def _no_folders_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Neither the user's configuration nor copies in the user's cache have a say in any test."""
    folder = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(folder / name.lower()))
        yield


@pytest.fixture(autouse=True, scope="session")
def _canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An API key is in the environment of all tests, for a provider that is not there; no file has it after.

    What tests read of captured output and of programs they run is looked at as they read it.
    """
    base = tmp_path_factory.getbasetemp()
    root = logging.getLogger()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OXEN_API_KEY", KEY)
        patch.setenv("OXEN_BASE_URL", "http://127.0.0.1:9/api")
        patch.setattr(root, "level", logging.DEBUG)
        _look_at(patch, pytest.CaptureFixture, "readouterr", "captured output")
        _look_at(patch, subprocess.Popen, "communicate", "the output of a program")
        root.addHandler(_listener)
        yield
        root.removeHandler(_listener)
    if leaks := files_that_show(base):
        pytest.fail("the key was shown in " + ", ".join(map(str, leaks)), pytrace=False)


def _look_at(patch: pytest.MonkeyPatch, owner: Any, name: str, what: str) -> None:
    """Look at both texts that a method returns."""
    real = getattr(owner, name)

    def looking(*args: Any, **kwargs: Any) -> Any:
        both = real(*args, **kwargs)
        for each in both:
            _listener.note(what, each)
        return both

    patch.setattr(owner, name, looking)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test while which the key was shown."""
    report = yield
    for name, text in report.sections:
        if name.endswith(str(report.when)):  # Those of earlier phases are repeated, and were looked at.
            _listener.note(name, text)
    if (shown := _listener.taken()) and not report.failed:
        report.outcome = "failed"
        report.longrepr = "the key was shown in " + ", ".join(dict.fromkeys(shown))
    return report
