"""The only bytes that are ever signed: types and bodies cannot be confused."""

from hypothesis import given, strategies as st

from keys.preauth import PayloadType, preauth

types = st.sampled_from(PayloadType)


def test_the_encoding_is_that_of_dsse() -> None:
    kind = "application/vnd.rogatory.envelope.v1+protobuf"
    expected = f"DSSEv1 {len(kind)} {kind} 5 hello".encode()
    assert preauth(PayloadType.ENVELOPE, b"hello") == expected


@given(types, st.binary(), types, st.binary())
def test_no_two_statements_have_the_same_bytes(
    first: PayloadType, body: bytes, second: PayloadType, other: bytes
) -> None:
    same = preauth(first, body) == preauth(second, other)
    assert same == (first is second and body == other)


def test_every_use_has_a_type_of_its_own() -> None:
    assert len({kind.value for kind in PayloadType}) == len(PayloadType)
