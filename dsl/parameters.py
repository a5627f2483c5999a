"""Whether a model or a local step takes the parameters it is given (RM3xx).

Types, choices and ranges are judged by the JSON Schemas of the catalogue; rules between parameters are judged
here. Places are the caller's: a finding names the parameter, and the caller knows where it is written.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from dsl import findings
from dsl.catalog import Model
from dsl.diagnostics import Diagnostic, Severity, Span
from dsl.kinds import Kind
from dsl.suggestion import nearest
from dsl.values import Derived, LocalMedia, Made, Match, RemoteMedia, Value
from dsl.verdict import Verdict, violations
from dsl.wording import shown_value

if TYPE_CHECKING:
    from dsl.findings import Words

Owner: TypeAlias = "Model | Kind"
At: TypeAlias = Literal["key", "value", "step"]

_LEAVES = (LocalMedia, RemoteMedia, Made, Derived)
_URL_ENDINGS = ("url", "uri", "image", "video", "audio")


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding about one parameter.

    Attributes:
        code: Its code, `RM3` and two digits.
        severity: How bad it is.
        parameter: The path below the instance's parameters.
        at: What it points at: the parameter's key, its value, or the step where the parameter is missing.
        message: What is wrong.
        help: What to do about it.
    """

    code: str
    severity: Severity
    parameter: tuple[str | int, ...]
    at: At
    message: str
    help: str | None = None

    def diagnostic(self, span: Span) -> Diagnostic:
        """Say it about a place."""
        return Diagnostic(self.code, self.severity, self.message, span, self.help)


def check_parameters(
    owner: Owner,
    params: Mapping[str, Value],
    *,
    kind: Kind | None = None,
    step_keys: Iterable[str] = (),
    lost: Collection[str] = (),
) -> list[Finding]:
    """Judge the parameters of one instance.

    Media must be leaves of `dsl.values`; whether they are of the right type is not judged here. One value
    counts as a list of one where the parameter takes a list of media.

    Args:
        owner: The model, or the local kind of step.
        params: What it would be given.
        kind: The kind of step that uses the model, for what it requires beyond the model's schema.
        step_keys: Names that are no parameters but could have been meant by an unknown one.
        lost: Parameters that are written and whose values could not be had: they count as set.

    Returns:
        Findings in the order of the parameters, what is missing last. What an unknown parameter is probably
        meant to be is not missed: one typo is one finding.
    """
    found: list[Finding] = []
    for name, value in params.items():
        if name in owner.parameters:
            found += _judge_value(owner, name, value)
        else:
            found.append(_unknown(owner, name, step_keys))
    written = dict.fromkeys(lost) | dict(params)
    found += _companions(owner, params, written)
    meant = {_near(owner, name, step_keys) for name in params if name not in owner.parameters}
    found += (finding for finding in _missing(owner, written, kind) if finding.parameter[0] not in meant)
    return found


def _said(words: Words, parameter: Sequence[str | int], at: At) -> Finding:
    return Finding(words.code, words.severity, tuple(parameter), at, words.message, words.help)


def _name(owner: Owner) -> str:
    return owner.id if isinstance(owner, Model) else owner.name


def _unknown(owner: Owner, name: str, step_keys: Iterable[str]) -> Finding:
    if name == "seed" and isinstance(owner, Model):
        return _said(findings.no_seed(owner.id), (name,), "key")
    near = _near(owner, name, step_keys)
    return _said(
        findings.unknown_parameter(name, _name(owner), near, tuple(owner.parameters)), (name,), "key"
    )


def _near(owner: Owner, name: str, step_keys: Iterable[str]) -> str | None:
    return nearest(name, (*owner.parameters, *step_keys))


