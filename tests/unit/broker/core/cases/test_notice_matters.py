"""How notices, leads, profiles, assistance, operations and permissions go on."""

from collections.abc import Sequence
from typing import Final

import pytest

from broker.core.cases.case import build
from broker.core.cases.clocks import DAY_MS, HOUR_MS, CaseClocks
from broker.core.cases.events import CaseEvent, Told, Urgency
from broker.core.cases.leg import Leg
from broker.core.cases.registry import BY_OPENING
from keys.framing import sha256
from tests.world import BEL, KEN, NOW_MS

_PARTIES: Final = {"KEN": KEN, "BEL": BEL}

Story = Sequence[tuple[str, str]]


def leg(*story: tuple[str, str]) -> Leg:
    """Plays a story between Kenya, who opens it, and Belgium."""
    events: list[CaseEvent] = []
    for number, (by, name) in enumerate(story):
        who = _PARTIES[by]
        other = BEL if who == KEN else KEN
        events.append(
            CaseEvent(
                digest=sha256(b"event %d" % number),
                told=Told(event=name, urgency=Urgency.ROUTINE),
                by=who,
                to=(other,),
                at_ms=NOW_MS + number,
                in_reply_to=events[0].digest if events else b"",
                delivered_ms={other: NOW_MS + number},
            )
        )
    [made] = build("", reversed(events), BY_OPENING).legs
    return made


def owed(made: Leg) -> list[tuple[str, str, int | None]]:
    """Returns who owes what, and how long after the last move."""
    return [
        (
            str(one.by),
            one.debt.what,
            None if one.due_ms is None else one.due_ms - NOW_MS,
        )
        for one in made.owed(CaseClocks())
    ]


@pytest.mark.parametrize(
    ("story", "state"),
    [
        ([("KEN", "practice-note")], "shared"),
        ([("KEN", "prosecution-notice"), ("BEL", "case-step:ask")], "asked"),
        (
            [
                ("KEN", "conversion-technique"),
                ("BEL", "case-step:ask"),
                ("KEN", "case-step:answer"),
                ("BEL", "case-step:report"),
            ],
            "shared",
        ),
        ([("KEN", "manufacture-trend"), ("KEN", "case-step:withdraw")], "withdrawn"),
        ([("KEN", "financial-lead"), ("BEL", "case-step:start")], "in-hand"),
        (
            [
                ("KEN", "transfer-notice"),
                ("BEL", "case-step:ask"),
                ("KEN", "case-step:answer"),
                ("BEL", "case-step:report"),
                ("KEN", "case-step:close"),
            ],
            "closed",
        ),
        ([("KEN", "brokering-notice"), ("BEL", "case-step:decline")], "declined"),
        (
            [
                ("KEN", "actor-profile"),
                ("BEL", "case-step:correct"),
                ("KEN", "case-step:correct"),
            ],
            "acknowledged",
        ),
        ([("KEN", "actor-profile"), ("BEL", "receipt:refused")], "undelivered"),
        (
            [
                ("KEN", "assistance-need"),
                ("BEL", "assistance-offer"),
                ("KEN", "case-step:accept"),
                ("KEN", "assistance-match"),
                ("BEL", "case-step:report"),
            ],
            "running",
        ),
        (
            [
                ("KEN", "assistance-offer"),
                ("BEL", "assistance-need"),
                ("KEN", "case-step:decline"),
            ],
            "open",
        ),
        (
            [
                ("KEN", "assistance-match"),
                ("BEL", "case-step:join"),
                ("KEN", "assistance-match"),
                ("BEL", "case-step:leave"),
            ],
            "left",
        ),
        (
            [
                ("KEN", "peer-review:self-assessment"),
                ("BEL", "case-step:accept"),
                ("BEL", "peer-review:findings"),
                ("KEN", "peer-review:response"),
            ],
            "responded",
        ),
        ([("KEN", "operation"), ("BEL", "case-step:join")], "joined"),
        (
            [
                ("KEN", "operation"),
                ("BEL", "case-step:join"),
                ("BEL", "operation-report"),
                ("KEN", "case-step:close"),
            ],
            "over",
        ),
        (
            [
                ("KEN", "permission-request"),
                ("BEL", "permission-grant:granted"),
                ("BEL", "permission-grant:withdrawn"),
            ],
            "revoked",
        ),
        ([("KEN", "recall"), ("BEL", "attestation")], "attested"),
        ([("KEN", "correction")], "replaced"),
    ],
)
def test_a_matter_goes_on_as_its_lifecycle_says(story: Story, state: str) -> None:
    made = leg(*story)
    assert made.state == state
    assert made.out_of_place == ()


