"""The words of findings about references (RM2), by code."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.diagnostics import Diagnostic, Span
from dsl.findings import listing
from dsl.reference import Fault
from dsl.values import MediaType

_FAULTS: dict[Fault, tuple[str, str]] = {
    "unclosed": ("this reference does not end", "close it with }, or write $${ for a plain ${"),
    "empty": (
        "this reference names nothing",
        'name a value, such as "${vars.mood}", or write $${ for a plain ${',
    ),
    "nested": ("a reference cannot hold another", "write the two one after the other"),
    "spaces": ("a reference has no spaces inside", "write ${NAME.NAME}"),
    "take": ("a reference means the circled take", "leave out the @ and its number"),
    "name": ("this is not a name", "a reference is names with dots between them; there are no expressions"),
    "point": ("this is not a shot's id or a label", 'write "${plate/010.video}"'),
}
_A = {"image": "an image", "video": "a video", "audio": "audio"}


def malformed(span: Span, fault: Fault) -> Diagnostic:
    """Something that begins like a reference and is none."""
    return _error("RM201", span, *_FAULTS[fault])


def unknown_value(span: Span, table: str, name: str, near: str | None) -> Diagnostic:
    """A value table without the value that is asked for."""
    return _error("RM202", span, f'there is no "{name}" in {table}', _did_you_mean(near))


def names_a_table(span: Span, table: str) -> Diagnostic:
    """A reference that stops at a value table."""
    return _error("RM202", span, f'"{table}" alone is no value', f"name one of its values: ${{{table}.NAME}}")


def no_field(span: Span, shots: Sequence[str], field: str, near: str | None) -> Diagnostic:
    """Shots without a field that is asked of them."""
    if len(shots) > 4:  # noqa: PLR2004
        message = f'{len(shots)} shots have no "{field}", the first is "{shots[0]}"'
    else:
        have = "has" if len(shots) == 1 else "have"
        plural = "" if len(shots) == 1 else "s"
        named = listing([f'"{shot}"' for shot in shots], "and")
        message = f'shot{plural} {named} {have} no "{field}"'
    return _error("RM202", span, message, None if near is None else f'there is "{near}"')


def cycle(span: Span, loop: Sequence[str]) -> Diagnostic:
    """Things that wait for each other; the whole loop is drawn."""
    return _error("RM203", span, f"this is a circle: {' -> '.join(loop)}", "break it in one place")


def unknown_step(span: Span, step: str, near: str | None, *, after: str | None = None) -> Diagnostic:
    """A step that the recipe does not have."""
    hint = _did_you_mean(near) or (f"{after} is followed by a step and its output" if after else None)
    return _error("RM204", span, f'no step is called "{step}"', hint)


def unknown_output(span: Span, step: str, output: str, offered: Sequence[str]) -> Diagnostic:
    """An output that a step does not offer."""
    choices = listing([f"{step}.{name}" for name in offered])
    return _error("RM205", span, f'"{step}" has no output "{output}"', f"write {choices}")


def no_output(span: Span, step: str, offered: Sequence[str]) -> Diagnostic:
    """A reference to a step that does not say which output."""
    return _error(
        "RM205",
        span,
        f'"{step}" is a step, and this does not say which of its outputs',
        f"write {listing([f'{step}.{name}' for name in offered])}",
    )


def no_neighbour(span: Span, word: str, shot: str) -> Diagnostic:
    """`prev` in the first shot, or `next` in the last."""
    if word == "prev":
        return _error(
            "RM206", span, f'there is no shot before "{shot}"', "give the first shot a value of its own"
        )
    return _error("RM206", span, f'there is no shot after "{shot}"', "give the last shot a value of its own")


def no_shot_here(span: Span, word: str) -> Diagnostic:
    """`shot`, `prev` or `next` in a step that is made once."""
    return _error(
        "RM208",
        span,
        f'"{word}" has no meaning here, as this is not made for each shot',
        'for_each = "shots" makes a step for each shot',
    )


def neighbour_of_what(span: Span, word: str) -> Diagnostic:
    """`prev` or `next` without a step after it."""
    return _error(
        "RM208", span, f'"{word}" is followed by a step and its output', f"write ${{{word}.plate.last_frame}}"
    )


def neighbour_without_shots(span: Span, word: str, step: str) -> Diagnostic:
    """`prev` or `next` of a step that is made once."""
    return _error(
        "RM208",
        span,
        f'"{word}" moves along the shots, and "{step}" is not made for each shot',
        f"leave out {word}",
    )


def not_text(span: Span, name: str, what: str) -> Diagnostic:
    """Something that cannot stand inside text."""
    return _error(
        "RM209",
        span,
        f'"{name}" is {what}, and cannot stand inside text',
        "only text, numbers, true and false can",
    )


def wrong_media(span: Span, parameter: str, wanted: MediaType, given: MediaType) -> Diagnostic:
    """An image where a video is wanted, and the like."""
    hint = {
        ("image", "video"): "a video offers .first_frame and .last_frame",
        ("audio", "video"): "a video offers .audio",
    }.get((wanted, given))
    return _error("RM210", span, f'"{parameter}" takes {_A[wanted]}, and this is {_A[given]}', hint)


def not_one(span: Span, parameter: str, count: int, step: str | None, *, looks: bool = False) -> Diagnostic:
    """A list where one medium is wanted."""
    hint = None
    if step is not None and looks and count > 1:
        hint = f'give this step the matrix of "{step}", or fix its label, as in ${{{step}/LABEL.…}}'
    elif step is not None:
        hint = f'for_each = "shots" takes them one by one, ${{{step}/ID.…}} names one'
    what = "an empty list" if count == 0 else f"a list of {count}"
    return _error("RM211", span, f'"{parameter}" takes one, and this is {what}', hint)


def not_media_value(span: Span, parameter: str, wanted: MediaType, what: str) -> Diagnostic:
    """Plain data where media are wanted."""
    return _error(
        "RM212",
        span,
        f'"{parameter}" takes {_A[wanted]}, and this is {what}',
        "write a path, an https:// address or a reference",
    )


def media_not_wanted(span: Span, parameter: str, given: MediaType) -> Diagnostic:
    """Media where plain data are wanted."""
    return _error("RM212", span, f'"{parameter}" takes no media, and this is {_A[given]}')


def unknown_point(span: Span, axis: str, label: str, near: str | None) -> Diagnostic:
    """A reference that names a shot or a label which does not exist."""
    return _error("RM213", span, f'there is no {axis} "{label}"', _did_you_mean(near))


def no_such_variant(span: Span, step: str, axis: str, label: str, known: Sequence[str]) -> Diagnostic:
    """A reference to a step that is not made for a label of the step which refers to it."""
    choices = listing(known, "and") if len(known) <= 8 else f"{len(known)} others"  # noqa: PLR2004
    return _error("RM213", span, f'"{step}" has no {axis} "{label}"', f"it has {choices}")


def omitted_point(span: Span, shot: str) -> Diagnostic:
    """A reference that names a shot which is left out."""
    return _error("RM213", span, f'shot "{shot}" is omitted')


def point_without_axis(span: Span, step: str) -> Diagnostic:
    """A reference that names a shot of a step which is made once."""
    return _error("RM214", span, f'"{step}" is not made for each shot', f"write {step} alone")


def too_many_labels(span: Span, step: str, axes: Sequence[str]) -> Diagnostic:
    """A reference that fixes more axes than a step has."""
    own = "its shots" if tuple(axes) == ("shot",) else listing(axes, "and")
    return _error("RM214", span, f'"{step}" has no axis but {own}', "leave this out")


def too_deep(span: Span) -> Diagnostic:
    """References that go through too many others."""
    return _error("RM215", span, "this goes through more than 40 references, one after the other")


def too_long(span: Span) -> Diagnostic:
    """References that add up to too much."""
    return _error("RM215", span, "this adds up to more than 262,144 characters")


def no_sound_for(span: Span, film: str) -> Diagnostic:
    """A list of sounds that cannot be laid under the clips one by one."""
    return _error(
        "RM216",
        span,
        f'these cannot be matched with the clips of "{film}"',
        "use as many as there are clips, or the sound of a step made for each shot",
    )


def axes_left_over(span: Span, step: str, axes: Sequence[str]) -> Diagnostic:
    """A reference that would be a list of lists."""
    return _error(
        "RM217",
        span,
        f'"{step}" is made for each {listing(axes, "and")}, and this fixes none of them',
        f"fix all but one, as in ${{{step}/LABEL.…}}, or give this step the same axes",
    )


def no_matrix_here(span: Span) -> Diagnostic:
    """`matrix` in a step that has none."""
    return _error(
        "RM208",
        span,
        '"matrix" has no meaning here, as this step has no matrix',
        'matrix.look = ["a", "b"] makes one of each',
    )


def unused_value(span: Span, table: str, name: str) -> Diagnostic:
    """Cast or style that nothing uses."""
    return _warning("RM220", span, f'nothing uses "{table}.{name}"')


def unused_field(span: Span, name: str, near: str | None) -> Diagnostic:
    """A shot's field that nothing reads."""
    return _warning("RM221", span, f'nothing reads the shot\'s "{name}"', _did_you_mean(near))


def unused_default(span: Span, kind: str, name: str, near: str | None, *, known: bool) -> Diagnostic:
    """A default that no step of its kind took."""
    if known:
        return _warning(
            "RM222", span, f'every step of kind "{kind}" sets its own "{name}"', "delete this line"
        )
    return _warning("RM222", span, f'no model used for "{kind}" has a "{name}"', _did_you_mean(near))


def unused_defaults(span: Span, kind: str) -> Diagnostic:
    """Defaults for a kind that no step is of."""
    return _warning("RM222", span, f'no step is of kind "{kind}"')


def reserved_name(span: Span, name: str) -> Diagnostic:
    """A step named like the first word of another reference."""
    return _error(
        "RM207",
        span,
        f'a step cannot be called "{name}", which references use for something else',
        'call it "clip"' if name == "shot" else "rename it",
    )


def _error(code: str, span: Span, message: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic(code, "error", message, span, hint)


def _warning(code: str, span: Span, message: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic(code, "warning", message, span, hint)


def _did_you_mean(near: str | None) -> str | None:
    return None if near is None else f'did you mean "{near}"?'
