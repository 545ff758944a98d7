"""An EDIFACT interchange as segments: its envelope, its counts, nothing of its meaning.

What the segments of a message mean is left to `adapters.declarations.cuscar`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser, TokenIterator
from pydifact.tokenizer import Tokenizer

from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import Limits

_UNA_LENGTH: Final = 9  # "UNA" and six characters
_DEFAULT: Final = ":+.? '"  # ISO 9735, level A
_BETWEEN: Final = " \r\n"
_SPACE: Final = " \r\n\t"
_NO_RELEASE: Final = "\0"  # stands in no text that gets this far
_TAG_LENGTH: Final = 3


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment.

    Args:
        tag: Three letters.
        elements: Data elements; a composite one has several components.
    """

    tag: str
    elements: tuple[tuple[str, ...], ...]

    def at(self, element: int, component: int = 0) -> str:
        """Returns a component; empty when there is none.

        Args:
            element: Counts from 1: the tag is 0.
            component: Counts from 0.
        """
        if element > len(self.elements):
            return ""
        components = self.elements[element - 1]
        return components[component].strip() if component < len(components) else ""

    def joined(self, element: int) -> str:
        """Returns all components of an element, with spaces between."""
        components = self.elements[element - 1 : element]
        return " ".join(one.strip() for part in components for one in part if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of an interchange.

    Attributes:
        kind: Such as "CUSCAR".
        segments: Between UNH and UNT, without these.
    """

    kind: str
    segments: tuple[Segment, ...]


def messages(data: bytes, limits: Limits) -> tuple[Message, ...]:
    """Returns the messages of an interchange.

    1. Its size is bounded.
    2. It begins with UNA or UNB; the characters that UNA names are told apart.
    3. Every segment ends.
    4. Each message has as many segments as its UNT says, and the reference of its UNH.
    5. The interchange has as many messages as its UNZ says, and the reference of UNB,
       and nothing follows.

    Raises:
        UnreadableError: Any of these fails. A file that was cut off fails 3, 4 or 5.
    """
    # 1
    if len(data) > limits.size_max:
        raise UnreadableError("too-large", f"more than {limits.size_max:,} bytes")
    text = _decoded(data)
    # 2
    characters, body = _characters(text)
    if text.count(characters.segment_terminator) > limits.segments_max:
        raise UnreadableError(
            "too-large", f"more than {limits.segments_max:,} segments"
        )
    # 3, 4, 5
    return tuple(_messages(_segments(body, characters, limits)))


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise UnreadableError("encoding", "an encoding that is not taken; use UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # UNOC, the one in use besides
    return text.lstrip(_SPACE)


def _characters(text: str) -> tuple[Characters, str]:
    """Returns the characters that separate, and what follows their definition."""
    if text.startswith("UNB"):
        return Characters.from_str(_DEFAULT), text
    told = text[len("UNA") : _UNA_LENGTH]
    if not text.startswith("UNA") or len(told) + len("UNA") != _UNA_LENGTH:
        raise UnreadableError("not-edifact", "expected UNA or UNB at the beginning")
    component, data, _, release, _, terminator = tuple(told)
    apart = {component, data, release, terminator}
    if len(apart) < len((component, data, release, terminator)) or any(
        one.isalnum() for one in apart
    ):
        raise UnreadableError(
            "separators", "UNA names characters that cannot be told apart"
        )
    # A space says that there is none; the library would take it for one.
    release = _NO_RELEASE if release == " " else release
    characters = Characters.from_str(f"{told[:3]}{release}{told[4:]}")
    return characters, text[_UNA_LENGTH:].lstrip(_SPACE)


def _segments(body: str, characters: Characters, limits: Limits) -> Iterator[Segment]:
    release = re.escape(characters.escape_character)
    end = re.escape(characters.segment_terminator)
    # Possessive: what was taken is never given back, so that nothing is remembered.
    plain = f"[^{release}{end}]*+"
    whole = re.compile(rf"({plain}(?:{release}[^\n]{plain})*+){end}")
    at = 0
    while found := whole.match(body, at):
        at = found.end()
        if len(found[1]) > limits.segment_max:
            raise UnreadableError(
                "too-large", f"a segment of more than {limits.segment_max:,} signs"
            )
        # Between segments, line ends are no content.
        yield segment_of(found[1].lstrip(_BETWEEN), characters)
    if body[at:].strip(_BETWEEN):
        raise UnreadableError("truncated", "the last segment does not end")


def segment_of(text: str, characters: Characters) -> Segment:
    """Returns a segment.

    Args:
        text: Without the character that ends it.
        characters: What separates.

    Raises:
        UnreadableError: It has no tag.
    """
    if characters.escape_character in text:
        # Rare, and what is easily done wrong: the library's.
        return _segment(_by_library(text, characters))
    # Forty times as fast: a manifest has a hundred thousand of these.
    elements = text.split(characters.data_separator)
    return _segment(
        [one.split(characters.component_separator) for one in elements],
    )


def _by_library(text: str, characters: Characters) -> list[list[str]]:
    whole = f"{text}{characters.segment_terminator}"
    tokens = TokenIterator(Tokenizer().get_tokens(whole, characters))
    try:
        [elements] = Parser().convert_tokens_to_raw_segments(tokens)
    except (EDISyntaxError, ValueError):
        # Its own words may repeat content.
        raise UnreadableError("not-edifact", "a segment that cannot be read") from None
    return [[one] if isinstance(one, str) else list(one) for one in elements]


def _segment(elements: list[list[str]]) -> Segment:
    tag, *rest = elements
    if len(tag) != 1 or len(tag[0]) != _TAG_LENGTH or not tag[0].isalnum():
        raise UnreadableError("not-edifact", "a segment without a tag of three letters")
    return Segment(tag[0], tuple(map(tuple, rest)))


def _messages(segments: Iterator[Segment]) -> Iterator[Message]:
    head = next(segments, None)
    if head is None or head.tag != "UNB":
        raise UnreadableError("not-edifact", "expected UNB at the beginning")
    for count, segment in enumerate(segments):
        if segment.tag == "UNZ":
            _check_end(head, segment, count)
            if next(segments, None) is not None:
                raise UnreadableError("wrong-count", "something follows UNZ")
            return
        if segment.tag != "UNH":
            raise UnreadableError("not-edifact", f"message {count + 1}: expected UNH")
        yield _message(segment, segments, count + 1)
    raise UnreadableError("truncated", "it ends before UNZ")


def _message(head: Segment, segments: Iterator[Segment], number: int) -> Message:
    kept: list[Segment] = []
    for segment in segments:
        if segment.tag == "UNT":
            told = segment.at(1)
            if told != str(len(kept) + 2):
                raise UnreadableError(
                    "wrong-count",
                    f"message {number} has {len(kept) + 2} segments; UNT says other",
                )
            if segment.at(2) != head.at(1):
                raise UnreadableError(
                    "wrong-reference", f"message {number}: UNT refers to another UNH"
                )
            return Message(kind=head.at(2), segments=tuple(kept))
        if segment.tag in {"UNH", "UNZ"}:
            break
        kept.append(segment)
    raise UnreadableError("truncated", f"message {number} ends before UNT")


def _check_end(head: Segment, end: Segment, count: int) -> None:
    if end.at(1) != str(count) or count == 0:
        raise UnreadableError(
            "wrong-count", f"it has {count} messages; UNZ says other, or there is none"
        )
    if end.at(2) != head.at(5):
        raise UnreadableError("wrong-reference", "UNZ refers to another UNB")
