"""The words of findings about shape (RM1), models and kinds (RM3), the cut (RM4) and files (RM5), by code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dsl.diagnostics import Diagnostic, Span
from dsl.findings import listing
from dsl.report import Path

# RM1: the shape of the tables.


def unknown_key(span: Span, key: str, near: str | None) -> Diagnostic:
    """A key that the language does not have."""
    return _error("RM101", span, f'there is no key "{key}" here', _did_you_mean(near))


def missing_key(span: Span, key: str, wanted: str, path: Path) -> Diagnostic:
    """A key that must be there; points at the table's header."""
    named = ".".join(part for part in path if isinstance(part, str))
    where = f"[[{named}]]" if path and isinstance(path[-1], int) else f"[{named}]"
    return _error("RM102", span, f'{where if path else "a recipe"} needs "{key}"', f"add {key}: {wanted}")


def wrong_type(span: Span, key: str, wanted: str, given: object) -> Diagnostic:
    """A value of a type, or in a form, that the key does not take."""
    return _error("RM103", span, f'"{key}" cannot be {described(given)}', f"write {wanted}")


def top_level_key(span: Span, key: str) -> Diagnostic:
    """A key of the top of the file, under a header."""
    return _error(
        "RM104",
        span,
        f'"{key}" belongs to the top of the file, not to this table',
        "move it above the first table",
    )


def later_release(span: Span, key: str) -> Diagnostic:
    """A key of the language that this release does not know yet."""
    return _error("RM105", span, f'"{key}" is not in this release yet')


def later_kind(span: Span, kind: str) -> Diagnostic:
    """A kind of step that this release does not know yet."""
    return _error("RM105", span, f'steps of kind "{kind}" are not in this release yet')


def unknown_kind(span: Span, kind: str, near: str | None, kinds: Sequence[str]) -> Diagnostic:
    """A kind of step that does not exist."""
    return _error(
        "RM106", span, f'there is no kind of step "{kind}"', _did_you_mean(near) or f"choose {listing(kinds)}"
    )


def broken_plugin(span: Span, reason: str) -> Diagnostic:
    """A plug-in registers the kind and cannot be used."""
    return _error("RM117", span, reason, "put the plug-in right, or uninstall it")


def bad_name(span: Span, what: str, name: str) -> Diagnostic:
    """A name that could not be referred to, or would not be safe as a file's name."""
    first = "a letter or _" if what != "an output" else "a letter or digit"
    return _error(
        "RM107",
        span,
        f'{what} cannot be called "{name}"',
        f"begin with {first}, go on with letters, digits, - and _, 64 characters at most",
    )


def axis_of_shots(span: Span) -> Diagnostic:
    """An axis of a matrix that is called like that of the shots."""
    return _error("RM107", span, 'an axis cannot be called "shot", which is what for_each makes', "rename it")


def repeated_shot(span: Span, shot: str, first: Span) -> Diagnostic:
    """Two shots of one id."""
    return _error("RM108", span, f'two shots are called "{shot}"', f"the first is in {_line(first, span)}")


def too_many_instances(span: Span, count: int, limit: int, flag: str | None) -> Diagnostic:
    """More instances than are made without asking."""
    return _error(
        "RM109",
        span,
        f"this recipe asks for {count:,} instances, and {limit:,} are the most",
        None if flag is None else f"if you mean it, say {flag}",
    )


def unknown_language(span: Span) -> Diagnostic:
    """A language version that this release does not read."""
    return _error("RM110", span, "this release reads recipes of another version", 'write "reelmake/1"')


def only_for_providers(span: Span, key: str, kind: str) -> Diagnostic:
    """`model`, `provider` or `takes` for work that is done on this machine."""
    if key == "takes":
        message = f'"{kind}" is done on this machine, and every take of it would be the same'
    else:
        message = f'"{kind}" is done on this machine and takes no {key}'
    return _error("RM111", span, message, "delete this line")


def wish_not_table(span: Span, step: str) -> Diagnostic:
    """A shot's field that bears a step's name and is no table."""
    return _error(
        "RM112", span, f'"{step}" is a step, so this must say what of it', f"write {step}.PARAMETER = VALUE"
    )


