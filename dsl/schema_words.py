"""What an editor says of each key: the descriptions in the JSON Schema of the language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TOP = {
    "": "What film is wanted: shots, the steps that make it, and what is delivered.",
    "schema": "The version of the language, always first.",
    "include": "Files under the recipe's folder with values, defaults, shots and steps of this recipe.",
    "title": "The film's title; the slate unless set.",
    "slate": "The prefix of the names of delivered files; the recipe's file name unless set.",
    "seed": "The root seed, from which every seed derives that is not set.",
    "provider": "Who renders, unless a step or shot says otherwise; oxen unless set.",
    "max_cost": "The most this film may cost, in USD; can only lower your own ceiling.",
    "vars": "Values that a user may override with --set.",
    "cast": "Characters and things, said once: ${cast.mira.look}.",
    "style": "Looks, said once: ${style.gouache}.",
    "defaults": "Parameters for every step of a kind, and fields for every shot.",
    "shots": "The shots in story order.",
    "steps": "What is made, and from what.",
    "outputs": "What is delivered, by name; every step nothing else uses where there is no such table.",
}

SHOT = {
    "": "A shot. A table named after a step speaks of that step for this shot; other keys are yours.",
    "id": "The shot's number, in quotes; its name in addresses and files.",
    "omit": "Whether the shot is left out; its number is kept.",
}

STEP = {
    "": "A step. Every key that is not named here is a parameter of the model or local step.",
    "uses": "The kind of step.",
    "model": "The model to use instead of the kind's own; reel models lists them.",
    "provider": "Who renders this step.",
    "for_each": "Makes one of this step for each shot.",
    "matrix": 'Makes one of this step for each value of each list: matrix.look = ["${style.noir}", …].',
    "needs": "Steps that must be done first although nothing of them is used.",
    "takes": "How many takes to make of each; what follows uses the circled one.",
    "gate": "Whether what follows waits until this is approved.",
    "without": "Parameters to leave out although a default sets them.",
    "params": "Parameters whose names are keys of a step.",
}

KINDS = {
    "image-to-video": "Defaults for every step that moves a picture.",
    "reference-video-to-video": "Defaults for every step that makes a video anew in another look.",
    "text-to-video": "Defaults for every step that makes a video from words.",
    "text-to-image": "Defaults for every step that makes a picture from words.",
    "edit-image": "Defaults for every step that changes a picture.",
    "extend-video": "Defaults for every step that makes a video longer.",
    "upscale-video": "Defaults for every step that makes a video larger.",
    "depth-video": "Defaults for every step that draws the depth of a video.",
    "generate": "Defaults for every step that names its model.",
    "frame": "Defaults for every step that takes a frame out of a video.",
    "control-video": "Defaults for every step that draws what leads a restyle.",
    "trim": "Defaults for every step that shortens a video.",
    "concat": "Defaults for every film that is cut from clips.",
}

_PARAMETERS = {
    "aspect_ratio": "Width by height of what is made",
    "at": "Which frame to take",
    "audio": "What is heard instead of the clips' own sound: one track, or sounds shot by shot",
    "camera_motion": "How the camera moves",
    "clips": "The clips in order; lists within the list are spread",
    "colormap": "The colours that depth is drawn in",
    "context": "Seconds of the video that the model looks at",
    "control_video_url": "A video that leads the movement: edges or depth",
    "depth_model": "The model that finds the depth",
    "duration": "Length in seconds",
    "end": "Where to stop, in seconds from the start of the video",
    "fit": "What to do with clips of another shape: bars, or cut off",
    "fps": "Frames per second",
    "frames_per_second": "Frames per second",
    "generate_audio": "Whether sound is made too",
    "include_raw_depths": "Whether the depths are given as numbers too",
    "input_image": "A picture: a reference, a path beside the recipe, or an https address",
    "input_video": "A video: a reference, a path beside the recipe, or an https address",
    "kind": "What is drawn of the video",
    "last_frame_image": "The picture on which the video ends",
    "loudness": "How loud the film is, in LUFS",
    "max_frames": "The most frames that are looked at",
    "mode": "At which end the video is made longer",
    "negative_prompt": "What is not wanted",
    "num_frames": 'Length in frames; "match" takes the length of input_video',
    "num_inference_steps": "How many steps the model works for",
    "on_missing": "What a film does without a clip: black in its place, or nothing",
    "output_format": "The form of the file",
    "output_fps": "Frames per second of what is made",
    "preserve_original_video": "Whether the video itself is kept in what is made",
    "prompt": "What is wanted, in words",
    "resolution": "How large the picture is",
    "seed": "What chance begins with; derived from the recipe's seed unless set",
    "side_by_side": "Whether the video is shown beside its depth",
    "size": 'Width and height in pixels, such as "1280x720"; the first clip\'s unless set',
    "skip_control_preprocess": "Whether the control video is ready as it is",
    "start": "Where to begin, in seconds from the start of the video",
    "strength": "How much is made anew; 1 is everything",
    "target_fps": "Frames per second of what is made",
    "target_resolution": "How large the picture becomes",
    "task": "What the model does; there is only one",
    "transition": 'How each clip begins: "cut", "dissolve 0.5s" or "fade 12f"',
    "video_quality": "How finely the file is compressed",
    "video_strength": "How closely the video is followed; lower is freer",
    "video_url": "A video: a reference, a path beside the recipe, or an https address",
}


def parameter(name: str, schema: Mapping[str, Any]) -> str:
    """What a parameter is, in a sentence."""
    words = _PARAMETERS.get(name) or schema.get("description") or f"The parameter {name}"
    unit = f", in {schema['unit']}" if "unit" in schema and schema["unit"] not in words else ""
    return f"{words}{'' if name in _PARAMETERS else unit}."
