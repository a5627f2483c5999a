"""What a `concat` is asked for, worked out to the frame before anything is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from dsl.timeline import Placed, TooShortError, Transition, frames_of, lay_out, parse_transition
from runner.errors import MediaError
from runner.job import Input, Job, Slug
from runner.media import encode
from runner.media.conform import Frame, even, own_frame

# For a film of slugs alone, which no clip gives a shape.
_UNSEEN = Frame(1280, 720, Fraction(24))
# What ffmpeg's xfade takes, less a frame.
_LONGEST_DISSOLVE = 59
_CUT = Transition("cut")


@dataclass(frozen=True, slots=True)
class Cut:
    """A clip in its place.

    Attributes:
        source: Its picture, or the slug that stands for it.
        sound: Where its sound comes from; None for silence.
        gain: Decibels added to its sound.
        place: Where it lies in the film.
        tail: Frames at its end that the next clip dissolves over.
        fade: Frames at its beginning that come up from black and silence.
    """

    source: Input | Slug
    sound: Input | None
    gain: float
    place: Placed
    tail: int
    fade: int


@dataclass(frozen=True, slots=True)
class Film:
    """A cut list.

    Attributes:
        frame: What every picture is like.
        cuts: At least one, in order.
        bed: A track that lies under the whole.
        loudness: LUFS to bring the film to; None to leave it.
    """

    frame: Frame
    cuts: tuple[Cut, ...]
    bed: Input | None = None
    loudness: float | None = None

    @property
    def frames(self) -> int:
        """The film's length."""
        return self.cuts[-1].place.start + self.cuts[-1].place.frames

    @property
    def samples(self) -> int:
        """The length of the film's sound, at 48 kHz."""
        return self.sample(self.frames)

    @property
    def sounds(self) -> bool:
        """Whether there is anything to hear."""
        return self.bed is not None or any(cut.sound for cut in self.cuts)

    def sample(self, frame: int) -> int:
        """The sample that sounds when a frame appears."""
        return encode.samples(frame, self.frame.fps)


def film_of(job: Job) -> Film:
    """Work out the film that a `concat` job asks for.

    Raises:
        MediaError: If it has no clips, a clip is too short for its dissolves, or a dissolve is too long.
    """
    clips = [clip if isinstance(clip, Mapping) else {"source": clip} for clip in job.params["clips"]]
    if not clips:
        raise MediaError("there are no clips to cut: every one of them is missing")
    frame = _frame(job, [clip["source"] for clip in clips])
    wanted = [parse_transition(clip.get("transition", "cut")) for clip in clips]
    first, *others = wanted
    transitions = [first if first.kind == "fade" else _CUT, *others]
    lengths = [frames_of(_seconds(clip["source"]), frame.fps) for clip in clips]
    try:
        places = lay_out(list(zip(lengths, transitions, strict=True)), frame.fps)
    except TooShortError as error:
        raise MediaError(
            f"clip {error.index + 1} of {len(clips)} is {error.frames} frames long and its dissolves take "
            f"{error.wanted}; shorten the dissolves or lengthen the clip"
        ) from error
    longest = max(place.overlap for place in places) / frame.fps
    if longest > _LONGEST_DISSOLVE:
        raise MediaError(f"a dissolve of {float(longest):g} s is too long; {_LONGEST_DISSOLVE} s is the most")
    tails = [*(place.overlap for place in places[1:]), 0]
    return Film(
        frame,
        tuple(map(_cut, clips, transitions, places, tails, [frame.fps] * len(clips))),
        job.params.get("bed"),
        job.params.get("loudness"),
    )


def _cut(clip: Mapping[str, Any], transition: Transition, place: Placed, tail: int, fps: Fraction) -> Cut:
    source = clip["source"]
    sound = clip.get("sound", source)
    heard = isinstance(sound, Input) and sound.facts.sound is not None and not clip.get("mute", False)
    length = transition.length.frames(fps) if transition.kind == "fade" and transition.length else 0
    return Cut(
        source, sound if heard else None, clip.get("gain", 0.0), place, tail, min(length, place.frames)
    )


def _seconds(source: Input | Slug) -> Fraction:
    seconds = source.seconds if isinstance(source, Slug) else source.facts.seconds
    if seconds is None:
        raise MediaError("a clip of the film is a still picture, not a video")
    return seconds


def _frame(job: Job, sources: Sequence[Input | Slug]) -> Frame:
    """The film's size and rate: as asked for, else those of its first clip."""
    first = next((source.facts for source in sources if isinstance(source, Input)), None)
    frame = own_frame(first) if first else _UNSEEN
    if size := job.params.get("size"):
        width, _, height = size.partition("x")
        frame = _proxy(job, replace(frame, width=int(width), height=int(height)))
    if fps := job.params.get("fps"):
        frame = replace(frame, fps=Fraction(str(fps)))
    return replace(frame, fit=job.params.get("fit", "pad"))


def _proxy(job: Job, frame: Frame) -> Frame:
    """In a rehearsal, a size in the recipe keeps its shape and shrinks to the rendition's."""
    short = job.rendition.short_side
    if not job.rehearsal or short is None or short >= min(frame.width, frame.height):
        return frame
    scale = Fraction(short, min(frame.width, frame.height))
    return replace(frame, width=even(frame.width * scale), height=even(frame.height * scale))
