"""The application: which path is whose, and what every request meets first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runner.simulator import reading, replies, repos, submit
from runner.simulator.accounts import keyed
from runner.simulator.downloads import download
from runner.simulator.replies import studio
from runner.simulator.spec import openapi
from runner.simulator.stream import Listener
from runner.simulator.studio import Seen, Studio

_FILE = "/api/repos/{namespace}/{name}/file"


def application(shared: Studio) -> ASGIApp:
    """The whole API over one studio."""
    app = Starlette(routes=_routes(), exception_handlers={HTTPException: _refused, Exception: _broken})
    app.router.redirect_slashes = False
    app.state.studio = shared
    return Door(app, shared)


def _routes() -> list[Route]:
    return [
        _route("/api/ai/queue", GET=keyed(reading.many), POST=keyed(submit.enqueue)),
        _route("/api/ai/queue/{id}", GET=keyed(reading.one), DELETE=keyed(reading.cancel)),
        _route("/api/ai/queue/{id}/retry", POST=keyed(reading.retry)),
        _route("/api/ai/generations", GET=keyed(reading.history)),
        _route("/api/ai/generations/{id}", GET=keyed(reading.detail)),
        _route("/api/ai/videos/generate", POST=keyed(submit.generate)),
        _route("/api/ai/images/generate", POST=keyed(submit.generate)),
        _route("/api/ai/images/edit", POST=keyed(submit.generate)),
        _route("/api/ai/models", GET=_models),
        _route("/api/ai/models/{id}", GET=_model),
        _route("/api/evaluations/models", GET=_evaluated),
        _route("/api/events", GET=keyed(_events)),
        _route("/api/users/me", GET=keyed(repos.me)),
        _route("/api/repos", POST=keyed(repos.create)),
        _route("/api/repos/", POST=keyed(repos.create)),
        _route("/api/repos/{namespace}/{name}", GET=keyed(repos.repository)),
        _route("/api/repos/{namespace}/{name}/workbench/context", POST=keyed(repos.add_context)),
        _route(f"{_FILE}/presigned_url/{{branch}}/{{path:path}}", GET=keyed(repos.presigned)),
        _route(f"{_FILE}/{{branch}}/{{path:path}}", GET=download, PUT=keyed(repos.put)),
        _route("/api/_spec/oxen_hub_api.json", GET=_spec),
    ]


def _route(path: str, **handlers: Callable[[Request], Awaitable[Response]]) -> Route:
    """A path with a handler for each method; a refusal of other methods names them all."""

    async def dispatch(request: Request) -> Response:
        return await handlers[request.method](request)

    route = Route(path, dispatch, methods=list(handlers))
    route.methods = set(handlers)  # Starlette adds HEAD, which no page documents.
    return route


class Door:
    """Notes every request, and turns away whoever is taken for an old command-line client of Oxen."""

    def __init__(self, app: ASGIApp, shared: Studio) -> None:
        self._app = app
        self._studio = shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self._studio.requests.append(
            Seen(
                method=scope["method"],
                path=scope["path"],
                query=scope["query_string"].decode("latin-1"),
                host=headers.get("host", ""),
                user_agent=headers.get("user-agent", ""),
                authorization=headers.get("authorization"),
            )
        )
        if "oxen" in headers.get("user-agent", "").lower():
            await Response('{"error":"Your Oxen CLI is out of date"}', 426, media_type="application/json")(
                scope, receive, send
            )
            return
        replied = False

        async def noted(sent: Message) -> None:
            nonlocal replied
            await send(sent)
            replied = sent["type"] == "http.response.body" and not sent.get("more_body")

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            self._studio.options.say(f"{scope['method']} {scope['path']}: {type(error).__name__}: {error}")
            if (
                not replied
            ):  # Starlette replies and raises; only a reply that was not finished ends a connection.
                raise


async def _models(request: Request) -> Response:
    shown = studio(request).shelf.all_shown()
    named = request.query_params.get("developer_name")
    data = [one for one in shown if named in (None, one["developer"]["name"])]
    return replies.answer(request, {"object": "list", "data": data})


async def _model(request: Request) -> Response:
    name = request.path_params["id"]
    if (model := studio(request).shelf.find(name)) is None:
        return replies.message(request, 404, f"Model not found: {name}")
    return replies.answer(request, studio(request).shelf.shown(model))


async def _evaluated(request: Request) -> Response:
    return replies.answer(request, {"models": studio(request).shelf.evaluated()})


async def _events(request: Request, user: str) -> Response:
    """`GET /api/events`: nothing that happened before the connection is ever told."""
    shared = studio(request)
    faults = shared.faults.strike("stream")
    if "events-refused" in faults:
        return replies.refusal(request, int(faults["events-refused"] or 503), "unavailable", "No events now")
    connection = replies.transport(request)
    listener = Listener(user, replies.base(request), faults, lambda: replies.cut(connection))
    shared.hub.join(listener)

    async def chunks() -> AsyncIterator[bytes]:
        try:
            async for chunk in listener.chunks(shared.options.keep_alive_seconds):
                yield chunk
        finally:
            shared.hub.listeners.discard(listener)

    return StreamingResponse(
        chunks(),
        media_type="text/event-stream",
        headers={"cache-control": "no-cache", "x-accel-buffering": "no"},
    )


async def _spec(request: Request) -> Response:
    return replies.answer(request, openapi(replies.base(request)))


async def _broken(request: Request, error: Exception) -> Response:
    """A defect of the simulator, or a ledger that cannot be written."""
    del error
    return replies.internal(request)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reply = replies.refusal(request, error.status_code, "resource_not_found", error.detail)
    reply.headers.update(error.headers or {})
    return reply
