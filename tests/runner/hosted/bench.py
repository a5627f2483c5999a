"""What these tests share: a key to look for, time that passes at once, and a film in a few bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from runner.providers.hosted.patience import Patience
from runner.providers.hosted.secret import Secret
from runner.providers.hosted.settings import Settings
from runner.providers.hosted.wire import Timeouts
from tests.canary import KEY
from tests.runner.hosted.scripted_server import ScriptedServer

CANARY = KEY
ID = "0195f0ab-1111-7000-8000-00000000000a"
OTHER = "0195f0ab-2222-7000-8000-00000000000b"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BRIEF = Timeouts(connect=5, read=5, whole=5, post=5, sync=5, upload=5, silence=5)


@dataclass
class InstantClock:
    """A clock on which every sleep is over at once, and is remembered."""

    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return NOW

    def elapsed(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def patience(clock: InstantClock | None = None) -> Patience:
    return Patience(clock=clock or InstantClock(), rng=Random(1))


def settings(server: ScriptedServer, **changes: object) -> Settings:
    return Settings(base_url=server.api, key=Secret(CANARY), **changes)  # type: ignore[arg-type]


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box of an MP4 file."""
    return (len(content) + 8).to_bytes(4, "big") + kind + content


FILM = box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", bytes(40)) + box(b"mdat", bytes(range(256)) * 4)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60) + b"\0\0\0\0IEND\xaeB`\x82"
