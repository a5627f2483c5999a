"""Clips that are not there: what a film that puts up with them shows instead."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from dsl.address import Address
from dsl.graph import Instance
from dsl.values import Derived, Made, Media, Value
from runner.errors import MediaError
from runner.job import Slug


def tolerated(instance: Instance) -> frozenset[Address]:
    """The instances that a film can do without: its clips' pictures and their own sounds."""
    if not instance.params.get("on_missing"):
        return frozenset()
    clips = _clips(instance.params)
    return frozenset(address for clip in clips for address in _addresses(clip))


def without(
    instance: Instance, missing: AbstractSet[Address], instances: Mapping[Address, Instance]
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The parameters of a film without its missing clips, and which clips those are.

    A clip is missing when its picture or its own sound is. A slug lasts as long as the clip was to last, and
    is silent.

    Raises:
        MediaError: If no clip is left, or it is not known how long a slug should last.
    """
    clips: list[Mapping[str, Any]] = []
    lost: list[str] = []
    for clip in _clips(instance.params):
        if not missing & _addresses(clip):
            clips.append(clip)
            continue
        name = _name(clip["source"])
        lost.append(name)
        if instance.params["on_missing"] == "slug":
            slug = _slug(clip["source"], name, instances)
            clips.append({key: value for key, value in clip.items() if key != "sound"} | {"source": slug})
    if len(lost) == len(_clips(instance.params)):
        raise MediaError(f"every clip of {instance.address} is missing")
    if str(clips[0].get("transition", "cut")).startswith("dissolve"):
        clips[0] = {**clips[0], "transition": "cut"}
    return {**instance.params, "clips": clips}, tuple(lost)


def _slug(source: Media, name: str, instances: Mapping[Address, Instance]) -> Slug:
    seconds = instances[source.address].seconds if isinstance(source, Made) else None
    if seconds is None:
        raise MediaError(
            f"{name} is missing, and no slug can stand for it because its length is not declared; "
            f'set its duration, or on_missing = "drop"'
        )
    return Slug(name, seconds)


def _clips(params: Mapping[str, Value]) -> list[Mapping[str, Any]]:
    clips = params.get("clips")
    return [clip for clip in clips if isinstance(clip, Mapping)] if isinstance(clips, list | tuple) else []


def _addresses(clip: Mapping[str, Any]) -> set[Address]:
    found = (clip.get("source"), clip.get("sound"))
    sources = (media.source if isinstance(media, Derived) else media for media in found)
    return {source.address for source in sources if isinstance(source, Made)}


def _name(source: Media) -> str:
    return str(source.address) if isinstance(source, Made) else "a clip"
