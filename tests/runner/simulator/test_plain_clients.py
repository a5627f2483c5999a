"""What the provider's own pages tell a beginner to do, done with curl and jq and with requests.

The clients are the programs in `clients/`; each knows nothing of reelmake.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests

from runner.media.sniff import sniff
from runner.simulator import schemas
from runner.simulator.options import Options
from runner.simulator.server import Simulator

CLIENTS = Path(__file__).with_name("clients")
SCHEMAS = {
    "made": schemas.VIDEOS,
    "enqueued": schemas.ENQUEUED,
    "row": schemas.QUEUE_ROW,
    "event": schemas.EVENT,
}
REFERENCE = "ltx-2-3-quality-reference-video-to-video"
ELSEWHERE = "https://media.example.com"
BODIES: dict[str, dict[str, Any]] = {
    "pro-fewest": {"model": "ltx-2-3-pro", "prompt": "A harbour at dawn"},
    "pro-all": {
        "model": "ltx-2-3-pro",
        "prompt": "A harbour at dawn; the “Aurora” leaves",
        "input_image": f"{ELSEWHERE}/first.png",
        "last_frame_image": f"{ELSEWHERE}/last.png",
        "task": "image_to_video",
        "resolution": "4k",
        "duration": 10,
        "aspect_ratio": "9:16",
        "fps": 50,
        "generate_audio": False,
        "camera_motion": "dolly_in",
        "num_generations": 1,
        "target_namespace": "you",
        "target_repo": "you/playground",
        "target_directory": "harbour",
        "response_format": "url",
    },
    "reference-fewest": {"model": REFERENCE, "prompt": "In ink", "input_video": f"{ELSEWHERE}/clip.mp4"},
    "reference-all": {
        "model": REFERENCE,
        "prompt": "In ink",
        "input_video": f"{ELSEWHERE}/clip.mp4",
        "input_image": f"{ELSEWHERE}/style.png",
        "control_video_url": f"{ELSEWHERE}/edges.mp4",
        "skip_control_preprocess": True,
        "preserve_original_video": True,
        "video_strength": 0.4,
        "strength": 0.9,
        "num_frames": 97,
        "resolution": "landscape_16_9",
        "frames_per_second": 25,
        "generate_audio": False,
        "video_quality": "maximum",
        "negative_prompt": "blur",
        "seed": 7,
        "num_generations": 1,
        "target_directory": "harbour",
    },
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """A simulator whose jobs take as long as they do unless told otherwise."""
    with Simulator(Options(render="fast")) as running:
        yield running


@pytest.mark.parametrize("way", ["blocking", "poll", "stream"])
@pytest.mark.parametrize("tool", ["sh", "py"])
def test_a_beginner_gets_the_clip(simulator: Simulator, tmp_path: Path, way: str, tool: str) -> None:
    """Each documented way gives the clip, for both models, with the fewest and with all parameters."""
    program = [sys.executable] if tool == "py" else ["bash"]
    environment = {
        "BASE": simulator.url,
        "OXEN_API_KEY": "any",
        "POLL_SECONDS": "0.3",
        "PATH": os.environ["PATH"],
    }
    running = {}
    for name, body in BODIES.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(body))
        running[name] = subprocess.Popen(
            [*program, CLIENTS / f"{way}.{tool}", f"{name}.json", f"{name}.mp4"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    said = {name: process.communicate(timeout=60) for name, process in running.items()}

    assert {name: (process.returncode, said[name][1]) for name, process in running.items()} == dict.fromkeys(
        BODIES, (0, "")
    )
    for name in BODIES:
        assert sniff(tmp_path / f"{name}.mp4") == ("video", "mp4")
        for line in said[name][0].splitlines():
            kind, _, text = line.partition(" ")
            jsonschema.validate(json.loads(text), SCHEMAS[kind])


def test_parameters_are_echoed_as_sent(simulator: Simulator) -> None:
    """A row has every submitted parameter at its top level."""
    headers = {"Authorization": "Bearer any"}
    body = BODIES["reference-all"]
    queued = requests.post(f"{simulator.url}/ai/queue", json=body, headers=headers, timeout=10).json()
    generation = queued["generations"][0]["generation_id"]
    row = requests.get(f"{simulator.url}/ai/queue/{generation}", headers=headers, timeout=10).json()
    sent = {name: value for name, value in body.items() if name not in ("model", "num_generations")}

    assert sent.items() <= row.items()
    assert row["model_name"] == REFERENCE
