"""A run as plain lines, for a log or a pipe: a line when something begins and a line when it ends."""

from __future__ import annotations

from collections.abc import Callable

from runner.events import (
    Event,
    InstanceBlocked,
    InstanceFailed,
    InstanceFinished,
    InstanceHeld,
    InstanceResubmitted,
    InstanceReused,
    InstanceStalled,
    InstanceStarted,
    InstanceSubmitted,
    InstanceUnpaid,
    InstanceWarned,
    RunStarted,
)
from runner.views.progress import RunProgress
from runner.views.words import bytes_of, count_of, price_of, printable, seconds_of


class Plain:
    """Writes a line for each event that a reader of a log wants to see.

    Args:
        progress: Where the run stands; a view that is told of each event before this one.
        write: Takes a line, without its end.
    """

    def __init__(self, progress: RunProgress, write: Callable[[str], None]) -> None:
        self._progress = progress
        self._write = write

    def __call__(self, event: Event) -> None:  # noqa: C901 - A case an event.
        """Write what happened, if it is worth a line."""
        match event:
            case RunStarted():
                doing = "rehearsing" if event.rehearsal else "running"
                size = count_of(len(event.instances), "instance")
                self._write(f"{doing} {printable(event.recipe.name)}: {size}")
            case InstanceStarted():
                self._write(f"start    {event.address}")
            case InstanceReused():
                self._write(f"reuse    {event.address}  {self._count()}")
            case InstanceFinished():
                length = "still" if event.seconds is None else seconds_of(event.seconds)
                made = f"{length}, {bytes_of(event.size)}, in {event.took:.1f} s"
                self._write(f"done     {event.address}  {made}  {self._count()}")
            case InstanceFailed():
                self._write(f"failed   {event.address}: {_first(event.message)}")
            case InstanceSubmitted():
                price = price_of(event.price_usd)
                self._write(f"sent     {event.address}  {event.generation_id}, {price}")
            case InstanceResubmitted():
                why = f"{printable(event.reason)}: a new attempt, {price_of(event.price_usd)}"
                self._write(f"resend   {event.address}: {why}")
            case InstanceWarned():
                self._write(f"warning  {event.address}: {printable(event.message)}")
            case InstanceHeld():
                self._write(f"held     {event.address}: {_first(event.message)}")
            case InstanceStalled():
                self._write(f"later    {event.address}: {_first(event.message)}")
            case InstanceUnpaid():
                self._write(f"unpaid   {event.address}: {_first(event.message)}")
            case InstanceBlocked():
                self._write(f"blocked  {event.address}: waits for {', '.join(event.by)}")

    def _count(self) -> str:
        settled = self._progress.count("done", "reused", "failed", "held", "blocked")
        return f"[{settled}/{len(self._progress.instances)}]"


def _first(message: str) -> str:
    """The first line of a message."""
    return printable(message.partition("\n")[0])
