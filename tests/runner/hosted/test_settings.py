"""Where Oxen is and with which key; and that the key stays out of sight."""

from __future__ import annotations

import base64
import copy
import logging
import pickle
import stat
from pathlib import Path
from urllib.parse import quote

import pytest

from runner.errors import UsageError
from runner.providers.hosted.secret import Secret, SignedUrl
from runner.providers.hosted.settings import Settings, configuration_file, read_settings, user_agent
from tests.runner.hosted.bench import CANARY


def configured(tmp_path: Path, text: str) -> dict[str, str]:
    place = tmp_path / "config.toml"
    place.write_text(text)
    return {"REEL_CONFIG": str(place)}


def test_without_anything_it_is_the_public_service(tmp_path: Path) -> None:
    """No configuration is a configuration: the public service, and no key."""
    found = read_settings({"REEL_CONFIG": str(tmp_path / "none.toml")})

    assert found == Settings()
    assert (found.origin, found.loopback, found.key) == ("https://hub.oxen.ai", False, None)


def test_the_environment_goes_before_the_configuration(tmp_path: Path) -> None:
    """Each value comes from the environment if it is there, else from the user's file."""
    environ = configured(
        tmp_path,
        '[oxen]\\napi_key = "from-file"\\nbase_url = "https://a.test/api"\\npoll = 3\\n'.replace("\\n", "\n"),
    )
    from_file = read_settings(environ)
    from_environment = read_settings(
        {**environ, "OXEN_API_KEY": "from-env", "OXEN_BASE_URL": "http://127.0.0.1:8787/api/"}
    )

    assert (from_file.base_url, from_file.poll) == ("https://a.test/api", 3.0)
    assert from_file.key == Secret("from-file")
    assert from_environment.key == Secret("from-env")
    assert (from_environment.base_url, from_environment.loopback) == ("http://127.0.0.1:8787/api", True)


@pytest.mark.parametrize(
    ("text", "base", "origin"),
    [
        ("https://hub.oxen.ai/api", "https://hub.oxen.ai/api", "https://hub.oxen.ai"),
        ("https://HUB.oxen.ai:443/api/ai/", "https://hub.oxen.ai/api", "https://hub.oxen.ai"),
        ("http://localhost:1/api", "http://localhost:1/api", "http://localhost:1"),
        ("http://[::1]:8787/api", "http://[::1]:8787/api", "http://[::1]:8787"),
        ("https://x.test", "https://x.test", "https://x.test"),
    ],
)
def test_a_base_url_has_one_spelling(tmp_path: Path, text: str, base: str, origin: str) -> None:
    """Letter case, the usual port, a slash and a trailing `/ai` make no difference."""
    found = read_settings({"REEL_CONFIG": str(tmp_path / "no"), "OXEN_BASE_URL": text})

    assert (found.base_url, found.origin) == (base, origin)


@pytest.mark.parametrize(
    "text",
    [
        "http://hub.oxen.ai/api",
        "hub.oxen.ai",
        "ftp://x.test",
        "https://u:p@x.test/api",
        "https://x.test/?a=b",
        "https://x.test/#a",
        "https://",
        "https://[::1",
        "https://x.test:http/",
        "http://127.0.0.1.evil.test/",
    ],
)
def test_a_base_url_is_https_or_this_machine(tmp_path: Path, text: str) -> None:
    """The key is not sent in the open, nor to what is no plain address."""
    with pytest.raises(UsageError, match="OXEN_BASE_URL"):
        read_settings({"REEL_CONFIG": str(tmp_path / "no"), "OXEN_BASE_URL": text})


@pytest.mark.parametrize(
    "text",
    [
        "oxen = 1",
        '[oxen]\nmode = "fast"',
        "[oxen]\nmode = 1",
        "[oxen]\npoll = 0",
        "[oxen]\npoll = true",
        '[oxen]\npoll = "5"',
        "[oxen]\npoll = nan",
        "[oxen]\nallow_private = 1",
        '[oxen]\nupload = "ftp"',
        '[oxen]\nupload_put = "http://x/{name}"',
        '[oxen]\nupload_get = "https://x/"',
        "[oxen]\napikey = 1",
        "[oxen",
        "\udcff".encode("utf-8", "surrogatepass").decode("latin-1") + "=",
        "a = " + "[" * 5000,
        "#" + "x" * 300_000,
        '[oxen]\napi_key = "two words"',
        '[oxen]\napi_key = "é"',
        '[oxen]\napi_key = "a\\nb"',
    ],
)
def test_a_bad_configuration_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    """Every mistake in the file is an error that says where and what, and never shows a key."""
    with pytest.raises(UsageError) as caught:
        read_settings(configured(tmp_path, text))

    assert "config.toml" in str(caught.value) or "OXEN_API_KEY" in str(caught.value)


