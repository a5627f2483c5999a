"""What a reference to a step yields: the join of its axes with those of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping

from dsl import reference_findings as say
from dsl.address import Address
from dsl.diagnostics import Span
from dsl.expand import Draft
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
        self._position = {shot.id: index for index, shot in enumerate(recipe.story)}
        self._omitted = {shot.id for shot in recipe.shots if shot.omit}
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
        targets = self._targets(ref, neighbour, step, path, env)
        if targets is None or env.lenient:
            return None
        group = step.each_shot and env.shot is None and not ref.point
        return self._media(targets, words[0], ref, path, group=group)

    def _targets(
        self, ref: Ref, neighbour: Word | None, step: Step, path: Path, env: Env
    ) -> tuple[Draft, ...] | None:
        """The instances that a reference means: those of the same point, or of the point it names."""
        drafts = self._drafts[step.name]
        if ref.point:
            if step.each_shot and len(ref.point) == 1:
                return self._pointed(ref.point[0], drafts, path)
            self._bad_point(ref, step, path)
            return None
        if neighbour is not None:
            return self._neighbours(neighbour, step, path, env)
        if not step.each_shot or (env.shot is None and not env.lenient):
            return drafts
        at = self._position.get(env.shot.id) if env.shot else None
        return None if at is None else drafts[at : at + 1]

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
            found.append(Item(media, draft.step.name, draft.shot.id if draft.shot else None, place))
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
                node = self._scope.evaluate(draft.supplied, Env(draft.shot)) if free else None
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
            name, _, shot = text.partition("/")
            if name not in self._recipe.steps:
                near = self._report.near(name, self._recipe.steps)
                self._report.add(say.unknown_step(self._report.value(path), name, near))
                continue
            targets = self._drafts[name]
            if shot:
                targets = tuple(each for each in targets if each.shot and each.shot.id == shot)
                if not targets:
                    near = self._report.near(shot, self._position)
                    self._report.add(say.unknown_point(self._report.value(path), shot, near))
            elif draft.shot is not None and self._recipe.steps[name].each_shot:
                targets = tuple(each for each in targets if each.shot is draft.shot)
            found.update((each.address, None) for each in targets if each.supplied is None)
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

    def _pointed(self, label: Word, drafts: tuple[Draft, ...], path: Path) -> tuple[Draft, ...] | None:
        if (at := self._position.get(label.text)) is not None:
            return drafts[at : at + 1]
        if label.text in self._omitted:
            self._report.add(say.omitted_point(self._at(label, path), label.text))
        else:
            near = self._report.near(label.text, self._position)
            self._report.add(say.unknown_point(self._at(label, path), label.text, near))
        return None

    def _bad_point(self, ref: Ref, step: Step, path: Path) -> None:
        if step.each_shot:
            self._report.add(say.too_many_labels(self._at(ref.point[1], path), step.name))
        else:
            self._report.add(say.point_without_axis(self._at(ref.point[0], path), step.name))

    def _neighbours(self, word: Word, step: Step, path: Path, env: Env) -> tuple[Draft, ...] | None:
        if not step.each_shot:
            self._report.add(say.neighbour_without_shots(self._at(word, path), word.text, step.name))
            return None
        if env.shot is None:
            if not env.lenient:
                self._report.add(say.no_shot_here(self._at(word, path), word.text))
            return None
        if (here := self._position.get(env.shot.id)) is None or env.lenient:
            return None
        at = here - 1 if word.text == "prev" else here + 1
        if not 0 <= at < len(self._position):
            self._report.add(say.no_neighbour(self._at(word, path), word.text, env.shot.id))
            return None
        return self._drafts[step.name][at : at + 1]

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
