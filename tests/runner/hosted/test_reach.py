"""Which URLs of strangers are opened, and to which addresses."""

from __future__ import annotations

import ipaddress

import httpx
import pytest

from runner.providers.hosted.addresses import reachability
from runner.providers.hosted.errors import UnreachableError, UnsafeUrlError
from runner.providers.hosted.origins import is_loopback, origin
from runner.providers.hosted.reach import Reach, resolve

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("8.8.8.8", "public"), ("1.1.1.1", "public"), ("2606:4700::1111", "public"),
        ("127.0.0.1", "loopback"), ("127.9.9.9", "loopback"), ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::127.0.0.1", "loopback"), ("64:ff9b::7f00:1", "loopback"), ("2002:7f00:1::", "loopback"),
        ("10.1.2.3", "private"), ("172.16.0.1", "private"), ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"), ("fd00::1", "private"), ("::ffff:10.0.0.1", "private"),
        ("2002:a00:1::", "private"), ("64:ff9b::a00:1", "private"),
        ("169.254.169.254", "refused"), ("::ffff:169.254.169.254", "refused"),
        ("64:ff9b::a9fe:a9fe", "refused"),
        ("2002:a9fe:a9fe::", "refused"), ("::a9fe:a9fe", "refused"), ("fe80::1", "refused"),
        ("fe80::1%1", "refused"),
        ("0.0.0.0", "refused"), ("::", "refused"), ("0.1.2.3", "refused"), ("224.0.0.1", "refused"),
        ("239.255.255.250", "refused"), ("ff02::1", "refused"), ("ff0e::1", "refused"),
        ("240.0.0.1", "refused"),
        ("255.255.255.255", "refused"), ("192.0.2.1", "refused"), ("198.18.0.1", "refused"),
        ("203.0.113.5", "refused"), ("2001:db8::1", "refused"), ("64:ff9b:1::1", "refused"),
        ("2001:0:53aa:64c:0:fbff:5601:5601", "refused"), ("172.32.0.1", "public"), ("100.128.0.1", "public"),
        ("::ffff:8.8.8.8", "public"), ("64:ff9b::808:808", "public"), ("fec0::1", "refused"),
    ],
)  # fmt: skip
def test_an_address_is_what_it_leads_to(address: str, kind: str) -> None:
    """Addresses within addresses are unwrapped, and what is neither public nor a house's own is refused."""
    assert reachability(ipaddress.ip_address(address)) == kind


@pytest.mark.parametrize(
    "url",
    [
        "http://x.test/a", "ftp://x.test/a", "file:///etc/passwd", "gopher://x.test/",
        "data:video/mp4;base64,AA",
        "javascript:alert(1)", "//x.test/a", "/a/b", "x.test/a", "", "https://", "https:///a",
        "https://u:p@x.test/",
        "https://hub.oxen.ai@evil.test/", "http://127.0.0.1/", "http://localhost/", "http://[::1]/",
        "https://[::1", "https://x.test:99999/", "https://x.test:http/", "https://\x00x/", "https://x y/",
        "HTTP://x.test/", "unix:///var/run/docker.sock",
    ],
)  # fmt: skip
def test_the_text_of_a_url_can_forbid_it(url: str) -> None:
    """Only https without a user name is opened; nothing is guessed from a broken URL."""
    with pytest.raises(UnsafeUrlError):
        Reach().read(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8787/x", "http://localhost/x", "http://[::1]:1/", "https://x.test/"]
)
def test_a_simulator_may_point_to_this_machine(url: str) -> None:
    """Plain http to this machine is opened when the configured server is on it, and https still is."""
    assert str(Reach(loopback=True).read(url)) == url


