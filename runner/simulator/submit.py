"""Asking for generations: the queue, and the two endpoints that keep the client waiting."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dsl.catalog import Model
from runner.simulator import replies
from runner.simulator.replies import studio
from runner.simulator.rows import Row
from runner.simulator.studio import address

MOST_AT_ONCE = 4
_NOT_STRICT = "the request body is not JSON"
Refuse = Callable[[Request, str], Response]

_BEFORE: dict[str, Refuse] = {
    "reset-before-accept": lambda request, _: replies.Silence(request, reset=True),
    "timeout-before-accept": lambda request, _: replies.Silence(request, reset=False),
    "500-before-accept": lambda request, _: replies.internal(request),
    "502-html": lambda request, _: replies.gateway(request),
    "502-upstream": lambda request, _: replies.answer(
        request, {"error": {"type": "upstream", "title": "The provider did not answer"}, "status": 502}, 502
    ),
    "503": lambda request, _: replies.refusal(request, 503, "unavailable", "Service unavailable"),
    "429": replies.too_many,
    "400": lambda request, words: replies.text(request, 400, words or "invalid parameters"),
    "401": lambda request, _: replies.unauthenticated(request),
    "402": lambda request, _: replies.refusal(request, 402, "insufficient_credits", "Insufficient credits"),
    "403": lambda request, _: replies.refusal(request, 403, "forbidden", "Forbidden"),
    "409": lambda request, _: replies.refusal(request, 409, "conflict", "Conflict"),
    "422": lambda request, words: replies.message(
        request,
        422,
        f"Getting model response error: 422 - Value error, {words or 'duration: 7 is not allowed'}",
    ),
    "redirect-post": lambda request, where: RedirectResponse(
        where or f"{replies.base(request)}/api/ai/queue/elsewhere", 307
    ),
    "refuse-tag": lambda request, _: replies.refusal(
        request,
        400,
        "invalid_params",
        "Invalid parameters",
        "target_directory is not allowed for this account",
    ),
}
_AFTER: dict[str, Refuse] = {
    "reset-after-accept": lambda request, _: replies.Silence(request, reset=True),
    "timeout-after-accept": lambda request, _: replies.Silence(request, reset=False),
    "500-after-accept": lambda request, _: replies.internal(request),
    "502-html-after-accept": lambda request, _: replies.gateway(request),
}
_ODD: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "": lambda _: b"{}",
    "nothing": lambda _: b"{}",
    "empty": lambda _: b"",
    "text": lambda _: b"accepted",
    "none": lambda _: b'{"generations":[]}',
    "null": lambda _: b'{"generations":null}',
    "two": lambda rows: json.dumps(
        {"generations": [*rows, {**rows[0], "generation_id": str(uuid4())}]}
    ).encode(),
    "not-uuid": lambda _: b'{"generations":[{"generation_id":"../../queue","status":"queued"}]}',
}


async def enqueue(request: Request, user: str) -> Response:
    """`POST /api/ai/queue`: parameters of the model are not looked at here."""
    struck, asked = await _asked(request)
    if isinstance(asked, Response):
        return asked
    model, body = asked
    count = body.get("num_generations", 1)
    if not (isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= MOST_AT_ONCE):
        return replies.text(request, 400, "num_generations must be an integer between 1 and 4")
    hurry = "events-early" in struck
    rows = [_accept(request, user, model, body, hurry=hurry, endpoint="queue") for _ in range(count)]
    if hurry:
        for row in rows:
            await row.ended.wait()
    shown = [{"generation_id": row.id, "status": "queued"} for row in rows]
    return await _told(request, struck, shown)


async def generate(request: Request, user: str) -> Response:
    """`POST /api/ai/videos/generate`, `/images/generate` and `/images/edit`: the reply comes when it is made.

    Bad parameters are refused at once here. A job whose client goes away is finished all the same.
    """
    struck, asked = await _asked(request)
    if isinstance(asked, Response):
        return asked
    model, body = asked
    if fault := _wrong(request, model, body):
        return replies.message(request, 400, fault)
    row = _accept(request, user, model, body, hurry=False, endpoint=request.url.path.removeprefix("/api/ai/"))
    if lost := _first(_AFTER, request, struck):
        return lost
    await row.ended.wait()
    if row.status != "succeeded":
        return replies.message(request, 400, row.error or "the generation was cancelled")
    created, made = int(row.enqueued_at), _made(request, row, body)
    whole = replies.answer(request, {"model": model.id, "created": created, f"{model.output}s": [made]})
    return await _late(request, struck, whole)


async def _asked(request: Request) -> tuple[dict[str, str], tuple[Model, dict[str, Any]] | Response]:
    """The faults that strike, and the model and the body; or what comes of a POST that is not accepted."""
    struck = studio(request).faults.strike("submit")
    if refused := _first(_BEFORE, request, struck):
        return struck, refused
    body = await _body(request)
    if isinstance(body, Response):
        return struck, body
    if body.get("target_directory"):
        struck |= studio(request).faults.strike("tagged")
    model = _model(request, body)
    if refused := _first(_BEFORE, request, struck):
        return struck, refused
    return struck, model if isinstance(model, Response) else (model, body)


def _first(replies_: Mapping[str, Refuse], request: Request, struck: Mapping[str, str]) -> Response | None:
    """What the first fault that strikes replies."""
    return next((make(request, struck[name]) for name, make in replies_.items() if name in struck), None)


async def _told(request: Request, struck: Mapping[str, str], shown: list[dict[str, Any]]) -> Response:
    """The reply to a job that was accepted, or what comes in its place."""
    if lost := _first(_AFTER, request, struck):
        return lost
    if "odd-reply" in struck:
        return Response(_ODD[struck["odd-reply"]](shown), media_type="application/json")
    return await _late(request, struck, replies.answer(request, {"generations": shown}))


async def _late(request: Request, struck: Mapping[str, str], whole: Response) -> Response:
    """A reply, later or half where that is scripted."""
    if "hold-reply" in struck:
        await asyncio.sleep(float(struck["hold-reply"] or 1000) / 1000)
    return replies.Half(request, whole) if "reset-in-reply" in struck else whole


async def _body(request: Request) -> dict[str, Any] | Response:
    """The JSON object that was sent, or the refusal of what is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return replies.text(request, 415, ":unsupported_media_type")
    try:
        body = json.loads(await request.body(), parse_constant=_no_constant)
        json.dumps(body).encode()
    except (ValueError, RecursionError):
        return replies.refusal(request, 400, "invalid_params", "Invalid parameters", _NOT_STRICT)
    if not isinstance(body, dict):
        return replies.refusal(request, 400, "invalid_params", "Invalid parameters", "the body is no object")
    return body


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _model(request: Request, body: Mapping[str, Any]) -> Model | Response:
    named = body.get("model")
    if not isinstance(named, str) or not named:
        return replies.refusal(request, 400, "invalid_params", "Invalid parameters", "model is required")
    if (model := studio(request).shelf.find(named)) is None:
        return replies.message(request, 404, f"Model not found: {named[:200]}")
    for name in ("target_namespace", "target_repo", "target_directory"):
        if not isinstance(body.get(name), str | None):
            return replies.refusal(
                request, 400, "invalid_params", "Invalid parameters", f"{name} is no string"
            )
    return model