def not_in_a_shot(span: Span, key: str) -> Diagnostic:
    """A key that a step has once, in a shot's table."""
    return _error("RM113", span, f'a shot cannot set "{key}" of a step', "set it in the step's own table")


def not_for_each_shot(span: Span, step: str) -> Diagnostic:
    """A shot speaks of a step that is not made for each shot."""
    return _error("RM113", span, f'"{step}" is not made for each shot', f"set this in [steps.{step}]")


def cut_wish(span: Span, step: str, key: str, near: str | None) -> Diagnostic:
    """A key that a shot cannot set for a concat."""
    return _error(
        "RM113",
        span,
        f'a shot cannot set "{key}" of the concat "{step}"',
        _did_you_mean(near) or "it may set transition, gain or mute",
    )


def nothing_to_drop(span: Span, step: str, name: str, near: str | None) -> Diagnostic:
    """`without` names a parameter that is not set."""
    return _error(
        "RM114", span, f'"{name}" is not set for "{step}", so it cannot be dropped', _did_you_mean(near)
    )


def same_file(span: Span, stem: str, other: str) -> Diagnostic:
    """Two outputs would be written to one file."""
    return _error(
        "RM115", span, f'this and the output "{other}" would both be written to {stem}', "rename one of them"
    )


def not_a_time(span: Span) -> Diagnostic:
    """TOML's dates and times, which nothing in a recipe takes."""
    return _error("RM116", span, "a date or time is not a value here", "write it as text, in quotes")


def defined_twice(span: Span, name: str, first: Span) -> Diagnostic:
    """A name that two files define."""
    return _error("RM118", span, f'"{name}" is defined twice', f"the first is in {_line(first, span)}")


def not_in_an_included_file(span: Span, key: str) -> Diagnostic:
    """A key of the recipe itself, in a file that is included."""
    return _error(
        "RM119", span, f'an included file cannot set "{key}"', "move it into the recipe that includes this"
    )


def included_twice(span: Span, name: str) -> Diagnostic:
    """One list of files that names the same twice."""
    return _error("RM120", span, f'"{name}" is included already', "leave this out")


def included_too_deep(span: Span, limit: int) -> Diagnostic:
    """Included files that include others that include others."""
    return _error(
        "RM121", span, f"this lies deeper than {limit} included files in each other", "include it further up"
    )


def included_too_much(span: Span, files: int, characters: int) -> Diagnostic:
    """More files, or more text, than a recipe may have."""
    return _error(
        "RM121", span, f"a recipe has at most {files} files of {characters:,} characters together", None
    )


def empty_axis(span: Span, key: str) -> Diagnostic:
    """A matrix without values."""
    return _error("RM122", span, f"matrix.{key} has no values, so that nothing would be made", "name one")


def no_label(span: Span) -> Diagnostic:
    """A value of a matrix that has no name to call its instances by."""
    return _error(
        "RM122",
        span,
        "this has no label to call an instance by",
        "write a number, a name of letters, digits, - and _, or a reference alone",
    )


def same_label(span: Span, label: str) -> Diagnostic:
    """Two values of a matrix that are called the same."""
    return _error("RM122", span, f'two values of this matrix are called "{label}"', "leave one out")


# RM3: models and kinds. What a model thinks of its parameters is in `findings`.


def unknown_model(span: Span, model: str, near: str | None) -> Diagnostic:
    """A model that the catalogue does not have."""
    return _error(
        "RM350",
        span,
        f'there is no model "{model}"',
        _did_you_mean(near) or "reel models lists those there are",
    )


def model_mismatch(span: Span, model: str, uses: str, reason: str) -> Diagnostic:
    """A model that cannot do what the step says."""
    return _error(
        "RM351", span, f"{model} cannot be used for {uses}: {reason}", 'uses = "generate" takes any model'
    )


def seedless_model(span: Span, model: str) -> Diagnostic:
    """A clip of this model can be kept, and never made again."""
    return _note("RM352", span, f"{model} takes no seed: what it makes can be kept, but not made again")


