"""The kinds of step that come with reelmake; pyproject.toml registers each as an entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

_VIDEO = {"type": "string", "media": "video"}
_FPS = {"type": "number", "minimum": 1, "maximum": 120, "unit": "frames per second"}


def _parameters(required: tuple[str, ...], **properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


image_to_video = Kind("image-to-video", "video", "ltx-2-3-pro", takes="image", requires=("input_image",))
reference_video_to_video = Kind(
    "reference-video-to-video", "video", "ltx-2-3-quality-reference-video-to-video", takes="video"
)
text_to_video = Kind("text-to-video", "video", "ltx-2-3-pro-text-to-video")
text_to_image = Kind("text-to-image", "image", "z-image-turbo")
edit_image = Kind("edit-image", "image", "qwen-image-edit-2511", takes="image")
extend_video = Kind("extend-video", "video", "ltx-2-3-pro-extend-video", takes="video")
upscale_video = Kind("upscale-video", "video", "topazlabs-video-upscale", takes="video")
depth_video = Kind("depth-video", "video", "bytedance-depth-anything-video", takes="video")
generate = Kind("generate", None)

frame = Kind(
    "frame",
    "image",
    render="runner.media.steps:frame",
    schema=_parameters(
        ("input_video",),
        input_video=_VIDEO,
        at={
            "anyOf": [{"enum": ["first", "last"]}, {"type": "number", "minimum": 0}],
            "default": "first",
            "description": '"first", "last" or a number of seconds from the start, such as 1.5',
        },
    ),
)

trim = Kind(
    "trim",
    "video",
    render="runner.media.steps:trim",
    schema=_parameters(
        ("input_video",),
        input_video=_VIDEO,
        start={"type": "number", "minimum": 0, "default": 0, "unit": "seconds"},
        end={"type": "number", "exclusiveMinimum": 0, "unit": "seconds"},
    )
    | {"after": {"end": "start"}},
)

control_video = Kind(
    "control-video",
    "video",
    render="runner.media.steps:control_video",
    schema=_parameters(
        ("input_video",), input_video=_VIDEO, kind={"type": "string", "enum": ["edges"], "default": "edges"}
    ),
)

concat = Kind(
    "concat",
    "video",
    render="runner.media.steps:concat",
    schema=_parameters(
        ("clips",),
        clips={"type": "array", "media": "video", "items": {"type": "string"}, "minItems": 1},
        audio={"type": ["string", "array"], "media": ["audio", "video"], "items": {"type": "string"}},
        transition={
            "type": "string",
            "pattern": r"^\s*(cut|(dissolve|fade)\s+[0-9]{1,6}(\.[0-9]{1,6})?[sf])\s*$",
            "default": "cut",
            "description": '"cut", "dissolve 0.5s" or "fade 12f"',
        },
        size={
            "type": "string",
            "pattern": r"^(?=[1-9])[0-9]{0,3}[02468]x(?=[1-9])[0-9]{0,3}[02468]$",
            "description": 'an even width and height in pixels, such as "1280x720"',
        },
        fps=_FPS,
        fit={"type": "string", "enum": ["pad", "crop"], "default": "pad"},
        loudness={"type": "number", "minimum": -70, "maximum": -5, "unit": "LUFS"},
        on_missing={"type": "string", "enum": ["slug", "drop"]},
    ),
)
