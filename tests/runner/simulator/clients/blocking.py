"""Make one video by the call that waits: `blocking.py BODY.json CLIP.mp4`."""

# ruff: noqa: T201 - what it prints is what a test reads.

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import requests

body, clip = Path(sys.argv[1]), Path(sys.argv[2])
headers = {"Authorization": f"Bearer {os.environ['OXEN_API_KEY']}"}

reply = requests.post(
    f"{os.environ['BASE']}/ai/videos/generate",
    headers=headers,
    json=json.loads(body.read_text()),
    timeout=900,
)
reply.raise_for_status()
print("made", reply.text)

video = requests.get(reply.json()["videos"][0]["url"], timeout=60)
video.raise_for_status()
clip.write_bytes(video.content)
