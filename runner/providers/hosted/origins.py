"""Origins: scheme, host and port, in one spelling; the key goes to one of them only."""

from __future__ import annotations

import ipaddress

_PORTS = {"http": 80, "https": 443}


def origin(scheme: str, host: str, port: int | None) -> str:
    """`scheme://host[:port]` in lower case, the scheme's own port left out."""
    scheme, host = scheme.lower(), host.lower().rstrip(".")
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" if port in {None, _PORTS.get(scheme)} else f"{scheme}://{shown}:{port}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its spelling alone: `localhost` or a loopback address."""
    host = host.lower().strip("[]")
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