@pytest.mark.parametrize(
    "story",
    [
        [("KEN", "practice-note"), ("KEN", "case-step:ask")],
        [("KEN", "financial-lead"), ("KEN", "case-step:report")],
        [("KEN", "transfer-notice"), ("BEL", "case-step:withdraw")],
        [("KEN", "actor-profile"), ("BEL", "case-step:withdraw")],
        [("KEN", "assistance-need"), ("BEL", "case-step:accept")],
        [("KEN", "peer-review:self-assessment"), ("KEN", "peer-review:response")],
        [("KEN", "operation"), ("BEL", "operation-report")],
        [("KEN", "operation"), ("KEN", "case-step:join")],
        [
            ("KEN", "operation"),
            ("BEL", "case-step:decline"),
            ("BEL", "case-step:join"),
        ],
        [("KEN", "permission-request"), ("KEN", "permission-grant:granted")],
        [("KEN", "recall"), ("KEN", "attestation")],
    ],
)
def test_what_is_not_due_has_no_effect(story: Story) -> None:
    made = leg(*story)
    assert [one.event.told.event for one in made.out_of_place] == [story[-1][1]]


def test_nobody_owes_anything_for_a_notice_or_for_help() -> None:
    for kind in ("practice-note", "assistance-need", "assistance-offer", "correction"):
        assert owed(leg(("KEN", kind))) == []


@pytest.mark.parametrize(
    ("story", "who", "what", "after_ms"),
    [
        ([("KEN", "financial-lead")], "BEL", "an acknowledgement", 3 * DAY_MS),
        ([("KEN", "actor-profile")], "BEL", "an acknowledgement", 3 * DAY_MS),
        (
            [("KEN", "transfer-notice"), ("BEL", "case-step:ask")],
            "KEN",
            "an answer",
            7 * DAY_MS + 1,
        ),
        (
            [("KEN", "actor-profile"), ("BEL", "case-step:correct")],
            "KEN",
            "a correction, or a reason for none",
            7 * DAY_MS + 1,
        ),
        (
            [("KEN", "assistance-need"), ("BEL", "assistance-offer")],
            "KEN",
            "an answer to the offer",
            7 * DAY_MS + 1,
        ),
        ([("KEN", "operation")], "BEL", "whether it joins", 7 * DAY_MS),
        ([("KEN", "permission-request")], "BEL", "an answer", 7 * DAY_MS),
        (
            [("KEN", "recall")],
            "BEL",
            "an attestation of what became of it",
            72 * HOUR_MS,
        ),
    ],
)
def test_it_is_said_who_owes_what_and_until_when(
    story: Story, who: str, what: str, after_ms: int
) -> None:
    assert owed(leg(*story)) == [(who, what, after_ms)]


def test_a_further_operation_message_is_a_group_of_its_own() -> None:
    first = CaseEvent(
        digest=sha256(b"first"),
        told=Told(event="operation"),
        by=KEN,
        to=(BEL,),
        at_ms=NOW_MS,
    )
    second = CaseEvent(
        digest=sha256(b"second"),
        told=Told(event="operation"),
        by=KEN,
        to=(BEL,),
        at_ms=NOW_MS + 1,
        in_reply_to=first.digest,
    )
    assert [
        one.opening.digest for one in build("", [second, first], BY_OPENING).legs
    ] == [
        first.digest,
        second.digest,
    ]
