"""Which internet addresses may be spoken to."""

from __future__ import annotations

import ipaddress
from typing import Literal, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Reachability: TypeAlias = Literal["public", "private", "loopback", "refused"]
"""`private` are the networks of a house or a company; `refused` are all others that are not public, among
them the link-local ones on which clouds hand out passwords."""

_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_LOW = 0xFFFF_FFFF


def reachability(address: Address) -> Reachability:
    """What kind of address it is; one that carries another within it is what that one is."""
    if isinstance(address, ipaddress.IPv6Address):
        if (inner := _within(address)) is not None:
            return reachability(inner)
        if address in _NAT64_LOCAL or address.is_site_local:
            return "refused"
    if address.is_loopback:
        return "loopback"
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return "refused"
    if any(address in network for network in _PRIVATE if network.version == address.version):
        return "private"
    return "public" if address.is_global else "refused"


def _within(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a mapped, compatible, 6to4, Teredo or NAT64 address leads to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & _LOW)
    return None
