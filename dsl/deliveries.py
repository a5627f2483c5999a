"""What is delivered, and under which names."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dsl import shape_findings
from dsl.expand import Draft
from dsl.graph import Delivery
from dsl.nodes import Item, Listing, Node, Scalar, what
from dsl.outputs import Outputs
from dsl.recipe import Recipe, Written
from dsl.report import Path, Report
from dsl.scope import Env, Scope
from dsl.values import Made, Media

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+", re.ASCII)


def slate_of(recipe: Recipe, path: pathlib.Path) -> str:
    """The prefix of file names: the recipe's own, else made of the file's name."""
    return recipe.slate or _UNSAFE.sub("_", path.stem).strip("_-")[:64] or "film"


def read_outputs(recipe: Recipe, slate: str, scope: Scope, report: Report) -> tuple[Delivery, ...]:
    """The deliveries that `[outputs]` asks for, in the order written."""
    wanted: list[_Wanted] = []
    for name, text in recipe.outputs.items():
        written = Written(text, ("outputs", name))
        node = scope.evaluate(written, Env(delivering=True))
        for item in _delivered(node, name, report) if node else ():
            shot, labels = (item.shot, item.labels) if isinstance(node, Listing) else (None, ())
            wanted.append(_Wanted(name, shot, labels, item.media, written.path))
    return _named(wanted, slate, report)


def all_unused(
    drafts: Mapping[str, tuple[Draft, ...]], slate: str, outputs: Outputs, report: Report
) -> tuple[Delivery, ...]:
    """Without `[outputs]`: what every step makes that nothing else uses."""
    wanted: list[_Wanted] = []
    for name, instances in drafts.items():
        for draft in () if name in outputs.used else instances:
            made = Made(draft.address, draft.output) if draft.output and not draft.supplied else None
            media = (made or outputs.supplied(draft)) if draft.circled else None
            if media is not None:
                shot = draft.shot.id if draft.shot else None
                labels = tuple(label.text for label in draft.labels.values())
                wanted.append(_Wanted(name, shot, labels, media, draft.step.path))
    return _named(wanted, slate, report)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Something to deliver that has no file name yet."""

    name: str
    shot: str | None
    labels: tuple[str, ...]
    media: Media
    path: Path


def _named(wanted: Iterable[_Wanted], slate: str, report: Report) -> tuple[Delivery, ...]:
    """Give each a file name of its own, also where capitals make no difference."""
    found: list[Delivery] = []
    taken: dict[str, str] = {}
    for each in wanted:
        stem = "_".join(part for part in (slate, each.shot, each.name, *each.labels) if part)
        if stem.casefold() in taken:
            report.add(shape_findings.same_file(report.key(each.path), stem, taken[stem.casefold()]))
        taken[stem.casefold()] = each.name
        found.append(Delivery(each.name, stem, each.media))
    return tuple(found)


def _delivered(node: Node, name: str, report: Report) -> tuple[Item, ...]:
    if isinstance(node, Item):
        return (node,)
    if isinstance(node, Listing) and node.group is not None:
        return tuple(item for item in node.items if isinstance(item, Item))
    if isinstance(node, Listing) and not node.items:
        return ()
    given = node.value if isinstance(node, Scalar) else what(node)
    place = report.value(("outputs", name))
    report.add(shape_findings.wrong_type(place, name, 'a reference, such as "${film.video}"', given))
    return ()
