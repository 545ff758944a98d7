"""A plan and what was decided, in words: who gets what, who not, and why."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.cli.decided import decision_fields, decision_lines
from broker.cli.export_plans import plan_fields, plan_rows
from broker.core.fields import FieldClass, Treatment
from broker.core.limits import Limits
from broker.core.policy.rule import ApprovalRule
from broker.infra.node_store import NodeStore
from broker.services.dispatch import Dispatcher
from tests import world
from tests.officers import AMINA, BRIAN
from tests.unit.broker.core.flows.documents import document, permit, policy
from tests.world import BEL, KEN, MEX, STRANGER, XPO

LESS = {
    FieldClass.SOURCE: Treatment.DROP,
    FieldClass.FULL_SERIAL: Treatment.BLUR,
    FieldClass.FINANCIAL: Treatment.DROP,
    FieldClass.FREE_TEXT: Treatment.KEEP,
}
ONE = ApprovalRule(needed=1, officers=frozenset({AMINA, BRIAN}))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    opened = NodeStore(tmp_path / "node.sqlite3")
    yield opened
    opened.close()


def desk(store: NodeStore, *, approval: ApprovalRule | None) -> Dispatcher:
    own = policy(
        permit("all", BEL, retention_days=30),
        permit("less", MEX, fields=LESS, approval=approval),
        officers=(AMINA, BRIAN),
    )
    known = world.trust({KEN: world.entry(KEN, own)})
    return Dispatcher(
        world.holder(KEN), store, lambda: known, world.FakeClock(), Limits()
    )


def test_a_table_says_what_each_gets_and_what_it_waits_for(store: NodeStore) -> None:
    plan = desk(store, approval=ONE).plan(document(BEL, MEX, XPO, STRANGER))
    rows = plan_rows(plan)
    assert [(row[0], row[1]) for row in rows] == [
        ("yes", "BEL"),
        (
            "yes, without source; full-serial blurred; once 1 of amina, brian approve",
            "MEX",
        ),
        ("no", "XPO"),
        ("no", "ZZZ"),
    ]
    assert "permitted by rule less" in rows[1][2]
    assert rows[2][2].startswith("export-policy: no rule permits it; nearest is rule")
    assert rows[3][2].startswith("unknown-party: ")


def test_json_says_the_same_and_counts_the_messages(store: NodeStore) -> None:
    plan = desk(store, approval=ONE).plan(document(BEL, MEX, XPO))
    fields = json.loads(json.dumps(plan_fields(plan)))
    whole, less = fields["would_get_it"]
    assert (whole["party"], whole["message"], whole["withheld"]) == ("BEL", 1, {})
    assert whole["retention_days"] == 30
    assert (less["party"], less["message"], less["rules"]) == ("MEX", 2, ["less"])
    assert less["withheld"] == {"source": "drop", "full-serial": "blur"}
    assert less["approvals"] == [
        {"rule": "less", "needed": 1, "officers": ["amina", "brian"]}
    ]
    assert fields["release"] == plan.digest.hex()


def test_what_was_decided_is_told_party_by_party(store: NodeStore) -> None:
    desk(store, approval=None).send(document(BEL, MEX, XPO, STRANGER), partial=True)
    kept = [record for _, record in store.decisions_since(0)]
    lines = list(decision_lines(kept))
    assert "BEL: permitted by rule all" in lines
    assert (
        "MEX: permitted by rule less; source: drop, financial: drop, full-serial: blur"
        in lines
    )
    assert "XPO: withheld, export-policy: no rule permits it" in lines
    by_party = {one["party"]: one for one in decision_fields(kept)}
    assert by_party["XPO"]["near_misses"]
    assert by_party["MEX"]["fields"] == {
        "source": "drop",
        "financial": "drop",
        "full-serial": "blur",
    }
    assert by_party["ZZZ"]["code"] == "unknown-party"


def test_parties_about_whom_the_same_was_decided_share_a_line(store: NodeStore) -> None:
    known = world.trust()
    sender = Dispatcher(
        world.holder(KEN), store, lambda: known, world.FakeClock(), Limits()
    )
    [sealed] = sender.send(document(BEL, MEX))
    kept = store.decisions_about(sealed.message_digest)
    assert list(decision_lines(kept)) == ["BEL, MEX: permitted by rule share"]