def takes_of_one_seed(span: Span, step: str, takes: int) -> Diagnostic:
    """Several takes of one seed."""
    return _warning(
        "RM353",
        span,
        f'"{step}" makes {takes} takes of one seed, which will all be alike',
        "leave the seed out, and each take gets its own",
    )


# RM4: the cut.


def clip_too_short(span: Span, film: str, clip: str, frames: int, wanted: int) -> Diagnostic:
    """A clip has fewer frames than the dissolves at its two ends."""
    return _error(
        "RM401",
        span,
        f'in "{film}", {clip} has {frames} frames and its dissolves need {wanted}',
        "shorten them",
    )


def first_transition(span: Span, kind: str) -> Diagnostic:
    """A transition into the first clip from something before it."""
    return _error(
        "RM402", span, f"there is nothing to {kind} from before the first clip", 'write "cut" or "fade 0.5s"'
    )


def chained_dissolve(span: Span, film: str, shots: Sequence[str]) -> Diagnostic:
    """A dissolve between two pictures that are the same."""
    named = listing([f'"{shot}"' for shot in shots[:8]], "and") if len(shots) <= 8 else f"{len(shots)} shots"  # noqa: PLR2004
    begins = "begin" if len(shots) > 1 else "begins"
    return _warning(
        "RM403",
        span,
        f"{named} {begins} on the last frame of the shot before, so that a dissolve shows it twice",
        f'write {film}.transition = "cut" in the shot',
    )


def bad_transition(span: Span, text: object) -> Diagnostic:
    """A transition that the language does not have."""
    return _error(
        "RM404", span, f"{described(text)} is not a transition", 'write "cut", "dissolve 0.5s" or "fade 12f"'
    )


def past_the_end(span: Span, end: str, length: str) -> Diagnostic:
    """A trim that ends, or begins, after its video."""
    return _error("RM405", span, f"{end} is after the end of the video, which lasts {length}")


# RM5: money and reach; here, files and URLs.


def missing_file(span: Span, name: str) -> Diagnostic:
    """A path at which there is no file."""
    return _error("RM501", span, f'there is no file "{name}"', "paths begin at the recipe's folder")


def outside_roots(span: Span, name: str) -> Diagnostic:
    """A path that leaves every folder the user allowed."""
    return _error(
        "RM502",
        span,
        f'"{name}" is outside the recipe\'s folder',
        "move it there, or allow its folder: --allow-root DIR",
    )


def included_from_outside(span: Span, name: str) -> Diagnostic:
    """A file to include that is not below the recipe's folder, or that only a link leads to."""
    return _error(
        "RM502",
        span,
        f'"{name}" is outside the recipe\'s folder',
        "what is included lies below that folder, without links or ..",
    )


def not_media(span: Span, name: str) -> Diagnostic:
    """A file that is no image, video or audio by its content."""
    return _error("RM503", span, f'"{name}" is not an image, a video or audio, by its content')


def unreadable_file(span: Span, name: str) -> Diagnostic:
    """A file that may not be opened."""
    return _error("RM504", span, f'"{name}" cannot be read', "look at its permissions")


def only_https(span: Span, url: str) -> Diagnostic:
    """An address that is not https."""
    return _error(
        "RM505", span, f'"{url}" is not an https address', "use https://, or a file beside the recipe"
    )


def url_content(span: Span) -> Diagnostic:
    """A URL's content may change without its text."""
    return _note("RM506", span, "what lies at a URL may change unseen: only its text is compared")


def _line(place: Span, other: Span) -> str:
    """Name a line, and its file where that is another."""
    return f"line {place.line}" if place.file == other.file else f"{place.file}, line {place.line}"


def described(value: object) -> str:
    """Name a value of TOML in a few words."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"' if len(value) <= 40 else "this text"  # noqa: PLR2004
        case int() | float():
            return str(value)
        case Mapping():
            return "a table"
        case list() | tuple():
            return "a list"
    return "a date or time"


def _error(code: str, span: Span, message: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic(code, "error", message, span, hint)


def _warning(code: str, span: Span, message: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic(code, "warning", message, span, hint)


def _note(code: str, span: Span, message: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic(code, "note", message, span, hint)


def _did_you_mean(near: str | None) -> str | None:
    return None if near is None else f'did you mean "{near}"?'
