"""Opening URLs that strangers chose: only https, only public addresses, and the very one that was checked."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import anyio
import httpx

from runner.providers.hosted.addresses import Address, Reachability, reachability
from runner.providers.hosted.errors import UnreachableError, UnsafeUrlError
from runner.providers.hosted.origins import is_loopback, origin
from runner.providers.hosted.secret import SignedUrl

Resolver: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
MOST_HOPS = 5
_HOST = re.compile(rb"[A-Za-z0-9._:-]{1,253}")
_PORTS = frozenset({None, *range(1, 65536)})
_RESOLVE_SECONDS = 20.0


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the machine's resolver gives them.

    Raises:
        OSError: If it gives none.
    """
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Pinned:
    """A URL whose host has been looked up and judged, once.

    Attributes:
        url: As given.
        origin: Of the URL, for deciding about the key.
        addresses: Where to connect, in this order.
    """

    url: httpx.URL = field(repr=False)
    origin: str
    addresses: tuple[Address, ...]

    def ways(self) -> Iterator[tuple[httpx.URL, Mapping[str, str], Mapping[str, Any]]]:
        """For each address: the URL to connect to, the `Host` header, and the name in the certificate."""
        headers = {"Host": self.url.netloc.decode("ascii")}
        extensions = {"sni_hostname": self.url.raw_host.decode("ascii")}
        for address in self.addresses:
            yield self.url.copy_with(host=str(address)), headers, extensions


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be opened.

    Attributes:
        loopback: Whether this machine may be, by plain http as well: when the configured server is on it.
        allow_private: Whether private networks may be, by https.
        resolver: Looks names up.
    """

    loopback: bool = False
    allow_private: bool = False
    resolver: Resolver = resolve

    def read(self, text: str, base: httpx.URL | None = None) -> httpx.URL:
        """The URL, if nothing in its text forbids it.

        Args:
            text: As a stranger gave it.
            base: What a relative one is relative to.

        Raises:
            UnsafeUrlError: If it is not to be opened.
        """
        try:
            url = httpx.URL(text) if base is None else base.join(text)
            host = url.host
        except (httpx.InvalidURL, ValueError, TypeError):
            raise UnsafeUrlError("a malformed URL is not opened") from None
        shown = SignedUrl(str(url.copy_with(userinfo=b"")))
        if not host or url.scheme not in {"http", "https"}:
            raise UnsafeUrlError(f"only https URLs are opened, not {shown}")
        if not _HOST.fullmatch(url.raw_host) or url.port not in _PORTS:
            raise UnsafeUrlError(f"a URL whose host or port is malformed is not opened: {shown}")
        if url.userinfo:
            raise UnsafeUrlError(f"a URL with a user name in it is not opened: {shown}")
        if url.scheme == "http" and not (self.loopback and is_loopback(host)):
            raise UnsafeUrlError(f"only https URLs are opened, not {shown}")
        return url

    async def pin(self, url: httpx.URL) -> Pinned:
        """Look the host up and judge every address it has.

        Raises:
            UnsafeUrlError: If any of them is not to be spoken to.
            UnreachableError: If it has none.
        """
        port = url.port or (80 if url.scheme == "http" else 443)
        addresses = await self._addresses(url.host, port)
        for address in addresses:
            if (kind := reachability(address)) != "public" and not self._allowed(kind):
                raise UnsafeUrlError(
                    f"{url.host} has the address {address}, which is not public; a server of your own on a "
                    "private network needs allow_private = true under [oxen] in your configuration"
                )
        return Pinned(url, origin(url.scheme, url.host, url.port), addresses)

    def _allowed(self, kind: Reachability) -> bool:
        return (kind == "loopback" and self.loopback) or (kind == "private" and self.allow_private)

    async def _addresses(self, host: str, port: int) -> tuple[Address, ...]:
        try:
            return (ipaddress.ip_address(host),)
        except ValueError:
            pass
        try:
            with anyio.fail_after(_RESOLVE_SECONDS):
                found = await self.resolver(host, port)
            addresses = tuple(ipaddress.ip_address(text) for text in found)
        except (OSError, TimeoutError):
            addresses = ()
        except ValueError:
            raise UnsafeUrlError("a URL whose host is no name is not opened") from None
        if not addresses:
            raise UnreachableError(f"the name {host} has no address")
        return addresses
