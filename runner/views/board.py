"""The live board on a terminal: the fold over a run's events, drawn anew a few times a second.

It never grows beyond the screen: the whole run is one bar, and below it are what runs now, what failed, and
as many of those finished last as there is room for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.table import Table
from rich.text import Text

from runner.views.progress import Progress, RunProgress, State
from runner.views.words import clock_of, count_of, printable

_PER_SECOND = 8
_FRAME = 4  # Lines of the board that are no instance: the title, the bar, an empty line, the waiting.
_STYLES = {
    "running": "yellow",
    "done": "green",
    "reused": "dim",
    "failed": "bold red",
    "held": "magenta",
    "blocked": "red",
}


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What the board is drawn with.

    Attributes:
        marks: A character for each state.
        done: What the part of a bar that is done is made of.
        left: What the rest of it is made of.
    """

    marks: Mapping[State, str]
    done: str
    left: str

    def bar(self, part: float, width: int) -> Text:
        """A bar of `width` characters."""
        filled = round(part * width)
        return Text.assemble((self.done * filled, "green"), (self.left * (width - filled), "dim"))


_UNICODE = _Drawing(
    {"running": "●", "done": "✓", "reused": "·", "failed": "✗", "held": "‖", "blocked": "○"}, "━", "─"
)
_ASCII = _Drawing(
    {"running": "*", "done": "+", "reused": ".", "failed": "x", "held": "=", "blocked": "o"}, "#", "-"
)


class Board:
    """Draws a run while it lasts. Use it with `with`.

    Args:
        title: The film's title.
        progress: Where the run stands; the view that is told of the events.
        console: The terminal.
        now: The time, UTC, as events have it.
    """

    def __init__(
        self, title: str, progress: RunProgress, console: Console, now: Callable[[], datetime]
    ) -> None:
        self.progress = progress
        self._title = printable(title)
        self._now = now
        self._live = Live(
            get_renderable=lambda: self,
            console=console,
            refresh_per_second=_PER_SECOND,
            redirect_stdout=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The board as it stands, in at most the terminal's height."""
        drawing = _ASCII if options.ascii_only else _UNICODE
        yield self._head()
        yield drawing.bar(self.progress.part, min(options.max_width, 60))
        rows = Table.grid(padding=(0, 1), expand=False)
        rows.add_column(width=1)
        rows.add_column(no_wrap=True, overflow="crop", max_width=max(options.max_width - 34, 6))
        rows.add_column(no_wrap=True, overflow="crop", width=20)
        rows.add_column(justify="right", no_wrap=True)
        for shown in self._shown(max(console.size.height - _FRAME - 1, 1)):
            mark = Text(drawing.marks[shown.state], style=_STYLES[shown.state])
            rows.add_row(mark, Text(shown.address), *self._part(shown, drawing))
        yield rows
        if waiting := self.progress.count("waiting"):
            yield Text(f"  {waiting} waiting", style="dim")

    def _head(self) -> Text:
        head = Text(no_wrap=True, overflow="crop")
        head.append(self._title, style="bold")
        if self.progress.started:
            passed = (self._end() - self.progress.started).total_seconds()
            head.append(f"  {clock_of(max(passed, 0))}", style="dim")
        total = len(self.progress.instances)
        settled = self.progress.count("done", "reused", "failed", "held", "blocked")
        head.append(f"  {settled} of {count_of(total, 'instance')}")
        for state in ("reused", "failed", "held", "blocked"):
            if number := self.progress.count(state):
                head.append(f", {number} {state}", style=_STYLES[state])
        return head

    def _shown(self, room: int) -> Iterable[Progress]:
        """What runs now, longest first, then failures, then what was finished last."""
        running = self.progress.latest("running")[::-1]
        settled = [
            *self.progress.latest("failed", "held"),
            *self.progress.latest("done", "reused", "blocked"),
        ]
        return [*running, *settled][:room]

    def _part(self, shown: Progress, drawing: _Drawing) -> tuple[Text, Text]:
        if shown.state == "running" and shown.since:
            passed = (self._end() - shown.since).total_seconds()
            return drawing.bar(shown.part, 20), Text(clock_of(max(passed, 0)))
        if shown.state == "done":
            return Text("done", style="green"), Text(f"{shown.took:.1f} s", style="dim")
        return Text(shown.state, style=_STYLES[shown.state]), Text("")

    def _end(self) -> datetime:
        return self.progress.finished.at if self.progress.finished else self._now()
