"""Enqueue one video, and ask until it has ended: `poll.py BODY.json CLIP.mp4`."""

# ruff: noqa: T201 - what it prints is what a test reads.

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import requests

base, body, clip = os.environ["BASE"], Path(sys.argv[1]), Path(sys.argv[2])
headers = {"Authorization": f"Bearer {os.environ['OXEN_API_KEY']}"}

reply = requests.post(f"{base}/ai/queue", headers=headers, json=json.loads(body.read_text()), timeout=30)
reply.raise_for_status()
print("enqueued", reply.text)
generation = reply.json()["generations"][0]["generation_id"]

while True:
    job = requests.get(f"{base}/ai/queue/{generation}", headers=headers, timeout=30)
    job.raise_for_status()
    print("row", job.text)
    if job.json()["status"] in ("succeeded", "failed", "cancelled"):
        break
    time.sleep(float(os.environ["POLL_SECONDS"]))

if job.json()["status"] != "succeeded":
    sys.exit(job.json()["error_message"])
video = requests.get(job.json()["result_url"], timeout=60)
video.raise_for_status()
clip.write_bytes(video.content)
