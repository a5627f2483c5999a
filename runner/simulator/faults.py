"""Scripted faults: which there are, when each strikes, and how they are written on a command line.

What a fault does is done where it strikes; here it is only decided whether it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Scope: TypeAlias = Literal[
    "submit",
    "tagged",
    "job",
    "read",
    "known",
    "list",
    "cancel",
    "stream",
    "event",
    "download",
    "resume",
    "upload",
]

SCOPES: dict[Scope, str] = {
    "submit": "a POST that asks for a generation",
    "tagged": "a POST that gives a target_directory",
    "job": "a generation accepted",
    "read": "a GET of generations: one or a list",
    "known": "a GET of one generation that exists",
    "list": "a GET of a list of generations",
    "cancel": "a DELETE of a generation",
    "stream": "a connection to the event stream",
    "event": "a completion event",
    "download": "a GET of a result",
    "resume": "a GET of a part of a result",
    "upload": "a file sent here",
}

_SPOTS = re.compile(r"(?P<first>[1-9][0-9]{0,5})(?:(?P<dash>-)(?P<last>[1-9][0-9]{0,5})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class About:
    """What a fault is.

    Attributes:
        scope: What is counted, and so what it strikes.
        does: What it does, for the help text.
        arg: What its argument means; empty where it takes none.
        form: What an argument looks like, as a regular expression.
    """

    scope: Scope
    does: str
    arg: str = ""
    form: str = ".+"


_NUMBER, _STATUS = r"[0-9]+(\.[0-9]+)?", r"[2-5][0-9]{2}"

FAULTS: dict[str, About] = {
    "reset-before-accept": About("submit", "nothing is accepted, and the connection is reset"),
    "reset-after-accept": About("submit", "the job is accepted, and the connection is reset"),
    "reset-in-reply": About("submit", "the job is accepted; the connection ends within the reply's JSON"),
    "timeout-before-accept": About("submit", "nothing is accepted, and no reply ever comes"),
    "timeout-after-accept": About("submit", "the job is accepted, and no reply ever comes"),
    "hold-reply": About(
        "submit", "the job is accepted, and the reply comes later", "milliseconds, 1000", _NUMBER
    ),
    "500-before-accept": About("submit", "nothing is accepted; status 500"),
    "500-after-accept": About("submit", "the job is accepted; status 500"),
    "502-html": About("submit", "nothing is accepted; a gateway's page of HTML"),
    "502-html-after-accept": About("submit", "the job is accepted; a gateway's page of HTML"),
    "502-upstream": About("submit", "nothing is accepted; the body has a numeric status"),
    "503": About("submit", "nothing is accepted; status 503"),
    "429": About("submit", "too many requests", "Retry-After: its value, or date, past-date, none; 1"),
    "400": About("submit", "bad request", "the message"),
    "401": About("submit", "the key is refused"),
    "402": About("submit", "credits are exhausted"),
    "403": About("submit", "forbidden"),
    "409": About("submit", "conflict; nothing is accepted"),
    "422": About("submit", "bad parameters", "the message"),
    "redirect-post": About("submit", "status 307; nothing is accepted", "the Location"),
    "odd-reply": About(
        "submit",
        "accepted; a 200 without one good id",
        "empty, text, none, null, two, not-uuid, or nothing",
        "empty|text|none|null|two|not-uuid|nothing",
    ),
    "events-early": About("submit", "the completion event comes before the POST's reply"),
    "refuse-tag": About("tagged", "status 400 naming target_directory; nothing is accepted"),
    "tagless": About(
        "job", "target_directory is not echoed, nor found", "filtered: folder= still finds it", "filtered"
    ),
    "slow-list": About("job", "no list shows the job until later", "seconds, 5", _NUMBER),
    "slow-job": About("job", "takes longer", "seconds, 30", _NUMBER),
    "moderation": About("job", "fails: refused content", "the message"),
    "insufficient-credits": About("job", "fails: Insufficient credits"),
    "input-unreachable": About("job", "fails: an input could not be downloaded"),
    "failed": About("job", "fails", "the message"),
    "cancelled": About("job", "somebody else cancels it"),
    "cancel-late": About("job", "succeeds although it was cancelled"),
    "unknown-status": About("job", "an undocumented word while it runs", "the word, warming_up"),
    "status-backwards": About("job", "once made, every second reading says processing"),
    "null-url": About("job", "made, without a URL", "for how many readings; for ever", r"[0-9]+"),
    "odd-url": About("job", "made, with an odd URL", "the URL, ../../etc/passwd"),
    "processing-forever": About("job", "never ends"),
    "high-cost": About("job", "costs more than it should", "USD, 99", _NUMBER),
    "no-cost": About("job", "its cost is never known"),
    "404-known-id": About("known", "404 although the generation exists"),
    "get-401": About("read", "the key is refused"),
    "get-429": About("read", "too many requests", "as for 429"),
    "get-500": About("read", "status 500"),
    "get-502-html": About("read", "a gateway's page of HTML"),
    "get-reset": About("read", "the connection is reset"),
    "get-timeout": About("read", "no reply ever comes"),
    "list-500": About("list", "status 500"),
    "cancel-400": About("cancel", "status 400; nothing is cancelled"),
    "cancel-500": About("cancel", "cancelled; status 500"),
    "events-refused": About("stream", "no stream", "the HTTP status, 503", _STATUS),
    "events-silent": About("stream", "a stream on which nothing ever comes, not even a comment"),
    "events-crlf": About("stream", "lines end in CR LF, and data comes in several lines"),
    "events-dropped": About("event", "never sent"),
    "events-doubled": About("event", "sent twice"),
    "events-out-of-order": About("event", "sent after the next one, or a second later"),
    "events-foreign": About("event", "events of other names and of unknown generations go before it"),
    "events-garbage": About("event", "lines that are no events, and data that is no JSON, go before it"),
    "events-long-line": About("event", "a line of 2 MiB goes before it"),
    "events-cut": About("event", "the connection is reset in place of it"),
    "truncated": About(
        "download",
        "not all of the clip",
        "cut: the connection ends; short: a shorter length; unlengthed",
        "cut|short|unlengthed",
    ),
    "oversized": About(
        "download", "the clip, then zeros without end", "bytes declared, 5368709120; none", r"[0-9]+|none"
    ),
    "html-instead-of-video": About(
        "download", "a page of HTML, status 200", "disguised: named video/mp4", "disguised"
    ),
    "stalled": About("download", "half of the clip, and then nothing"),
    "unlengthed": About("download", "the whole clip, without Content-Length"),
    "download-reset": About("download", "the connection is reset"),
    "download-500": About("download", "status 500"),
    "expired-url": About("download", "the signature is refused", "the HTTP status, 403", _STATUS),
    "foreign-redirect": About("download", "redirected to another origin", "the URL; this server, other name"),
    "weak-etag": About("download", "the ETag is a weak one"),
    "no-range": About("resume", "the whole clip, status 200"),
    "wrong-range": About("resume", "another part than was asked for"),
    "changed-etag": About(
        "resume", "the clip has changed since", "anyway: the part comes nevertheless", "anyway"
    ),
    "upload-500": About("upload", "status 500"),
    "upload-413": About("upload", "too large"),
}
"""Every fault by its name."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and which of the matching requests it strikes.

    Attributes:
        name: A key of `FAULTS`.
        first: The first request struck, from 1, counted since the fault was scripted.
        last: The last one struck; None for no end.
        arg: Its argument; empty for the usual.
    """

    name: str
    first: int = 1
    last: int | None = None
    arg: str = ""

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read `NAME[:N[:ARG]]`; N is a number, `2-4`, `3-` or `*`, and ARG may hold colons.

        Raises:
            ValueError: If there is no such fault, or N is none of these.
        """
        name, _, rest = text.partition(":")
        spots, _, arg = rest.partition(":")
        if name not in FAULTS:
            raise ValueError(f'there is no fault "{name}"; `reel simulate --list-faults` shows all of them')
        about = FAULTS[name]
        if arg and not (about.arg and re.fullmatch(about.form, arg, re.ASCII | re.DOTALL)):
            wanted = f"must be: {about.arg}" if about.arg else "has no place: this fault takes no argument"
            raise ValueError(f'"{arg}" in "{text}" {wanted}')
        if spots in ("", "*"):
            return cls(name, arg=arg)
        if (found := _SPOTS.fullmatch(spots)) is None:
            raise ValueError(
                f'"{spots}" in "{text}" must be a number such as 2, a range such as 2-4 or 3-, or *'
            )
        first = int(found["first"])
        last = int(found["last"]) if found["last"] else None if found["dash"] else first
        if last is not None and last < first:
            raise ValueError(f'"{spots}" in "{text}" ends before it begins')
        return cls(name, first, last, arg)


@dataclass(slots=True)
class _Armed:
    fault: Fault
    met: int = 0

    def strikes(self) -> bool:
        self.met += 1
        return self.fault.first <= self.met <= (self.fault.last or self.met)


@dataclass(slots=True)
class Faults:
    """The faults that are scripted, each with its own count."""

    armed: list[_Armed] = field(default_factory=list)

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> Faults:
        """The faults of a command line."""
        return cls([_Armed(fault) for fault in faults])

    def add(self, fault: Fault | str) -> None:
        """Script one more; it counts from now."""
        self.armed.append(_Armed(Fault.parse(fault) if isinstance(fault, str) else fault))

    def clear(self) -> None:
        """Go back to a server without faults."""
        self.armed.clear()

    def strike(self, scope: Scope) -> dict[str, str]:
        """Count a matching request.

        Returns:
            The names of the faults that strike it, with their arguments.
        """
        struck = [
            armed.fault for armed in self.armed if FAULTS[armed.fault.name].scope == scope and armed.strikes()
        ]
        return {fault.name: fault.arg for fault in struck}
