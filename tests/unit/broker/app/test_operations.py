"""What all members of a group have to get alike is not sent in halves."""

from dataclasses import replace
from pathlib import Path

import pytest

from broker.app.operations import check_whole
from broker.core.errors import Code, RefusedError
from broker.core.flows.export import ExportPlan
from broker.core.limits import Limits
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.rule import RuleTerms
from broker.core.policy.rules import Policy
from broker.infra.node_store import NodeStore
from broker.services.dispatch import Dispatcher
from broker.services.operations import OPERATION_KIND
from tests import world
from tests.unit.broker.services.test_operations import operation
from tests.world import AMBER, BEL, KEN, MEX


def plan(folder: Path, policy: Policy) -> ExportPlan:
    """Returns what Kenya's policy makes of an operation with Belgium and Mexico."""
    store = NodeStore(folder / "ken.sqlite3")
    trust = world.trust({KEN: world.entry(KEN, policy)})
    desk = Dispatcher(
        world.holder(KEN), store, lambda: trust, world.FakeClock(), Limits()
    )
    document = OutgoingDocument(
        kind=OPERATION_KIND,
        body=operation(),
        recipients=(BEL, MEX),
        handling=AMBER,
    )
    planned = desk.plan(document)
    store.close()
    return planned


def test_what_goes_to_everybody_alike_goes(tmp_path: Path) -> None:
    check_whole(plan(tmp_path, world.open_policy(KEN)))


def test_what_a_policy_keeps_from_a_member_goes_to_nobody(tmp_path: Path) -> None:
    closed = world.closed_policy(KEN, against=MEX)
    with pytest.raises(
        RefusedError, match="from MEX: denied by rule not-them"
    ) as refused:
        check_whole(plan(tmp_path, closed))
    assert refused.value.code is Code.OUTSIDE_OPERATION


def test_what_policies_would_split_goes_to_nobody(tmp_path: Path) -> None:
    own = world.open_policy(KEN)
    [share] = own.exports
    brief = replace(
        share,
        id="brief",
        everyone=False,
        parties=frozenset({MEX}),
        terms=RuleTerms(retention_days=30),
    )
    alone = replace(share, except_parties=frozenset({MEX}))
    with pytest.raises(RefusedError, match="2 different messages"):
        check_whole(plan(tmp_path, replace(own, exports=(alone, brief))))
