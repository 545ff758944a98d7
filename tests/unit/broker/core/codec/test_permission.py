"""Permissions and copies on the wire."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, strategies as st

from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.kinds import KINDS
from broker.core.codec.permission import (
    encode_copy,
    encode_grant,
    encode_wish,
    read_copy,
    read_grant,
    read_wish,
)
from broker.core.errors import Code, RefusedError
from broker.core.handling import IntendedUse
from broker.core.onward import GRANT_KIND, ONWARD_KIND, REQUEST_KIND
from broker.core.permissions import Act, Copy, Grant, Verdict, Wish
from keys.identity import PartyId
from rogatory.v1 import permission_pb2 as pb
from tests import world
from tests.unit.broker.core.handlings import handlings
from tests.world import MEX, PARTIES

digests = st.binary(min_size=32, max_size=32)
parties = st.frozensets(st.sampled_from(PARTIES), min_size=1)
uses = st.frozensets(st.sampled_from(IntendedUse))
days = st.none() | st.dates()
texts = st.text(alphabet="abc é協\n", max_size=20)

# Only what is to be passed on names parties.
acts: st.SearchStrategy[tuple[Act, frozenset[PartyId]]] = st.one_of(
    st.tuples(st.just(Act.ONWARD), parties),
    st.tuples(st.just(Act.JUDICIAL), st.just(frozenset())),
)
wishes = st.builds(
    lambda act, **fields: Wish(act=act[0], parties=act[1], **fields),
    act=acts,
    message_digest=digests,
    purposes=uses.filter(bool),
    reason=texts.filter(bool),
    until=days,
)
granted = st.builds(
    lambda act, **fields: Grant(act=act[0], parties=act[1], **fields),
    act=acts,
    message_digest=digests,
    verdict=st.just(Verdict.GRANTED),
    purposes=uses,
    until=days,
    remarks=texts,
)
denied = st.builds(
    Grant,
    act=st.sampled_from(Act),
    message_digest=digests,
    verdict=st.sampled_from([Verdict.REFUSED, Verdict.WITHDRAWN]),
    remarks=texts,
)
copies = st.builds(
    Copy,
    provider=st.sampled_from(PARTIES),
    message_digest=digests,
    grant_digest=digests | st.just(b""),
    handling=handlings,
    kind=st.just(world.KIND),
    body=st.just(world.body()),
)
COPY: Final = Copy(
    provider=MEX,
    message_digest=bytes(32),
    handling=world.AMBER,
    kind=world.KIND,
    body=world.body(),
)


@given(wishes)
def test_a_request_comes_back_as_it_went(wish: Wish) -> None:
    body = encode_wish(wish)
    assert read_wish(body) == wish
    assert encode_document(REQUEST_KIND, decode_document(REQUEST_KIND, body)) == body


@given(granted | denied)
def test_an_answer_comes_back_as_it_went(grant: Grant) -> None:
    body = encode_grant(grant)
    assert read_grant(body) == grant
    assert encode_document(GRANT_KIND, decode_document(GRANT_KIND, body)) == body


@given(copies)
def test_a_copy_comes_back_as_it_went(copy: Copy) -> None:
    assert read_copy(encode_copy(copy)) == copy


def test_a_copy_is_a_content_of_its_kind() -> None:
    decoded = decode_document(ONWARD_KIND, encode_copy(COPY))
    assert decoded["traceInfoRequest"] == decode_document(COPY.kind, COPY.body)


@pytest.mark.parametrize(
    "kind", ["contact-card/1", "onward-copy/1", "permission-grant/1", "trace-request/2"]
)
def test_what_cannot_be_passed_on_is_not_copied(kind: str) -> None:
    with pytest.raises(RefusedError, match="cannot be passed on") as refused:
        encode_copy(replace(COPY, kind=kind))
    assert refused.value.code is Code.UNKNOWN_KIND


def test_every_kind_that_can_be_passed_on_is_known() -> None:
    fields = pb.OnwardCopy.DESCRIPTOR.oneofs_by_name["content"].fields
    assert {f"{field.name.replace('_', '-')}/1" for field in fields} <= KINDS.keys()


def test_acts_and_verdicts_have_the_names_and_numbers_of_the_wire() -> None:
    assert dict(pb.PermittedAct.items()) == {
        "PERMITTED_ACT_UNSPECIFIED": 0,
        **{f"PERMITTED_ACT_{act.name}": act.value for act in Act},
    }
    assert dict(pb.PermissionVerdict.items()) == {
        "PERMISSION_VERDICT_UNSPECIFIED": 0,
        **{f"PERMISSION_VERDICT_{one.name}": one.value for one in Verdict},
    }


@pytest.mark.parametrize(
    ("message", "where"),
    [
        (pb.PermissionGrant(act="PERMITTED_ACT_ONWARD"), "verdict"),
        (pb.PermissionGrant(verdict="PERMISSION_VERDICT_GRANTED"), "act"),
        (
            pb.PermissionGrant(
                act="PERMITTED_ACT_ONWARD",
                verdict="PERMISSION_VERDICT_GRANTED",
                parties=["HUB"],
            ),
            "parties",
        ),
        (
            pb.PermissionGrant(
                act="PERMITTED_ACT_ONWARD",
                verdict="PERMISSION_VERDICT_GRANTED",
                until="2026-02-30",
            ),
            "until",
        ),
    ],
)
def test_an_answer_that_says_nothing_is_refused_with_the_place(
    message: pb.PermissionGrant, where: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        read_grant(message.SerializeToString(deterministic=True))
    assert (refused.value.code, refused.value.detail) == (Code.INVALID_CONTENT, where)


def test_a_copy_of_nothing_is_refused() -> None:
    empty = pb.OnwardCopy(provider="MEX").SerializeToString(deterministic=True)
    with pytest.raises(RefusedError, match="content"):
        read_copy(empty)
