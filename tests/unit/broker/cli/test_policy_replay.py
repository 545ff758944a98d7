"""What `rogatory policy replay` says besides the table, and of a long past."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.cli import policy_replay
from broker.core.decisions import Direction, protect_asked, record_decision
from broker.core.errors import Code
from broker.core.policy.decision import Allow, Deny, Question, Terms
from broker.core.policy.facts import Facts
from broker.core.policy.replay import Replay
from broker.core.policy.rule import ApprovalRule
from broker.infra.node_store import NodeStore
from tests import world
from tests.officers import AMINA
from tests.unit.broker.core.flows.documents import permit, policy
from tests.world import AMBER, BEL, KEN, MEX, NOW_MS

ALLOW = Allow(rule_ids=("all",), reasons=("treaty",), terms=Terms())
DENY = Deny(rule_ids=(), reasons=("no rule permits it",))
ASKED = Question(
    origin=KEN,
    recipient=BEL,
    kind="trace-request/1",
    handling=AMBER,
    at_ms=NOW_MS,
    facts=Facts(),
)


@pytest.fixture
def replayed(tmp_path: Path) -> Iterator[Replay]:
    """Three decisions, asked again of a policy under which officers approve."""
    store, key = NodeStore(tmp_path / "node.db"), world.holder(KEN).store_key
    for to, decision, code in (
        (BEL, ALLOW, None),
        (BEL, DENY, Code.KEY_NOT_VALID),
        (MEX, DENY, None),
    ):
        question = replace(ASKED, recipient=to)
        store.store_decisions(
            [
                record_decision(
                    question,
                    decision,
                    Direction.EXPORT,
                    subject=bytes(32),
                    policy_digest=bytes(32),
                    protected=protect_asked(key, question, Direction.EXPORT),
                    code=code,
                )
            ]
        )
    one = ApprovalRule(needed=1, officers=frozenset({AMINA}))
    own = policy(permit("held", BEL, MEX, approval=one), officers=(AMINA,))
    found = Replay.under(own)
    for past in policy_replay.past_in(store, key, KEN, 0):
        found.ask(past)
    yield found
    store.close()


def test_what_others_denied_and_what_would_have_waited_is_told(
    replayed: Replay, capsys: pytest.CaptureFixture[str]
) -> None:
    policy_replay.show(replayed, "30d")
    shown = capsys.readouterr()
    assert "deny → allow" in shown.out
    assert "permitted by rule held" in shown.out
    assert "3 decisions of the last 30d; 2 would be the same." in shown.err
    assert "1 of these were denied by others" in shown.err
    assert "2 would have waited until officers approve." in shown.err


def test_nothing_to_ask_about_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    policy_replay.show(Replay.under(policy()), "1d")
    assert "Nothing was decided." in capsys.readouterr().err


def test_a_long_past_says_how_far_it_has_come(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(policy_replay, "_PAGE", 2)
    store, key = NodeStore(tmp_path / "node.db"), world.holder(KEN).store_key
    one = record_decision(
        ASKED,
        ALLOW,
        Direction.EXPORT,
        subject=bytes(32),
        policy_digest=bytes(32),
        protected=protect_asked(key, ASKED, Direction.EXPORT),
    )
    store.store_decisions([one] * 5)
    assert len(list(policy_replay.past_in(store, key, KEN, 0))) == 5
    assert capsys.readouterr().err.splitlines() == [
        "2 of 5 decisions",
        "4 of 5 decisions",
        "5 of 5 decisions",
    ]
    store.close()
