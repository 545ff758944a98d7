"""What officers approved is provable later, and nothing else passes for it."""

from dataclasses import replace
from typing import Any

import pytest

from broker.core.approvals import approvals_digest, release_digest
from broker.core.codec.approvals import encode_release
from broker.core.codec.policy import encode_policy, policy_digest
from broker.core.errors import ProofError
from broker.core.fields import FieldClass
from broker.core.handling import Pap
from broker.core.model import Header
from broker.core.release_check import check_release
from broker.core.releases import Evidence, Release, ReleaseParcel, Verdict
from keys.framing import sha256
from tests import world
from tests.officers import AMINA, BRIAN, CHEN, OFFICERS, need, officer_signer, said
from tests.unit.broker.services.pending_world import policy
from tests.world import AMBER, BEL, DAY_MS, KEN, KIND, NOW_MS, XPO

BODY = world.body()
POLICY = encode_policy(policy())
PARCEL = ReleaseParcel(
    recipients=(XPO,),
    body_digest=sha256(BODY),
    handling=AMBER,
    approvals=(need(2, OFFICERS, "routes"),),
)
OTHER_PARCEL = replace(PARCEL, recipients=(BEL,), approvals=())
RELEASE = Release(
    origin=KEN,
    kind=KIND,
    policy_digest=policy_digest(POLICY),
    parcels=(OTHER_PARCEL, PARCEL),
    case_reference="K-7",
)


def evidence(release: Release = RELEASE, *names: str) -> Evidence:
    digest = release_digest(release)
    approvals = tuple(said(name, digest) for name in names or (AMINA, BRIAN))
    return Evidence(release=encode_release(release), approvals=approvals)


def header(kept: Evidence, **changes: Any) -> Header:  # noqa: ANN401 - its fields
    return replace(
        world.header(KEN, (XPO,)),
        **{
            "created_ms": NOW_MS + 1,
            "case_reference": "K-7",
            "policy_digest": policy_digest(POLICY),
            "approvals_digest": approvals_digest(kept.approvals),
            **changes,
        },
    )


def refused(
    head: Header, kept: Evidence, body: bytes = BODY, published: bytes = POLICY
) -> str:
    with pytest.raises(ProofError) as caught:
        check_release(head, body, kept, published)
    return str(caught.value)


def test_what_was_approved_and_left_is_proven() -> None:
    kept = evidence()
    assert check_release(header(kept), BODY, kept, POLICY) == RELEASE


def test_another_policy_proves_nothing() -> None:
    kept = evidence()
    other = encode_policy(policy(names=(AMINA, BRIAN)))
    assert "not the policy" in refused(header(kept), kept, published=other)
    head = header(kept, policy_digest=policy_digest(other))
    assert "under another policy" in refused(head, kept, published=other)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "trace-request/1"},
        {"case_reference": "K-8"},
        {"in_reply_to": bytes(32)},
        {"origin": BEL},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_approval_of_something_else_proves_nothing(changes: dict[str, Any]) -> None:
    kept = evidence()
    assert "about another message" in refused(header(kept, **changes), kept)


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": world.header(KEN, (BEL, XPO)).recipients},
        {"withheld": (FieldClass.PERSONAL,)},
        {"handling": replace(AMBER, pap=Pap.CLEAR)},
    ],
    ids=["to more parties", "with less in it", "handled in another way"],
)
def test_a_message_that_nobody_saw_is_not_proven(changes: dict[str, Any]) -> None:
    kept = evidence()
    assert "not what left" in refused(header(kept, **changes), kept)
    assert "not what left" in refused(header(kept), kept, body=world.body("more"))


def test_one_approval_less_than_the_policy_asks_for_proves_nothing() -> None:
    kept = evidence(RELEASE, AMINA)
    assert "1 of 2" in refused(header(kept), kept)


def test_a_release_that_claims_to_need_less_than_the_policy_proves_nothing() -> None:
    easy = replace(PARCEL, approvals=(need(1, OFFICERS, "routes"),))
    kept = evidence(replace(RELEASE, parcels=(OTHER_PARCEL, easy)), AMINA)
    assert "asks for other approvals" in refused(header(kept), kept)
    invented = replace(PARCEL, approvals=(need(1, OFFICERS, "invented"),))
    kept = evidence(replace(RELEASE, parcels=(OTHER_PARCEL, invented)), AMINA)
    assert "rule invented" in refused(header(kept), kept)


def test_approvals_in_place_of_those_that_the_header_names_prove_nothing() -> None:
    kept, others = evidence(), evidence(RELEASE, AMINA, CHEN)
    assert "not the approvals" in refused(header(kept), others)
    assert "not the approvals" in refused(header(kept, approvals_digest=b""), kept)


def test_a_forged_or_later_approval_proves_nothing() -> None:
    digest = release_digest(RELEASE)
    forged = said(BRIAN, digest, signer=officer_signer(CHEN))
    kept = Evidence(
        release=encode_release(RELEASE), approvals=(said(AMINA, digest), forged)
    )
    assert "does not verify" in refused(header(kept), kept)
    later = said(BRIAN, digest, at_ms=NOW_MS + DAY_MS)
    kept = replace(kept, approvals=(said(AMINA, digest), later))
    assert "from the future" in refused(header(kept), kept)
    no = said(BRIAN, digest, Verdict.REJECT)
    kept = replace(kept, approvals=(said(AMINA, digest), said(CHEN, digest), no))
    assert "rejected by brian" in refused(header(kept), kept)


def test_what_cannot_be_read_proves_nothing() -> None:
    kept = replace(evidence(), release=b"nothing")
    assert "cannot be read" in refused(header(kept), kept)