def _judge_value(owner: Owner, name: str, value: Value) -> Iterator[Finding]:
    schema = owner.parameters[name]
    if name == "num_frames" and (isinstance(value, Match) or value == "match"):
        return
    plain = _Plain(media="media" in schema and schema.get("items", {}).get("type") != "object")
    bare = plain.strip(value, (name,))
    for path, leaf in plain.misplaced:
        if isinstance(leaf, float):
            yield _said(findings.not_finite(name), path, "value")
        elif len(path) > 1 and schema.get("type") == "array":
            yield _said(findings.not_https(str(path[-1])), path, "value")
        else:
            verdict = Verdict("type", (), leaf, schema.get("type"), schema)
            yield _said(verdict.words(owner, name), path, "value")
    if plain.misplaced:
        return
    wrapped = schema.get("type") == "array" and "media" in schema and not isinstance(bare, list)
    for verdict in violations(owner, name, [bare] if wrapped else bare):
        below = verdict.path[1:] if wrapped else verdict.path
        yield _said(verdict.words(owner, name), (name, *below), "value")


class _Plain:
    """Takes the leaves out of a value, so that a JSON Schema can judge the rest."""

    def __init__(self, *, media: bool) -> None:
        self.misplaced: list[tuple[tuple[str | int, ...], object]] = []
        self._media = media

    def strip(self, value: Value, path: tuple[str | int, ...]) -> Any:
        """Give plain data; leaves where none may be, and numbers that are none, are kept aside."""
        if isinstance(value, _LEAVES):
            if not self._media:
                self.misplaced.append((path, value))
            return "https://media"
        if isinstance(value, Mapping):
            return {name: self._below(inner, (*path, name)) for name, inner in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [self.strip(inner, (*path, index)) for index, inner in enumerate(value)]
        if isinstance(value, Match) or (isinstance(value, float) and not math.isfinite(value)):
            self.misplaced.append((path, value))
        return value

    def _below(self, value: Value, path: tuple[str | int, ...]) -> Any:
        """A table's value; text that names media there must be an https URL."""
        is_url = str(path[-1]).lower().endswith(_URL_ENDINGS)
        if isinstance(value, _LEAVES) or (
            is_url and isinstance(value, str) and not value.startswith("https://")
        ):
            self.misplaced.append((path, value))
            return "https://media"
        return self.strip(value, path)


def _companions(owner: Owner, params: Mapping[str, Value], written: Mapping[str, Value]) -> Iterator[Finding]:
    """Parameters that mean nothing without others, or must come after them."""
    if isinstance(owner, Model):
        for name, others in owner.requires.items():
            missing = [other for other in others if not _is_set(written, other)]
            if _is_set(params, name) and missing:
                yield _said(findings.missing_companions(name, missing), (name,), "key")
        return
    for later, earlier in (owner.schema or {}).get("after", {}).items():
        after: Any = params.get(later)
        before: Any = params.get(earlier, owner.parameters[earlier].get("default"))
        if _is_number(after) and _is_number(before) and not after > before:
            words = findings.wrong_order(later, shown_value(after), earlier, shown_value(before))
            yield _said(words, (later,), "value")


def _is_set(params: Mapping[str, Value], name: str) -> bool:
    return name in params and params[name] is not False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _missing(owner: Owner, params: Mapping[str, Value], kind: Kind | None) -> Iterator[Finding]:
    required: Sequence[str] = (
        owner.required if isinstance(owner, Model) else (owner.schema or {}).get("required", ())
    )
    for name in required:
        if name not in params:
            words = findings.missing_parameter(name, _name(owner), f"add {name} = {_example(owner, name)}")
            yield _said(words, (name,), "step")
    if kind is None or not isinstance(owner, Model):
        return
    for name in kind.requires:
        wanted = name if name in owner.parameters else next(iter(owner.inputs("image")), name)
        if wanted not in params and wanted not in required:
            words = findings.missing_parameter(
                wanted,
                kind.name,
                f'add {wanted}, or say uses = "text-to-video" or "generate" if none is meant',
            )
            yield _said(words, (wanted,), "step")


def _example(owner: Owner, name: str) -> str:
    """What a value of a parameter looks like."""
    schema = owner.parameters.get(name, {})
    if "default" in schema:
        return shown_value(schema["default"])
    if schema.get("media"):
        return '"${step.output}" or "a file"'
    types = schema.get("type")
    return {"integer": "a whole number", "number": "a number", "boolean": "true or false"}.get(
        str(types), '"…"'
    )
