"""Whose findings, and which records, count in a party's figures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.app.registers import recoveries_known
from broker.app.statistics import statistics_of
from broker.core.codec.documents import encode_document
from broker.core.indicators.arms import Traced
from keys.identity import PartyId
from tests.unit.broker.app.route_node import keys, node, parties
from tests.unit.broker.services.recall_world import GREEN, RecallWorld
from tests.unit.broker.services.weapon_world import item, trace
from tests.world import BEL, KEN, MEX

_ARM = {**item(), "reference": "TEST-1"}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[RecallWorld]:
    made = parties(tmp_path)
    yield made
    made.close()


def recovery() -> bytes:
    """Returns the record of one weapon that was found."""
    return encode_document(
        "recovery-record/1",
        {
            "recovery": {"kind": "RECOVERY_KIND_FOUND", "date": "2026-03-09"},
            "items": [
                {
                    "item": _ARM,
                    "marked": "CHECK_ANSWER_YES",
                    "recorded": "CHECK_ANSWER_YES",
                    "traced": "CHECK_ANSWER_NOT_YET",
                }
            ],
        },
    )


def answer() -> bytes:
    """Returns what says that the weapon was traced."""
    return encode_document(
        "trace-response/1",
        {
            "outcome": "TRACE_OUTCOME_ANSWERED",
            "results": [
                {
                    "item": 0,
                    "status": "TRACING_STATUS_TRACED",
                    "pointOfDiversion": {"place": {"country": "BEL"}},
                }
            ],
        },
    )


@pytest.mark.parametrize(
    ("who", "traced"), [(BEL, Traced.TRACED), (MEX, Traced.PENDING)]
)
async def test_an_answer_counts_from_those_alone_who_were_asked(
    told: RecallWorld, who: PartyId, traced: Traced
) -> None:
    """Anybody who knows a request could otherwise raise a State's figures."""
    ken = told.sides[KEN]
    ken.send((BEL,), recovery(), "recovery-record/1", GREEN)
    request = ken.send((BEL,), trace(_ARM), "trace-request/1", GREEN)
    await told.settle()
    told.sides[who].send(
        (KEN,), answer(), "trace-response/1", GREEN, request.message_digest
    )
    await told.settle()
    [arm] = statistics_of(node(ken), keys(KEN)).counted.arms
    assert arm.traced is traced


async def test_a_record_that_was_taken_back_counts_at_neither_end(
    told: RecallWorld,
) -> None:
    ken = told.sides[KEN]
    sent = ken.send((BEL,), recovery(), "recovery-record/1", GREEN)
    await told.settle()
    assert len(statistics_of(node(ken), keys(KEN)).counted.arms) == 1
    known = {KEN: ken, BEL: told.sides[BEL]}
    for party, side in known.items():
        assert len(recoveries_known(node(side), keys(party))) == 1
    ken.recall(sent)
    await told.settle()
    assert statistics_of(node(ken), keys(KEN)).counted.arms == ()
    for party, side in known.items():
        assert recoveries_known(node(side), keys(party)) == ()
