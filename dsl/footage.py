"""What is odd about media across steps: lengths, frame rates, shapes and sizes that do not go together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TypeVar

from dsl import catalog, footage_findings
from dsl.address import Address
from dsl.catalog import Model
from dsl.graph import Instance
from dsl.lengths import Lengths
from dsl.report import Place, Report
from dsl.resolve import Resolved
from dsl.timeline import match_frames
from dsl.values import Made, Value

T = TypeVar("T")

MANY_FRAMES = 150
_ROUNDING = 4  # Frames that the nearest 8k+1 may lie from a length.
_SHORT_SIDES = {"720p": 720, "1080p": 1080, "1440p": 1440, "2k": 1440, "2160p": 2160, "4k": 2160}
_LARGE = ("square_hd", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9")
_SHAPES = {
    "square_hd": Fraction(1),
    "square": Fraction(1),
    "portrait_4_3": Fraction(3, 4),
    "portrait_16_9": Fraction(9, 16),
    "landscape_4_3": Fraction(4, 3),
    "landscape_16_9": Fraction(16, 9),
}
_RATIO = re.compile(r"([1-9][0-9]{0,4})[:x]([1-9][0-9]{0,4})", re.ASCII)


class Footage:
    """Looks at the videos of one recipe, once their lengths are declared."""

    def __init__(self, instances: Mapping[Address, Instance], lengths: Lengths, report: Report) -> None:
        self._instances = instances
        self._lengths = lengths
        self._report = report

    def look(self, resolved: Iterable[Resolved]) -> None:
        """Report what is odd, each kind of oddity once for all the instances of a step."""
        restyles: dict[str, list[tuple[Resolved, Instance, Model]]] = {}
        for each in resolved:
            instance = self._instances.get(each.instance.address)
            if instance is None or not each.whole:
                continue
            model = each.draft.model
            if model and "num_frames" in model.parameters and "input_video" in instance.params:
                restyles.setdefault(each.draft.step.name, []).append((each, instance, model))
            if each.cut is not None:
                self._film(each)
        for step, group in restyles.items():
            self._lengths_of(group)
            self._sizes_of(group)
            self._total_of(step, group)

    def _lengths_of(self, group: list[tuple[Resolved, Instance, Model]]) -> None:
        """Restyles shorter or longer than their plates, and counts that the model does not make."""
        odd: dict[tuple[Place, str], list[Instance]] = {}
        for each, instance, model in group:
            frames, fps = instance.frames, instance.fps
            place = each.place("num_frames")
            plate = self._lengths.of(instance.params["input_video"])
            if frames is None or not fps:
                continue
            if plate.seconds is not None and abs(frames - plate.seconds * fps) > _ROUNDING:
                schema = model.parameters["num_frames"]
                fewest, most = schema.get("minimum", 1), schema.get("maximum", frames)
                best = match_frames(plate.seconds, fps, minimum=fewest, maximum=most)
                hint = footage_findings.length_hint(
                    frames == best, shorter=frames < plate.seconds * fps, limit=best
                )
                odd.setdefault((place, hint), []).append(instance)
            elif frames % 8 != 1 and model.id.startswith("ltx-"):
                near = 8 * max(1, (frames + 3) // 8) + 1
                self._report.add(footage_findings.odd_frames(self._report.at(place), frames, near))
        for (place, hint), found in odd.items():
            instance = found[0]
            plate = self._lengths.of(instance.params["input_video"])
            self._report.add(
                footage_findings.other_length(
                    self._report.at(place),
                    str(instance.address),
                    len(found) - 1,
                    (instance.seconds, instance.frames),
                    (plate.seconds, plate.frames),
                    hint=hint,
                )
            )

    def _sizes_of(self, group: list[tuple[Resolved, Instance, Model]]) -> None:
        """Too many frames for a large picture, and plates larger than what is made of them."""
        many: dict[tuple[Place, str], list[Instance]] = {}
        for each, instance, model in group:
            if (cap := model.short_side_cap) is None:
                continue
            side = self._short_side(instance.params["input_video"])
            size = str(_setting(instance, "resolution"))
            follows = size == "auto" and instance.params.get("skip_control_preprocess") is True
            if (instance.frames or 0) > MANY_FRAMES and (size in _LARGE or (follows and (side or 0) >= cap)):
                many.setdefault((each.place("resolution"), size), []).append(instance)
            if side is not None and side > cap:
                wish = each.draft.step.wish.fields.get("model")
                place = Place(wish.path if wish else (*each.draft.step.path, "uses"))
                self._report.add(footage_findings.smaller(self._report.at(place), model.id, cap, side))
        for (place, size), found in many.items():
            most = max(found, key=lambda instance: instance.frames or 0)
            self._report.add(
                footage_findings.many_frames(
                    self._report.at(place), str(most.address), most.frames or 0, size, MANY_FRAMES
                )
            )

    def _total_of(self, step: str, group: list[tuple[Resolved, Instance, Model]]) -> None:
        """How much film a step makes out of how much, as that is what it costs."""
        made = [instance.seconds for _, instance, _ in group]
        plates = [self._lengths.of(instance.params["input_video"]).seconds for _, instance, _ in group]
        known = [seconds for seconds in made if seconds is not None]
        given = [seconds for seconds in plates if seconds is not None]
        if len(known) == len(made):
            out_of = sum(given, Fraction(0)) if len(given) == len(plates) else None
            span = self._report.key(group[0][0].draft.step.path)
            total = sum(known, Fraction(0))
            self._report.add(footage_findings.film_made(span, step, len(known), total, out_of))

    def _film(self, film: Resolved) -> None:
        """Clips of one film that differ in frame rate or shape, where the film does not say what it wants."""
        clips = [clip.source for clip in film.cut.clips] if film.cut else []
        name, span = film.draft.step.name, self._report.at(film.place("clips"))
        rates = list(_distinct(clips, lambda clip: self._lengths.of(clip).fps))
        if len(rates) > 1 and "fps" not in film.nodes:
            self._report.add(footage_findings.frame_rates(span, name, rates))
        shapes = list(_distinct(clips, self._shape))
        if len(shapes) > 1 and "size" not in film.nodes and "fit" not in film.nodes:
            self._report.add(footage_findings.shapes(span, name, shapes))

    def _made(self, media: Value) -> Instance | None:
        return self._instances.get(media.address) if isinstance(media, Made) else None

    def _short_side(self, media: Value) -> int | None:
        """Pixels on the shorter side of a video, where parameters declare them."""
        while (instance := self._made(media)) is not None:
            if instance.model is not None:
                return _SHORT_SIDES.get(str(_setting(instance, "resolution")).lower())
            media = instance.params.get("input_video")
        return None

    def _shape(self, media: Value) -> Fraction | None:
        """Width by height of a video, where parameters declare it."""
        while (instance := self._made(media)) is not None:
            ratio = _setting(instance, "aspect_ratio") or instance.params.get("size")
            if isinstance(ratio, str) and (found := _RATIO.fullmatch(ratio)):
                return Fraction(int(found[1]), int(found[2]))
            if (shape := _SHAPES.get(str(_setting(instance, "resolution")))) is not None:
                return shape
            media = instance.params.get("input_video")
        return None


def _distinct(clips: Iterable[Value], measure: Callable[[Value], T | None]) -> Iterator[T]:
    """What clips measure, each measure once, where it is known."""
    found = (measure(clip) for clip in clips)
    return iter(dict.fromkeys(each for each in found if each is not None))


def _setting(instance: Instance, name: str) -> Value:
    """A parameter, or the model's own default."""
    model = catalog.model(instance.model) if instance.model else None
    default: Value = model.parameters.get(name, {}).get("default") if model else None
    return instance.params.get(name, default)
