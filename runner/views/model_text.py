"""One model, for people: what it takes, what it costs, and where its descriptions differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from dsl.catalog import Model
from dsl.findings import listing
from dsl.wording import shown_value, type_names, with_article
from runner.models import Known
from runner.providers.hosted.drift import Drift
from runner.providers.hosted.rows import money
from runner.views.models_text import age_of
from runner.views.words import printable, rate_of

_LONGEST = 60
_BOUNDS = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}


def model_text(each: Known, today: date) -> str:
    """What `reel models ID` prints."""
    model = each.model
    lines = [f"{printable(model.id)}  {printable(model.title)}", ""]
    lines += [f"{head:<8}  {text}" for head, text in _facts(each, today)]
    lines += ["", "parameters (* must be given)", *_parameters(model)]
    lines += _later(model) if each.live is None else []
    if each.drift and each.live:
        lines += ["", f"what differs in the provider's own schema of {each.live.as_of}"]
        lines += [f"  {printable(_difference(one))}" for one in each.drift]
    return "\n".join(lines)


def _facts(each: Known, today: date) -> Iterator[tuple[str, str]]:
    model, live = each.model, each.live
    yield "makes", model.output
    yield "endpoint", printable(model.endpoint)
    yield "seed", "yes" if model.takes_seed else "no: a clip of it can be kept, and never made again"
    if model.short_side_cap:
        yield "size", f"at most {model.short_side_cap} pixels on the short side"
    if each.bundled:
        yield "schema", f"as it comes with reelmake ({model.as_of})"
    else:
        yield (
            "schema",
            f"of {model.as_of}, the provider's; reelmake does not know the model, recipes cannot use it",
        )
    if live is None:
        yield "asked", f"never: reel models {model.id} --refresh asks the provider, for the price too"
        return
    yield "asked", f"{age_of(each.age(today))}, on {live.as_of}"
    prices = [*_prices(live.pricing or {})] or ["?  (the provider does not say it in a way that is known)"]
    yield from zip(["price", *[""] * len(prices)], prices, strict=False)


def _prices(pricing: Mapping[str, Any]) -> Iterator[str]:
    """Every price that is filled in, with what it is for."""
    for name, words in (
        ("cost_per_second", "a second"),
        ("cost_per_second_high_res", "a second in high resolution"),
        ("cost_per_second_with_audio", "a second with sound"),
        ("cost_per_image", "an image"),
    ):
        if rate := _rate(pricing.get(name)):
            yield f"{rate} {words}"
    yield from _table(pricing.get("cost_per_second_by_resolution"), "a second at {}")
    grid = pricing.get("cost_per_image_grid")
    for quality, row in grid.items() if isinstance(grid, Mapping) else ():
        yield from _table(row, f"an image, {printable(str(quality))} at {{}}")


def _table(table: object, words: str) -> Iterator[str]:
    """The prices of a table, the lowest first."""
    priced = table.items() if isinstance(table, Mapping) else ()
    for amount, label in sorted((amount, str(label)) for label, value in priced if (amount := money(value))):
        yield f"{rate_of(amount)} {words.format(printable(label))}"


def _rate(value: Any) -> str | None:
    amount = money(value)
    return rate_of(amount) if amount else None


def _parameters(model: Model) -> Iterator[str]:
    names = [f"{name} *" if name in model.required else name for name in model.parameters]
    width = max((len(name) for name in names), default=0)
    kinds = [_kind(model, name) for name in model.parameters]
    wide = max((len(kind) for kind in kinds), default=0)
    for shown, kind, name in zip(names, kinds, model.parameters, strict=True):
        yield f"  {printable(shown):<{width}}  {kind:<{wide}}  {_rules(model, name)}".rstrip()


def _kind(model: Model, name: str) -> str:
    schema, media = model.parameters[name], model.media(name)
    listed = schema.get("type") == "array"
    if media:
        return f"a list of {media}" if listed else with_article(media)
    inner = schema.get("items", {}).get("type") if listed else None
    return f"a list of {inner}" if inner else type_names(schema.get("type"))


def _rules(model: Model, name: str) -> str:
    schema = model.parameters[name]
    said = []
    if choices := schema.get("enum"):
        said.append(", ".join(_value(choice) for choice in choices))
    bounds = [f"{word} {_value(schema[rule])}" for rule, word in _BOUNDS.items() if rule in schema]
    said += [" ".join(bounds)] if bounds else []
    if "default" in schema:
        said.append(f"default {_value(schema['default'])}")
    if others := model.requires.get(name):
        said.append(f"needs {', '.join(others)}")
    return "; ".join(said)


def _difference(one: Drift) -> str:
    """What has changed; of choices, those that have come and gone."""
    if one.field != "enum" or not (isinstance(one.bundled, list) and isinstance(one.live, list)):
        return str(one)
    come = [shown_value(choice) for choice in one.live if choice not in one.bundled]
    gone = [shown_value(choice) for choice in one.bundled if choice not in one.live]
    said = [
        f"{words} {listing(choices, 'and')}"
        for words, choices in (("now also", come), ("no longer", gone))
        if choices
    ]
    return f"{one.parameter}: {', '.join(said)}"


def _value(value: object) -> str:
    shown = printable(shown_value(value))
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def _later(model: Model) -> Iterator[str]:
    changes = {name: what for name, what in model.later.items() if name != "as_of"}
    if changes:
        yield ""
        yield f"as its documentation has described it since {model.later['as_of']}"
    for name, what in changes.items():
        shown = ", ".join(map(_value, what)) if isinstance(what, list) else str(what)
        yield f"  {name}: {shown}"
