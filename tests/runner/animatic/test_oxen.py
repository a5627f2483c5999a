"""The hosted provider as far as it goes offline."""

from __future__ import annotations

import pytest

from runner.errors import UsageError
from runner.job import Rendition
from runner.providers.oxen import origin, provider


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hub.oxen.ai/api", "https://hub.oxen.ai"),
        ("HTTPS://Hub.Oxen.AI:443/api", "https://hub.oxen.ai"),
        ("https://user:secret@self.example:8443/api?key=1", "https://self.example:8443"),
        ("http://127.0.0.1:8787/api", "simulator"),
        ("http://localhost/api", "simulator"),
        ("http://[::1]:9/api", "simulator"),
        ("https://[2001:db8::1]:9/api", "https://[2001:db8::1]:9"),
    ],
)
def test_an_origin_has_no_path_and_no_secret(url: str, expected: str) -> None:
    """The origin is scheme, host and port alone, and every loopback is one."""
    assert origin(url) == expected


@pytest.mark.parametrize("url", ["ftp://x", "hub.oxen.ai", "https://", "https://x:port", "file:///etc"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    """A base URL that is none is an error with words, which do not repeat it."""
    with pytest.raises(UsageError, match="OXEN_BASE_URL"):
        origin(url)


def test_it_says_what_to_do_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosted rendering is refused with the command that works, and has no price that it could know."""
    monkeypatch.delenv("OXEN_BASE_URL", raising=False)
    it = provider()

    assert (it.name, it.hosted) == ("oxen", True)
    assert "reel rehearse" in str(it.unavailable())
    assert it.price("ltx-2-3-pro", {}, 6) is None
    assert it.identity(Rendition()) == {"provider": "oxen@https://hub.oxen.ai"}


def test_simulated_and_hosted_clips_never_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    """On loopback the identity is the simulator's, whatever the port."""
    monkeypatch.setenv("OXEN_BASE_URL", "http://127.0.0.1:1/api")

    assert provider().identity(Rendition()) == {"provider": "oxen@simulator"}
