"""Interchanges that are whole are read; others are refused whole."""

import pytest
from hypothesis import given, settings, strategies as st
from pydifact.control.characters import Characters
from pydifact.parser import Parser, TokenIterator
from pydifact.tokenizer import Tokenizer

from adapters.declarations.edifact import messages, segment_of
from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import LIMITS, Limits
from adapters.declarations.reading import read
from tests.declaration_world import example, token

_EMPTY = b"UNB+UNOA:2+A+B+260401:0800+R'%sUNZ+%d+R'"


def _one(body: bytes, count: int = 3) -> bytes:
    """Returns an interchange of one message with one segment."""
    return _EMPTY % (b"UNH+1+CUSCAR:D:95B:UN'%sUNT+%d+1'" % (body, count), 1)


def _code(data: bytes) -> str:
    with pytest.raises(UnreadableError) as raised:
        messages(data, LIMITS)
    return raised.value.code


def test_una_says_what_separates() -> None:
    usual = example("cuscar.edi")
    table = bytes.maketrans(b":+?'", b"^|!~")
    head, body = usual[:9], usual[9:]
    other = b"UNA^|.! ~" + body.translate(table)
    assert head == b"UNA:+.? '"
    assert read(other, token) == read(usual, token)


def test_without_una_the_usual_characters_separate() -> None:
    data = example("cuscar.edi")
    assert read(data[9:].lstrip(), token) == read(data, token)


def test_a_released_character_is_content() -> None:
    [message] = messages(_one(b"BGM+85+A?+B??C?'D:E+9'"), LIMITS)
    assert message.segments[0].at(2) == "A+B?C'D"
    assert message.segments[0].at(2, 1) == "E"
    assert message.segments[0].at(7, 3) == ""


def test_una_with_a_space_has_no_release_character() -> None:
    data = b"UNA:+.  '" + _one(b"BGM+85+WHAT?+9'")
    [message] = messages(data, LIMITS)
    assert message.segments[0].at(2) == "WHAT?"
    assert message.segments[0].at(3) == "9"


@pytest.mark.parametrize("una", [b"UNA++.? '", b"UNA:+.+ '", b"UNAa+.? '", b"UNA:+"])
def test_characters_that_cannot_be_told_apart_are_refused(una: bytes) -> None:
    assert _code(una + _one(b"BGM+85'")) in {"separators", "not-edifact"}


@pytest.mark.parametrize("count", [2, 4, 0])
def test_a_wrong_count_of_segments_is_refused(count: int) -> None:
    assert _code(_one(b"BGM+85'", count)) == "wrong-count"


def test_a_wrong_count_of_messages_is_refused() -> None:
    assert _code(_one(b"BGM+85'").replace(b"UNZ+1", b"UNZ+2")) == "wrong-count"
    assert _code(_EMPTY % (b"", 0)) == "wrong-count"


def test_a_trailer_of_another_message_is_refused() -> None:
    assert _code(_one(b"BGM+85'").replace(b"UNT+3+1", b"UNT+3+2")) == "wrong-reference"
    assert _code(_one(b"BGM+85'").replace(b"UNZ+1+R", b"UNZ+1+S")) == "wrong-reference"


def test_nothing_follows_the_end() -> None:
    assert _code(_one(b"BGM+85'") + b"UNH+2+CUSCAR:D:95B:UN'") == "wrong-count"


def test_another_message_is_refused() -> None:
    data = example("cuscar.edi").replace(b"CUSCAR", b"CUSDEC")
    with pytest.raises(UnreadableError) as raised:
        read(data, token)
    assert raised.value.code == "wrong-message"


def test_segments_are_bounded() -> None:
    with pytest.raises(UnreadableError) as raised:
        messages(_one(b"BGM+85'"), Limits(segments_max=3))
    assert raised.value.code == "too-large"


def test_one_endless_segment_is_refused() -> None:
    assert _code(_one(b"FTX+AAA+++" + b"?+" * 100_000 + b"'")) == "too-large"


def test_names_in_latin_1_are_read() -> None:
    data = example("cuscar.edi").replace(b"JANE ROE", "JOSÉ NÚÑEZ".encode("latin-1"))
    found = read(data, token)
    assert token("Jose Nunez") in found.consignments[1].parties


@settings(deadline=None)
@given(st.text(alphabet="A1:+ ", max_size=40))
def test_what_has_nothing_released_is_split_as_the_library_would(text: str) -> None:
    characters = Characters.from_str(":+.? '")
    body = f"ABC+{text}"
    tokens = TokenIterator(Tokenizer().get_tokens(f"{body}'", characters))
    [elements] = Parser().convert_tokens_to_raw_segments(tokens)
    theirs = [[one] if isinstance(one, str) else one for one in elements]
    ours = segment_of(body, characters)
    # The library leaves components out that are empty to the end.
    assert theirs == [["ABC"], *map(_trimmed, ours.elements)]


def _trimmed(components: tuple[str, ...]) -> list[str]:
    kept = list(components)
    while len(kept) > 1 and not kept[-1]:
        kept.pop()
    return kept


@settings(deadline=None)
@given(st.lists(st.text(alphabet="A1:+?'", max_size=8), min_size=1, max_size=4))
def test_whatever_is_released_is_read_as_it_was(values: list[str]) -> None:
    def released(text: str) -> str:
        return "".join(f"?{one}" if one in ":+?'" else one for one in text)

    body = "+".join(["ABC", *map(released, values)]).encode()
    [message] = messages(_one(body + b"'"), LIMITS)
    [segment] = message.segments
    assert [segment.at(at) for at in range(1, len(values) + 1)] == values


def test_an_empty_segment_is_refused() -> None:
    assert _code(_one(b"BGM+85''")) == "not-edifact"
    assert _code(_one(b"?'+85'")) == "not-edifact"
