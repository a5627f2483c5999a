"""Plates: title cards that stand in for media at a URL, because a rehearsal asks nobody for anything."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from dsl.values import RemoteMedia
from runner.job import Input, Job


async def with_plates(job: Job) -> Job:
    """The job with a plate wherever a picture or a video lies at a URL; sound at a URL is left out."""
    params = {name: await _stood_in(value, job) for name, value in job.params.items()}
    return replace(job, params={name: value for name, value in params.items() if value is not None})


async def _stood_in(value: Any, job: Job) -> Any:
    if isinstance(value, RemoteMedia):
        return None if value.media == "audio" else await _plate(value, job)
    if isinstance(value, list | tuple):
        stood_in = [await _stood_in(inner, job) for inner in value]
        return [inner for inner in stood_in if inner is not None]
    return value


async def _plate(remote: RemoteMedia, job: Job) -> Input:
    from runner.media.probe import probe
    from runner.providers.animatic import cards
    from runner.providers.animatic.brief import Brief

    # The URL stands for content that nobody has seen, and so its digest is the plate's.
    digest = hashlib.sha256(remote.url.encode()).hexdigest()
    folder = job.folder / f"plate-{digest[:16]}"
    folder.mkdir(exist_ok=True)
    words = f"the {remote.media} at {urlsplit(remote.url).hostname}"
    card = Brief(
        replace(
            job,
            uses="plate",
            params={"prompt": words, "generate_audio": False},
            output=remote.media,
            rendition=replace(job.rendition, slate=False),
            folder=folder,
            progress=lambda _part: None,
        )
    )
    path = await (cards.title_clip(card) if remote.media == "video" else cards.title_picture(card))
    return Input(path, digest, probe(path))