def test_a_broken_line_with_the_key_is_not_quoted(tmp_path: Path) -> None:
    """An error in the very line of the key does not show the line."""
    key = "oxk-of-a-file/5f0e+9Z=="  # Not the canary, which must be in no file.
    with pytest.raises(UsageError) as caught:
        read_settings(configured(tmp_path, f'[oxen]\napi_key = "{key}'))

    assert key not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_an_unreadable_configuration_is_told(tmp_path: Path) -> None:
    """A configuration that is a folder is an error in words."""
    with pytest.raises(UsageError, match="cannot be read"):
        read_settings({"REEL_CONFIG": str(tmp_path)})


def test_the_platform_has_a_place_for_it() -> None:
    """Without `REEL_CONFIG` the file is where the platform keeps such files."""
    assert configuration_file({}).parts[-2:] == ("reelmake", "config.toml")


def test_the_key_goes_to_one_origin_only() -> None:
    """The header exists for the configured origin, and for no other that looks like it."""
    found = Settings(key=Secret(CANARY))

    assert found.authorization("https://hub.oxen.ai") == {"Authorization": f"Bearer {CANARY}"}
    for other in (
        "http://hub.oxen.ai",
        "https://hub.oxen.ai:8443",
        "https://hub.oxen.ai.evil.test",
        "https://oxen.ai",
    ):
        assert found.authorization(other) == {}
    assert Settings().authorization("https://hub.oxen.ai") == {}


def test_a_key_is_never_shown() -> None:
    """However it is printed, formatted, compared or copied into text, a key is three stars."""
    key = Secret(CANARY)
    shown = [
        repr(key),
        str(key),
        f"{key}",
        f"{key:>40}",
        f"{key}",
        repr(Settings(key=key)),
        repr([key]),
    ]

    assert all(CANARY not in text for text in shown)
    assert key == Secret(CANARY)
    assert key != Secret("other")
    assert len({key, Secret(CANARY)}) == 1
    with pytest.raises(TypeError):
        pickle.dumps(key)
    with pytest.raises(TypeError):
        copy.copy(key)


@pytest.mark.parametrize(
    "echo", [CANARY, quote(CANARY, safe=""), base64.b64encode(CANARY.encode()).decode(), f"Bearer {CANARY}!"]
)
def test_an_echoed_key_is_scrubbed(echo: str) -> None:
    """A server that sends the key back, in any usual coding, is quoted without it."""
    key = Secret(CANARY)

    assert echo not in key.scrub(f"you sent {echo}")
    assert "***" in key.scrub(f"you sent {echo}")
    assert key.scrub_bytes(f"<{echo}>".encode()) == key.scrub(f"<{echo}>").encode()


def test_a_key_of_a_letter_blots_nothing_out() -> None:
    """A simulator's `x` is no secret, and ordinary words keep their letters."""
    assert Secret("x").scrub("six boxes") == "six boxes"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://x.test/a.mp4?sig=1#f", "https://x.test/a.mp4?…"),
        ("https://u:p@x.test/a", "https://x.test/a"),
        ("https://x.test/a", "https://x.test/a"),
        ("https://[", "(a malformed URL)"),
    ],
)
def test_a_signed_url_is_shown_without_its_signature(url: str, shown: str) -> None:
    """A URL is shown without query, fragment and user name, and used with them."""
    signed = SignedUrl(url)

    assert (str(signed), repr(signed), signed.reveal()) == (shown, shown, url)
    assert signed == SignedUrl(url)
    assert len({signed, SignedUrl(url)}) == 1


def test_our_name_is_neutral() -> None:
    """The name we go by does not contain the provider's: it would be taken for the provider's own program."""
    assert user_agent().startswith("reelmake/")
    assert "oxen" not in user_agent()


def test_libraries_log_no_urls() -> None:
    """The libraries underneath log whole URLs with their signatures, so they are silent."""
    from runner.providers.hosted import wire

    assert wire.tls() is wire.tls()
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11"):
        assert not logging.getLogger(name).isEnabledFor(logging.ERROR)


def test_a_part_file_is_private(tmp_path: Path) -> None:
    """A result on its way is readable by its owner only."""
    from runner.providers.hosted.part_file import PartFile

    file = PartFile(tmp_path / "a.part", keep=False)
    file.close()

    assert stat.S_IMODE((tmp_path / "a.part").stat().st_mode) == 0o600
