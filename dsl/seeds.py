"""Seeds: derived from the recipe's root seed, the shot and the take, and from nothing else.

The derivation is a promise: it is written down in docs/seeds.md with vectors that the tests check.
"""

from __future__ import annotations

from hashlib import sha256

MAXIMUM = 2**31 - 1


def derive_seed(root: int, shot: str | None, take: int = 1) -> int:
    """The seed of one generation, from 0 to 2^31 - 1.

    Args:
        root: The recipe's `seed`.
        shot: The shot's id; None for a step that is not made for each shot.
        take: The take number, from 1.
    """
    place = "film" if shot is None else f"shot:{shot}"
    digest = sha256(f"reelmake/seed/1\n{root}\n{place}\n{take}\n".encode()).digest()
    return int.from_bytes(digest[:4], "big") & MAXIMUM
