"""The directory made ready for use: one broken policy concerns its owner alone."""

from dataclasses import replace

from broker.core.codec.policy import policy_digest
from broker.core.trust import Trust
from keys.directory.model import PartyEntry
from tests import world
from tests.world import BEL, KEN, MEX, PARTIES, XPO


def trust_with(entry: PartyEntry) -> Trust:
    return world.trust({BEL: entry})


def test_every_party_is_found_by_account_and_has_its_policy() -> None:
    trust = world.trust()
    assert {trust.accounts[world.account(party)] for party in PARTIES} == set(PARTIES)
    assert trust.engines.keys() == trust.policy_digests.keys() == set(PARTIES)
    policy = trust.view.parties[BEL].policy
    assert policy is not None
    assert trust.policy_digests[BEL] == policy_digest(policy)
    assert trust.problems == {}


def test_a_party_without_a_policy_has_no_engine_and_a_problem() -> None:
    trust = trust_with(replace(world.entry(BEL), policy=None))
    assert trust.problems == {BEL: "no policy is published"}
    assert trust.engines.keys() == {KEN, MEX, XPO}
    assert BEL in trust.accounts.values()


def test_a_policy_that_cannot_be_read_counts_as_none() -> None:
    trust = trust_with(replace(world.entry(BEL), policy=b"\xff"))
    assert BEL not in trust.engines
    assert BEL not in trust.policy_digests
    assert trust.problems[BEL].startswith("malformed")


def test_publishing_the_policy_of_another_party_counts_as_none() -> None:
    trust = trust_with(world.entry(BEL, world.open_policy(KEN)))
    assert BEL not in trust.engines
    assert trust.problems == {BEL: "the policy is that of KEN"}
