"""Recipes made to be slow or deep are refused in words, and soon."""

from __future__ import annotations

import time

import pytest

from tests.dsl.recipes import Bench

STEP = '[steps.c]\nuses = "text-to-image"\nprompt = "{}"\n'


def _vars(lines: list[str]) -> str:
    return "[vars]\n" + "\n".join(lines) + "\n"


CHAIN = _vars([f'a{n} = "${{vars.a{n + 1}}}"' for n in range(9000)] + ['a9000 = "x"']) + STEP.format(
    "${vars.a0}"
)
LOOP = _vars([f'a{n} = "${{vars.a{(n + 1) % 30}}}"' for n in range(30)]) + STEP.format("${vars.a0}")
NESTED = _vars([f'a{n} = {"[" * 60}"${{vars.a{n + 1}}}"{"]" * 60}' for n in range(30)]) + STEP.format(
    "${vars.a0}"
)
DOUBLED = _vars(['a0 = "0123456789"', *(f'a{n} = "{f"${{vars.a{n - 1}}}" * 9}"' for n in range(1, 30))])
LISTS = _vars(["a0 = [1]", *(f'a{n} = [{f""" "${{vars.a{n - 1}}}", """ * 99}]' for n in range(1, 30))])
NEIGHBOURS = "".join(f'[[shots]]\nid = "{n}"\nc.image = "${{next.c.image}}"\n' for n in range(900))
UNCLOSED = STEP.format("${" * 60_000)
UNKNOWN = _vars([f"name{n} = 1" for n in range(2000)]) + STEP.format(
    "".join(f"${{vars.nama{n}}}" for n in range(2000))
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (CHAIN, "RM215"),
        (LOOP, "RM203"),
        (NESTED, "RM215"),
        (DOUBLED + STEP.format("${vars.a29}"), "RM215"),
        (LISTS + STEP.format("${vars.a29}"), "RM215"),
        (NEIGHBOURS + STEP.format("x") + 'for_each = "shots"\n', "RM206"),
        (UNCLOSED, "RM201"),
        (UNKNOWN, "RM202"),
    ],
    ids=["chain", "loop", "nested", "doubled", "lists", "neighbours", "unclosed", "unknown"],
)
def test_a_hostile_recipe_is_refused_soon(bench: Bench, text: str, code: str) -> None:
    """References that chain, circle, nest, double or mislead end in a finding within seconds."""
    began = time.process_time()
    codes = bench.codes(text)

    assert code in codes
    assert time.process_time() - began < 5