@pytest.mark.parametrize("url", ["http://x.test/", "http://192.168.0.1/", "http://127.0.0.1.evil.test/"])
def test_a_simulator_may_not_point_elsewhere_by_http(url: str) -> None:
    """That this machine may be spoken to in the open does not hold for any other."""
    with pytest.raises(UnsafeUrlError):
        Reach(loopback=True, allow_private=True).read(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "localhost", "[::1]", "[::ffff:7f00:1]",
        "0xA9FEA9FE", "169.254.169.254", "[::ffff:169.254.169.254]", "10.0.0.7", "0", "0.0.0.0", "[::]",
        "[fe80::1]",
    ],
)  # fmt: skip
async def test_a_host_is_what_it_resolves_to(host: str) -> None:
    """Numbers in any notation, and names, are judged by the address that would be connected to."""
    reach = Reach(resolver=resolve)

    with pytest.raises((UnsafeUrlError, UnreachableError)):
        await reach.pin(reach.read(f"https://{host}/latest/meta-data"))


def fixed(*addresses: str) -> Reach:
    """A reach whose resolver knows one answer."""

    async def answer(_: str, __: int) -> list[str]:
        return list(addresses)

    return Reach(resolver=answer)


async def test_one_bad_address_forbids_the_name() -> None:
    """A name with a public and a private address is refused: which one is connected to would be chance."""
    reach = fixed("8.8.8.8", "10.0.0.1")

    with pytest.raises(UnsafeUrlError, match="not public"):
        await reach.pin(reach.read("https://x.test/"))


async def test_a_name_without_an_address_is_unreachable() -> None:
    """That a name is not known now is no danger; it may be tried again."""
    with pytest.raises(UnreachableError):
        await fixed().pin(httpx.URL("https://x.test/"))


async def test_the_connection_goes_to_the_address_that_was_judged() -> None:
    """The request names the address; the host's name is kept for the header and for the certificate."""
    pinned = await fixed("2606:4700::1111", "8.8.8.8").pin(httpx.URL("https://X.test:8443/a?b=c"))
    ways = list(pinned.ways())

    assert [str(url) for url, _, _ in ways] == [
        "https://[2606:4700::1111]:8443/a?b=c",
        "https://8.8.8.8:8443/a?b=c",
    ]
    assert ways[0][1] == {"Host": "x.test:8443"}
    assert ways[0][2] == {"sni_hostname": "x.test"}
    assert pinned.origin == "https://x.test:8443"


async def test_a_private_server_must_be_allowed() -> None:
    """A house's own addresses are spoken to only if the user allows it, and link-local ones never."""

    async def answer(host: str, _: int) -> list[str]:
        return ["169.254.169.254" if host == "meta.test" else "192.168.1.9"]

    allowed = Reach(allow_private=True, resolver=answer)

    assert (await allowed.pin(httpx.URL("https://nas.test/"))).addresses == (
        ipaddress.ip_address("192.168.1.9"),
    )
    with pytest.raises(UnsafeUrlError):
        await allowed.pin(httpx.URL("https://meta.test/"))
    with pytest.raises(UnsafeUrlError, match="allow_private"):
        await Reach(resolver=answer).pin(httpx.URL("https://nas.test/"))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("HTTPS", "Hub.Oxen.AI", 443), "https://hub.oxen.ai"),
        (("https", "hub.oxen.ai.", None), "https://hub.oxen.ai"),
        (("http", "127.0.0.1", 8787), "http://127.0.0.1:8787"), (("http", "::1", 80), "http://[::1]"),
        (("https", "hub.oxen.ai", 80), "https://hub.oxen.ai:80"),
    ],
)  # fmt: skip
def test_an_origin_has_one_spelling(parts: tuple[str, str, int | None], expected: str) -> None:
    """Letter case, a dot at the end and the scheme's own port make no other origin; all else does."""
    assert origin(*parts) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True), ("LOCALHOST", True), ("127.3.4.5", True), ("[::1]", True),
        ("::ffff:127.0.0.1", True), ("localhost.evil.test", False), ("127.0.0.1.evil.test", False),
        ("0.0.0.0", False), ("", False),
    ],
)  # fmt: skip
def test_this_machine_is_known_by_its_spelling(host: str, expected: bool) -> None:
    """Only `localhost` and loopback addresses are this machine; names that begin like them are not."""
    assert is_loopback(host) is expected
