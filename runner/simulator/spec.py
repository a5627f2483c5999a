"""The OpenAPI document of the simulator: what it takes, and what it replies."""

from __future__ import annotations

from typing import Any

from dsl import catalog
from runner.simulator import schemas
from runner.simulator.submit import MOST_AT_ONCE

_Operation = dict[str, Any]
_TEXT = {"type": "string"}
_STATUSES = ["queued", "processing", "succeeded", "failed", "cancelled"]
_FILTERS = {
    "namespace": _TEXT,
    "model": _TEXT,
    "media_type": {"enum": ["image", "video"]},
    "status": {"enum": _STATUSES},
    "repo": _TEXT,
    "folder": _TEXT,
}
_PAGES = {
    "page": {"type": "integer", "minimum": 1, "maximum": 999_999_999, "default": 1},
    "page_size": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50},
}
_SHARED = {
    "prompt": _TEXT,
    "target_namespace": _TEXT,
    "target_repo": _TEXT,
    "target_directory": _TEXT,
    "response_format": {"enum": ["url", "b64_json"]},
}
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def openapi(origin: str) -> dict[str, Any]:
    """The document, for a server at an origin."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "An Oxen-compatible simulator", "version": "1"},
        "servers": [{"url": f"{origin}/api"}],
        "security": [{"bearer": []}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "paths": _queue() | _history() | _waiting() | _models() | _rest(),
    }


def _operation(reply: schemas.Schema, *refusals: int, **more: Any) -> _Operation:
    answers: dict[str, Any] = {"200": _json(reply)}
    answers |= {
        str(status): _json(schemas.ERROR) for status in (*refusals, *(() if "security" in more else (401,)))
    }
    return {"responses": answers} | more


def _json(schema: schemas.Schema) -> dict[str, Any]:
    return {"description": "A reply", "content": {"application/json": {"schema": schema}}}


def _query(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema} for name, schema in parameters.items()]


def _job(endpoint: str | None = None, **more: Any) -> dict[str, Any]:
    """The body that asks for a generation, of a model of that endpoint."""
    models = [
        name for name in catalog.ids() if endpoint in (None, getattr(catalog.model(name), "endpoint", ""))
    ]
    schema = {
        "type": "object",
        "properties": {"model": {"enum": models}} | _SHARED | more,
        "required": ["model"],
    }
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _queue() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE, "default": 1}
    return {
        "/ai/queue": {
            "post": _linked(
                _operation(
                    schemas.ENQUEUED,
                    400,
                    402,
                    404,
                    415,
                    429,
                    requestBody=_job(num_generations=count, prompt={}, response_format={}),
                )
            ),
            "get": _operation(schemas.QUEUE_LIST, 400, parameters=_query(_FILTERS)),
        },
        "/ai/queue/{id}": {
            "get": _operation(schemas.QUEUE_ROW, 404, parameters=[_ID], operationId="get"),
            "delete": _operation(schemas.CANCELLED, 404, parameters=[_ID], operationId="cancel"),
        },
        "/ai/queue/{id}/retry": {
            "post": _operation(schemas.ENQUEUED, 400, 404, parameters=[_ID], operationId="retry")
        },
    }


def _linked(operation: _Operation) -> _Operation:
    """Say which operations take the id that this one gives."""
    given = {"id": "$response.body#/generations/0/generation_id"}
    links = {
        name: {"operationId": name, "parameters": given} for name in ("get", "cancel", "retry", "detail")
    }
    operation["responses"]["200"]["links"] = links
    return operation


def _history() -> dict[str, Any]:
    return {
        "/ai/generations": {
            "get": _operation(schemas.GENERATION_LIST, 400, parameters=_query(_FILTERS | _PAGES))
        },
        "/ai/generations/{id}": {
            "get": _operation(schemas.GENERATION, 404, parameters=[_ID], operationId="detail")
        },
    }


def _waiting() -> dict[str, Any]:
    made = {
        "/videos/generate": schemas.VIDEOS,
        "/images/generate": schemas.IMAGES,
        "/images/edit": schemas.IMAGES,
    }
    return {
        f"/ai{endpoint}": {"post": _operation(reply, 400, 402, 404, 415, 429, requestBody=_job(endpoint))}
        for endpoint, reply in made.items()
    }


def _models() -> dict[str, Any]:
    names = _query({"developer_name": _TEXT})
    return {
        "/ai/models": {"get": _operation(schemas.MODELS, security=[], parameters=names)},
        "/ai/models/{id}": {"get": _operation(schemas.MODEL, 404, security=[], parameters=[_ID])},
        "/evaluations/models": {"get": _operation(schemas.EVALUATED, security=[])},
    }


def _rest() -> dict[str, Any]:
    place = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[a-z0-9]+$"}}
        for name in ("namespace", "name")
    ]
    branch, path = ({**place[0], "name": name} for name in ("branch", "path"))
    repository = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "pattern": "^[a-z0-9]+$"},
            "is_public": {"type": "boolean"},
        },
        "required": ["name"],
    }
    stream = {
        "responses": {
            "200": {"description": "The event stream", "content": {"text/event-stream": {"schema": _TEXT}}},
            "401": _json(schemas.ERROR),
        }
    }
    return {
        "/events": {"get": stream},
        "/users/me": {"get": _operation(schemas.USER)},
        "/repos": {
            "post": _operation(
                schemas.REPOSITORY,
                400,
                403,
                409,
                requestBody={"required": True, "content": {"application/json": {"schema": repository}}},
            )
        },
        "/repos/{namespace}/{name}": {"get": _operation(schemas.REPOSITORY, 404, parameters=place)},
        "/repos/{namespace}/{name}/workbench/context": {
            "post": _operation(
                schemas.CONTEXT, 400, 404, parameters=place, requestBody=_files(directory=_TEXT)
            )
        },
        "/repos/{namespace}/{name}/file/presigned_url/{branch}/{path}": {
            "get": _operation(schemas.PRESIGNED, 404, parameters=[*place, branch, path])
        },
        "/repos/{namespace}/{name}/file/{branch}/{path}": {
            "get": {
                "parameters": [*place, branch, path],
                "responses": {
                    "200": {"description": "The file", "content": {"*/*": {}}},
                    "404": _json(schemas.ERROR),
                },
            },
            "put": _operation(
                schemas.COMMITTED,
                400,
                404,
                parameters=[*place, branch, path],
                requestBody=_files(message=_TEXT, name=_TEXT, email=_TEXT),
            ),
        },
    }


def _files(**more: Any) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}} | more,
        "required": ["file"],
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
