"""Whatever is wrong with a receipt is said in words that name it."""

from collections.abc import Iterable
from dataclasses import replace

from broker.core.model import Stage
from broker.core.reviews.clocks import HOUR_MS
from broker.core.reviews.findings import Conflict, FindingKind, ReceiptFinding
from broker.core.reviews.words import CONFLICTS, describe, describe_end, sound, span
from tests.unit.broker.core.reviews.reviewed import (
    ACCEPTED,
    CLOCKS,
    heard,
    review,
)
from tests.world import KEN, NOW_MS


def every(findings: Iterable[ReceiptFinding]) -> list[str]:
    return [describe(one) for one in findings]


def test_every_finding_has_words_that_name_the_clock_and_by_how_much() -> None:
    missing = review(ACCEPTED, after_ms=CLOCKS.delivered_ms + HOUR_MS)
    [text] = every(missing.findings)
    assert text.startswith("DELIVERED by BEL is missing, 1 h overdue; it was due at ")
    assert text.endswith("2027-01-16T08:00:00.000Z (clock: delivered)")
    late = heard(Stage.DELIVERED, after_ms=CLOCKS.delivered_ms + HOUR_MS)
    assert "BEL answered 1 h late" in every(review(ACCEPTED, late).findings)[0]
    told = heard(Stage.DELIVERED, lag_ms=CLOCKS.told_ms + HOUR_MS)
    assert "by BEL came 1 h late" in every(review(ACCEPTED, told).findings)[0]
    assert set(CONFLICTS) == set(Conflict)
    for one in Conflict:
        finding = replace(missing.findings[0], clock=one)
        assert "{" not in describe(finding)


def test_what_we_owe_is_said_so() -> None:
    finding = replace(
        review(ACCEPTED, after_ms=10**9).findings[0], ours=True, party=KEN
    )
    assert describe(finding).startswith("we owe KEN DELIVERED, ")
    late = replace(finding, kind=FindingKind.LATE)
    assert describe(late).startswith("we said DELIVERED to KEN ")
    assert sound([finding, late], "a message", NOW_MS).topic == "owing"


def test_an_alarm_about_many_names_the_first_and_counts_the_others() -> None:
    [finding] = review(after_ms=HOUR_MS).findings
    alarm = sound([finding] * 3, "trace-request/1 x", NOW_MS)
    assert alarm.text.startswith("trace-request/1 x: ACCEPTED by the hub is missing")
    assert alarm.text.endswith("the same of 2 more message(s)")
    assert alarm.topic == "receipts"


def test_spans_are_in_the_units_that_say_something() -> None:
    assert [span(one) for one in (0, 999, 61_000, 90 * HOUR_MS)] == [
        "0 s",
        "0 s",
        "1 min 1 s",
        "3 d 18 h",
    ]
    assert describe_end(None) == "it is settled"
    assert describe_end(HOUR_MS) == "it came, 1 h late"
