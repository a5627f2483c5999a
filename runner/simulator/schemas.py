"""JSON Schemas of the documented replies.

They say what the documentation says. Fields on which its pages disagree are optional, and more fields than
the documented ones are allowed everywhere, because a row has those of its job.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_MAYBE_TIME: Schema = {"type": ["integer", "null"], "minimum": 0}
_UUID: Schema = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
}
_STATUS: Schema = {"enum": ["queued", "processing", "succeeded", "failed", "cancelled"]}
_MEDIA: Schema = {"enum": ["image", "video"]}
_MONEY: Schema = {"type": ["string", "null"], "pattern": r"^[0-9]+(\.[0-9]+)?$"}
_NUMBER: Schema = {"type": ["number", "string", "null"]}


def _object(required: dict[str, Schema], **optional: Schema) -> Schema:
    return {"type": "object", "properties": required | optional, "required": list(required)}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


ENQUEUED = _object({
    "generations": {
        "type": "array", "minItems": 1, "items": _object({"generation_id": _UUID, "status": _STATUS}),
    }
})  # fmt: skip

QUEUE_ROW = _object(
    {
        "generation_id": _UUID,
        "model_name": _TEXT,
        "media_type": _MEDIA,
        "status": _STATUS,
        "enqueued_at": _WHOLE,
    },
    started_at=_MAYBE_TIME,
    completed_at=_MAYBE_TIME,
    result_url=_MAYBE_TEXT,
    error_message=_MAYBE_TEXT,
    target_namespace=_MAYBE_TEXT,
    target_repo=_MAYBE_TEXT,
    target_directory=_MAYBE_TEXT,
    retried_from_id=_UUID,
)

QUEUE_LIST = _object({"count": _WHOLE, "generations": _list(QUEUE_ROW)})

GENERATION_ROW = {
    "allOf": [QUEUE_ROW, _object({"cost": _MONEY}, user_id=_TEXT, username=_TEXT, user_image=_MAYBE_TEXT)]
}

GENERATION_LIST = _object({
    "count": _WHOLE,
    "generations": _list(GENERATION_ROW),
    "page_number": {"type": "integer", "minimum": 1},
    "page_size": {"type": "integer", "minimum": 1, "maximum": 1000},
    "total_pages": _WHOLE,
    "total_entries": _WHOLE,
    "total_cost": _MONEY,
})  # fmt: skip

GENERATION = _object({
    "status": {"const": "success"},
    "status_message": {"const": "resource_found"},
    "generation": GENERATION_ROW,
})  # fmt: skip

CANCELLED = _object({"status": {"const": "success"}, "generation_id": _UUID})

_MADE: Schema = {"anyOf": [_object({"url": _TEXT}), _object({"b64_json": _TEXT})]}
_ONE_MADE: Schema = {"type": "array", "items": _MADE, "minItems": 1}
VIDEOS = _object({"model": _TEXT, "created": _WHOLE, "videos": _ONE_MADE})
IMAGES = _object({"model": _TEXT, "created": _WHOLE, "images": _ONE_MADE})

PRICING = _object(
    {
        "method": {
            "enum": ["token", "time", "per_image", "per_video_output_second", "per_audio_output_second"]
        }
    },
    cost_per_second=_NUMBER,
    cost_per_second_by_resolution={"type": ["object", "null"], "additionalProperties": _NUMBER},
    cost_per_second_high_res=_NUMBER,
    cost_per_second_with_audio=_NUMBER,
    cost_per_image=_NUMBER,
    cost_per_image_grid={
        "type": ["object", "null"],
        "additionalProperties": {"type": "object", "additionalProperties": _NUMBER},
    },
    input_cost_per_token=_NUMBER,
    output_cost_per_token=_NUMBER,
)

_REQUEST = _object({"type": {"const": "object"}, "properties": {"type": "object"}, "required": _list(_TEXT)})

MODEL = _object(
    {"id": _TEXT, "object": {"const": "model"}, "created": _WHOLE, "owned_by": _TEXT},
    display_name=_TEXT,
    endpoint=_TEXT,
    model_type={"enum": ["base", "custom"]},
    capabilities=_object({"input": _list(_TEXT), "output": _list(_TEXT)}),
    pricing=PRICING,
    request_schema=_REQUEST,
    json_request_schema=_REQUEST,
)

MODELS = _object({"object": {"const": "list"}, "data": _list(MODEL)})

EVALUATED = _object({
    "models": _list(_object({
        "name": _TEXT,
        "capabilities": {"type": "object"},
        "provider": _object({"name": _TEXT}),
        "json_request_schema": _REQUEST,
    }))
})  # fmt: skip

USER = _object({"user": _object({"username": _TEXT})})

REPOSITORY = _object({
    "status": {"const": "success"},
    "status_message": {"enum": ["resource_found", "resource_created"]},
    "repository": _object({"namespace": _TEXT, "name": _TEXT}),
})  # fmt: skip

CONTEXT = _object({"status": {"const": "success"}, "asset_path": _TEXT, "uuid": _UUID})

PRESIGNED = _object({"url": _TEXT})

COMMITTED = _object({
    "status": {"const": "success"},
    "status_message": _TEXT,
    "commit": _object({"id": _TEXT, "parent_ids": _list(_TEXT), "message": _TEXT, "timestamp": _TEXT}),
})  # fmt: skip

ERROR: Schema = {
    "anyOf": [
        _object({"error": _object({"type": _TEXT, "title": _TEXT}, detail=_TEXT), "status": _TEXT}),
        _object({"error": _object({"message": _TEXT})}),
        _object({"error": _TEXT}),
        _object({"status": {"const": "error"}, "status_message": _TEXT}),
        _object({"error": _object({"type": _TEXT, "title": _TEXT}), "status": {"type": "integer"}}),
    ]
}
"""The shapes A, B, C, D and E; the sixth is no JSON."""

_ENDED: dict[str, Schema] = {"generation_id": _UUID, "media_type": _MEDIA}

EVENT = {
    "oneOf": [
        _object(_ENDED | {"status": {"const": "succeeded"}, "model": _TEXT, "url": _TEXT}),
        _object(_ENDED | {"status": {"const": "failed"}, "error": _TEXT}),
    ]
}
"""The data of `media_generation_completed`."""
