"""Every value of a recipe has its place."""

from __future__ import annotations

import datetime as dt
import math
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.diagnostics import RecipeError, Span
from dsl.document import Document

TRIALS = max(1, int(200 * float(os.environ.get("REEL_TRIALS", "1"))))

RECIPE = """\
schema = "reelmake/1"
[cast.mira]
look = "é\\u00e9 ${vars.x} 👩"
[[shots]]
id = "010"
plate.duration = 8
[[shots]]
id = "020"
list = [1, {a = 2, b = [3]}]
[shots.film]
transition = "cut"
[steps]
"quoted.key" = { uses = 'x' }
"""


def slices(text: str, span: Span) -> str:
    """The text at a span."""
    lines = text.split("\n")
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    middle = lines[span.line : span.end_line - 1]
    return "\n".join(
        [lines[span.line - 1][span.column - 1 :], *middle, lines[span.end_line - 1][: span.end_column - 1]]
    )


@pytest.mark.parametrize(
    ("path", "key", "value", "header"),
    [
        ((), "s", "s", "s"),
        (("schema",), "schema", '"reelmake/1"', "s"),
        (("cast",), "cast", "[cast.mira]", "[cast.mira]"),
        (("cast", "mira"), "mira", "[cast.mira]", "[cast.mira]"),
        (("cast", "mira", "look"), "look", '"é\\u00e9 ${vars.x} 👩"', "[cast.mira]"),
        (("cast", "mira", "image"), "mira", "[cast.mira]", "[cast.mira]"),
        (("shots",), "shots", "[[shots]]", "[[shots]]"),
        (("shots", 0, "plate"), "plate", "plate", "plate"),
        (("shots", 0, "plate", "duration"), "duration", "8", "plate"),
        (("shots", 1, "list", 1), "{a = 2, b = [3]}", "{a = 2, b = [3]}", "{a = 2, b = [3]}"),
        (("shots", 1, "list", 1, "b", 0), "3", "3", "{a = 2, b = [3]}"),
        (("shots", 1, "film", "transition"), "transition", '"cut"', "[shots.film]"),
        (("steps", "quoted.key", "uses"), "uses", "'x'", "{ uses = 'x' }"),
        (("steps", "quoted.key"), '"quoted.key"', "{ uses = 'x' }", "{ uses = 'x' }"),
        (("nothing", 3), "s", "s", "s"),
    ],
)
def test_a_path_has_the_places_of_its_key_value_and_header(
    path: tuple[str | int, ...], key: str, value: str, header: str
) -> None:
    """A path gives the place of its key, its value and its table's header, or of what encloses it."""
    document = Document.parse(RECIPE.encode(), "x.toml")

    found = [slices(document.text, span(path)) for span in (document.key, document.value, document.header)]

    assert found == [key, value, header]


def test_the_second_shot_has_a_header_of_its_own() -> None:
    """A table of a list points at its own header and not at the list's first."""
    document = Document.parse(RECIPE.encode(), "x.toml")

    assert document.header(("shots", 1, "missing")) == Span("x.toml", 7, 1, 7, 10)
    assert document.key(("shots", 1)).line == 7


@pytest.mark.parametrize(
    ("written", "reference"),
    [
        ('"${a}"', "${a}"),
        ('"\\u00e9\\U0001F600\\t${a}"', "${a}"),
        ("'c:\\n ${a}'", "${a}"),
        ('"""\n  one\\\n     ${a} two"""', "${a}"),
        ('"""\r\nfirst\r\n${a}"""', "${a}"),
        ("'''\n'quoted' ${a}'''", "${a}"),
        ('"""ends in a quote ${a}"""""', "${a}"),
        ('"${\\u0061}"', "${\\u0061}"),
        ('"👩\\u0301é ${a}"', "${a}"),
        ('"a ${\\\\} ${a}"', "${a}"),
    ],
)
def test_a_reference_within_a_string_has_its_own_place(written: str, reference: str) -> None:
    """A slice of a string's value is found in its source, whatever escapes and line ends come before it."""
    document = Document.parse(f"before = 1\nkey = {written}\n".encode(), "x.toml")
    value = document.data["key"]
    start = value.index("${a}")

    assert slices(document.text, document.within(("key",), start, start + 4)) == reference


def test_within_what_is_no_string_is_the_whole_value() -> None:
    """Asking within a number, or a path that does not exist, gives the place there is."""
    document = Document.parse(b"a = 12\n", "x.toml")

    assert document.within(("a",), 0, 1) == document.value(("a",))
    assert document.within(("b",), 0, 1) == Span("x.toml", 1, 1, 1, 2)


