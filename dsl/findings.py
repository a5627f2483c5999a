"""The words of findings about syntax (RM0) and about parameters (RM3), by code; a function a finding.

Those of RM3 give `Words` without a place, because parameters are judged apart from the text they came from;
all others give a `Diagnostic`. docs/diagnostics.md lists each code with an example.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Sequence


_MOST_NAMED = 12  # Names in one line, beyond which nobody reads them.


@dataclass(frozen=True, slots=True)
class Words:
    """A finding that does not know its place yet."""

    code: str
    severity: Severity
    message: str
    help: str | None = None


def _error(code: str, span: Span, message: str, help: str | None = None) -> Diagnostic:  # noqa: A002
    return Diagnostic(code, "error", message, span, help)


def listing(choices: Sequence[str], last: str = "or") -> str:
    """Write choices as people do: `a, b or c`."""
    return f" {last} ".join(part for part in (", ".join(choices[:-1]), *choices[-1:]) if part)


# RM0: the text is not TOML, or is more than a recipe may be.


def not_toml(span: Span, reason: str) -> Diagnostic:
    """The TOML parser refuses the text for a reason that has no finding of its own."""
    return _error("RM001", span, f"this is not TOML: {reason}")


def unreadable(span: Span, file: str, reason: str) -> Diagnostic:
    """The recipe file cannot be opened or read."""
    return _error("RM002", span, f"cannot read {file}: {reason}")


def too_large(span: Span, size: int, limit: int) -> Diagnostic:
    """The file has more bytes than a recipe may have."""
    return _error(
        "RM003",
        span,
        f"this file has {size:,} bytes, and a recipe may have {limit:,}",
        "keep media in files of their own, and name them here",
    )


def not_utf8(span: Span) -> Diagnostic:
    """Bytes that are not UTF-8."""
    return _error("RM004", span, "this is not UTF-8 text", "save the file as UTF-8")


def control_character(span: Span, char: str) -> Diagnostic:
    """A character that TOML allows nowhere, such as NUL."""
    return _error(
        "RM005",
        span,
        f"a recipe may not hold the control character U+{ord(char):04X}",
        "delete this character",
    )


def duplicate_key(span: Span, name: str, first: Span) -> Diagnostic:
    """A key is written twice in one table."""
    return _error(
        "RM006",
        span,
        f'"{name}" is set twice; the first time is in line {first.line}, column {first.column}',
        "keep one of the two",
    )


def duplicate_table(span: Span, name: str, first: Span, fix: str) -> Diagnostic:
    """A table's header is written twice."""
    return _error(
        "RM007",
        span,
        f"[{name}] is written twice; the first time is in line {first.line}, column {first.column}",
        fix,
    )


def too_many_parts(span: Span, parts: int, limit: int) -> Diagnostic:
    """A dotted key has more parts than a recipe may use."""
    return _error("RM008", span, f"this key has {parts:,} parts, and a recipe may use {limit}")


def too_deep(span: Span, limit: int) -> Diagnostic:
    """Tables and lists lie deeper in each other than a recipe may use."""
    return _error("RM009", span, f"values are nested deeper than {limit} levels here")


def too_many_digits(span: Span, digits: int, limit: int) -> Diagnostic:
    """An integer has more digits than a recipe may use."""
    return _error("RM010", span, f"this number has {digits:,} digits, and a recipe may use {limit}")


def bad_value(span: Span, text: str, fix: str) -> Diagnostic:
    """A number, a truth value or nothing, written in a way TOML does not have, such as a leading zero."""
    return _error("RM011", span, f"{text} is not a value in TOML", fix)


def unquoted(span: Span, fix: str) -> Diagnostic:
    """A text stands without quotes."""
    return _error("RM012", span, "a text must stand in quotes", fix)


def open_string(span: Span, quote: str) -> Diagnostic:
    """A text's closing quote is missing."""
    where = "on this line" if len(quote) == 1 else "in this file"
    return _error("RM013", span, f"this text does not end {where}", f"close it with {quote}")


def open_bracket(span: Span, bracket: str, closing: str) -> Diagnostic:
    """A closing bracket is missing."""
    return _error("RM014", span, f"this {bracket} is never closed", f"close it with {closing}")


def no_equals(span: Span, key: str, fix: str) -> Diagnostic:
    """There is no `=` between a key and its value."""
    return _error("RM015", span, f'an "=" is missing after "{key}"', fix)


def broken_inline_table(span: Span, fix: str) -> Diagnostic:
    """A table in braces has a line break or a last comma, which only TOML 1.1 allows."""
    return _error("RM016", span, "a table in braces must stand on one line, without a comma at its end", fix)


def no_value(span: Span, key: str) -> Diagnostic:
    """There is nothing after `=`."""
    return _error("RM017", span, f'"{key}" has no value', 'write one after the "=", or delete this line')


def bad_escape(span: Span, text: str) -> Diagnostic:
    """A backslash in a text is followed by something it cannot stand before."""
    return _error(
        "RM018", span, f"{text} means nothing in a text", "write \\\\ for a backslash, or quote with '…'"
    )


