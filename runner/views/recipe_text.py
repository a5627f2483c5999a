"""A recipe as it was understood, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from dsl.graph import Delivery, Graph, Instance
from dsl.values import Derived, LocalMedia, Made, Match, Media, RemoteMedia, Value
from runner.views.words import count_of, printable, seconds_of


def overview(graph: Graph) -> str:
    """What `reel show` prints: title, shots, steps, outputs."""
    lines = [printable(graph.title), "", f"slate    {printable(graph.slate)}", f"seed     {graph.seed}"]
    if graph.max_cost is not None:
        lines.append(f"ceiling  ${graph.max_cost:.2f}")
    if graph.shots:
        lines.append(f"shots    {' '.join(graph.shots)}")
    rows = [_step_row(list(group)) for _, group in groupby(graph.told(), lambda one: one.address.step)]
    lines += ["", "steps", *_columns(rows)]
    outputs = [[output.name, printable(output.stem), written(output.source)] for output in graph.deliveries]
    lines += ["", "outputs", *_columns(outputs)]
    return "\n".join(lines)


def instances(chosen: Sequence[Instance]) -> str:
    """Instances with their resolved parameters, as they would be written in a recipe."""
    return "\n\n".join(_instance(instance) for instance in chosen)


def as_json(graph: Graph, chosen: Sequence[Instance] | None, *, alone: bool) -> Any:
    """The recipe as JSON values; with `alone`, only the chosen instances, as a list."""
    listed = [_instance_json(instance) for instance in chosen or ()]
    if alone:
        return listed
    whole: dict[str, Any] = {
        "recipe": str(graph.recipe),
        "title": graph.title,
        "slate": graph.slate,
        "seed": graph.seed,
        "max_cost": None if graph.max_cost is None else float(graph.max_cost),
        "shots": list(graph.shots),
        "steps": list(dict.fromkeys(address.step for address in graph.instances)),
        "outputs": [_delivery_json(delivery) for delivery in graph.deliveries],
    }
    return whole if chosen is None else whole | {"instances": listed}


def written(value: Value) -> str:
    """A resolved parameter as it would be written in a recipe."""
    match value:
        case LocalMedia() | RemoteMedia() | Made() | Derived() | Match():
            return f'"{_leaf(value)}"'
        case Mapping():
            inner = ", ".join(f"{printable(name)} = {written(part)}" for name, part in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case str():
            return printable(json.dumps(value, ensure_ascii=False))
        case Sequence():
            return f"[{', '.join(written(part) for part in value)}]"
    return json.dumps(value)


def _leaf(value: Media | Match) -> str:
    match value:
        case LocalMedia():
            return printable(value.name)
        case RemoteMedia():
            return printable(value.url)
        case Made():
            return f"${{{value.address}.{value.media}}}"
        case Derived():
            if isinstance(value.source, Made):
                return f"${{{value.source.address}.{value.output}}}"
            return f"{value.output.replace('_', ' ')} of {_leaf(value.source)}"
        case Match():
            return "match"


def _instance(instance: Instance) -> str:
    facts = [str(instance.address), instance.uses, *([instance.model] if instance.model else [])]
    if instance.seconds is not None:
        facts.append(seconds_of(instance.seconds))
    if instance.frames is not None and instance.fps is not None:
        facts.append(f"{instance.frames} frames at {float(instance.fps):g} fps")
    lines = ["  ".join(facts)]
    for name, value in instance.params.items():
        if name == "clips" and isinstance(value, Sequence):
            lines += ["  clips = [", *(f"    {written(clip)}," for clip in value), "  ]"]
        else:
            lines.append(f"  {printable(name)} = {written(value)}")
    lines += [f"  needs = {json.dumps([str(address) for address in instance.needs])}"] * bool(instance.needs)
    return "\n".join(lines)


def _step_row(group: Sequence[Instance]) -> list[str]:
    first = group[0]
    models = list(dict.fromkeys(instance.model or "on this machine" for instance in group))
    lengths = list(dict.fromkeys(seconds_of(one.seconds) for one in group if one.output == "video"))
    how_long = ", ".join(lengths) + (" each" if len(group) > 1 and len(lengths) == 1 else "")
    return [first.address.step, first.uses, ", ".join(models), count_of(len(group), "instance"), how_long]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def _instance_json(instance: Instance) -> dict[str, Any]:
    return {
        "address": str(instance.address),
        "step": instance.address.step,
        "shot": instance.shot,
        "take": instance.address.take,
        "uses": instance.uses,
        "provider": instance.provider,
        "model": instance.model,
        "output": instance.output,
        "params": {name: _plain(value) for name, value in instance.params.items()},
        "needs": [str(address) for address in instance.needs],
        "seconds": _number(instance.seconds),
        "fps": _number(instance.fps),
        "frames": instance.frames,
    }


def _delivery_json(delivery: Delivery) -> dict[str, str]:
    return {"name": delivery.name, "stem": delivery.stem, "source": _leaf(delivery.source)}


def _plain(value: Value) -> Any:
    match value:
        case LocalMedia() | RemoteMedia() | Made() | Derived() | Match():
            return _leaf(value)
        case Mapping():
            return {name: _plain(part) for name, part in value.items()}
        case str():
            return value
        case Sequence():
            return [_plain(part) for part in value]
    return value


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
