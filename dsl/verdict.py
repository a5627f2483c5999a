"""What a JSON Schema says of one parameter's value, in the words of the trade.

jsonschema judges; it is imported when the first value is judged, because it is slow to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from dsl import findings
from dsl.catalog import Model
from dsl.suggestion import nearest
from dsl.wording import described, shown_value, type_names, with_article

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jsonschema.protocols import Validator

    from dsl.findings import Words
    from dsl.kinds import Kind
    from dsl.values import MediaType

_UNITS = {
    "duration": "seconds",
    "fps": "frames per second",
    "frames_per_second": "frames per second",
    "max_frames": "frames",
    "num_frames": "frames",
    "output_fps": "frames per second",
    "target_fps": "frames per second",
}
_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_COUNTS = ("minItems", "maxItems")
_FORMS = ("pattern", "anyOf", "format", "minLength", "maxLength")
# A value of the wrong type is not judged further.
_FIRST = ("type", "enum", *_BOUNDS, *_COUNTS, *_FORMS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule of a schema that a value breaks.

    Attributes:
        rule: The schema's keyword.
        path: Where in the value.
        value: The value there.
        wanted: What the keyword asks for.
        schema: The schema the keyword stands in.
        reason: The validator's own words.
    """

    rule: str
    path: tuple[str | int, ...]
    value: object
    wanted: Any
    schema: Mapping[str, Any]
    reason: str = ""

    def words(self, owner: Model | Kind, name: str) -> Words:
        """Say it of an owner's parameter."""
        if self.rule == "type":
            return self._type(name)
        if self.rule == "enum":
            return self._choice(owner, name)
        if self.rule in _BOUNDS:
            unit = self.schema.get("unit") or _UNITS.get(name, "")
            return findings.out_of_range(
                name, shown_value(self.value), self._problem(), _range(self.schema, unit)
            )
        if self.rule in _COUNTS and isinstance(self.value, list):
            return findings.wrong_count(name, len(self.value), _count(self.schema))
        if self.rule in _FORMS and "description" in self.schema:
            return findings.malformed(name, shown_value(self.value), self.schema["description"])
        owner_name = owner.id if isinstance(owner, Model) else owner.name
        return findings.refused_by_schema(name, owner_name, self.reason)

    def _type(self, name: str) -> Words:
        media = self.schema.get("media")
        if media and not self.path:
            kinds = (cast("MediaType", media),) if isinstance(media, str) else media
            wanted = findings.listing([with_article(kind) for kind in kinds])
            return findings.wrong_parameter_type(
                name, wanted, described(self.value), 'write "${step.output}", or the path of a file in quotes'
            )
        fix = _retyped(self.value, self.wanted)
        return findings.wrong_parameter_type(name, type_names(self.wanted), described(self.value), fix)

    def _choice(self, owner: Model | Kind, name: str) -> Words:
        choices = [shown_value(choice) for choice in self.wanted]
        value = shown_value(self.value)
        later = owner.later.get(name) if isinstance(owner, Model) and not self.path else None
        if isinstance(owner, Model) and isinstance(later, list) and self.value in later:
            return findings.later_value(name, value, owner.later["as_of"], choices)
        return findings.not_allowed(name, value, choices, _nearest_choice(self.value, self.wanted))

    def _problem(self) -> str:
        bound = shown_value(self.wanted)
        match self.rule:
            case "minimum":
                return f"below {bound}"
            case "maximum":
                return f"above {bound}"
            case "exclusiveMinimum":
                return f"not above {bound}"
            case _:
                return f"not below {bound}"


def violations(owner: Model | Kind, name: str, value: object) -> Iterable[Verdict]:
    """Give the rules that a value breaks: the most telling one for each place in it."""
    found: dict[tuple[str | int, ...], Verdict] = {}
    for error in _validator(owner, name).iter_errors(cast("Any", value)):
        verdict = Verdict(
            str(error.validator),
            tuple(error.absolute_path),
            error.instance,
            error.validator_value,
            error.schema if isinstance(error.schema, dict) else {},
            error.message,
        )
        known = found.get(verdict.path)
        if known is None or _rank(verdict) < _rank(known):
            found[verdict.path] = verdict
    return found.values()


def _rank(verdict: Verdict) -> int:
    return _FIRST.index(verdict.rule) if verdict.rule in _FIRST else len(_FIRST)


@cache
def _validator(owner: Model | Kind, name: str) -> Validator:
    return _strict()(owner.parameters[name])


@cache
def _strict() -> type[Validator]:
    """JSON Schema as usual, but 8.0 is no integer: it is sent as it is written."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    return cast("type[Validator]", extend(Draft202012Validator, type_checker=types))  # type: ignore[no-untyped-call]


def _retyped(value: object, wanted: Any) -> str | None:
    """How to write a value as the type wanted, where it is plain what was meant."""
    types = (wanted,) if isinstance(wanted, str) else tuple(wanted or ())
    fix = None
    if isinstance(value, str):
        word = value.strip().lower()
        number = {"integer", "number"} & set(types) and _is_number(word, whole="number" not in types)
        if number or ("boolean" in types and word in {"true", "false"}):
            fix = f"write {word}, without quotes"
    elif isinstance(value, bool):
        fix = None
    elif isinstance(value, int | float) and "string" in types:
        fix = f'write "{value}", in quotes'
    elif isinstance(value, float) and "integer" in types and value.is_integer():
        fix = f"write {int(value)}"
    elif isinstance(value, int) and "boolean" in types:
        fix = "write true or false"
    if fix is None and "array" in types and not isinstance(value, list):
        fix = "write a list, in [ and ]"
    return fix


def _is_number(text: str, *, whole: bool) -> bool:
    try:
        return bool((int(text) if whole else float(text)) is not None) and text.isascii()
    except ValueError:
        return False


def _nearest_choice(value: object, choices: list[Any]) -> str | None:
    if isinstance(value, str):
        near = nearest(value, [choice for choice in choices if isinstance(choice, str)])
        return None if near is None else f"did you mean {shown_value(near)}?"
    numbers = [choice for choice in choices if isinstance(choice, int | float)]
    if not numbers or not isinstance(value, int | float):
        return None
    least = min(abs(choice - value) for choice in numbers)
    near_numbers = sorted(choice for choice in numbers if abs(choice - value) == least)
    verb = "is" if len(near_numbers) == 1 else "are"
    return f"the nearest {verb} {findings.listing([shown_value(number) for number in near_numbers], 'and')}"


def _range(schema: Mapping[str, Any], unit: str) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        words = f"{shown_value(low)} to {shown_value(high)}"
    else:
        lower = f"{shown_value(low)} or more" if low is not None else None
        lower = f"more than {shown_value(above)}" if above is not None else lower
        upper = f"at most {shown_value(high)}" if high is not None else None
        upper = f"less than {shown_value(below)}" if below is not None else upper
        words = " and ".join(part for part in (lower, upper) if part)
    return f"{words} {unit}".rstrip()


def _count(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minItems"), schema.get("maxItems")
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}"