def clash(span: Span, name: str, sort: str, first: Span, fix: str) -> Diagnostic:
    """A name is used as a value or a list in one place and as a table in another."""
    return _error(
        "RM019", span, f'"{name}" is {sort} already, in line {first.line}, column {first.column}', fix
    )


def trailing(span: Span, text: str, fix: str) -> Diagnostic:
    """Something stands after a value or header that has ended."""
    what = text if len(text) > 1 else f'"{text}"'
    return _error("RM020", span, f"nothing may follow here, but {what} does", fix)


def bad_key(span: Span, text: str, fix: str) -> Diagnostic:
    """A key is missing, or is not written as one."""
    return _error("RM021", span, f"{text} is not a key" if text else "there is no key here", fix)


def no_comma(span: Span) -> Diagnostic:
    """Two values of a list or a table in braces stand without a comma between them."""
    return _error("RM022", span, "a comma is missing before this", 'write "," between two values')


# RM3: what a model or a local step is given. Codes from RM350 are about the model itself.


def unknown_parameter(name: str, owner: str, near: str | None, known: Sequence[str]) -> Words:
    """A parameter that the model or local step does not have."""
    fix = f'did you mean "{near}"?' if near else None
    if fix is None and len(known) <= _MOST_NAMED:
        fix = f"it takes {listing(known, 'and')}"
    return Words("RM301", "error", f'{owner} has no parameter "{name}"', fix)


def not_allowed(name: str, value: str, choices: Sequence[str], fix: str | None) -> Words:
    """A value that is none of those allowed."""
    if len(choices) == 1:
        return Words("RM302", "error", f"{name} can only be {choices[0]}, not {value}", f"write {choices[0]}")
    return Words("RM302", "error", f"{name} {value} is not one of {', '.join(choices)}", fix)


def out_of_range(name: str, value: str, problem: str, allowed: str) -> Words:
    """A number outside its range."""
    return Words("RM303", "error", f"{name} {value} is {problem}", f"choose {allowed}")


def wrong_parameter_type(name: str, wanted: str, given: str, fix: str | None) -> Words:
    """A value of a type the parameter does not take."""
    return Words("RM304", "error", f"{name} takes {wanted}, not {given}", fix)


def missing_parameter(name: str, owner: str, fix: str) -> Words:
    """A parameter that must be given is not."""
    return Words("RM305", "error", f'{owner} needs "{name}"', fix)


def missing_companions(name: str, others: Sequence[str]) -> Words:
    """A parameter that means nothing without others is set without them."""
    needed = listing(others, "and")
    return Words("RM306", "error", f"{name} needs {needed} as well", f"set {needed}, or leave {name} out")


def no_seed(owner: str) -> Words:
    """A seed for a model that takes none."""
    return Words(
        "RM307", "error", f"{owner} takes no seed", "leave it out: only the lock file can repeat its results"
    )


def later_value(name: str, value: str, as_of: str, choices: Sequence[str]) -> Words:
    """A value that only a later schema of the model allows."""
    return Words(
        "RM308",
        "warning",
        f"{name} {value} is not one of {', '.join(choices)}; a later schema of the model ({as_of}) allows it",
        f"{listing(choices)} will work with either",
    )


def not_finite(name: str) -> Words:
    """A number that is not one, `nan` or `inf`."""
    return Words("RM309", "error", f"{name} must be a finite number", "write an ordinary number")


def malformed(name: str, value: str, wanted: str) -> Words:
    """A text that is not in the form the parameter asks for."""
    return Words("RM310", "error", f"{name} {value} cannot be understood", f"write {wanted}")


def wrong_count(name: str, count: int, allowed: str) -> Words:
    """A list with too few or too many values."""
    return Words(
        "RM311", "error", f"{name} has {count} {'value' if count == 1 else 'values'}", f"give {allowed}"
    )


def not_https(name: str) -> Words:
    """Media within a list of tables that is not an https URL."""
    return Words(
        "RM312",
        "error",
        f"within a table, {name} takes an https:// URL only",
        'write "https://…", or use a media parameter',
    )


def wrong_order(later: str, value: str, earlier: str, other: str) -> Words:
    """A time that must come after another does not."""
    return Words(
        "RM313", "error", f"{later} {value} is not after {earlier} {other}", f"choose more than {other}"
    )


def refused_by_schema(name: str, owner: str, reason: str) -> Words:
    """A value that the model's schema refuses for a reason that has no finding of its own."""
    return Words("RM314", "error", f"{owner} does not take this {name}: {reason}")


def newly_allowed(refusal: str, owner: str, day: str) -> Words:
    """What the bundled schema of a model refuses, and a fresher copy of the provider's own allows."""
    return Words(
        "RM315",
        "warning",
        f"{refusal}, says the schema that comes with reelmake; the provider's own of {day} says otherwise",
        f"it is sent as it is; reel models {owner} shows what differs",
    )


def newly_refused(refusal: str, owner: str, day: str) -> Words:
    """What a fresher copy of the provider's own schema refuses, and the bundled one allows."""
    return Words(
        "RM316",
        "warning",
        f"{refusal}, says the provider's own schema of {day}",
        f"the schema that comes with reelmake is older; reel models {owner} shows what differs",
    )
