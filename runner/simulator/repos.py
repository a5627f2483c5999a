"""Repositories: making one, and the ways by which a file gets into it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from runner.simulator import replies
from runner.simulator.replies import studio

_COPY = 1 << 20


async def me(request: Request, user: str) -> Response:
    """`GET /api/users/me`."""
    return replies.answer(request, {"user": {"username": user, "name": user}})


async def repository(request: Request, user: str) -> Response:
    """`GET /api/repos/{namespace}/{name}`."""
    if (name := _owned(request, user)) is None:
        return replies.not_found(request)
    return replies.answer(request, _shown(request, name, "resource_found"))


async def create(request: Request, user: str) -> Response:
    """`POST /api/repos`: 409 if it exists; with a slash at the end, 201 and 422."""
    slash = request.url.path.endswith("/")
    try:
        body: Any = json.loads(await request.body())
    except (ValueError, RecursionError):
        body = None
    named = body.get("name") if isinstance(body, dict) else None
    if not (isinstance(named, str) and named and "/" not in named):
        return replies.refusal(request, 400, "invalid_params", "Invalid parameters", "name is required")
    if not isinstance(body.get("is_public", False), bool):
        return replies.refusal(request, 400, "invalid_params", "Invalid parameters", "is_public")
    if body.get("namespace", user) != user:
        return replies.refusal(request, 403, "forbidden", "Forbidden")
    name = f"{user}/{named}"
    if name in studio(request).files.public:
        return replies.refusal(request, 422 if slash else 409, "conflict", "Repository exists already")
    studio(request).files.public[name] = body.get("is_public") is True or body.get("visibility") == "public"
    return replies.answer(request, _shown(request, name, "resource_created"), 201 if slash else 200)


async def add_context(request: Request, user: str) -> Response:
    """`POST /api/repos/{namespace}/{name}/workbench/context`."""
    if refused := _refused(request):
        return refused
    if (name := _owned(request, user)) is None:
        return replies.not_found(request)
    async with request.form() as form:
        file, directory = form.get("file"), form.get("directory", "")
        if not isinstance(file, UploadFile) or not isinstance(directory, str):
            return replies.refusal(request, 400, "invalid_params", "Invalid parameters", "file is required")
        uuid = str(uuid4())
        asset = "/".join(part for part in (directory.strip("/"), f"{uuid}{_suffix(file)}") if part)
        studio(request).files.keep(f"{name}/file/main/{asset}", await _received(request, file))
    return replies.answer(request, {"status": "success", "asset_path": asset, "uuid": uuid})


async def presigned(request: Request, user: str) -> Response:
    """`GET /api/repos/{namespace}/{name}/file/presigned_url/{branch}/{path}`."""
    name, parts = _owned(request, user), request.path_params
    address = f"{name}/file/{parts['branch']}/{parts['path']}"
    if name is None or address not in studio(request).files.stored:
        return replies.not_found(request)
    return replies.answer(request, {"url": studio(request).files.url(replies.base(request), address)})


async def put(request: Request, user: str) -> Response:
    """`PUT /api/repos/{namespace}/{name}/file/{branch}/{path}`: `file`, or `files[]` into a folder."""
    if refused := _refused(request):
        return refused
    if (name := _owned(request, user)) is None:
        return replies.not_found(request)
    async with request.form() as form:
        single = [one for one in form.getlist("file") if isinstance(one, UploadFile)]
        several = [one for one in form.getlist("files[]") if isinstance(one, UploadFile)]
        if bool(single) == bool(several):
            return replies.refusal(request, 400, "invalid_params", "Invalid parameters", "file or files[]")
        place = f"{name}/file/{request.path_params['branch']}/{request.path_params['path']}".rstrip("/")
        for file in single or several:
            address = place if single else f"{place}/{Path(file.filename or 'file').name}"
            studio(request).files.keep(address, await _received(request, file))
        return replies.answer(request, _commit(request, form, user))


def _commit(request: Request, form: FormData, user: str) -> dict[str, Any]:
    commit = {
        "id": uuid4().hex,
        "parent_ids": [],
        "message": str(form.get("message", "")),
        "author": str(form.get("name", user)),
        "email": str(form.get("email", "")),
        "timestamp": str(int(studio(request).now())),
    }
    return {"status": "success", "status_message": "resource_created", "commit": commit}


def _shown(request: Request, name: str, status: str) -> dict[str, Any]:
    namespace, _, own = name.partition("/")
    public = studio(request).files.public[name]
    shown = {"namespace": namespace, "name": own, "is_empty": False, "is_public": public}
    return {"status": "success", "status_message": status, "repository": shown}


def _owned(request: Request, user: str) -> str | None:
    """The repository named in the path, if it exists and is the user's."""
    name = f"{request.path_params['namespace']}/{request.path_params['name']}"
    own = request.path_params["namespace"] == user and name in studio(request).files.public
    return name if own else None


def _refused(request: Request) -> Response | None:
    struck = studio(request).faults.strike("upload")
    if "upload-413" in struck:
        return replies.refusal(request, 413, "too_large", "Payload too large")
    return replies.internal(request) if "upload-500" in struck else None


def _suffix(file: UploadFile) -> str:
    return Path(file.filename or "").suffix[:8]


async def _received(request: Request, file: UploadFile) -> Path:
    """What was sent, as a file of our own."""
    with tempfile.NamedTemporaryFile(dir=studio(request).folder, delete=False) as kept:
        while chunk := await file.read(_COPY):
            kept.write(chunk)
        return Path(kept.name)
