"""How findings are drawn and given as data."""

from __future__ import annotations

from dsl.diagnostics import Diagnostic, RecipeError, Span, as_github, as_json, picture

SPAN = Span("harbour.toml", 51, 18, 51, 23)
PLAIT = Diagnostic("RM204", "error", 'no step is called "plait"', SPAN, 'did you mean "plate"?')
TEXT = "\n" * 50 + 'input_video = "${plait.video}"\n'


def test_the_picture_is_the_one_of_the_language_page() -> None:
    """The example of the contract is drawn byte for byte."""
    assert picture(PLAIT, TEXT) == (
        'error[RM204]: no step is called "plait"\n'
        "  --> harbour.toml:51:18\n"
        "   |\n"
        '51 | input_video = "${plait.video}"\n'
        '   |                  ^^^^^ did you mean "plate"?'
    )


def test_a_place_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    """The caret of a long value stops where its first line does."""
    found = Diagnostic("RM100", "note", "long", Span("a", 1, 5, 3, 2))

    assert picture(found, 'a = """x\r\ny\r\n"""').splitlines()[-2:] == ['1 | a = """x', "  |     ^^^^"]


def test_help_of_several_lines_stands_below() -> None:
    """A drawn loop keeps its lines."""
    found = Diagnostic("RM210", "error", "a loop", Span("a", 1, 1, 1, 2), "plate\n  film\nplate")

    assert picture(found, "abc").splitlines()[-4:] == ["  | ^", "  = plate", "      film", "    plate"]


def test_tabs_and_wide_characters_keep_the_caret_in_place() -> None:
    """A tab is four columns, a wide character two, a combining one none."""
    found = Diagnostic("RM100", "warning", "m", Span("a", 1, 5, 1, 7))

    assert picture(found, "\t夜e\N{COMBINING ACUTE ACCENT}東x").splitlines()[-2:] == [
        "1 |     夜e\N{COMBINING ACUTE ACCENT}東x",
        "  |        ^^^",
    ]


def test_a_long_line_is_shortened_around_its_caret() -> None:
    """Whatever its length, a line is shown in a hundred columns with the caret under its token."""
    line = "x" * 500 + "HERE" + "y" * 500
    drawn = picture(Diagnostic("RM100", "error", "m", Span("a", 1, 501, 1, 505)), line).splitlines()
    source, carets = drawn[-2], drawn[-1]

    assert len(source) <= 104
    assert source[carets.index("^") : carets.rindex("^") + 1] == "HERE"
    assert source[4] == source[-1] == "…"


def test_the_end_of_a_file_has_a_caret() -> None:
    """A place past the last character is still marked."""
    found = Diagnostic("RM100", "error", "m", Span("a", 2, 1, 2, 1))

    assert picture(found, "a = 1\n").splitlines()[-2:] == ["2 |", "  | ^"]


def test_without_the_text_the_words_and_the_place_are_given() -> None:
    """A file that could not be read has no line to show; the help is not lost."""
    found = Diagnostic("RM002", "error", "cannot read a", Span("a", 1, 1, 1, 1), "look")

    assert picture(found, "") == "error[RM002]: cannot read a\n --> a:1:1\n  = look"


def test_what_would_move_the_cursor_is_not_shown() -> None:
    """Escape sequences and marks that turn the text around reach no terminal."""
    text = "a = '\x9b31m\N{RIGHT-TO-LEFT OVERRIDE}'\n"
    drawn = picture(Diagnostic("RM100", "error", "\x1b[2J", Span("\x07", 1, 1, 1, 2), "\x1b"), text)

    assert not {"\x9b", "\x1b", "\x07", "\N{RIGHT-TO-LEFT OVERRIDE}"} & set(drawn)


def test_json_has_the_stable_fields() -> None:
    """The data of a finding is what the house promises."""
    assert as_json(PLAIT) == {
        "code": "RM204",
        "severity": "error",
        "file": "harbour.toml",
        "line": 51,
        "column": 18,
        "end_line": 51,
        "end_column": 23,
        "message": 'no step is called "plait"',
        "help": 'did you mean "plate"?',
    }


def test_github_gets_an_annotation() -> None:
    """Line ends, commas and colons cannot break out of a workflow command."""
    found = Diagnostic("RM100", "note", "50%\nmore", Span("a,b:c.toml", 2, 3, 2, 5), "do it")

    assert as_github(found) == (
        "::notice file=a%2Cb%3Ac.toml,line=2,endLine=2,col=3,endColumn=4,title=RM100::50%25%0Amore: do it"
    )


def test_an_error_has_its_findings_by_place_and_once() -> None:
    """Findings come in the order of the text, each a single time."""
    first, second = (Diagnostic("RM100", "error", "m", Span("a", line, 1, line, 2)) for line in (1, 2))

    assert RecipeError([second, first, second], {}).diagnostics == (first, second)
