"""Who would get how much of a document and who not, before anything is sealed."""

from dataclasses import replace

import pytest

from broker.core.codec.facts import facts_of
from broker.core.codec.redaction import Redacted
from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass, Treatment, Treatments
from broker.core.flows import recipient
from broker.core.flows.recipient import Release, Withheld
from broker.core.handling import Handling, Restrictions, Tlp
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.decision import Approval, Redact
from broker.core.policy.rule import (
    ApprovalRule,
    Conditions,
    Countries,
    Effect,
    Rule,
)
from broker.core.policy.rules import Policy
from broker.core.trust import Trust
from keys.identity import PartyId
from tests import world
from tests.unit.broker.core.flows.documents import (
    AUTHORITY,
    SERIAL,
    document,
    permit,
    plan,
    policy,
)
from tests.world import AMBER, BEL, KEN, MEX, NOW_MS, STRANGER, XPO

DROP, BLUR, KEEP = Treatment.DROP, Treatment.BLUR, Treatment.KEEP
SOURCE, SERIALS = FieldClass.SOURCE, FieldClass.FULL_SERIAL
TEXT_STAYS = {FieldClass.FREE_TEXT: KEEP}
PLAIN = OutgoingDocument(
    kind=world.KIND, body=world.body(), recipients=(BEL,), handling=AMBER
)


def withheld(
    party: PartyId,
    trust: Trust | Policy | None = None,
    handling: Handling = AMBER,
) -> Withheld:
    outgoing = replace(PLAIN, recipients=(party,), handling=handling)
    found = plan(outgoing, trust)
    assert (found.parcels, found.releases) == ((), ())
    [one] = found.withheld
    return one


def to(*recipients: PartyId) -> OutgoingDocument:
    return replace(PLAIN, recipients=recipients)


def test_what_both_policies_allow_is_released_with_the_key_to_seal_with() -> None:
    found = plan(to(MEX, BEL, MEX))
    assert [one.party for one in found.releases] == [BEL, MEX]
    assert found.withheld == ()
    assert isinstance(found.releases[0], Release)
    assert found.releases[0].key == world.encryption_key(BEL).public
    assert found.releases[0].decision.rule_ids == ("share",)


def test_who_gets_the_same_gets_it_in_one_parcel_as_it_is() -> None:
    [parcel] = plan(to(XPO, MEX, BEL)).parcels
    assert parcel.parties == (BEL, MEX, XPO)
    assert (parcel.body, parcel.handling) == (PLAIN.body, AMBER)
    assert (parcel.withheld, parcel.approvals) == (frozenset(), ())


def test_one_who_may_not_does_not_keep_it_from_the_others() -> None:
    found = plan(to(BEL, MEX), world.closed_policy(KEN, against=BEL))
    assert [one.party for one in found.releases] == [MEX]
    [denied] = found.withheld
    assert (denied.party, denied.code) == (BEL, Code.EXPORT_POLICY)
    assert denied.reasons == ("denied by rule not-them: no agreement",)


def test_the_sender_learns_at_once_what_the_recipient_would_not_take() -> None:
    trust = world.trust({BEL: world.entry(BEL, world.closed_policy(BEL, against=KEN))})
    assert withheld(BEL, trust).code is Code.IMPORT_POLICY


def test_handling_above_the_ceiling_is_withheld_with_the_near_miss() -> None:
    found = withheld(BEL, handling=Handling(tlp=Tlp.RED))
    assert found.code is Code.EXPORT_POLICY
    assert "TLP:RED above TLP:AMBER" in found.reasons[0]


def test_no_policy_means_no() -> None:
    for party, code in ((KEN, Code.EXPORT_POLICY), (BEL, Code.IMPORT_POLICY)):
        without = replace(world.entry(party), policy=None)
        found = withheld(BEL, world.trust({party: without}))
        assert found.code is code
        assert found.reasons == ("no policy is published",)


def test_nobody_sends_to_itself() -> None:
    assert withheld(KEN).code is Code.INVALID_RECIPIENTS


def test_nobody_sends_to_a_party_that_does_not_exist() -> None:
    assert withheld(STRANGER).code is Code.UNKNOWN_PARTY


def test_nobody_seals_to_a_key_out_of_use() -> None:
    old = world.published(world.encryption_key(BEL), valid_to_ms=NOW_MS - 1)
    trust = world.trust({BEL: world.entry(BEL, encryption_keys=(old,))})
    assert withheld(BEL, trust).code is Code.KEY_NOT_VALID


def test_a_published_key_that_is_no_key_withholds_and_stops_nobody_else() -> None:
    broken = replace(world.published(world.encryption_key(BEL)), key=b"short")
    trust = world.trust({BEL: world.entry(BEL, encryption_keys=(broken,))})
    found = plan(to(BEL, MEX), trust)
    assert [one.party for one in found.releases] == [MEX]
    assert found.withheld[0].code is Code.KEY_NOT_VALID


def test_nobody_named_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        plan(to())
    assert refused.value.code is Code.INVALID_RECIPIENTS


def test_each_group_gets_what_its_rules_leave() -> None:
    own = policy(
        permit("all", BEL),
        permit("no-source", MEX, fields={SOURCE: DROP, **TEXT_STAYS}),
        permit("no-serial", XPO, fields={SERIALS: DROP, **TEXT_STAYS}),
    )
    found = plan(document(BEL, MEX, XPO), own)
    whole, sourceless, anonymous = found.parcels
    assert [parcel.parties for parcel in found.parcels] == [(BEL,), (MEX,), (XPO,)]
    assert (whole.body, whole.withheld) == (document().body, frozenset())
    assert sourceless.withheld == {SOURCE}
    assert anonymous.withheld == {SERIALS}
    for parcel, has_source, has_serial in (
        (whole, True, True),
        (sourceless, False, True),
        (anonymous, True, False),
    ):
        assert (AUTHORITY.encode() in parcel.body) is has_source
        assert (SERIAL.encode() in parcel.body) is has_serial


