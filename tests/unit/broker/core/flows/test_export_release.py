"""One release is one digest, and nobody gets more of it than policy leaves."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings

from broker.core.approvals import release_digest
from broker.core.fields import FieldClass, Treatment
from broker.core.flows.export import plan_export
from broker.core.flows.recipient import Circumstances
from broker.core.handling import Handling, Tlp
from broker.core.policy.decision import Redact
from broker.core.policy.engine import compile_policy
from broker.core.policy.rule import (
    ApprovalRule,
    Validity,
)
from broker.core.policy.rules import Policy
from broker.core.tightening import check_not_looser
from tests import world
from tests.unit.broker.core.flows.documents import (
    AUTHORITY,
    SERIAL,
    document,
    permit,
    plan,
    policy,
)
from tests.unit.broker.core.policy.policies import policies
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS, XPO

DROP, KEEP = Treatment.DROP, Treatment.KEEP
SOURCE, SERIALS = FieldClass.SOURCE, FieldClass.FULL_SERIAL
TEXT_STAYS = {FieldClass.FREE_TEXT: KEEP}
APPROVED = policy(
    permit(
        "held",
        BEL,
        MEX,
        approval=ApprovalRule(needed=1, officers=frozenset({"amina"})),
        fields={SOURCE: DROP, **TEXT_STAYS},
    ),
    officers=("amina",),
)


def test_the_digest_is_that_of_what_officers_are_shown() -> None:
    found = plan(document(BEL, MEX), APPROVED)
    assert found.digest == release_digest(found.release)
    assert [one.recipients for one in found.release.parcels] == [(BEL, MEX)]
    assert found.release.parcels[0].withheld == (SOURCE,)


def test_the_digest_stays_while_approvals_are_collected() -> None:
    outgoing = replace(document(BEL, MEX), case_reference="K-7")
    first = plan(outgoing, APPROVED)
    other_key = world.published(world.encryption_key("another"))
    renewed = world.trust(
        {
            KEN: world.entry(KEN, APPROVED),
            BEL: world.entry(BEL, encryption_keys=(other_key,)),
        }
    )
    later = plan(
        replace(outgoing, recipients=(MEX, BEL)), renewed, NOW_MS + 20 * DAY_MS
    )
    assert later.releases[0].key != first.releases[0].key
    assert later.digest == first.digest


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"body": document(name="trace-response").body}, id="body"),
        pytest.param({"recipients": (BEL,)}, id="recipients"),
        pytest.param({"handling": Handling(tlp=Tlp.GREEN)}, id="handling"),
        pytest.param({"case_reference": "K-8"}, id="case"),
        pytest.param({"in_reply_to": bytes(32)}, id="reply"),
    ],
)
def test_approvals_of_one_release_are_not_those_of_another(
    changed: dict[str, object],
) -> None:
    outgoing = document(BEL, MEX)
    if "body" in changed:
        changed = {**changed, "kind": "trace-response/1"}
    other = replace(outgoing, **changed)  # type: ignore[arg-type]
    assert plan(other, APPROVED).digest != plan(outgoing, APPROVED).digest


def test_another_policy_is_another_release_though_the_same_would_leave() -> None:
    other = replace(APPROVED, validity=Validity(first=dt.date(2020, 1, 1)))
    outgoing = document(BEL, MEX)
    assert (one := plan(outgoing, APPROVED)).digest != (
        two := plan(outgoing, other)
    ).digest
    assert one.parcels == two.parcels


VIEW = world.view()
THEIRS = {party: compile_policy(world.open_policy(party)) for party in (BEL, MEX, XPO)}


@settings(max_examples=60, deadline=None)
@given(policies)
def test_everybody_gets_one_message_or_none_and_nobody_more_than_is_left(
    own: Policy,
) -> None:
    outgoing = document(BEL, MEX, XPO)
    circumstances = Circumstances(
        directory=VIEW, engines={**THEIRS, KEN: compile_policy(own)}, now_ms=NOW_MS
    )
    found = plan_export(KEN, outgoing, circumstances, policy_digest=bytes(32))
    got = [party for parcel in found.parcels for party in parcel.parties]
    assert sorted([*got, *(one.party for one in found.withheld)]) == [BEL, MEX, XPO]
    assert [one.party for one in found.releases] == sorted(got)
    groups = {
        (parcel.body, parcel.handling, parcel.withheld, parcel.approvals)
        for parcel in found.parcels
    }
    assert len(groups) == len(found.parcels)
    for parcel in found.parcels:
        check_not_looser(outgoing.handling, parcel.handling)
        for release in parcel.releases:
            decision = release.decision
            fields = dict(decision.fields) if isinstance(decision, Redact) else {}
            assert parcel.withheld <= fields.keys()
            assert parcel.approvals == decision.terms.approvals
            if fields.get(SERIALS) is DROP:
                assert SERIAL.encode() not in parcel.body
            if fields.get(SOURCE) is DROP:
                assert AUTHORITY.encode() not in parcel.body
            bound = parcel.handling.restrictions
            assert bound.no_onward >= decision.terms.with_consent
            if decision.terms.retention_days is not None:
                assert bound.retention_days is not None
                assert bound.retention_days <= decision.terms.retention_days
