"""What a reference to a step yields: the join of its axes with those of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dsl import reference_findings as say
from dsl.address import Address
from dsl.diagnostics import Span
from dsl.expand import Draft
from dsl.joins import SHOT, Joined, Joins
from dsl.media import MediaDesk
from dsl.nodes import Item, Listing, Node
from dsl.recipe import Recipe, Step
from dsl.reference import RESERVED, Ref, Word
from dsl.report import Path, Place, Report
from dsl.scope import Env, Scope
from dsl.values import Derived, DerivedOutput, LocalMedia, Made, Media, MediaType, RemoteMedia

DERIVED: tuple[DerivedOutput, ...] = ("first_frame", "last_frame", "audio")


class Outputs:
    """The steps of a recipe, as references see them.

    Attributes:
        used: Steps whose output another step reads.
    """

    def __init__(
        self,
        recipe: Recipe,
        drafts: Mapping[str, tuple[Draft, ...]],
        scope: Scope,
        desk: MediaDesk,
        report: Report,
    ) -> None:
        self.used: set[str] = set()
        self._recipe = recipe
        self._drafts = drafts
        self._scope = scope
        self._desk = desk
        self._report = report
        self._joins = Joins(recipe, drafts, report)
        self._story = tuple(self._joins.shots)
        self._supplies: dict[Address, Media | None] = {}

    def lookup(self, ref: Ref, path: Path, env: Env) -> Node | None:
        """The media a reference yields: one, or a list where an axis is left over; None where reported."""
        words = list(ref.words)
        neighbour = words.pop(0) if ref.root.text in ("prev", "next") else None
        if not words:
            self._report.add(say.neighbour_of_what(self._at(ref.root, path), ref.root.text))
            return None
        word = words.pop(0)
        if (step := self._recipe.steps.get(word.text)) is None:
            self._no_step(ref, word, neighbour, path)
            return None
        if not env.delivering:
            self.used.add(step.name)
        if ref.point and ref.point[0].start != word.end + 1:
            place = Place(path, ref.point[0].start - 1, ref.point[-1].end)
            self._report.add(say.malformed(self._report.at(place), "name"))
            return None
        drafts = self._drafts[step.name]
        if drafts and not self._offers(words, word, drafts[0], path):
            return None
        joined = self._joined(ref, neighbour, step, path, env)
        if joined is None:
            return None
        return self._media(joined.drafts, words[0], ref, path, group=bool(joined.left))

    def _joined(self, ref: Ref, neighbour: Word | None, step: Step, path: Path, env: Env) -> Joined | None:
        """The instances that a reference means: those of the same point, or of the point it names."""
        fixed = self._joins.fix(step, [(label.text, partial(self._at, label, path)) for label in ref.point])
        here = self._joins.of(env)
        if fixed is None:
            return None
        if neighbour is not None and not ref.point:
            moved = self._moved(neighbour, step, path, env)
            if moved is None:
                return None
            here[SHOT] = moved
        if env.lenient:
            return None
        joined = self._joins.join(step, here, fixed, lambda: self._at(ref.root, path))
        if joined is not None and len(joined.left) > 1 and not env.delivering:
            place = Place(path, ref.start + 2, ref.end - 1)
            self._report.add(say.axes_left_over(self._report.at(place), step.name, joined.left))
            return None
        return joined

    def _media(
        self, targets: tuple[Draft, ...], output: Word, ref: Ref, path: Path, *, group: bool
    ) -> Node | None:
        place = Place(path, ref.start + 2, ref.end - 1)
        found: list[Item] = []
        for draft in targets:
            media = self._made(draft)
            if media is None or not self._offers([output], ref.words[-2], draft, path):
                continue
            if output.text != draft.output and isinstance(media, Made | LocalMedia | RemoteMedia):
                media = Derived(media, _derived(output.text))
            labels = tuple(label.text for label in draft.labels.values())
            shot = draft.shot.id if draft.shot else None
            found.append(Item(media, draft.step.name, shot, place, labels=labels))
        if len(found) < len(targets):
            return None
        if not group:
            return found[0]
        return Listing(tuple(found), place, 1 + len(found), group=targets[0].step.name if targets else None)

    def _made(self, draft: Draft) -> Media | None:
        """What an instance makes, or what a shot supplies instead."""
        if draft.supplied is not None:
            return self.supplied(draft)
        return Made(draft.address, draft.output) if draft.whole and draft.output else None

    def supplied(self, draft: Draft) -> Media | None:
        """What a shot supplies as an output; None where it cannot be had, which has been reported."""
        if draft.supplied is None or draft.output is None:
            return None
        key = draft.address
        if key not in self._supplies:
            place = Place(draft.supplied.path)
            with self._scope.entered(key, f"{draft.address}.{draft.output}", place) as free:
                node = self._scope.evaluate(draft.supplied, draft.env) if free else None
            if not free:
                return None
            self._supplies[key] = (
                None if node is None else self._desk.one(node, (draft.output,), draft.output)
            )
        return self._supplies[key]

    def needs(self, draft: Draft) -> tuple[Address, ...]:
        """The instances that `needs` names, joined as references are."""
        written = next(
            (t.fields["needs"] for t in (draft.wish, draft.step.wish) if t and "needs" in t.fields), None
        )
        found: dict[Address, None] = {}
        for index, text in enumerate(written.value if written else ()):
            assert written is not None
            path = (*written.path, index)
            name, _, point = text.partition("/")
            if (step := self._recipe.steps.get(name)) is None:
                near = self._report.near(name, self._recipe.steps)
                self._report.add(say.unknown_step(self._report.value(path), name, near))
                continue
            place = partial(self._report.value, path)
            labels = [(label, place) for label in point.split(",")] if point else []
            fixed = self._joins.fix(step, labels)
            if fixed is None:
                continue
            joined = self._joins.join(step, self._joins.of(draft.env), fixed, place)
            for each in joined.drafts if joined else ():
                if each.supplied is None:
                    found[each.address] = None
        return tuple(found)

    def _offers(self, words: list[Word], step: Word, draft: Draft, path: Path) -> bool:
        """Whether an instance offers the output named; if not, that is reported."""
        if draft.output is None:
            return False
        offered = offers(draft.output)
        if not words:
            self._report.add(say.no_output(self._at(step, path), step.text, offered))
            return False
        if words[0].text not in offered:
            self._report.add(say.unknown_output(self._at(words[0], path), step.text, words[0].text, offered))
            return False
        if len(words) > 1:
            name = ".".join(word.text for word in words)
            self._report.add(say.unknown_output(self._at(words[1], path), step.text, name, offered))
            return False
        return True

    def _moved(self, word: Word, step: Step, path: Path, env: Env) -> str | None:
        """The id of the neighbouring shot; None where that is reported, or only names are looked at."""
        if not step.each_shot:
            self._report.add(say.neighbour_without_shots(self._at(word, path), word.text, step.name))
            return None
        if env.shot is None:
            if not env.lenient:
                self._report.add(say.no_shot_here(self._at(word, path), word.text))
            return None
        shots = self._joins.shots
        if (here := shots.get(env.shot.id)) is None or env.lenient:
            return None
        at = here - 1 if word.text == "prev" else here + 1
        if not 0 <= at < len(shots):
            self._report.add(say.no_neighbour(self._at(word, path), word.text, env.shot.id))
            return None
        return self._story[at]

    def _no_step(self, ref: Ref, word: Word, neighbour: Word | None, path: Path) -> None:
        known = (*self._recipe.steps, *(RESERVED if neighbour is None else ()))
        near = self._report.near(word.text, known)
        self._scope.meant(near, ref.words[1].text if len(ref.words) > 1 else "")
        if neighbour is not None:
            self._scope.meant("shot", word.text)
        after = neighbour.text if neighbour else None
        self._report.add(say.unknown_step(self._at(word, path), word.text, near, after=after))

    def _at(self, word: Word, path: Path) -> Span:
        return self._report.at(Place(path, word.start, word.end))


def offers(output: MediaType) -> tuple[str, ...]:
    """The outputs that an instance which makes this offers."""
    return ("video", *DERIVED) if output == "video" else (output,)


def _derived(name: str) -> DerivedOutput:
    return next(output for output in DERIVED if output == name)
