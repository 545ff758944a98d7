"""How certificates, verifications, re-exports, holdings and practices go on."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import pytest

from broker.core.cases.case import build
from broker.core.cases.clocks import DAY_MS, CaseClocks
from broker.core.cases.events import CaseEvent, Told
from broker.core.cases.leg import Leg
from broker.core.cases.registry import BY_OPENING
from broker.core.codec.case_events import told_by
from broker.core.codec.documents import encode_document
from keys.framing import sha256
from tests.unit.broker.core.registers.stating import example
from tests.world import BEL, KEN, NOW_MS

_PARTIES: Final = {"KEN": KEN, "BEL": BEL}

Story = Sequence[tuple[str, str]]


def _leg(*story: tuple[str, str], opening: Told | None = None) -> Leg:
    """Plays a story between Kenya, who opens it, and Belgium; the last words first."""
    events: list[CaseEvent] = []
    for number, (by, name) in enumerate(story):
        who = _PARTIES[by]
        other = BEL if who == KEN else KEN
        told = opening if opening and not events else Told(event=name)
        events.append(
            CaseEvent(
                digest=sha256(b"event %d" % number),
                told=told,
                by=who,
                to=(other,),
                at_ms=NOW_MS + number,
                in_reply_to=events[0].digest if events else b"",
                delivered_ms={other: NOW_MS + number},
            )
        )
    [made] = build("", reversed(events), BY_OPENING).legs
    return made


def _owed(made: Leg) -> list[tuple[str, str]]:
    return [(str(one.by), one.debt.what) for one in made.owed(CaseClocks())]


_REGISTERED: Final = ("KEN", "certificate-registration")
_ASKED: Final = ("KEN", "verification-request")
_NOTICE: Final = ("KEN", "reexport-notification")
_FOUND: Final = ("BEL", "verification-response:confirmed")
_RECOVERED: Final = ("KEN", "recovery-record")
_LOST: Final = ("KEN", "stock-loss")


@pytest.mark.parametrize(
    ("story", "state"),
    [
        ([_REGISTERED], "shared"),
        ([_REGISTERED, ("BEL", "case-step:ask")], "asked"),
        ([_REGISTERED, ("BEL", "case-step:ask"), _REGISTERED], "acknowledged"),
        ([_REGISTERED, ("KEN", "case-step:revoke")], "revoked"),
        ([_REGISTERED, ("KEN", "case-step:withdraw")], "withdrawn"),
        ([_ASKED, ("BEL", "case-step:start")], "under-examination"),
        ([_ASKED, ("BEL", "case-step:ask")], "info-requested"),
        (
            [_ASKED, ("BEL", "case-step:ask"), ("KEN", "case-step:answer")],
            "under-examination",
        ),
        ([_ASKED, _FOUND], "confirmed"),
        # A better finding may follow.
        ([_ASKED, _FOUND, ("BEL", "verification-response:forged")], "forged"),
        ([_ASKED, _FOUND, ("KEN", "case-step:ask")], "under-examination"),
        ([_ASKED, _FOUND, ("KEN", "case-step:close"), _FOUND], "closed"),
        ([_NOTICE, ("BEL", "reexport-response:objected")], "objected"),
        (
            [
                _NOTICE,
                ("BEL", "reexport-response:conditions"),
                ("KEN", "case-step:accept"),
            ],
            "conditions-accepted",
        ),
        ([_NOTICE, ("KEN", "case-step:report")], "left"),
        (
            [
                _NOTICE,
                ("KEN", "case-step:report"),
                ("BEL", "reexport-response:objected"),
            ],
            "left",
        ),
        ([_RECOVERED, ("KEN", "disposition-record")], "disposed"),
        # A question later does not make it forgotten.
        (
            [_RECOVERED, ("KEN", "disposition-record"), ("BEL", "case-step:ask")],
            "disposed",
        ),
        ([_LOST, ("BEL", "recovery-record")], "found"),
        ([("KEN", "disposition-record"), ("KEN", "case-step:close")], "closed"),
        (
            [("KEN", "marking-practice"), ("KEN", "case-step:revoke")],
            "revoked",
        ),
    ],
)
def test_a_story_leads_to_its_state(story: Story, state: str) -> None:
    made = _leg(*story)
    assert made.state == state
    assert made.out_of_place == ()


@pytest.mark.parametrize(
    ("story", "allowed"),
    [
        # Nobody but the registrant revokes.
        ([_REGISTERED, ("BEL", "case-step:revoke")], "case-step:ask"),
        # Who asks cannot find.
        ([_ASKED, ("KEN", "verification-response:confirmed")], "case-step:withdraw"),
        # Conditions are accepted once there are any.
        ([_NOTICE, ("KEN", "case-step:accept")], "case-step:report"),
        # A recovery of one's own is told as a matter of its own.
        ([_RECOVERED, ("BEL", "disposition-record")], None),
    ],
)
def test_what_is_not_due_has_no_effect(story: Story, allowed: str | None) -> None:
    made = _leg(story[0])
    if allowed is None:
        assert story[1][1] not in made.allowed(BEL)
        return
    after = _leg(*story)
    assert after.state == made.state
    [misplaced] = after.out_of_place
    assert allowed in misplaced.allowed


@pytest.mark.parametrize(
    ("story", "debts"),
    [
        ([_REGISTERED], [("BEL", "an acknowledgement")]),
        (
            [_REGISTERED, ("BEL", "case-step:ask")],
            [("KEN", "an answer to what was asked")],
        ),
        ([_ASKED], [("BEL", "an acknowledgement"), ("BEL", "a finding")]),
        ([_ASKED, ("BEL", "case-step:start")], [("BEL", "a finding")]),
        ([_ASKED, ("BEL", "case-step:ask")], [("KEN", "what is missing")]),
        ([_ASKED, _FOUND], []),
        (
            [_NOTICE, ("BEL", "reexport-response:conditions")],
            [("KEN", "whether the conditions are accepted")],
        ),
        ([_RECOVERED], []),
        ([_LOST], [("BEL", "an acknowledgement")]),
    ],
)
def test_it_is_clear_who_owes_what(story: Story, debts: list[tuple[str, str]]) -> None:
    assert _owed(_leg(*story)) == debts


def test_an_exporter_owes_an_answer_before_the_goods_may_leave() -> None:
    leaves = dt.datetime.fromtimestamp(NOW_MS / 1000, dt.UTC).date() + dt.timedelta(3)
    fields = example("reexport-notification", notBefore=leaves.isoformat())
    told = told_by(
        "reexport-notification/1", encode_document("reexport-notification/1", fields)
    )
    made = _leg(_NOTICE, opening=told)
    _, answer = made.owed(CaseClocks())
    midnight = dt.datetime.combine(leaves, dt.time(), dt.UTC)
    assert answer.due_ms == int(midnight.timestamp() * 1000) - 1
    assert answer.overdue(NOW_MS + 4 * DAY_MS)


def test_the_first_day_of_the_calendar_has_none_before_it() -> None:
    fields = example("reexport-notification", notBefore="0001-01-01")
    body = encode_document("reexport-notification/1", fields)
    assert told_by("reexport-notification/1", body).due_on == ""
