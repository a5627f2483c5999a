"""How a simulator behaves, as chosen on the command line or by a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from runner.simulator.faults import Fault

Mutate: TypeAlias = Callable[[str, str, int, bytes], tuple[int, bytes] | None]
"""Given method, path, status and body of a JSON reply: the status and body to send; None for as it is."""


@dataclass(frozen=True, slots=True)
class Options:
    """The simulator's options.

    Attributes:
        host: The address to listen on.
        port: The port; 0 for any free one.
        job_seconds: How long a job takes at least, from acceptance to its end.
        url_seconds: How long a signed URL can be used.
        keep_alive_seconds: How often an idle event stream sends a comment.
        render: `animatic` draws each clip as a rehearsal does; `fast` serves a tiny ready-made clip, whose
            bytes differ where the parameters do.
        short_side: Pixels of the short side of what the animatic provider draws; None for real sizes.
        faults: What goes wrong, and when.
        ledger: The file to which everything accepted is appended; None for none.
        schema_key: Under which of the two documented names a model's schema is given.
        drift: Whether models have the schemas that the documentation has had since the bundled ones.
        results: `presigned`, or `bearer` for result URLs that need the key.
        say: Told a line for whoever watches the server.
        mutate: Changes JSON replies; for tests.
    """

    host: str = "127.0.0.1"
    port: int = 0
    job_seconds: float = 2.0
    url_seconds: float = 3600.0
    keep_alive_seconds: float = 15.0
    render: Literal["animatic", "fast"] = "animatic"
    short_side: int | None = 360
    faults: tuple[Fault, ...] = ()
    ledger: Path | None = None
    schema_key: Literal["request_schema", "json_request_schema"] = "request_schema"
    drift: bool = False
    results: Literal["presigned", "bearer"] = "presigned"
    say: Callable[[str], None] = lambda _line: None
    mutate: Mutate | None = None
