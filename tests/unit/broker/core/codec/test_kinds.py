"""Claims about `broker.core.codec.kinds`."""

import pytest

from broker.core.codec.kinds import (
    CONTENT_KINDS,
    KIND_NAMES,
    KINDS,
    parse_kind,
    short_name,
)
from broker.core.errors import Code, RefusedError
from broker.core.protocol_kinds import PROTOCOL_KINDS


def test_every_kind_reads_back_as_itself() -> None:
    for text, kind in KINDS.items():
        assert parse_kind(text) is kind
        assert kind.text == text


def test_no_two_kinds_share_a_message() -> None:
    assert len({kind.message for kind in KINDS.values()}) == len(KINDS) == 48


def test_policies_name_kinds_without_version() -> None:
    assert short_name("trace-request/1") == "trace-request"
    assert tuple(short_name(text) for text in CONTENT_KINDS) == KIND_NAMES


def test_policies_cannot_name_what_keeps_the_exchange_itself_in_order() -> None:
    assert {*KINDS} - {*CONTENT_KINDS} == PROTOCOL_KINDS
    assert not {*KIND_NAMES} & {short_name(text) for text in PROTOCOL_KINDS}


@pytest.mark.parametrize(
    "text",
    ["", "trace-request", "trace-request/2", "Trace-Request/1", "trace-request/1\n"],
)
def test_a_kind_that_is_not_listed_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_kind(text)
    assert refused.value.code is Code.UNKNOWN_KIND


def test_a_hostile_kind_cannot_flood_or_steer_the_terminal() -> None:
    with pytest.raises(RefusedError) as refused:
        parse_kind("\x1b[2J" + "x" * 10_000)
    assert len(refused.value.detail) < 60
    assert "\x1b" not in refused.value.detail
