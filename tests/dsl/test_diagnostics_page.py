"""The page of all findings is complete."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"RM[0-9]{3}\b")


def test_every_code_is_on_the_page_and_the_other_way_round() -> None:
    """Each code that can be reported is explained, and none is explained that cannot be."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "dsl").glob("*findings.py")]
    given = {code for source in sources for code in re.findall(r'"(RM[0-9]{3})"', source)}
    page = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")

    assert given == set(re.findall(r"^\| (RM[0-9]{3}) ", page, re.MULTILINE))
    assert given >= set(CODE.findall(page))
