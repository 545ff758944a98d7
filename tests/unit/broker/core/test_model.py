"""Identifiers and nonces: unguessable, and of one form."""

import uuid

import pytest
from hypothesis import given, strategies as st

from broker.core.errors import Code, RefusedError
from broker.core.model import (
    check_message_id,
    message_id_text,
    new_message_id,
    new_nonce,
    new_nonces,
)
from tests import world
from tests.world import BEL, MEX, NOW_MS


@given(st.integers(0, 2**48 - 1))
def test_a_message_id_is_a_uuid_that_tells_its_time(at_ms: int) -> None:
    message_id = new_message_id(at_ms)
    check_message_id(message_id)
    assert int.from_bytes(message_id[:6], "big") == at_ms
    read = uuid.UUID(message_id_text(message_id))
    assert (read.version, read.variant) == (7, uuid.RFC_4122)


def test_message_ids_of_one_moment_differ() -> None:
    assert len({new_message_id(NOW_MS) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "message_id",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(new_message_id(NOW_MS)[:15], id="too short"),
        pytest.param(new_message_id(NOW_MS) + b"\0", id="too long"),
        pytest.param(uuid.uuid4().bytes, id="version 4"),
        pytest.param(bytes(16), id="zeros"),
        pytest.param(
            new_message_id(NOW_MS)[:8] + b"\xff" + new_message_id(NOW_MS)[9:],
            id="another variant",
        ),
    ],
)
def test_what_is_no_message_id_is_refused(message_id: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        check_message_id(message_id)
    assert refused.value.code is Code.INVALID_HEADER


def test_nonces_have_sixteen_bytes_and_differ() -> None:
    nonces = [new_nonce(), *new_nonces(100)]
    assert {len(nonce) for nonce in nonces} == {16}
    assert len(set(nonces)) == 101
    assert new_nonces(0) == []


def test_the_parties_of_a_header_are_its_recipients() -> None:
    assert world.header(to=[MEX, BEL]).parties == (BEL, MEX)
