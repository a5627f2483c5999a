"""`reel schema`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from tests.cli.conftest import Reel


def test_schema_prints_the_language(reel: Reel) -> None:
    """The schema is JSON on standard output and nothing else, and is valid by its metaschema."""
    ended = reel("schema")

    Draft202012Validator.check_schema(json.loads(ended.out))
    assert (ended.status, ended.err) == (0, "")
