"""No text whatever does harm: each gives data or findings, soon."""

from __future__ import annotations

import os
import random
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.diagnostics import RecipeError, as_github, as_json, picture
from dsl.document import MAX_BYTES, Document
from dsl.source import Source
from dsl.syntax import explain

TRIALS = max(1, int(300 * float(os.environ.get("REEL_TRIALS", "1"))))
RECIPES = Path(__file__).parents[2] / "recipes"

EVERYTHING = """\
schema = "reelmake/1"
"q.k" = 'lit'
s = \"\"\"
multi \\
   line "quoted" é😀\"\"\"
d = 2020-01-01 10:00:00
l = [1, 2.5, [true, {a = "x", b.c = [ ]}, {a = "y"}], # c
 "y",
]
[cast.mira]
image = "a\\u00e9\\n"
[[shots]]
id = "010"
plate.duration = 8
plate.fps = 24
[shots.film]
transition = "cut"
[[shots]]
id = "020"
[steps.plate]
uses = "x"
i = {x = 1, y.z = "2", t = {a = 1}}
[steps]
n = nan
h = 0xff
"""


def findings(data: bytes) -> list[str] | None:
    """The codes of what is found, each drawn in every form; None where it is TOML."""
    try:
        Document.parse(data, "x.toml")
    except RecipeError as error:
        caught = error
    else:
        return None
    for found in caught.diagnostics:
        assert picture(found, caught.sources["x.toml"])
        assert as_github(found)
        assert as_json(found)["line"] >= 1
    return [found.code for found in caught.diagnostics]


@settings(max_examples=TRIALS, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_give_data_or_findings(data: bytes) -> None:
    """No bytes raise anything but RecipeError."""
    codes = findings(data)

    assert codes is None or (codes and all(code.startswith("RM0") for code in codes))


def mutated(text: str, rng: random.Random) -> str:
    """A text with a mistake or a few."""
    for _ in range(rng.choice([1, 1, 2, 5])):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.randrange(1, 8))
        sign = rng.choice("[]{}=\"'\n,.#:;\\ 0a$\r\t")
        text = rng.choice(
            [text[:start] + text[end:], text[:start] + sign + text[start:], text[:end] + text[start:]]
        )
    return text


def test_a_text_is_refused_exactly_when_it_is_not_toml() -> None:
    """Mistakes made at random are found where tomllib finds one, and nothing is found where it finds none."""
    rng = random.Random(20261121)
    for _ in range(TRIALS * 3):
        text = mutated(EVERYTHING, rng)
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            assert findings(text.encode()), text
        else:
            assert not explain(Source("x", text)), text
            assert findings(text.encode()) is None, text


def test_good_recipes_have_no_mistakes() -> None:
    """The reader of broken texts finds nothing in good ones."""
    for text in (EVERYTHING, *(path.read_text(encoding="utf-8") for path in RECIPES.rglob("*.toml"))):
        assert not explain(Source("x", text))


SIZE = MAX_BYTES
BOMBS = {
    "brackets": b"[" * SIZE,
    "open lists": b"a = " + b"[" * (SIZE - 4),
    "open braces": b"a={" * (SIZE // 3),
    "open braces on lines": b"a={\n" * (SIZE // 4),
    "open lists on lines": b"a=[\n" * (SIZE // 4),
    "a dotted key": b"a." * (SIZE // 2 - 1) + b"a=1",
    "quotes": b'"' * SIZE,
    "equals": b"=" * SIZE,
    "words": b"a b " * (SIZE // 4),
    "lines without equals": b"a b\n" * (SIZE // 4),
    "the same key": b"a = 1\n" * (SIZE // 6),
    "digits": b"a = " + b"1" * (SIZE - 4),
    "hexadecimal digits": b"a = 0x" + b"1" * (SIZE - 6),
    "escapes": b'a = "' + b"\\q" * (SIZE // 2 - 3) + b'"',
    "NUL": b"\0" * SIZE,
    "not UTF-8": b"\xff" * SIZE,
    "nested tables": b"a=" + b"{a.b.c=" * 60 + b"1" + b"}" * 60,
    "one long word": "é".encode() * (SIZE // 2),
}


# As long as a bomb, and nothing wrong with it.
GOOD = b"".join(b'k%d = "some words"\n' % number for number in range(SIZE // 23))


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_more_than_a_good_text(name: str) -> None:
    """A text made to cost time or memory is refused in the CPU time of 20 good ones of its size, or a second.

    The time is measured against that of a good text because a busy machine slows both: most often a bomb
    costs less than half a second, and one that grew with the square of its size would cost minutes.
    """
    begun = time.process_time()
    assert findings(GOOD) is None
    read = time.process_time()
    assert findings(BOMBS[name])

    assert time.process_time() - read < max(1.0, 20 * (read - begun))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"a = 1\n" + b"#" * MAX_BYTES, "RM003"),
        (b"a = '\xe9'", "RM004"),
        (b"a = '\x1b[31m'", "RM005"),
        (b"a = 1\rb = 2", "RM005"),
        ("a." * 32 + "a = 1", "RM008"),
        ("[" + "a." * 32 + "a]", "RM008"),
        ("a = " + "[" * 65 + "]" * 65, "RM009"),
        ("a = " + "1" * 19, "RM010"),
        ("a = 0x" + "1" * 19, "RM010"),
    ],
)
def test_a_limit_is_kept(text: bytes | str, code: str) -> None:
    """What is beyond a limit is refused with its own code."""
    assert findings(text if isinstance(text, bytes) else text.encode()) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "a." * 31 + "a = 1",
        "a = " + "[" * 63 + "]" * 63,
        "a = -" + "1" * 18,
        "a = 0x" + "1" * 18,
        "#" * MAX_BYTES,
        "",
    ],
)
def test_what_is_at_a_limit_is_allowed(text: str) -> None:
    """A text that reaches a limit and stays within it is read."""
    assert findings(text.encode()) is None


def test_a_size_is_known_without_reading_the_file(tmp_path: Path) -> None:
    """A huge file is refused with its size, and not read."""
    huge = tmp_path / "huge.toml"
    with huge.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(RecipeError) as caught:
        Document.load(huge, "huge.toml")

    assert "1,099,511,627,776 bytes" in caught.value.diagnostics[0].message
