"""From an instance and what was made so far to its parameters and its key, as far as they are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from dsl.address import Address
from dsl.graph import Instance
from dsl.timeline import match_frames
from dsl.values import Derived, LocalMedia, Made, Match, Media, RemoteMedia, Value
from runner import keys
from runner.artifact import Artifact
from runner.errors import MediaError
from runner.job import Rendition, Slug
from runner.localfiles import LocalFiles
from runner.makers import Makers
from runner.missing import without


@dataclass(frozen=True, slots=True)
class Setting:
    """What decides keys besides the instances themselves.

    Attributes:
        makers: Who does the work.
        files: Digests of the user's own files.
        rendition: How animatics are drawn.
        rehearsal: Whether the animatic provider stands in for the real ones.
        instances: Every instance of the graph.
    """

    makers: Makers
    files: LocalFiles
    rendition: Rendition
    rehearsal: bool
    instances: Mapping[Address, Instance]


@dataclass(frozen=True, slots=True)
class Gathered:
    """An instance with what is known of its inputs.

    Attributes:
        params: Its parameters with lengths settled and missing clips replaced; media are still leaves.
        preimage: What its key is the digest of; what is not known yet is marked as such.
        key: Its key; None where it depends on an input still to be made.
        labels: What its media are called, by digest.
        files: Digests of the user's own files among its media.
        waits: The instances its key depends on that are still to be made.
        lost: Clips that it does without.
    """

    params: Mapping[str, Any]
    preimage: Mapping[str, Any]
    key: str | None
    labels: Mapping[str, str]
    files: Mapping[Path, str]
    waits: tuple[Address, ...] = ()
    lost: tuple[str, ...] = ()


def gather(
    instance: Instance,
    made: Mapping[Address, Artifact],
    setting: Setting,
    missing: AbstractSet[Address] = frozenset(),
) -> Gathered:
    """Bring together what an instance is made from.

    Args:
        instance: The instance.
        made: What other instances have made.
        setting: What decides keys besides.
        missing: Instances that failed, for a film that puts up with that.

    Raises:
        MediaError: If an input cannot be read, or will not do.
        UsageError: If its provider or kind of step is not installed.
    """
    params, lost = instance.params, tuple[str, ...]()
    if missing & set(instance.inputs):
        params, lost = without(instance, missing, setting.instances)
    view = _View(made, setting)
    params = {name: _matched(value, params, view) for name, value in params.items()}
    image = keys.preimage(
        uses=instance.uses,
        maker=_maker(instance, setting),
        model=instance.model,
        take=instance.address.take,
        params={name: keys.encode(value, view.leaf) for name, value in params.items()},
        slate=_slate(instance, setting),
    )
    known = None if view.waits else keys.key(image)
    return Gathered(params, image, known, view.labels, view.files, tuple(view.waits), lost)


def label(media: Media) -> str:
    """What a user calls a medium."""
    match media:
        case LocalMedia():
            return media.name
        case RemoteMedia():
            return media.url
        case Made():
            return str(media.address)
        case Derived():
            return f"{label(media.source)}.{media.output}"


@dataclass(slots=True)
class _View:
    """Looks at media leaves, and notes their names and which are not there yet."""

    made: Mapping[Address, Artifact]
    setting: Setting
    labels: dict[str, str] = field(default_factory=dict)
    files: dict[Path, str] = field(default_factory=dict)
    waits: dict[Address, None] = field(default_factory=dict)

    def leaf(self, value: keys.Leaf) -> Any:
        match value:
            case Slug():
                return keys.slug(value)
            case Match():
                return {"$wait": value.parameter}
            case RemoteMedia():
                return keys.url(value.url)
            case Derived():
                source = self.leaf(value.source)
                version = self.setting.makers.derive_version()
                return source if "$wait" in source else keys.derived(value.output, source, version)
            case LocalMedia():
                digest = self.files[value.path] = self.setting.files.digest(value.path)[0]
            case Made():
                if (artifact := self.made.get(value.address)) is None:
                    self.waits[value.address] = None
                    return {"$wait": str(value.address)}
                digest = artifact.digest
        self.labels.setdefault(digest, label(value))
        return keys.content(digest)

    def seconds(self, source: Value) -> Fraction | None:
        """How long an input lasts; None where it is still to be made."""
        if isinstance(source, Sequence) and not isinstance(source, str) and source:
            source = source[0]
        if isinstance(source, Made):
            if (artifact := self.made.get(source.address)) is None:
                return None
            seconds = artifact.facts.seconds
        elif isinstance(source, LocalMedia):
            seconds = self.setting.makers.probe(source.path).seconds
        else:
            raise MediaError('num_frames = "match" needs an input whose length can be measured here')
        if seconds is None:
            raise MediaError(f'num_frames = "match": {label(source)} does not say how long it is')
        return seconds


def _matched(value: Value, params: Mapping[str, Any], view: _View) -> Any:
    """Settle a length that follows from an input, if that input is there."""
    if not isinstance(value, Match):
        return value
    if (seconds := view.seconds(params.get(value.parameter))) is None:
        return value
    fps = Fraction(str(value.fps))
    return match_frames(seconds, fps, minimum=value.minimum, maximum=value.maximum)


def _maker(instance: Instance, setting: Setting) -> Mapping[str, Any]:
    if instance.provider is not None:
        return setting.makers.provider(instance.provider).identity(setting.rendition)
    found = setting.makers.local_kind(instance.uses)
    maker: dict[str, Any] = {"version": found.version}
    if setting.rehearsal and "size" in instance.params:
        maker["short_side"] = setting.rendition.short_side
    return maker


def _slate(instance: Instance, setting: Setting) -> str | None:
    if instance.provider != "animatic" or not setting.rendition.slate:
        return None
    prompt = instance.params.get("prompt", "")
    address = instance.address
    return setting.makers.slate(str(address), address.take, prompt if isinstance(prompt, str) else "")
