"""One message, one encoding: everything else is refused, on every level."""

import pytest
from hypothesis import given, strategies as st

from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from rogatory.v1 import handling_pb2, policy_pb2

GROUP = policy_pb2.PolicyGroup(name="eac", members=["RWA", "TZA"])
PLAIN = policy_pb2.Policy(
    party="KEN",
    groups=[GROUP],
    exports=[policy_pb2.PolicyRule(id="a", effect="EFFECT_DENY", everyone=True)],
)
NAME = b"\x0a\x03eac"
RWA = b"\x12\x03RWA"
TZA = b"\x12\x03TZA"


def refusal(data: bytes, kind: type[policy_pb2.PolicyGroup]) -> Code:
    with pytest.raises(RefusedError) as refused:
        read_canonical(kind, data)
    assert refused.value.detail == "PolicyGroup"
    return refused.value.code


def test_what_is_written_is_read() -> None:
    assert write_canonical(GROUP) == NAME + RWA + TZA
    assert read_canonical(policy_pb2.PolicyGroup, NAME + RWA + TZA) == GROUP
    assert read_canonical(policy_pb2.Policy, write_canonical(PLAIN)) == PLAIN


def test_nothing_is_the_empty_message() -> None:
    assert read_canonical(policy_pb2.Policy, b"") == policy_pb2.Policy()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x0a\x04eac", id="cut short"),
        pytest.param(b"\x0a", id="tag alone"),
        pytest.param(b"\x00", id="field number zero"),
        pytest.param(b"\x0a\x01\xff", id="text that is not UTF-8"),
        pytest.param(NAME + b"\x1c", id="end of a group that never began"),
        pytest.param(b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", id="length"),
    ],
)
def test_bytes_that_are_no_message_are_malformed(data: bytes) -> None:
    assert refusal(data, policy_pb2.PolicyGroup) is Code.MALFORMED


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(NAME + NAME, id="a field given twice"),
        pytest.param(b"\x0a\x03abc" + NAME, id="a first value that the last hides"),
        pytest.param(RWA + NAME, id="fields out of order"),
        pytest.param(b"\x0a\x83\x00eac", id="a length that is padded"),
        pytest.param(b"\x8a\x00\x03eac", id="a tag that is padded"),
        pytest.param(b"\x0a\x00" + RWA, id="a default that is spelt out"),
    ],
)
def test_a_second_encoding_of_the_same_message_is_refused(data: bytes) -> None:
    assert refusal(data, policy_pb2.PolicyGroup) is Code.NOT_CANONICAL


@pytest.mark.parametrize(
    "smuggled",
    [
        pytest.param(b"\x78\x01", id="number"),
        pytest.param(b"\x7a\x04data", id="bytes"),
        pytest.param(b"\x08\x01", id="known field with another type"),
    ],
)
def test_smuggling_an_unknown_field_is_refused(smuggled: bytes) -> None:
    data = NAME + RWA + smuggled
    assert refusal(data, policy_pb2.PolicyGroup) is Code.UNKNOWN_FIELD
    outer = b"\x0a\x03KEN\x12" + bytes([len(data)]) + data
    with pytest.raises(RefusedError) as refused:
        read_canonical(policy_pb2.Policy, outer)
    assert refused.value.code is Code.UNKNOWN_FIELD


def test_packed_numbers_given_one_by_one_are_refused() -> None:
    packed = handling_pb2.Handling(europol=["EUROPOL_CODE_H1", "EUROPOL_CODE_H2"])
    assert write_canonical(packed) == b"\x12\x02\x02\x03"
    with pytest.raises(RefusedError) as refused:
        read_canonical(handling_pb2.Handling, b"\x10\x02\x10\x03")
    assert refused.value.code is Code.NOT_CANONICAL


@given(st.integers(0, 2**31), st.integers(0, 7))
def test_no_single_bit_yields_a_second_encoding(at: int, bit: int) -> None:
    data = bytearray(write_canonical(PLAIN))
    data[at % len(data)] ^= 1 << bit
    try:
        message = read_canonical(policy_pb2.Policy, bytes(data))
    except RefusedError:
        return
    assert message != PLAIN
    assert write_canonical(message) == data


@given(st.binary(max_size=64))
def test_what_is_accepted_is_written_back_byte_for_byte(data: bytes) -> None:
    try:
        message = read_canonical(policy_pb2.Policy, data)
    except RefusedError:
        return
    assert write_canonical(message) == data
