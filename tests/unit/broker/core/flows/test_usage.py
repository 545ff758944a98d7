"""What a party may still send: the stewards' limits against what was taken before."""

import pytest

from broker.core.codec.envelope import EnvelopeParts
from broker.core.errors import Code, RefusedError
from broker.core.flows.usage import Usage, check_limits, nothing_used, stored_bytes
from keys.directory.model import PartyLimits
from tests.world import KEN, NOW_MS

FULL = Usage(messages=10, stored_bytes=1000)


def refusal(limits: PartyLimits, *, size: int = 100, stored: int = 100) -> Code:
    with pytest.raises(RefusedError) as refused:
        check_limits(limits, size, lambda: FULL, stored=stored)
    return refused.value.code


def test_without_limits_nothing_is_even_counted() -> None:
    def never() -> Usage:
        raise AssertionError

    check_limits(PartyLimits(), 10**9, never, stored=10**9)
    check_limits(PartyLimits(message_bytes=100), 100, never, stored=10**9)


def test_each_limit_has_a_refusal_of_its_own() -> None:
    assert refusal(PartyLimits(message_bytes=99)) is Code.OVERSIZE
    assert refusal(PartyLimits(messages_per_minute=10)) is Code.RATE_LIMIT
    assert refusal(PartyLimits(stored_bytes=1099)) is Code.QUOTA


def test_up_to_its_limit_a_party_may_go() -> None:
    limits = PartyLimits(message_bytes=100, messages_per_minute=11, stored_bytes=1100)
    check_limits(limits, 100, lambda: FULL, stored=100)


def test_a_limit_of_nothing_lets_nothing_pass() -> None:
    for limits in (
        PartyLimits(messages_per_minute=0),
        PartyLimits(stored_bytes=0),
        PartyLimits(message_bytes=0),
    ):
        with pytest.raises(RefusedError):
            check_limits(limits, 1, lambda: nothing_used(KEN, NOW_MS), stored=1)


def test_every_recipient_costs_a_copy_with_its_own_wrap() -> None:
    parts = EnvelopeParts(
        signed_header=bytes(10),
        signature=bytes(20),
        ciphertext=bytes(300),
        wraps=(bytes(5), bytes(6)),
    )
    assert stored_bytes(parts) == 2 * 330 + 11
