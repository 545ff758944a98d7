"""Handling on the wire."""

import pytest
from hypothesis import given, strategies as st

from broker.core.codec.handling import handling_from_proto, handling_to_proto
from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.handling import Europol, Handling, Pap, Restrictions, Tlp
from rogatory.v1 import handling_pb2

handlings = st.builds(
    Handling,
    tlp=st.sampled_from(Tlp),
    europol=st.one_of(
        st.just(frozenset({Europol.H0})),
        st.frozensets(st.sampled_from([Europol.H1, Europol.H2, Europol.H3])),
    ),
    pap=st.none() | st.sampled_from(Pap),
    restrictions=st.builds(
        Restrictions,
        release_to=st.lists(st.text(max_size=9), max_size=3).map(tuple),
        purpose=st.text(max_size=9),
        no_onward=st.booleans(),
        other=st.text(max_size=9),
    ),
)


def refusal(message: handling_pb2.Handling) -> str:
    with pytest.raises(RefusedError) as refused:
        handling_from_proto(message)
    assert refused.value.code is Code.INVALID_HANDLING
    return refused.value.detail


@given(handlings)
def test_a_handling_comes_back_as_it_went(handling: Handling) -> None:
    data = write_canonical(handling_to_proto(handling))
    message = read_canonical(handling_pb2.Handling, data)
    assert handling_from_proto(message) == handling


@given(st.binary(max_size=24))
def test_what_is_accepted_has_one_encoding(data: bytes) -> None:
    try:
        message = read_canonical(handling_pb2.Handling, data)
        handling = handling_from_proto(message)
    except RefusedError:
        return
    assert write_canonical(handling_to_proto(handling)) == data


def test_every_label_and_code_has_the_name_and_number_of_the_wire() -> None:
    assert dict(handling_pb2.Tlp.items()) == {
        "TLP_UNSPECIFIED": 0,
        **{f"TLP_{tlp.name}": tlp.value for tlp in Tlp},
    }
    assert dict(handling_pb2.EuropolCode.items()) == {
        "EUROPOL_CODE_UNSPECIFIED": 0,
        **{f"EUROPOL_CODE_{code.name}": code.value for code in Europol},
    }
    assert dict(handling_pb2.Pap.items()) == {
        "PAP_UNSPECIFIED": 0,
        **{f"PAP_{pap.name}": pap.value for pap in Pap},
    }


def test_a_missing_label_is_refused() -> None:
    assert refusal(handling_pb2.Handling()) == "label or code not known"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x08\x06", id="label"),
        pytest.param(b"\x08\x01\x12\x01\x05", id="code"),
        pytest.param(b"\x08\x01\x12\x01\x00", id="code zero"),
        pytest.param(b"\x08\x01\x18\x05", id="pap"),
    ],
)
def test_a_number_that_has_no_meaning_is_refused(data: bytes) -> None:
    message = read_canonical(handling_pb2.Handling, data)
    assert refusal(message) == "label or code not known"


@pytest.mark.parametrize(
    "codes",
    [
        ["EUROPOL_CODE_H2", "EUROPOL_CODE_H1"],
        ["EUROPOL_CODE_H1", "EUROPOL_CODE_H1"],
    ],
)
def test_codes_that_are_reordered_or_repeated_are_refused(codes: list[str]) -> None:
    message = handling_pb2.Handling(tlp="TLP_RED", europol=codes)
    assert refusal(message) == "codes not sorted, or not unique"


def test_h0_beside_another_code_is_refused() -> None:
    message = handling_pb2.Handling(
        tlp="TLP_RED", europol=["EUROPOL_CODE_H0", "EUROPOL_CODE_H1"]
    )
    assert refusal(message) == "H0 beside another code"


def test_restrictions_that_say_nothing_are_refused() -> None:
    message = handling_pb2.Handling(
        tlp="TLP_RED", restrictions=handling_pb2.Restrictions()
    )
    assert refusal(message) == "empty restrictions"
