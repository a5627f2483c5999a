"""What a model or a local step is given, judged by its schema (RM3xx)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from dsl import builtin
from dsl.address import Address
from dsl.catalog import Model, model
from dsl.diagnostics import Span
from dsl.kinds import Kind
from dsl.parameters import check_parameters
from dsl.values import Derived, LocalMedia, Made, Match, RemoteMedia

VIDEO = Made(Address("plate"), "video")
IMAGE = LocalMedia(Path("/r/a.png"), "a.png", "image")
SOUND = Derived(VIDEO, "audio")
PRO: dict[str, Any] = {"prompt": "x", "input_image": IMAGE}
RESTYLE: dict[str, Any] = {"prompt": "x", "input_video": VIDEO}


def the(name: str) -> Model:
    """A model that exists."""
    found = model(name)
    assert found is not None
    return found


LTX = the("ltx-2-3-pro")
QUALITY = the("ltx-2-3-quality-reference-video-to-video")
OBJECTS = the("wan-v2-7-reference-to-video")


def said(owner: Model | Kind, params: dict[str, Any], **more: Any) -> list[tuple[str, str, str | None]]:
    """Code, message and help of each finding."""
    return [(f.code, f.message, f.help) for f in check_parameters(owner, params, **more)]


@pytest.mark.parametrize(
    ("owner", "params"),
    [
        (LTX, PRO | {"duration": 8, "fps": 24, "resolution": "4k", "generate_audio": False}),
        (
            QUALITY,
            RESTYLE | {"num_frames": "match", "seed": 3, "strength": 0.001, "frames_per_second": 23.976},
        ),
        (QUALITY, RESTYLE | {"num_frames": Match("input_video", 24.0, 9, 481)}),
        (QUALITY, RESTYLE | {"skip_control_preprocess": False}),
        (
            QUALITY,
            RESTYLE
            | {"skip_control_preprocess": True, "control_video_url": RemoteMedia("https://a", "video")},
        ),
        (
            builtin.concat,
            {"clips": VIDEO, "audio": [SOUND, SOUND], "transition": "dissolve 0.5s", "size": "640x360"},
        ),
        (
            builtin.concat,
            {"clips": [VIDEO], "audio": SOUND, "fps": 23.976, "loudness": -16, "on_missing": "slug"},
        ),
        (builtin.trim, {"input_video": VIDEO, "start": 1, "end": 1.5}),
        (builtin.frame, {"input_video": VIDEO, "at": 1.5}),
        (builtin.frame, {"input_video": VIDEO, "at": "last"}),
        (OBJECTS, {"prompt": "x", "reference_images": [{"url": "https://a/b.png"}]}),
    ],
)
def test_good_parameters_have_no_findings(owner: Model | Kind, params: dict[str, Any]) -> None:
    """What a model takes, media leaves and one value for a list of one among it, is not reported."""
    assert said(owner, params) == []


@pytest.mark.parametrize(
    ("owner", "params", "code", "message", "fix"),
    [
        (LTX, {"promtp": 1}, "RM301", 'ltx-2-3-pro has no parameter "promtp"', 'did you mean "prompt"?'),
        (
            builtin.frame,
            {"zoom": 1},
            "RM301",
            'frame has no parameter "zoom"',
            "it takes input_video and at",
        ),
        (LTX, {"duration": 9.5}, "RM304", "duration takes a whole number, not 9.5", None),
        (LTX, {"duration": 12}, "RM302", "duration 12 is not one of 6, 8, 10", "the nearest is 10"),
        (
            LTX,
            {"resolution": "4K"},
            "RM302",
            'resolution "4K" is not one of "1080p", "2k", "4k"',
            'did you mean "4k"?',
        ),
        (LTX, {"task": "x"}, "RM302", 'task can only be "image_to_video", not "x"', 'write "image_to_video"'),
        (
            QUALITY,
            {"num_frames": 500},
            "RM303",
            "num_frames 500 is above 481",
            "choose 9 to 481 frames",
        ),
        (QUALITY, {"strength": 0}, "RM303", "strength 0 is not above 0", "choose more than 0"),
        (
            builtin.concat,
            {"loudness": -80},
            "RM303",
            "loudness -80 is below -70",
            "choose -70 to -5 LUFS",
        ),
        (
            LTX,
            {"duration": "8"},
            "RM304",
            'duration takes a whole number, not the text "8"',
            "write 8, without quotes",
        ),
        (LTX, {"duration": True}, "RM304", "duration takes a whole number, not true", None),
        (LTX, {"fps": 24.0}, "RM304", "fps takes a whole number, not 24.0", "write 24"),
        (LTX, {"prompt": 3}, "RM304", "prompt takes text, not 3", 'write "3", in quotes'),
        (LTX, {"prompt": dt.date(2026, 1, 1)}, "RM304", "prompt takes text, not a date or time", None),
        (LTX, {"resolution": VIDEO}, "RM304", "resolution takes text, not a video", None),
        (
            LTX,
            {"input_image": 3},
            "RM304",
            "input_image takes an image, not 3",
            'write "${step.output}", or the path of a file in quotes',
        ),
        (
            QUALITY,
            {"skip_control_preprocess": True},
            "RM306",
            "skip_control_preprocess needs control_video_url as well",
            "set control_video_url, or leave skip_control_preprocess out",
        ),
        (
            LTX,
            {"seed": 3},
            "RM307",
            "ltx-2-3-pro takes no seed",
            "leave it out: only the lock file can repeat its results",
        ),
        (LTX, {"fps": float("nan")}, "RM309", "fps must be a finite number", "write an ordinary number"),
        (
            builtin.concat,
            {"transition": "wipe 1s"},
            "RM310",
            'transition "wipe 1s" cannot be understood',
            'write "cut", "dissolve 0.5s" or "fade 12f"',
        ),
        (
            builtin.concat,
            {"size": "641x360"},
            "RM310",
            'size "641x360" cannot be understood',
            'write an even width and height in pixels, such as "1280x720"',
        ),
        (builtin.concat, {"clips": []}, "RM311", "clips has 0 values", "give at least 1"),
        (
            OBJECTS,
            {"reference_images": [{"url": "a.png"}]},
            "RM312",
            "within a table, url takes an https:// URL only",
            'write "https://…", or use a media parameter',
        ),
        (builtin.trim, {"start": 3, "end": 2}, "RM313", "end 2 is not after start 3", "choose more than 3"),
    ],
)
def test_a_bad_parameter_is_explained(
    owner: Model | Kind, params: dict[str, Any], code: str, message: str, fix: str | None
) -> None:
    """Each mistake says what is wrong and what would be right."""
    found = [finding for finding in said(owner, params) if finding[0] != "RM305"]

    assert found == [(code, message, fix)]


def test_a_value_of_a_later_schema_is_a_warning() -> None:
    """A duration that only the schema of July allows may work, and is not refused."""
    (found,) = check_parameters(LTX, PRO | {"duration": 7})

    assert (found.code, found.severity, found.at) == ("RM308", "warning", "value")
    assert found.message.startswith("duration 7 is not one of 6, 8, 10;")


def test_preserving_needs_its_three_companions() -> None:
    """`preserve_original_video` names every companion it lacks, at its own key."""
    (found,) = check_parameters(QUALITY, RESTYLE | {"preserve_original_video": True})

    assert (found.parameter, found.at) == (("preserve_original_video",), "key")
    assert found.message == (
        "preserve_original_video needs skip_control_preprocess and control_video_url as well"
    )


def test_what_is_missing_points_at_the_step() -> None:
    """A required parameter that is not there is asked for where the step is."""
    found = check_parameters(QUALITY, {})

    assert [(f.code, f.parameter, f.at) for f in found] == [
        ("RM305", ("prompt",), "step"),
        ("RM305", ("input_video",), "step"),
    ]


def test_a_typo_of_a_required_parameter_is_one_finding() -> None:
    """What an unknown parameter was meant to be is not reported as missing too."""
    assert [f.code for f in check_parameters(LTX, {"promt": "x", "input_image": IMAGE})] == ["RM301"]


def test_image_to_video_wants_its_image() -> None:
    """The kind requires an image although the model's schema does not, and names the ways out."""
    assert said(LTX, {"prompt": "x"}, kind=builtin.image_to_video) == [
        (
            "RM305",
            'image-to-video needs "input_image"',
            'add input_image, or say uses = "text-to-video" or "generate" if none is meant',
        )
    ]
    assert said(LTX, PRO, kind=builtin.image_to_video) == []


def test_a_step_key_can_be_what_was_meant() -> None:
    """A misspelt step key is not taken for a parameter."""
    found = check_parameters(LTX, PRO | {"modle": "x"}, step_keys=("model", "provider"))

    assert [f.help for f in found] == ['did you mean "model"?']


def test_a_finding_within_a_list_has_its_path() -> None:
    """The second clip of three is pointed at, and not the whole list."""
    (found,) = check_parameters(builtin.concat, {"clips": [VIDEO, 3, VIDEO]})

    assert found.parameter == ("clips", 1)
    assert found.diagnostic(Span("a", 1, 1, 1, 2)).code == "RM304"
