"""Cutting a film: sound first, then the picture with it, then a look at what came out."""

from __future__ import annotations

from pathlib import Path

import anyio

from runner.errors import MediaError
from runner.job import Job
from runner.media import loudness, sound
from runner.media.film import Film, film_of
from runner.media.picture import encode_film
from runner.media.probe import probe

_SOUND_PART = 0.1


async def cut(job: Job) -> Path:
    """Cut the film that a `concat` job asks for.

    Returns:
        An MP4 in the job's folder. Picture and sound are exactly as long as `dsl.timeline` says.

    Raises:
        MediaError: If the clips cannot be cut so, or ffmpeg fails.
    """
    film = film_of(job)
    track = await sound.assemble(film, job.folder)
    if track is not None and _may_be_too_loud(film):
        track = await loudness.level(track, film.samples, film.loudness, job.folder)
    job.progress(_SOUND_PART)
    path = await encode_film(
        film, track, job.folder, lambda part: job.progress(_SOUND_PART + (1 - _SOUND_PART) * part)
    )
    await anyio.to_thread.run_sync(_check, film, path)
    return path


def _may_be_too_loud(film: Film) -> bool:
    return film.loudness is not None or film.bed is not None or any(cut.gain > 0 for cut in film.cuts)


def _check(film: Film, path: Path) -> None:
    """A film is never silently short."""
    facts = probe(path)
    if facts.frames != film.frames:
        raise MediaError(
            f"the film has {facts.frames} frames where {film.frames} were cut; please report this"
        )
    if film.sounds and (facts.sound is None or facts.sound.samples != film.samples):
        heard = facts.sound.samples if facts.sound else 0
        raise MediaError(f"the film has {heard} samples where {film.samples} were cut; please report this")
