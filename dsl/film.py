"""The clips of a film: what a concat's references and the shots' own wishes come to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dsl import reference_findings as say
from dsl import shape_findings
from dsl.diagnostics import Diagnostic
from dsl.expand import Draft
from dsl.media import MediaDesk, spread
from dsl.nodes import Item, Listing, Node, Scalar, what
from dsl.recipe import Recipe, Wish
from dsl.report import Place, Report
from dsl.scope import Env, Scope
from dsl.timeline import Transition, parse_transition
from dsl.values import Derived, Media, Value

WISHES = ("transition", "gain", "mute")


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip of a film.

    Attributes:
        source: The picture.
        shot: The id of the shot it came from; None where it came from none.
        place: Where it is referred to.
        transition: How it begins.
        written: The transition's text.
        decided: Where its transition is written; None for a cut nobody asked for.
        sound: What is heard instead of its own sound.
        gain: Decibels; None for as it is.
        mute: Whether it is silent; None where that is not said.
    """

    source: Media
    shot: str | None
    place: Place
    transition: Transition
    written: str
    decided: Place | None
    sound: Media | None = None
    gain: float | None = None
    mute: bool | None = None

    @property
    def params(self) -> dict[str, Value]:
        """What the local step is told about the clip."""
        given: dict[str, Value] = {"source": self.source, "transition": self.written}
        optional = {"sound": self.sound, "gain": self.gain, "mute": self.mute}
        return given | {name: value for name, value in optional.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Cut:
    """A film's clips in order, and the one track that lies under the whole."""

    clips: tuple[Clip, ...]
    bed: Media | None = None


class CuttingRoom:
    """Makes the cut of every film in one recipe."""

    def __init__(self, recipe: Recipe, scope: Scope, desk: MediaDesk, report: Report) -> None:
        self._shots = {shot.id: shot for shot in recipe.story}
        self._recipe = recipe
        self._scope = scope
        self._desk = desk
        self._report = report

    def cut(self, draft: Draft, nodes: Mapping[str, Node]) -> Cut | None:
        """The clips of a concat; None, reported, where they cannot be had."""
        film = draft.step.name
        if not draft.step.each_shot:
            self._strange_wishes(film)
        if (node := nodes.get("clips")) is None:
            return None
        base, base_place = self._base(nodes.get("transition"))
        clips: list[Clip] = []
        whole = base is not None
        for index, each in enumerate(spread(node)):
            source = self._desk.leaf(each, ("video",), "clips")
            if source is None:
                whole = False
                continue
            shot = each.shot if isinstance(each, Item) else None
            first = index == 0
            written = "cut" if base is None or (first and parse_transition(base).kind == "dissolve") else base
            clip = Clip(source, shot, each.place, parse_transition(written), written, base_place)
            clips.append(self._wished(clip, draft, first=first))
        if not whole:
            return None
        return self._sounded(tuple(clips), nodes.get("audio"), film)

    def _base(self, node: Node | None) -> tuple[str | None, Place | None]:
        """The film's own transition; what the schema refuses has been reported there."""
        if node is None:
            return "cut", None
        if isinstance(node, Scalar) and isinstance(node.value, str) and _parsed(node.value):
            return node.value, node.place
        return None, None

    def _wished(self, clip: Clip, draft: Draft, *, first: bool) -> Clip:
        """The clip as its shot asks for it."""
        shot = self._shots.get(clip.shot or "")
        wish = shot.wishes.get(draft.step.name) if shot and not draft.step.each_shot else None
        if shot is None or wish is None:
            return clip
        env = Env(shot, draft.labels)
        if (node := self._asked(wish, "transition", env)) is not None:
            transition = _parsed(node.value) if isinstance(node, Scalar) else None
            at = self._report.at(node.place)
            if transition is None:
                given = node.value if isinstance(node, Scalar) else what(node)
                self._report.add(shape_findings.bad_transition(at, given))
            elif first and transition.kind == "dissolve":
                self._report.add(shape_findings.first_transition(at, "dissolve"))
            else:
                clip = replace(clip, transition=transition, written=str(node.value), decided=node.place)  # type: ignore[union-attr]
        if (node := self._asked(wish, "gain", env)) is not None:
            value = node.value if isinstance(node, Scalar) else None
            if isinstance(value, bool) or not isinstance(value, int | float) or not -60 <= value <= 24:  # noqa: PLR2004
                self._report.add(self._wrong(node, "gain", "a number of decibels from -60 to 24"))
            else:
                clip = replace(clip, gain=float(value))
        if (node := self._asked(wish, "mute", env)) is not None:
            if isinstance(node, Scalar) and isinstance(node.value, bool):
                clip = replace(clip, mute=node.value)
            else:
                self._report.add(self._wrong(node, "mute", "true or false"))
        return clip

    def _asked(self, wish: Wish, name: str, env: Env) -> Node | None:
        written = wish.params.get(name)
        return self._scope.evaluate(written, env) if written else None

    def _wrong(self, node: Node, name: str, wanted: str) -> Diagnostic:
        given = node.value if isinstance(node, Scalar) else what(node)
        if isinstance(given, float) and not math.isfinite(given):
            given = "not a number"
        return shape_findings.wrong_type(self._report.at(node.place), name, wanted, given)

    def _strange_wishes(self, film: str) -> None:
        for shot in self._recipe.shots:
            wish = shot.wishes.get(film)
            for key, written in {**wish.params, **wish.fields}.items() if wish else ():
                if key not in WISHES:
                    near = self._report.near(key, WISHES)
                    self._report.add(shape_findings.cut_wish(self._report.key(written.path), film, key, near))

    def _sounded(self, clips: tuple[Clip, ...], node: Node | None, film: str) -> Cut | None:
        """Lay sound under the clips, shot by shot for a list, else one track under the whole."""
        if node is None:
            return Cut(clips)
        nodes = list(spread(node))
        found = [self._desk.leaf(each, ("audio", "video"), "audio") for each in nodes]
        sounds = [_sound(media) for media in found if media is not None]
        if len(sounds) < len(nodes):
            return None
        shots = [each.shot if isinstance(each, Item) else None for each in nodes]
        group = isinstance(node, Listing) and (node.group is not None or any(shots))
        if len(sounds) == 1 and not group:
            return Cut(clips, bed=sounds[0])
        if not any(shots) and len(sounds) == len(clips):
            return Cut(tuple(replace(clip, sound=sound) for clip, sound in zip(clips, sounds, strict=True)))
        by_shot = {shot: sound for shot, sound in zip(shots, sounds, strict=True) if shot is not None}
        if len(by_shot) < len(sounds) or not by_shot.keys() & {clip.shot for clip in clips}:
            if sounds or clips:
                self._report.add(say.no_sound_for(self._report.at(node.place), film))
            return None
        return Cut(tuple(replace(clip, sound=by_shot.get(clip.shot or "")) for clip in clips))


def _sound(media: Media) -> Media:
    """The sound of a medium: itself, or what is heard in a video."""
    if media.media == "video" and not isinstance(media, Derived):
        return Derived(media, "audio")
    return media


def _parsed(value: object) -> Transition | None:
    try:
        return parse_transition(value) if isinstance(value, str) else None
    except ValueError:
        return None
