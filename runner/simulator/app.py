"""The application: which path is whose, and what every request meets first."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from runner.simulator import reading, replies, repos, submit
from runner.simulator.accounts import keyed
from runner.simulator.downloads import download
from runner.simulator.replies import studio
from runner.simulator.spec import openapi
from runner.simulator.stream import Listener
from runner.simulator.studio import Seen, Studio

_FILE = "/api/repos/{namespace}/{name}/file/{branch}/{path:path}"


def application(shared: Studio) -> ASGIApp:
    """The whole API over one studio."""
    app = Starlette(routes=_routes(), exception_handlers={HTTPException: _refused})
    app.router.redirect_slashes = False
    app.state.studio = shared
    return Door(app, shared)


def _routes() -> list[Route]:
    return [
        Route("/api/ai/queue", keyed(submit.enqueue), methods=["POST"]),
        Route("/api/ai/queue", keyed(reading.many), methods=["GET"]),
        Route("/api/ai/queue/{id}", keyed(reading.one), methods=["GET"]),
        Route("/api/ai/queue/{id}", keyed(reading.cancel), methods=["DELETE"]),
        Route("/api/ai/queue/{id}/retry", keyed(reading.retry), methods=["POST"]),
        Route("/api/ai/generations", keyed(reading.history), methods=["GET"]),
        Route("/api/ai/generations/{id}", keyed(reading.detail), methods=["GET"]),
        Route("/api/ai/videos/generate", keyed(submit.generate), methods=["POST"]),
        Route("/api/ai/images/generate", keyed(submit.generate), methods=["POST"]),
        Route("/api/ai/images/edit", keyed(submit.generate), methods=["POST"]),
        Route("/api/ai/models", _models, methods=["GET"]),
        Route("/api/ai/models/{id}", _model, methods=["GET"]),
        Route("/api/evaluations/models", _evaluated, methods=["GET"]),
        Route("/api/events", keyed(_events), methods=["GET"]),
        Route("/api/users/me", keyed(repos.me), methods=["GET"]),
        Route("/api/repos", keyed(repos.create), methods=["POST"]),
        Route("/api/repos/", keyed(repos.create), methods=["POST"]),
        Route("/api/repos/{namespace}/{name}", keyed(repos.repository), methods=["GET"]),
        Route("/api/repos/{namespace}/{name}/workbench/context", keyed(repos.add_context), methods=["POST"]),
        Route(_FILE.replace("{branch}", "presigned_url/{branch}"), keyed(repos.presigned), methods=["GET"]),
        Route(_FILE, download, methods=["GET"]),
        Route(_FILE, keyed(repos.put), methods=["PUT"]),
        Route("/api/_spec/oxen_hub_api.json", _spec, methods=["GET"]),
    ]


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
        await self._app(scope, receive, send)


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


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reply = replies.refusal(request, error.status_code, "resource_not_found", error.detail)
    reply.headers.update(error.headers or {})
    return reply