def test_columns_count_code_points() -> None:
    """Wide, combining and astral characters are one column each, and a byte order mark is none."""
    text = "\N{BYTE ORDER MARK}a = { x = '👩e\N{COMBINING ACUTE ACCENT}夜', y = 1 }\r\nb = 2\r\n"
    document = Document.parse(text.encode(), "x.toml")

    assert document.value(("a", "y")) == Span("x.toml", 1, 23, 1, 24)
    assert document.value(("b",)) == Span("x.toml", 2, 5, 2, 6)


def test_dates_and_what_is_no_number_are_only_values() -> None:
    """Dates, times, nan and inf are read; refusing them is for those who know the parameter."""
    data = Document.parse(b"d = 2026-11-21\nt = 10:00:00\nn = nan\ni = -inf\n", "x").data

    assert data["d"] == dt.date(2026, 11, 21)
    assert data["t"] == dt.time(10)
    assert math.isnan(data["n"])
    assert data["i"] == -math.inf


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    """A missing file, a folder and a name with NUL are findings, shown with the name the user typed."""
    for path in (tmp_path / "none.toml", tmp_path, Path("a\0b")):
        with pytest.raises(RecipeError) as caught:
            Document.load(path, "typed.toml")
        (found,) = caught.value.diagnostics
        assert (found.code, found.span.file) == ("RM002", "typed.toml")


keys = st.one_of(st.text(max_size=4), st.sampled_from(["a", "b", "shots", "plate"]))
scalars = st.one_of(
    st.integers(-(10**17), 10**17), st.booleans(), st.text(max_size=8), st.floats(allow_nan=False), st.dates()
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)
tables = st.dictionaries(
    keys, st.one_of(values, st.lists(st.dictionaries(keys, values), min_size=1, max_size=3))
)


def quoted(text: str) -> str:
    """A text as a TOML string."""
    escaped = "".join(
        f"\\U{ord(c):08x}" if c in '"\\' or not c.isprintable() or ord(c) % 7 == 0 else c for c in text
    )
    return f'"{escaped}"'


def inline(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(inline, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(k)} = {inline(v)}" for k, v in value.items()) + "}"
    return value.isoformat() if isinstance(value, dt.date) else repr(value)


def written(data: dict[str, Any], newline: str) -> str:
    """A document with headers, lists of tables, dotted keys and tables in braces."""
    lines: list[str] = []
    for name, value in data.items():
        if not isinstance(value, dict) and not (
            isinstance(value, list) and value and isinstance(value[0], dict)
        ):
            lines.append(f"{quoted(name)} = {inline(value)} # note")
    for name, value in data.items():
        if isinstance(value, dict):
            lines.append(f"[{quoted(name)}]")
            lines += (f"{quoted(k)} . 'x' = {inline(v)}" for k, v in value.items())
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for item in value:
                lines.append(f"[[ {quoted(name)} ]]")
                lines += (f"{quoted(k)} = {inline(v)}" for k, v in item.items())
    return newline.join(lines)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    """Every path of the data."""
    found = [(path, value)]
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, inner in items:
        found += paths(inner, (*path, name))
    return found


@settings(max_examples=TRIALS, deadline=None)
@given(tables, st.sampled_from(["\n", "\r\n"]))
def test_the_text_at_a_place_is_the_value(data: dict[str, Any], newline: str) -> None:
    """Every path of the data has a place, and what stands there parses back to the value."""
    text = written(data, newline)
    document = Document.parse(text.encode(), "x.toml")

    for path, value in paths(document.data)[1:]:
        place = slices(text, document.value(path))
        if not place.startswith(("[", '"')) or not isinstance(value, dict | list):
            assert tomllib.loads(f"v = {place}")["v"] == value
        if isinstance(path[-1], str):
            key = slices(text, document.key(path))
            assert path[-1] in tomllib.loads(f"{key} = 1")


@settings(max_examples=TRIALS, deadline=None)
@given(st.text(max_size=12), st.data())
def test_every_slice_of_a_string_has_its_place(value: str, data: st.DataObject) -> None:
    """The source of a slice decodes to the slice."""
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    document = Document.parse(f"key = {quoted(value)}".encode(), "x.toml")

    place = slices(document.text, document.within(("key",), start, end))

    assert tomllib.loads(f'v = "{place}"')["v"] == value[start:end]
