"""How long things are: the seconds, frame rates and frames that parameters declare."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from dsl import catalog, shape_findings
from dsl.address import Address
from dsl.facts import Facts
from dsl.film import Cut
from dsl.graph import Instance
from dsl.report import Report
from dsl.resolve import Resolved
from dsl.timeline import TooShortError, frames_of, lay_out, match_frames
from dsl.values import Derived, LocalMedia, Made, Match, Media, Value

_SECONDS = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)s?", re.ASCII)
_MOST_FRAMES = 1_000_000


@dataclass(frozen=True, slots=True)
class Extent:
    """A length; each part None where it is not declared.

    Attributes:
        seconds: Seconds.
        fps: Frames per second.
        frames: Whole frames.
    """

    seconds: Fraction | None = None
    fps: Fraction | None = None
    frames: int | None = None


class Lengths:
    """Declares the lengths of instances, in an order in which each comes after its inputs."""

    def __init__(self, facts: Facts, report: Report) -> None:
        self._facts = facts
        self._report = report
        self._known: dict[Address, Extent] = {}

    def declare(self, resolved: Resolved) -> Instance:
        """The instance with its length, and with `match` made a number where that can be known now."""
        instance = resolved.instance
        if instance.output == "video" and resolved.whole:
            instance = self._matched(instance)
            extent = self._extent(resolved, instance)
        else:
            extent = Extent()
        self._known[instance.address] = extent
        return replace(instance, seconds=extent.seconds, fps=extent.fps, frames=extent.frames)

    def _extent(self, resolved: Resolved, instance: Instance) -> Extent:
        if instance.model is not None:
            return _of_model(instance)
        match instance.uses:
            case "concat":
                return self._of_cut(resolved, resolved.cut) if resolved.cut else Extent()
            case "control-video":
                return self.of(instance.params.get("input_video"))
            case "trim":
                return self._of_trim(resolved, instance)
        return Extent()

    def of(self, media: Value) -> Extent:
        """What is declared of a medium."""
        if isinstance(media, Made):
            return self._known.get(media.address, Extent())
        if isinstance(media, LocalMedia) and media.media != "image":
            return Extent(self._facts.length(media.path))
        if isinstance(media, Derived) and media.output == "audio":
            return Extent(self.of(media.source).seconds)
        return Extent()

    def _matched(self, instance: Instance) -> Instance:
        if instance.params.get("num_frames") != "match" or instance.model is None:
            return instance
        schema = _schema(instance.model, "num_frames")
        fps = _setting(instance, "frames_per_second")
        rate = fps if isinstance(fps, int | float) and fps > 0 else 24
        match = Match(
            "input_video", float(rate), schema.get("minimum", 1), schema.get("maximum", _MOST_FRAMES)
        )
        seconds = self.of(instance.params.get("input_video")).seconds
        settled: Value = match
        if seconds is not None:
            settled = match_frames(seconds, _exact(rate), minimum=match.minimum, maximum=match.maximum)
        return replace(instance, params={**instance.params, "num_frames": settled})

    def _of_trim(self, resolved: Resolved, instance: Instance) -> Extent:
        source = self.of(instance.params.get("input_video"))
        start = _number(instance.params.get("start", 0)) or Fraction(0)
        end = _number(instance.params.get("end"))
        if source.seconds is not None:
            for name, at in (("start", start), ("end", end)):
                if at is not None and (at > source.seconds or (name == "start" and at == source.seconds)):
                    place = self._report.at(resolved.place(name))
                    self._report.add(
                        shape_findings.past_the_end(place, f"{float(at):g} s", f"{float(source.seconds):g} s")
                    )
                    return Extent()
        until = end if end is not None else source.seconds
        if until is None or until <= start:
            return Extent(fps=source.fps)
        if source.fps is None:
            return Extent(until - start)
        frames = frames_of(until - start, source.fps)
        return Extent(Fraction(frames) / source.fps, source.fps, frames)  # What the file will last.

    def _of_cut(self, resolved: Resolved, cut: Cut) -> Extent:
        extents = [self.of(clip.source) for clip in cut.clips]
        fps = _number(resolved.instance.params.get("fps")) or (extents[0].fps if extents else None)
        if fps is None:
            return Extent()
        seconds = [extent.seconds for extent in extents if extent.seconds is not None]
        if not extents or len(seconds) < len(extents):
            return Extent(fps=fps)
        frames = [frames_of(each, fps) for each in seconds]
        try:
            placed = lay_out([(n, clip.transition) for n, clip in zip(frames, cut.clips, strict=True)], fps)
        except TooShortError as error:
            self._too_short(resolved, cut, error)
            return Extent(fps=fps)
        total = placed[-1].start + placed[-1].frames
        return Extent(Fraction(total) / fps, fps, total)

    def _too_short(self, resolved: Resolved, cut: Cut, error: TooShortError) -> None:
        clip = cut.clips[error.index]
        later = cut.clips[error.index + 1 : error.index + 2]
        decided = next((each.decided for each in (clip, *later) if each.decided), None)
        name = _named(clip.source)
        place = self._report.at(decided or clip.place)
        film = resolved.draft.step.name
        self._report.add(shape_findings.clip_too_short(place, film, name, error.frames, error.wanted))


def _of_model(instance: Instance) -> Extent:
    """What a model's own parameters, or their defaults, declare."""
    if "num_frames" in _schemas(instance.model):
        frames, fps = _setting(instance, "num_frames"), _number(_setting(instance, "frames_per_second"))
        if not isinstance(frames, int):
            return Extent(fps=fps)
        return Extent(Fraction(frames) / fps if fps else None, fps, frames)
    takes_video = any(
        isinstance(each, Made | LocalMedia) and each.media == "video" for each in instance.params.values()
    )
    seconds = None if takes_video else _number(_setting(instance, "duration"))
    fps = _number(_setting(instance, "fps"))
    return Extent(seconds, fps, frames_of(seconds, fps) if seconds and fps else None)


def _setting(instance: Instance, name: str) -> Any:
    return instance.params.get(name, _schema(instance.model, name).get("default"))


def _schema(model: str | None, name: str) -> Mapping[str, Any]:
    return _schemas(model).get(name, {})


def _schemas(model: str | None) -> Mapping[str, Mapping[str, Any]]:
    found = catalog.model(model) if model else None
    return found.parameters if found else {}


def _number(value: object) -> Fraction | None:
    """A positive number, or text such as `5s`; None for anything else, such as `auto` and -1."""
    if isinstance(value, str) and (found := _SECONDS.fullmatch(value)):
        return Fraction(found[1])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _exact(value) if 0 < value < _MOST_FRAMES else None


def _exact(value: float) -> Fraction:
    """A number as it is written: 23.976 is 2997/125, not the nearest binary fraction."""
    return Fraction(str(value))


def _named(media: Media) -> str:
    source = media.source if isinstance(media, Derived) else media
    match source:
        case Made(address=address):
            return str(address)
        case LocalMedia(name=name):
            return name
    return source.url
