"""Media a recipe names: what steps make, files under the allowed roots, and https addresses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from urllib.parse import urlsplit

from dsl import reference_findings as say
from dsl import shape_findings
from dsl.facts import Facts, FileProblem, FoundFile
from dsl.nodes import Item, Listing, Node, Scalar, what
from dsl.report import Report
from dsl.values import LocalMedia, Media, MediaType, RemoteMedia

_PROBLEMS = {
    "missing": shape_findings.missing_file,
    "outside": shape_findings.outside_roots,
    "not_media": shape_findings.not_media,
    "unreadable": shape_findings.unreadable_file,
}


class MediaDesk:
    """Turns values into media, for one recipe; each file is asked about once.

    Attributes:
        facts: What is known of the world.
    """

    def __init__(self, facts: Facts, folder: FilePath, report: Report) -> None:
        self.facts = facts
        self._folder = folder
        self._report = report
        self._found: dict[str, FoundFile | FileProblem] = {}

    def leaf(self, node: Node, wanted: tuple[MediaType, ...], parameter: str) -> Media | None:
        """One medium; None, reported, where the value is none, or of another type than wanted.

        Args:
            node: The value.
            wanted: The types that are taken; an address counts as the first.
            parameter: What takes it, for the words.
        """
        if isinstance(node, Item):
            media: Media | None = node.media
        elif isinstance(node, Scalar) and isinstance(node.value, str):
            media = self._written(node, node.value, wanted[0])
        else:
            self._report.add(
                say.not_media_value(self._report.at(node.place), parameter, wanted[0], what(node))
            )
            return None
        if media is not None and media.media not in wanted:
            self._report.add(say.wrong_media(self._report.at(node.place), parameter, wanted[0], media.media))
            return None
        return media

    def one(self, node: Node, wanted: tuple[MediaType, ...], parameter: str) -> Media | None:
        """One medium, which a list of one stands for."""
        found = list(spread(node))
        if len(found) == 1:
            return self.leaf(found[0], wanted, parameter)
        group = node.group if isinstance(node, Listing) else None
        shots = {each.shot for each in found if isinstance(each, Item)}
        place = self._report.at(node.place)
        self._report.add(say.not_one(place, parameter, len(found), group, looks=len(shots) == 1))
        return None

    def many(self, node: Node, wanted: tuple[MediaType, ...], parameter: str) -> tuple[Media, ...] | None:
        """A list of media, which one stands for; lists within it are spread."""
        found = [self.leaf(each, wanted, parameter) for each in spread(node)]
        kept = tuple(media for media in found if media is not None)
        return kept if len(kept) == len(found) else None

    def _written(self, node: Scalar, text: str, wanted: MediaType) -> Media | None:
        if _has_scheme(text):
            place = self._report.at(node.place)
            if not _is_https(text):
                self._report.add(shape_findings.only_https(place, text))
                return None
            self._report.add(shape_findings.url_content(place))
            return RemoteMedia(text, wanted)
        if text not in self._found:
            self._found[text] = "missing" if _no_path(text) else self.facts.locate(self._folder, text)
        found = self._found[text]
        if isinstance(found, FoundFile):
            return LocalMedia(found.path, text, found.media)
        self._report.add(_PROBLEMS[found](self._report.at(node.place), text))
        return None


def spread(node: Node) -> Iterator[Node]:
    """What a value holds one by one; lists within lists are spread."""
    if isinstance(node, Listing):
        for inner in node.items:
            yield from spread(inner)
    else:
        yield node


def _has_scheme(text: str) -> bool:
    return "://" in text or text.lower().startswith(("data:", "https:", "http:", "file:"))


def _is_https(text: str) -> bool:
    if not text.lower().startswith("https://") or any(
        char.isspace() or not char.isprintable() for char in text
    ):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


def _no_path(text: str) -> bool:
    return not text.strip() or any(ord(char) < ord(" ") for char in text)
