"""A content that names its own last day is due when that day is over, at both ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from broker.core.codec.documents import encode_document
from broker.core.handling import Handling, Tlp
from broker.core.recalls.retention import Fate, Kept, RetentionRules, judge
from tests.unit.broker.services.recall_world import RecallWorld, forward
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS

GREEN: Final = Handling(tlp=Tlp.GREEN)
TREND: Final = "manufacture-trend/1"
BODY: Final = encode_document(
    TREND,
    {
        "title": "Printed frames",
        "modes": ["MANUFACTURE_MODE_ADDITIVE"],
        "items": [{"itemClass": "ITEM_CLASS_FIREARM"}],
        "period": {"from": "2026-10"},
        "evaluation": {
            "europol": {
                "source": "EUROPOL_SOURCE_A",
                "information": "EUROPOL_INFORMATION_1",
            }
        },
        # Now is 15 January 2027.
        "expiresOn": "2027-01-20",
    },
)


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    for party in (KEN, BEL, MEX):
        made.side(party)
    yield made
    made.close()


async def test_it_is_due_after_its_last_day_and_not_before(
    parties: RecallWorld,
) -> None:
    message = parties.sides[KEN].send((BEL,), BODY, TREND, GREEN)
    await parties.settle()
    for party in (KEN, BEL):
        assert parties.sides[party].retention().plan().due == ()
    parties.clock.at_ms = NOW_MS + 6 * DAY_MS
    for party in (KEN, BEL):
        [due] = parties.sides[party].retention().plan().due
        assert (due.kept.message_digest, due.rule) == (
            message.message_digest,
            "content",
        )


async def test_what_was_passed_on_is_due_on_the_day_of_the_original(
    parties: RecallWorld,
) -> None:
    message = parties.sides[KEN].send((BEL,), BODY, TREND, GREEN)
    await parties.settle()
    forward(parties.sides[BEL], message.message_digest, (MEX,))
    await parties.settle()
    parties.clock.at_ms = NOW_MS + 6 * DAY_MS
    [due] = parties.sides[MEX].retention().plan().due
    assert (due.kept.kind, due.rule) == (TREND, "content")
    assert len(parties.sides[BEL].retention().plan().due) == 2


def test_the_earliest_limit_counts_and_a_hold_stops_it() -> None:
    kept = Kept(
        message_digest=b"m" * 32,
        kind="actor-profile/1",
        sealed_ms=NOW_MS,
        provider_days=10,
        expires_ms=NOW_MS + 5 * DAY_MS,
    )
    after = judge(kept, RetentionRules(), NOW_MS + 5 * DAY_MS)
    assert (after.fate, after.rule) == (Fate.DUE, "content")
    before = judge(kept, RetentionRules(), NOW_MS + 5 * DAY_MS - 1)
    assert before.fate is Fate.KEEP