def _wrong(request: Request, model: Model, body: Mapping[str, Any]) -> str | None:
    """What the endpoints that wait check before they begin."""
    if model.endpoint == "/videos/generate" and not request.url.path.endswith("/videos/generate"):
        return f"{model.id} makes videos"
    if model.output == "image" and request.url.path.endswith("/videos/generate"):
        return f"{model.id} makes images"
    if "prompt" in model.required and body.get("prompt") in (None, ""):
        return "Prompt cannot be empty"
    if body.get("response_format", "url") not in ("url", "b64_json"):
        return "response_format must be url or b64_json"
    return studio(request).shelf.fault(model, body)


def _accept(
    request: Request, user: str, model: Model, body: Mapping[str, Any], *, hurry: bool, endpoint: str
) -> Row:
    return studio(request).accept(
        user,
        model,
        body,
        hurry=hurry,
        endpoint=endpoint,
        user_agent=request.headers.get("user-agent"),
        idempotency_key=request.headers.get("idempotency-key"),
    )


def _made(request: Request, row: Row, body: Mapping[str, Any]) -> dict[str, str]:
    if body.get("response_format") == "b64_json":
        content = studio(request).files.stored[address(row)].path.read_bytes()
        return {"b64_json": base64.b64encode(content).decode()}
    return {"url": studio(request).signed(replies.base(request), row)}
