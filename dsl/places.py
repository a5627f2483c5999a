"""Where every key, value and table header of a recipe is written, from tree-sitter's syntax tree.

The tree is walked without recursion, so that no text can exhaust the stack, and what exceeds the limits of a
recipe is found here, before tomllib sees the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from dsl import findings
from dsl.diagnostics import Diagnostic
from dsl.source import Source
from dsl.strings import decode

MAX_KEY_PARTS = 32
MAX_DEPTH = 64
MAX_DIGITS = 18

Extent: TypeAlias = tuple[int, int]
"""Where something begins and ends, in bytes from 0."""


@dataclass(slots=True)
class Place:
    """What is written about one path of the data.

    Attributes:
        key: The key's last part, or the name in a table's header.
        value: The whole value.
        header: The header line of a table.
        children: The places below, by key or by index.
    """

    key: Extent | None = None
    value: Extent | None = None
    header: Extent | None = None
    children: dict[str | int, Place] = field(default_factory=dict)

    def child(self, name: str | int) -> Place:
        """The place below, made when it is new."""
        found = self.children.get(name)
        if found is None:
            found = self.children[name] = Place()
        return found


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a whole text.

    Attributes:
        root: The place of the whole.
        broken: Whether the tree shows syntax errors, so that places may be missing or wrong.
        excesses: What exceeds the limits of a recipe.
    """

    root: Place
    broken: bool
    excesses: tuple[Diagnostic, ...]


def places_of(source: Source, *, anyway: bool = False) -> Places:
    """Find every place of a text; of a broken one none, unless they are wanted `anyway`."""
    root = Parser(_language()).parse(source.data).root_node
    builder = _Builder(source)
    if anyway or not root.has_error:
        builder.document(root)
    return Places(builder.root, root.has_error, tuple(builder.excesses))


@cache
def _language() -> Language:
    return Language(tree_sitter_toml.language())


class _Builder:
    def __init__(self, source: Source) -> None:
        self.root = Place()
        self.excesses: list[Diagnostic] = []
        self._source = source
        self._pending: list[tuple[Place, Node, int]] = []

    def document(self, root: Node) -> None:
        for node in root.named_children:
            if node.type == "pair":
                self._pair(self.root, node, 0)
            elif node.type in {"table", "table_array_element"}:
                self._table(node)
            self._values()

    def _table(self, node: Node) -> None:
        children = node.named_children
        if not children or not (parts := self._parts(children[0])):
            return
        header = (node.start_byte, _header_end(node))
        place, depth = self.root, 0
        for name, extent in parts[:-1]:
            place = place.child(name)
            place.key = place.key or extent
            place.header = place.header or header
            place, depth = _newest(place, depth + 1)
        name, extent = parts[-1]
        place, depth = place.child(name), depth + 1
        if node.type == "table_array_element":
            place.key = place.key or extent
            place.header = place.header or header
            place, depth = place.child(len(place.children)), depth + 1
        place.key, place.header = extent, header
        for child in children[1:]:
            if child.type == "pair":
                self._pair(place, child, depth)

    def _pair(self, table: Place, node: Node, depth: int) -> None:
        known = [child for child in node.named_children if child.type not in {"comment", "ERROR"}]
        if not known or not (parts := self._parts(known[0])):
            return
        place = table
        for name, extent in parts:
            place = place.child(name)
            place.key = place.key or extent
        depth += len(parts)
        if len(known) > 1:
            place.value = (known[1].start_byte, known[1].end_byte)
            self._pending.append((place, known[1], depth))
        elif depth > MAX_DEPTH:
            self._too_deep(node)

    def _values(self) -> None:
        """Work off the values found, outermost first; each may add what lies in it."""
        while self._pending:
            place, node, depth = self._pending.pop()
            if depth > MAX_DEPTH:
                self._too_deep(node)
            elif node.type == "array":
                self._array(place, node, depth)
            elif node.type == "inline_table":
                place.header = place.value
                for child in node.named_children:
                    if child.type == "pair":
                        self._pair(place, child, depth)
            elif node.type == "integer" and node.end_byte - node.start_byte > MAX_DIGITS:
                self._integer(node)

    def _array(self, place: Place, node: Node, depth: int) -> None:
        items = (child for child in node.named_children if child.type not in {"comment", "ERROR"})
        for index, item in enumerate(items):
            below = place.child(index)
            below.value = item.byte_range
            if item.type in {"array", "inline_table", "integer"}:
                self._pending.append((below, item, depth + 1))

    def _integer(self, node: Node) -> None:
        digits = digits_of(self._text(node))
        if digits > MAX_DIGITS:
            span = self._source.at_bytes(node.start_byte, node.end_byte)
            self.excesses.append(findings.too_many_digits(span, digits, MAX_DIGITS))

    def _parts(self, node: Node) -> list[tuple[str, Extent]]:
        """A key's parts with the place of each; none where it has too many."""
        if node.type in {"bare_key", "quoted_key"}:
            return [(self._name(node), (node.start_byte, node.end_byte))]
        if node.type != "dotted_key":
            return []
        parts = list(_flat(node))
        if len(parts) > MAX_KEY_PARTS:
            span = self._source.at_bytes(node.start_byte, node.end_byte)
            self.excesses.append(findings.too_many_parts(span, len(parts), MAX_KEY_PARTS))
            return []
        return [(self._name(part), (part.start_byte, part.end_byte)) for part in parts]

    def _name(self, node: Node) -> str:
        text = self._text(node)
        return text if node.type == "bare_key" else decode(text).value

    def _text(self, node: Node) -> str:
        return self._source.data[node.start_byte : node.end_byte].decode()

    def _too_deep(self, node: Node) -> None:
        span = self._source.at_bytes(node.start_byte, node.end_byte)
        self.excesses.append(findings.too_deep(span, MAX_DEPTH))


def _flat(node: Node) -> Iterator[Node]:
    """The parts of a dotted key, which the grammar nests to the left."""
    pending = [node]
    while pending:
        node = pending.pop()
        if node.type == "dotted_key":
            pending.extend(reversed(node.named_children))
        elif node.type in {"bare_key", "quoted_key"}:
            yield node


def _newest(place: Place, depth: int) -> tuple[Place, int]:
    """The last element of a list of tables, of which a header below it speaks."""
    count = len(place.children)
    if count and place.value is None and (newest := place.children.get(count - 1)) is not None:
        return newest, depth + 1
    return place, depth


def _header_end(node: Node) -> int:
    """Where a header's closing bracket ends."""
    closing: Iterable[Node] = (child for child in node.children if child.type in {"]", "]]"})
    return next((child.end_byte for child in closing), node.end_byte)


def digits_of(text: str) -> int:
    """How many digits an integer has, its sign and base left out."""
    digits = text.lstrip("+-").replace("_", "")
    return len(digits) - 2 if digits[:2] in {"0x", "0o", "0b"} else len(digits)