def test_who_is_treated_alike_by_different_rules_is_in_one_parcel() -> None:
    fields = {SOURCE: DROP, **TEXT_STAYS}
    own = policy(permit("one", BEL, fields=fields), permit("two", XPO, fields=fields))
    [parcel] = plan(document(XPO, BEL), own).parcels
    assert parcel.parties == (BEL, XPO)
    assert [one.decision.rule_ids for one in parcel.releases] == [("one",), ("two",)]


def test_a_treatment_that_finds_nothing_to_treat_makes_no_second_parcel() -> None:
    fields = {FieldClass.FINANCIAL: DROP, **TEXT_STAYS}
    own = policy(permit("one", BEL), permit("two", XPO, fields=fields))
    [parcel] = plan(document(XPO, BEL), own).parcels
    assert parcel.withheld == frozenset()
    assert isinstance(parcel.releases[1].decision, Redact)


def test_terms_are_written_into_the_handling_and_never_loosen_it() -> None:
    own = policy(
        permit("short", BEL, retention_days=30),
        permit("long", MEX, retention_days=900),
        permit("bound", XPO, with_consent=True),
    )
    limits = Restrictions(retention_days=100, purpose="tracing")
    outgoing = replace(
        document(BEL, MEX, XPO), handling=Handling(tlp=Tlp.GREEN, restrictions=limits)
    )
    found = [parcel.handling.restrictions for parcel in plan(outgoing, own).parcels]
    assert found == [
        replace(limits, retention_days=30),
        limits,
        replace(limits, no_onward=True),
    ]


def test_approvals_part_who_needs_them_from_who_does_not() -> None:
    two = ApprovalRule(needed=2, officers=frozenset({"amina", "brian"}))
    own = policy(
        permit("free", BEL),
        permit("held", MEX, approval=two),
        officers=("amina", "brian"),
    )
    found = plan(document(BEL, MEX), own)
    assert [parcel.approvals for parcel in found.parcels] == [
        (),
        (Approval(rule_id="held", needed=2, officers=two.officers),),
    ]
    assert found.release.needed == found.parcels[1].approvals


def test_what_redaction_leaves_no_document_of_is_withheld_from_those_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def leave_nothing(_kind: str, _body: bytes, treatments: Treatments) -> Redacted:
        asked.append(treatments)
        raise RefusedError(Code.REDACTION, "items")

    monkeypatch.setattr(recipient, "redact", leave_nothing)
    fields = {SOURCE: DROP, **TEXT_STAYS}
    own = policy(permit("all", BEL), permit("none", MEX, XPO, fields=fields))
    found = plan(document(BEL, MEX, XPO), own)
    assert [parcel.parties for parcel in found.parcels] == [(BEL,)]
    assert [(one.party, one.code) for one in found.withheld] == [
        (MEX, Code.REDACTION),
        (XPO, Code.REDACTION),
    ]
    assert found.withheld[0].decision is not None
    assert found.withheld[0].decision.rule_ids == ("none",)
    # Once for each distinct treatment, not for each recipient.
    assert asked == [{SOURCE: DROP}]


def test_the_recipient_is_asked_about_what_it_would_get_and_not_about_the_rest() -> (
    None
):
    """Its policy must not decide by what it is not to know."""
    about_are = replace(
        world.open_policy(BEL).imports[0],
        conditions=Conditions(involves=Countries(named=frozenset({"ARE"}))),
    )
    theirs = replace(world.open_policy(BEL), imports=(about_are,))
    nowhere = {FieldClass.EXACT_LOCATION: DROP}
    codes = []
    for rule in (permit("all", BEL), permit("nowhere", BEL, fields=nowhere)):
        mine = world.entry(KEN, policy(rule))
        trust = world.trust({KEN: mine, BEL: world.entry(BEL, theirs)})
        found = plan(document(BEL, name="diversion-alert"), trust)
        codes.append([one.code for one in found.withheld])
    assert codes == [[], [Code.IMPORT_POLICY]]


def test_an_onward_copy_goes_nowhere_unless_something_speaks_for_it() -> None:
    kind, body = "onward-copy/1", b""
    outgoing = replace(PLAIN, kind=kind, body=body)
    [kept_back] = plan(outgoing).withheld
    assert kept_back.code is Code.CONSENT_NEEDED


def test_what_is_asked_about_is_the_whole_document() -> None:
    outgoing = document(BEL)
    asked = plan(outgoing).asked
    assert asked.facts == facts_of(outgoing.kind, outgoing.body)
    assert (asked.origin, asked.recipient, asked.at_ms) == (KEN, BEL, NOW_MS)


def test_a_denial_overrides_whatever_permits_and_redacts() -> None:
    no_serials = Rule(
        id="no", effect=Effect.DENY, parties=frozenset({MEX}), every_kind=True
    )
    own = policy(permit("all", BEL, MEX, fields={SOURCE: BLUR}), no_serials)
    found = plan(document(BEL, MEX), own)
    assert [parcel.parties for parcel in found.parcels] == [(BEL,)]
    assert found.withheld[0].code is Code.EXPORT_POLICY
