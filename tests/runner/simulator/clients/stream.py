"""Enqueue one video, and then listen line by line until its event: `stream.py BODY.json CLIP.mp4`."""

# ruff: noqa: T201 - what it prints is what a test reads.

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import requests

base, body, clip = os.environ["BASE"], Path(sys.argv[1]), Path(sys.argv[2])
headers = {"Authorization": f"Bearer {os.environ['OXEN_API_KEY']}"}

reply = requests.post(f"{base}/ai/queue", headers=headers, json=json.loads(body.read_text()), timeout=30)
reply.raise_for_status()
print("enqueued", reply.text)
generation = reply.json()["generations"][0]["generation_id"]

done = None
with requests.get(f"{base}/events", headers=headers, stream=True, timeout=60) as events:
    events.raise_for_status()
    name = None
    for raw in events.iter_lines():
        line = raw.decode()
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: ") and name == "media_generation_completed":
            done = json.loads(line.removeprefix("data: "))
            if done["generation_id"] == generation:
                break

assert done is not None
print("event", json.dumps(done))
if done["status"] != "succeeded":
    sys.exit(done["error"])
video = requests.get(done["url"], timeout=60)
video.raise_for_status()
clip.write_bytes(video.content)
