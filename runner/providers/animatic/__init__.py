"""The animatic: a free preview of every generation, drawn here from its real inputs."""

from __future__ import annotations

from runner.providers.animatic.provider import Animatic

__all__ = ["provider", "slate_text"]


def provider() -> Animatic:
    """The provider, as the entry point `animatic` offers it."""
    return Animatic()


def slate_text(address: str, take: int, prompt: str) -> str:
    """What a slate says, on one line, for the key of a clip that has it burnt in.

    All of the prompt counts, also what there is no room for: how much that is depends on the size.
    """
    return f"{address} @{take} {' '.join(prompt.split())}"
