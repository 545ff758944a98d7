"""Changes single places of a YAML text and leaves every other character as it is.

A writer that renders the whole text anew would move comments and break lines where
nobody changed anything; in a document that is signed off, a difference has to be one.
Which places change is left to `broker.infra.policy_edits`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import yaml

from broker.core.errors import ConfigurationError

_BLOCKS: Final = frozenset({"|", ">"})  # styles of texts that stand in lines
_COMMENT: Final = re.compile(r"#[^\r\n]*")
_HEADER: Final = re.compile(r"[^\r\n]*")
_DASH: Final = re.compile(r"[ ]*-[ ]+")
_BLANK: Final = re.compile(r"(?:[ \t\r]*\n)*")

Pair: TypeAlias = tuple[yaml.Node, yaml.Node]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replaces what stands from `start` to `end`, in characters."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Sequence[Edit]) -> str:
    """Returns `text` with edits that do not overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def comments_in(text: str) -> list[str]:
    """Returns every comment of a YAML text that can be read, in its order."""
    at, found = 0, []
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        # What no token covers is space and comments.
        found += _COMMENT.findall(text[at : token.start_mark.index])
        if isinstance(token, yaml.ScalarToken) and token.style in _BLOCKS:
            # Beside the sign that opens it; what looks like one below is text.
            header = _HEADER.match(text, token.start_mark.index)
            found += _COMMENT.findall(header[0]) if header else []
        at = max(at, token.end_mark.index)
    return [comment.rstrip() for comment in [*found, *_COMMENT.findall(text[at:])]]


def insertion(text: str, node: yaml.SequenceNode, index: int, item: str) -> Edit:
    """Returns the edit that puts an item before item `index` of a list, or behind all.

    Raises:
        ConfigurationError: The list has a form that only a person can change.
    """
    items: list[yaml.Node] = node.value
    if not items:
        return Edit(_start(node) + 1, node.end_mark.index - 1, item)
    if node.flow_style and index < len(items):
        return Edit(_start(items[index]), _start(items[index]), f"{item}, ")
    if node.flow_style:
        end = content_end(text, items[-1])
        return Edit(end, end, f", {item}")
    near = items[min(index, len(items) - 1)]
    dash = _dash_of(text, near)
    if index < len(items):
        at = line_start(text, _start(near))
    else:
        at = line_end(text, content_end(text, near))
    return Edit(at, at, f"{dash}{item}\n")


def removal(text: str, node: yaml.SequenceNode, index: int) -> Edit:
    """Returns the edit that takes an item out of a list.

    A list in lines loses the lines of the item; one in brackets also a comma.

    Raises:
        ConfigurationError: The list has a form that only a person can change.
    """
    items: list[yaml.Node] = node.value
    if node.flow_style:
        if index + 1 < len(items):
            return Edit(_start(items[index]), _start(items[index + 1]), "")
        start = content_end(text, items[index - 1]) if index else _start(items[index])
        return Edit(start, content_end(text, items[index]), "")
    dash = _dash_of(text, items[index])
    start = line_start(text, _start(items[index]))
    end = line_end(text, content_end(text, items[index]))
    if len(items) == 1:
        return Edit(start, end, " " * len(dash) + "[]\n")
    if index + 1 < len(items):
        # With the empty lines that set it apart from the next.
        blank = _BLANK.match(text, end)
        end = blank.end() if blank else end
    return Edit(start, end, "")


def reordering(text: str, node: yaml.MappingNode, order: Sequence[str]) -> list[Edit]:
    """Returns the edits that bring the keys of a mapping into `order`.

    What stands above a key or beside its value moves with it; what stands above the
    first key stays.
    """
    pairs: list[Pair] = node.value
    wanted = sorted(pairs, key=lambda pair: order.index(pair[0].value))
    if wanted == pairs:
        return []
    if not node.flow_style:
        return [_rebuilt(text, pairs, wanted)]
    return [
        Edit(
            _start(old[0]),
            content_end(text, old[1]),
            text[_start(new[0]) : content_end(text, new[1])],
        )
        for old, new in zip(pairs, wanted, strict=True)
    ]


def content_end(text: str, node: yaml.Node) -> int:
    """Returns where a node ends, without comments and empty lines behind it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return content_end(text, last[1] if isinstance(last, tuple) else last)
    if isinstance(node, yaml.ScalarNode) and node.style in _BLOCKS:
        return len(text[: node.end_mark.index].rstrip())
    return node.end_mark.index


def line_start(text: str, at: int) -> int:
    """Returns where the line begins that holds `at`."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Returns where the line after the one that holds `at` begins."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _rebuilt(text: str, pairs: Sequence[Pair], wanted: Sequence[Pair]) -> Edit:
    """Returns the edit that writes a mapping in lines in another order."""
    first = pairs[0][0]
    start = line_start(text, _start(first))
    opening = text[start : _start(first)]  # spaces, and the dash of a list
    indent = " " * len(opening)
    leads, bodies = {}, {}
    at = start
    for key, value in pairs:
        begin = line_start(text, _start(key))
        end = line_end(text, content_end(text, value))
        leads[id(key)] = text[at:begin]
        bodies[id(key)] = text[_start(key) : end]
        at = end
    # Above the first there is no room but above the dash.
    written = [
        leads[id(wanted[0][0])].lstrip("\r\n"),
        opening,
        bodies[id(wanted[0][0])],
    ]
    for key, _ in wanted[1:]:
        written += [leads[id(key)], indent, bodies[id(key)]]
    return Edit(start, at, "".join(written))


def _dash_of(text: str, item: yaml.Node) -> str:
    """Returns what stands before an item of a list in lines."""
    before = text[line_start(text, _start(item)) : _start(item)]
    if not _DASH.fullmatch(before):
        line = item.start_mark.line + 1
        raise ConfigurationError(
            f"the list in line {line} has a form that only a person can change: "
            "put each of its items in a line of its own"
        )
    return before


def _start(node: yaml.Node) -> int:
    return int(node.start_mark.index)
