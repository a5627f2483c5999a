"""The hosted provider as far as it goes offline."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import UsageError
from runner.job import Rendition
from runner.providers.oxen import provider


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no base URL, and no configuration but the test's."""
    monkeypatch.delenv("OXEN_API_KEY", raising=False)
    monkeypatch.delenv("OXEN_BASE_URL", raising=False)
    monkeypatch.setenv("REEL_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hub.oxen.ai/api", "https://hub.oxen.ai"),
        ("HTTPS://Hub.Oxen.AI:443/api", "https://hub.oxen.ai"),
        ("http://127.0.0.1:8787/api", "simulator"),
        ("http://localhost/api", "simulator"),
        ("http://[::1]:9/api", "simulator"),
        ("https://[2001:db8::1]:9/api", "https://[2001:db8::1]:9"),
    ],
)
def test_an_origin_has_no_path(url: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The origin is scheme, host and port alone, and every loopback is one: no clips are ever mixed."""
    monkeypatch.setenv("OXEN_BASE_URL", url)

    assert provider().identity(Rendition()) == {"provider": f"oxen@{expected}"}


@pytest.mark.parametrize(
    "url",
    ["ftp://x", "hub.oxen.ai", "https://", "https://x:port", "file:///etc", "http://hub.oxen.ai/api",
     "https://user:secret@self.example/api", "https://self.example/api?key=1"],
)  # fmt: skip
def test_what_is_no_safe_address_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A base URL to which no key may go is an error with words, which do not repeat it."""
    monkeypatch.setenv("OXEN_BASE_URL", url)

    with pytest.raises(UsageError, match="OXEN_BASE_URL") as caught:
        provider().identity(Rendition())
    assert "secret" not in str(caught.value)


def test_without_a_key_it_says_what_to_do_instead() -> None:
    """Nothing is sent without a key: the words name it, and the two ways that need none."""
    it = provider()
    why = str(it.unavailable())

    assert (it.name, it.hosted) == ("oxen", True)
    assert "OXEN_API_KEY is not set" in why
    assert "reel rehearse" in why
    assert "reel simulate" in why
    assert it.price("ltx-2-3-pro", {}, 6) is None


def test_with_a_key_it_is_available(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is all it takes."""
    monkeypatch.setenv("OXEN_API_KEY", "x")

    assert provider().unavailable() is None
