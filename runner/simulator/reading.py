"""Reading and cancelling generations: the queue, and the history."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response

from runner.simulator import replies
from runner.simulator.replies import studio
from runner.simulator.rows import TERMINAL, Row, generation_row, pick, queue_row

MOST_A_PAGE = 1000
_WORDS = {"status": TERMINAL | {"queued", "processing"}, "media_type": {"image", "video"}}

_FAULTY: dict[str, Callable[[Request, str], Response]] = {
    "get-reset": lambda request, _: replies.Silence(request, reset=True),
    "get-timeout": lambda request, _: replies.Silence(request, reset=False),
    "get-401": lambda request, _: replies.unauthenticated(request),
    "get-429": replies.too_many,
    "get-500": lambda request, _: replies.internal(request),
    "get-502-html": lambda request, _: replies.gateway(request),
    "list-500": lambda request, _: replies.internal(request),
}


async def one(request: Request, user: str) -> Response:
    """`GET /api/ai/queue/{id}`."""
    if faulty := _faulty(request):
        return faulty
    if (row := _found(request, user)) is None or "404-known-id" in studio(request).faults.strike("known"):
        return replies.not_found(request)
    row.readings += row.status == "succeeded"
    return replies.answer(request, queue_row(row, _signer(request)))


async def many(request: Request, user: str) -> Response:
    """`GET /api/ai/queue`: what is queued or processed, unless a status is asked for."""
    if faulty := _faulty(request, listing=True):
        return faulty
    if refused := _no_word(request):
        return refused
    rows = pick(studio(request).rows.values(), user, request.query_params, studio(request).now())
    if "status" not in request.query_params:
        rows = [row for row in rows if row.status not in TERMINAL]
    shown = [queue_row(row, _signer(request)) for row in rows]
    return replies.answer(request, {"count": len(shown), "generations": shown})


async def detail(request: Request, user: str) -> Response:
    """`GET /api/ai/generations/{id}`."""
    if faulty := _faulty(request):
        return faulty
    if (row := _found(request, user)) is None:
        return replies.not_found(request)
    row.readings += row.status == "succeeded"
    shown = generation_row(row, _signer(request))
    return replies.answer(
        request, {"status": "success", "status_message": "resource_found", "generation": shown}
    )


async def history(request: Request, user: str) -> Response:
    """`GET /api/ai/generations`: every row, by pages."""
    if faulty := _faulty(request, listing=True):
        return faulty
    page, size = _number(request, "page", 1), _number(request, "page_size", 50)
    if page is None or size is None or size > MOST_A_PAGE:
        return replies.refusal(request, 400, "invalid_params", "Invalid parameters", "page or page_size")
    if refused := _no_word(request):
        return refused
    rows = pick(studio(request).rows.values(), user, request.query_params, studio(request).now())
    shown = [generation_row(row, _signer(request)) for row in rows[(page - 1) * size : page * size]]
    costs = [row.cost for row in rows if row.cost is not None]
    return replies.answer(
        request,
        {
            "count": len(shown),
            "generations": shown,
            "page_number": page,
            "page_size": size,
            "total_pages": -(-len(rows) // size),
            "total_entries": len(rows),
            "total_cost": str(sum(costs, Decimal(0))) if costs else None,
        },
    )


async def cancel(request: Request, user: str) -> Response:
    """`DELETE /api/ai/queue/{id}`: without effect on what has ended."""
    struck = studio(request).faults.strike("cancel")
    if (row := _found(request, user)) is None:
        return replies.not_found(request)
    if "cancel-400" in struck:
        return replies.text(request, 400, "the generation cannot be cancelled")
    studio(request).cancel(row)
    if "cancel-500" in struck:
        return replies.internal(request)
    return replies.answer(request, {"status": "success", "generation_id": row.id})


async def retry(request: Request, user: str) -> Response:
    """`POST /api/ai/queue/{id}/retry`: cancels what has not ended, and enqueues a copy."""
    if (row := _found(request, user)) is None:
        return replies.not_found(request)
    if row.status == "succeeded":
        return replies.text(request, 400, "a generation that has succeeded cannot be retried")
    studio(request).cancel(row)
    body = {
        **row.parameters,
        "model": row.model.id,
        "prompt": row.prompt,
        "target_namespace": row.namespace,
        "target_repo": row.repo,
        "target_directory": row.directory,
    }
    copy = studio(request).accept(
        user,
        row.model,
        {name: value for name, value in body.items() if value is not None},
        endpoint="retry",
        user_agent=request.headers.get("user-agent"),
        retried_from=row.id,
    )
    return replies.answer(
        request, {"generations": [{"generation_id": copy.id, "status": "queued", "retried_from_id": row.id}]}
    )


def _faulty(request: Request, *, listing: bool = False) -> Response | None:
    faults = studio(request).faults
    struck = faults.strike("read") | (faults.strike("list") if listing else {})
    return next((make(request, struck[name]) for name, make in _FAULTY.items() if name in struck), None)


def _no_word(request: Request) -> Response | None:
    """The refusal of a filter's word that is none of the documented ones."""
    for name, words in _WORDS.items():
        if (given := request.query_params.get(name)) is not None and given not in words:
            return replies.refusal(request, 400, "invalid_params", "Invalid parameters", name)
    return None


def _found(request: Request, user: str) -> Row | None:
    row = studio(request).rows.get(request.path_params["id"])
    return row if row is not None and row.user == user else None


def _signer(request: Request) -> Callable[[Row], str]:
    origin = replies.base(request)
    return lambda row: studio(request).result_url(origin, row)


def _number(request: Request, name: str, usual: int) -> int | None:
    """A whole number from 1 in the query; None for anything else that is there."""
    given = request.query_params.get(name)
    if given is None:
        return usual
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 and int(given) else None  # noqa: PLR2004
