"""Who does the work: providers, local kinds, and the door to media, each loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from dsl.kinds import Kind, kind
from dsl.values import DerivedOutput
from runner.artifact import MediaFacts
from runner.errors import UsageError
from runner.job import Input, Render
from runner.providers import Provider, provider


@dataclass(frozen=True, slots=True)
class Makers:
    """Everything that makes media or looks into it; tests hand in their own.

    Attributes:
        provider: The provider of a name. Raises UsageError where there is none.
        kind: The local kind of a name; None where there is none.
        render: What does the work of a local kind.
        probe: What a file is. Raises MediaError where it is not media.
        container: What a file is by its first bytes, without opening it further: `mp4`, `png`, ….
        derive: Takes a frame or the sound out of a video, as a file in a folder.
        derive_version: The version of `derive`, raised whenever it would give another result.
        slate: The text burnt into an animatic, from address, take and prompt.
    """

    provider: Callable[[str], Provider]
    kind: Callable[[str], Kind | None]
    render: Callable[[Kind], Render]
    probe: Callable[[Path], MediaFacts]
    container: Callable[[Path], str]
    derive: Callable[[Input, DerivedOutput, Path], Awaitable[Path]]
    derive_version: Callable[[], int]
    slate: Callable[[str, int, str], str]

    def renderer(self, uses: str) -> Render:
        """What does the work of a local kind.

        Raises:
            UsageError: If it is not installed.
        """
        return self.render(self.local_kind(uses))

    def local_kind(self, name: str) -> Kind:
        """The local kind of a name.

        Raises:
            UsageError: If it is not installed.
        """
        if (found := self.kind(name)) is None or found.render is None:
            raise UsageError(f'no step of the kind "{name}" is installed that works on this machine')
        return found


def installed() -> Makers:
    """The makers that come with reelmake and its plug-ins."""
    return Makers(cache(provider), cache(kind), _render, _probe, _container, _derive, _derive_version, _slate)


def _render(found: Kind) -> Render:
    assert found.render is not None
    module, _, function = found.render.partition(":")
    try:
        render: Render = getattr(import_module(module), function)
    except Exception as error:  # A plug-in's import can fail in any way, and is no traceback of ours.
        raise UsageError(f'the step "{found.name}" cannot be loaded from {found.render}: {error}') from error
    return render


def _probe(path: Path) -> MediaFacts:
    from runner.media.probe import probe

    return probe(path)


def _container(path: Path) -> str:
    from runner.media.sniff import sniff

    found = sniff(path)
    return found[1] if found else path.suffix.removeprefix(".")


async def _derive(source: Input, output: DerivedOutput, folder: Path) -> Path:
    from runner.media.frames import derive

    return await derive(source, output, folder)


def _derive_version() -> int:
    from runner.media.frames import DERIVE_VERSION

    return DERIVE_VERSION


def _slate(address: str, take: int, prompt: str) -> str:
    from runner.providers.animatic import slate_text

    return slate_text(address, take, prompt)
