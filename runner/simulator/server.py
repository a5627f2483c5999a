"""Running the simulator: in the foreground for a person, or in a thread for a test."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import tempfile
import threading
from collections import deque
from pathlib import Path
from types import FrameType
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from runner.errors import UsageError
from runner.simulator.app import application
from runner.simulator.faults import Faults
from runner.simulator.options import Options
from runner.simulator.renderers import Animatic, Fast
from runner.simulator.studio import Seen, Studio

_START_SECONDS = 20.0
_BACKLOG = 2048


class _Protocol(H11Protocol):
    """HTTP over a connection that the application can also end otherwise than by a reply."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hand the connection to the application."""
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class _Server(uvicorn.Server):
    """Ends the streams before it waits for connections to end."""

    studio: Studio | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop on a signal, as if asked to: not with the signal's own end."""
        del sig, frame
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        if self.studio is not None:
            await self.studio.close()
        await super().shutdown(sockets)


def serve(options: Options) -> None:
    """Run a simulator until SIGINT or SIGTERM.

    Raises:
        UsageError: If the port is taken, or cannot be listened on.
    """
    listening = _listen(options)
    with tempfile.TemporaryDirectory(prefix="reel-simulator-") as folder:
        host, port = listening.getsockname()[:2]
        options.say(f"listening on http://{host}:{port}/api")
        options.say(f"to use it: OXEN_BASE_URL=http://{host}:{port}/api OXEN_API_KEY=x reel run RECIPE")
        asyncio.run(_run(options, listening, Path(folder), lambda _server, _studio: None))


async def _run(options: Options, listening: socket.socket, folder: Path, started: Any) -> None:
    renderer = Fast() if options.render == "fast" else Animatic(options.short_side)
    host, port = listening.getsockname()[:2]
    own = frozenset({f"{host}:{port}", f"localhost:{port}", f"127.0.0.1:{port}"})
    studio = Studio(options, folder, secrets.token_bytes(32), renderer, own)
    config = uvicorn.Config(
        application(studio),
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",  # What is wrong with a request is the client's affair; the rest is said by us.
        access_log=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    server = _Server(config)
    server.studio = studio
    started(server, studio)
    await server.serve(sockets=[listening])


def _listen(options: Options) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in options.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((options.host, options.port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise UsageError(
            f"cannot listen on {options.host}:{options.port}: {error.strerror}; choose another with --port"
        ) from error
    return listening


class Simulator:
    """A simulator in a thread of this process, for tests; it runs within a `with` block.

    Attributes:
        options: How it behaves.
        url: What `OXEN_BASE_URL` is to be: `http://127.0.0.1:PORT/api`.
        studio: Its state. Read it freely; what changes it belongs to the server's thread.
    """

    options: Options
    url: str
    studio: Studio

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options(render="fast", job_seconds=0.2)
        self._server: _Server | None = None
        self._started = threading.Event()
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> Self:
        listening = _listen(self.options)
        folder = Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="reel-simulator-")))
        self.url = f"http://{self.options.host}:{listening.getsockname()[1]}/api"
        thread = threading.Thread(target=self._live, args=(listening, folder), name="simulator", daemon=True)
        thread.start()
        self._exit.callback(thread.join, _START_SECONDS)
        self._exit.callback(self._stop)
        if not self._started.wait(_START_SECONDS):
            self._exit.close()
            raise UsageError("the simulator did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def accepted(self) -> list[dict[str, Any]]:
        """The ledger: every generation accepted, whatever the client was told."""
        return list(self.studio.ledger.entries)

    @property
    def requests(self) -> list[Seen]:
        """Every request that came, in order."""
        return list(deque(self.studio.requests))

    @property
    def faults(self) -> Faults:
        """The scripted faults; `add("reset-after-accept:2")` scripts one more, which counts from then on."""
        return self.studio.faults

    def _live(self, listening: socket.socket, folder: Path) -> None:
        asyncio.run(_run(self.options, listening, folder, self._note))

    def _note(self, server: _Server, studio: Studio) -> None:
        self._server, self.studio = server, studio
        self._started.set()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
