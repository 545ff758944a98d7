"""Who would get a document and who not, before anything is sealed."""

from collections.abc import Sequence
from dataclasses import replace

from broker.core.errors import Code
from broker.core.flows.export import ExportPlan, Release, Withheld, plan_export
from broker.core.handling import Handling, Tlp
from broker.core.trust import Trust
from keys.identity import PartyId
from tests import world
from tests.world import AMBER, BEL, KEN, MEX, NOW_MS, STRANGER


def plan(
    recipients: Sequence[PartyId],
    trust: Trust | None = None,
    handling: Handling = AMBER,
) -> ExportPlan:
    trust = trust or world.trust()
    return plan_export(
        KEN,
        recipients,
        world.KIND,
        handling,
        directory=trust.view,
        engines=trust.engines,
        now_ms=NOW_MS,
    )


def withheld(
    recipients: Sequence[PartyId],
    trust: Trust | None = None,
    handling: Handling = AMBER,
) -> Withheld:
    found = plan(recipients, trust, handling)
    assert found.releases == ()
    [one] = found.withheld
    return one


def test_what_both_policies_allow_is_released_with_the_key_to_seal_with() -> None:
    found = plan([MEX, BEL, MEX])
    assert [one.party for one in found.releases] == [BEL, MEX]
    assert found.withheld == ()
    assert isinstance(found.releases[0], Release)
    assert found.releases[0].key == world.encryption_key(BEL).public
    assert found.releases[0].decision.rule_ids == ("share",)


def test_one_who_may_not_does_not_keep_it_from_the_others() -> None:
    trust = world.trust({KEN: world.entry(KEN, world.closed_policy(KEN, against=BEL))})
    found = plan([BEL, MEX], trust)
    assert [one.party for one in found.releases] == [MEX]
    [denied] = found.withheld
    assert (denied.party, denied.code) == (BEL, Code.EXPORT_POLICY)
    assert denied.reasons == ("denied by rule not-them: no agreement",)


def test_the_sender_learns_at_once_what_the_recipient_would_not_take() -> None:
    trust = world.trust({BEL: world.entry(BEL, world.closed_policy(BEL, against=KEN))})
    assert withheld([BEL], trust).code is Code.IMPORT_POLICY


def test_handling_above_the_ceiling_is_withheld_with_the_near_miss() -> None:
    found = withheld([BEL], handling=Handling(tlp=Tlp.RED))
    assert found.code is Code.EXPORT_POLICY
    assert "TLP:RED above TLP:AMBER" in found.reasons[0]


def test_no_policy_means_no() -> None:
    for party, code in ((KEN, Code.EXPORT_POLICY), (BEL, Code.IMPORT_POLICY)):
        without = replace(world.entry(party), policy=None)
        found = withheld([BEL], world.trust({party: without}))
        assert found.code is code
        assert found.reasons == ("no policy is published",)


def test_nobody_sends_to_itself() -> None:
    assert withheld([KEN]).code is Code.INVALID_RECIPIENTS


def test_nobody_sends_to_a_party_that_does_not_exist() -> None:
    assert withheld([STRANGER]).code is Code.UNKNOWN_PARTY


def test_nobody_seals_to_a_key_out_of_use() -> None:
    old = world.published(world.encryption_key(BEL), valid_to_ms=NOW_MS - 1)
    trust = world.trust({BEL: world.entry(BEL, encryption_keys=(old,))})
    assert withheld([BEL], trust).code is Code.KEY_NOT_VALID


def test_a_published_key_that_is_no_key_withholds_and_stops_nobody_else() -> None:
    broken = replace(world.published(world.encryption_key(BEL)), key=b"short")
    trust = world.trust({BEL: world.entry(BEL, encryption_keys=(broken,))})
    found = plan([BEL, MEX], trust)
    assert [one.party for one in found.releases] == [MEX]
    assert found.withheld[0].code is Code.KEY_NOT_VALID


def test_nobody_named_is_nobody_planned_for() -> None:
    assert plan([]) == ExportPlan(releases=(), withheld=())
