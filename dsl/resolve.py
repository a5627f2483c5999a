"""From a draft to an instance: its parameters, merged, substituted, and judged by its model or kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from dsl import reference_findings, shape_findings
from dsl.address import Address
from dsl.catalog import Model
from dsl.diagnostics import Span
from dsl.expand import Draft
from dsl.film import Cut, CuttingRoom
from dsl.freshness import Judges, widened
from dsl.graph import Instance
from dsl.kinds import Kind
from dsl.media import MediaDesk, spread
from dsl.nodes import Node, Scalar, items, plain, within
from dsl.parameters import Finding, check_parameters
from dsl.recipe import STEP_KEYS, Recipe, Wish, Written
from dsl.report import Place, Report
from dsl.scope import Scope
from dsl.seeds import derive_seed
from dsl.values import MediaType, Value

PROMPTS = ("prompt", "negative_prompt")

_STEP_KEYS = tuple(key for key in STEP_KEYS if key != "params")


@dataclass(frozen=True, slots=True)
class Resolved:
    """An instance and where its parts are written.

    Attributes:
        draft: What it was.
        instance: The instance; its lengths are not known yet.
        nodes: Its parameters with their places.
        cut: For a concat, its clips.
        whole: Whether everything about it could be had.
    """

    draft: Draft
    instance: Instance
    nodes: Mapping[str, Node]
    cut: Cut | None
    whole: bool

    def place(self, parameter: str) -> Place:
        """Where a parameter is written; the step where it is not."""
        node = self.nodes.get(parameter)
        return node.place if node else Place(self.draft.step.path)


class Resolver:
    """Resolves the instances of one recipe.

    Attributes:
        taken: The defaults that went into some instance, as (kind, parameter).
    """

    def __init__(
        self,
        recipe: Recipe,
        scope: Scope,
        desk: MediaDesk,
        report: Report,
        *,
        provider: str | None,
        seed: int,
    ) -> None:
        self.taken: set[tuple[str, str]] = set()
        self._recipe = recipe
        self._scope = scope
        self._desk = desk
        self._report = report
        self._provider = provider
        self._seed = seed
        self._room = CuttingRoom(recipe, scope, desk, report)

    def resolve(self, draft: Draft, kind: Kind, needs: tuple[Address, ...]) -> Resolved:
        """Look at everything a draft says; what is wrong is reported and left out."""
        fresh = self._desk.facts.schema(draft.model.id) if draft.model else None
        owner: Model | Kind = draft.model or kind
        if draft.model is not None and fresh is not None:
            owner = widened(draft.model, fresh)
        written = self._merged(draft, kind, owner)
        found = {name: self._scope.evaluate(each, draft.env) for name, each in written.items()}
        nodes = {name: node for name, node in found.items() if node is not None}
        cut = self._room.cut(draft, nodes) if kind.name == "concat" else None
        params: dict[str, Value] = {}
        for name, node in nodes.items():
            value = self._value(owner, name, node) if kind.name != "concat" else _for_judging(name, node)
            if value is not None:
                params[name] = value
        lost = frozenset(written) - frozenset(params)
        faults = self._judge(draft, kind, params, written, nodes, fresh=fresh)
        if draft.model is not None and draft.model.takes_seed and "seed" not in written:
            params["seed"] = derive_seed(
                self._seed, draft.shot.id if draft.shot else None, draft.address.take
            )
        if cut is not None:
            params = _cut_params(params, cut)
        instance = Instance(
            address=draft.address,
            uses=kind.name,
            provider=None if kind.local else self._provider_of(draft),
            model=draft.model.id if draft.model else None,
            params=params,
            output=draft.output or "video",
            shot=draft.shot.id if draft.shot else None,
            needs=needs,
            seconds=None,
            fps=None,
            frames=None,
            span=self._report.key(draft.step.path),
            gate=self._gated(draft),
        )
        whole = not faults and not lost and (cut is not None or kind.name != "concat")
        return Resolved(draft, instance, nodes, cut, whole)

    def _gated(self, draft: Draft) -> bool:
        tiers = (draft.wish, draft.step.wish)
        return next((tier.fields["gate"].value for tier in tiers if tier and "gate" in tier.fields), False)

    def _merged(self, draft: Draft, kind: Kind, owner: Model | Kind) -> dict[str, Written]:
        """Defaults, then the step, then the shot; what `without` names is dropped after its own tier."""
        defaults = self._recipe.defaults.get(kind.name, {})
        merged = {name: each for name, each in defaults.items() if name in owner.parameters}
        wish = draft.wish if draft.step.each_shot else None
        known = {*defaults, *draft.step.wish.params, *(wish.params if wish else ())}
        for tier in (draft.step.wish, wish):
            if tier is None:
                continue
            merged.update(
                (name, each) for name, each in tier.params.items() if name != draft.output or tier is not wish
            )
            self._drop(tier, merged, known, draft.step.name)
        self.taken.update((kind.name, name) for name, each in merged.items() if each is defaults.get(name))
        return merged

    def _drop(self, tier: Wish, merged: dict[str, Written], known: set[str], step: str) -> None:
        without = tier.fields.get("without")
        for index, name in enumerate(without.value if without else ()):
            if name not in known and without is not None:
                near = self._report.near(name, known)
                place = self._report.value((*without.path, index))
                self._report.add(shape_findings.nothing_to_drop(place, step, name, near))
            merged.pop(name, None)

    def _value(self, owner: Model | Kind, name: str, node: Node) -> Value | None:
        """A parameter's value: media where media are taken, plain data elsewhere; None where reported."""
        wanted = _media(owner, name)
        if wanted and owner.takes_list(name):
            return self._desk.many(node, wanted, name)
        if wanted:
            return self._desk.one(node, wanted, name)
        if name in owner.parameters and (strange := next(items(node), None)) is not None:
            place = self._report.at(strange.place)
            self._report.add(reference_findings.media_not_wanted(place, name, strange.media.media))
            return None
        value = plain(node)
        if isinstance(owner, Model) and name in PROMPTS and isinstance(value, str):
            return _one_line(value)
        return value

    def _judge(
        self,
        draft: Draft,
        kind: Kind,
        params: Mapping[str, Value],
        written: Mapping[str, Written],
        nodes: Mapping[str, Node],
        *,
        fresh: Model | None,
    ) -> bool:
        """Report what the model or kind thinks of the parameters; whether there is an error among it."""
        faults = False
        lost = frozenset(written) - frozenset(params)
        two = Judges(draft.model, fresh) if draft.model and fresh else None
        check = two.check if two else partial(check_parameters, draft.model or kind)
        for finding in check(params, kind=kind, step_keys=_STEP_KEYS, lost=lost):
            faults = faults or finding.severity == "error"
            place = self._place(draft, finding, written, nodes)
            self._report.add(finding.diagnostic(place))
        return faults

    def _place(
        self, draft: Draft, finding: Finding, written: Mapping[str, Written], nodes: Mapping[str, Node]
    ) -> Span:
        name = str(finding.parameter[0]) if finding.parameter else ""
        if finding.at == "step" or name not in written:
            return self._report.header(draft.step.path)
        if finding.at == "key":
            return self._report.key((*written[name].path, *finding.parameter[1:]))
        return self._report.at(within(nodes[name], finding.parameter[1:]).place)

    def _provider_of(self, draft: Draft) -> str:
        """The provider: of the command line, the shot, the step or the recipe, whoever names one first."""
        if self._provider is not None:
            return self._provider
        for tier in (draft.wish, draft.step.wish):
            if tier is not None and (written := tier.fields.get("provider")) is not None:
                node = self._scope.evaluate(written, draft.env)
                if isinstance(node, Scalar) and isinstance(node.value, str):
                    return node.value
        return self._recipe.provider


@lru_cache(maxsize=256)
def _one_line(text: str) -> str:
    """A prompt as it is sent; the same text is kept once for all instances."""
    return " ".join(text.split())


def _media(owner: Model | Kind, name: str) -> tuple[MediaType, ...]:
    media = owner.media(name)
    if media is None:
        return ()
    return (media,) if isinstance(media, str) else media


def _for_judging(name: str, node: Node) -> Value:
    """A concat's parameter as its schema knows it: the clips themselves are the cutting room's."""
    value = plain(node)
    if name == "clips":
        return tuple(plain(each) for each in spread(node))
    return value


def _cut_params(params: Mapping[str, Value], cut: Cut) -> dict[str, Value]:
    rest = {name: value for name, value in params.items() if name not in ("clips", "audio", "transition")}
    bed: dict[str, Value] = {} if cut.bed is None else {"bed": cut.bed}
    return {"clips": tuple(clip.params for clip in cut.clips), **bed, **rest}
