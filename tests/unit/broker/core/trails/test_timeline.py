"""The story of one message: every source in it, in one order, in plain words."""

from dataclasses import replace

from hypothesis import given, strategies as st

from broker.core.admitted import Admission, AdmissionState, HandedOut
from broker.core.decisions import DecisionRecord, Direction, Verdict
from broker.core.fields import FieldClass, Treatment
from broker.core.model import Decider, Stage
from broker.core.pending import Approver, Released
from broker.core.protocol_kinds import ATTESTATION, CORRECTION, RECALL
from broker.core.records import Alarm
from broker.core.reviews.clocks import Clock
from broker.core.reviews.findings import FindingKind, ReceiptFinding
from broker.core.trails import timeline
from broker.core.trails.timeline import Event, What
from broker.core.trails.trail import MessageHead, Role, TrailLine
from keys.identity import PartyId
from tests import world
from tests.world import BEL, KEN, MEX, NOW_MS

_DIGEST = b"\xab" * 32
_POLICY = b"\xcd" * 32


def _decision(party: str, verdict: Verdict, code: str = "") -> DecisionRecord:
    redacted = ((FieldClass.PERSONAL, Treatment.DROP),)
    return DecisionRecord(
        at_ms=NOW_MS,
        direction=Direction.EXPORT,
        subject=_DIGEST,
        kind=world.KIND,
        party=PartyId(party),
        verdict=verdict,
        code=code,
        rule_ids=("share",),
        reasons=("treaty",),
        fields=redacted if verdict is Verdict.REDACT else (),
        policy_digest=_POLICY,
        protected=b"what the content told",
    )


def _head(kind: str, role: Role = Role.SENT) -> MessageHead:
    return MessageHead(
        message_digest=_DIGEST,
        role=role,
        kind=kind,
        origin=KEN,
        parties=(BEL, MEX),
        created_ms=NOW_MS,
    )


def test_recipients_whom_policy_treats_alike_share_a_line() -> None:
    alike, other, denied = timeline.decided(
        [
            _decision("MEX", Verdict.ALLOW),
            _decision("XPO", Verdict.REDACT),
            _decision("BEL", Verdict.ALLOW),
            _decision("ZZZ", Verdict.DENY, "export-policy"),
        ],
        KEN,
    )
    assert (alike.parties, alike.text) == (("BEL", "MEX"), "policy: let out by share")
    assert (alike.rules, alike.policy_digest) == (("share",), _POLICY)
    assert other.text == "policy: let out by share; drop personal"
    assert (denied.code, denied.parties) == ("export-policy", ("ZZZ",))
    assert denied.text == "policy: not let out by share: treaty"


def test_an_import_is_told_as_one() -> None:
    record = _decision("BEL", Verdict.ALLOW)
    [event] = timeline.decided(
        [
            DecisionRecord(
                at_ms=record.at_ms,
                direction=Direction.IMPORT,
                subject=record.subject,
                kind=record.kind,
                party=record.party,
                verdict=record.verdict,
                policy_digest=_POLICY,
                protected=b"",
            )
        ],
        KEN,
    )
    assert event.text == "policy: taken in"


def test_sealing_names_what_was_held_back() -> None:
    header = world.header(withheld=(FieldClass.PERSONAL, FieldClass.SOURCE))
    event = timeline.sealed(header)
    assert (event.what, event.by, event.parties) == (What.SEALED, KEN, (BEL,))
    assert event.text.endswith("; withheld or made less exact: personal, source")
    assert timeline.sealed(world.header()).text.endswith(str(world.AMBER))
    assert timeline.submitted(header, NOW_MS + 1).parties == ("HUB",)
    assert timeline.arrived(header, BEL, NOW_MS + 2).by == BEL


def test_officers_are_named_with_when_they_approved() -> None:
    record = Released(
        message_digest=_DIGEST,
        pending_id=bytes(16),
        at_ms=NOW_MS,
        approved=(Approver(officer="Amina", at_ms=NOW_MS - 5),),
        protected=b"",
    )
    held, approved = timeline.released(record, KEN, NOW_MS - 9)
    assert (held.what, held.at_ms) == (What.HELD, NOW_MS - 9)
    assert (approved.what, approved.by) == (What.APPROVED, "Amina")
    assert len(list(timeline.released(record, KEN, None))) == 1


def test_an_authority_is_named_with_what_it_states() -> None:
    message = world.sealed()
    [event] = timeline.stated(
        [
            world.receipt(
                message,
                Stage.ACKNOWLEDGED,
                authority="Customs, desk 4",
                decider=Decider.PERSON,
            )
        ]
    )
    assert event.what is What.ACKNOWLEDGED
    assert event.text.endswith(": Customs, desk 4, decided by a person")
    [refused] = timeline.stated([world.receipt(message, Stage.REFUSED, detail="why")])
    assert (refused.code, refused.text) == ("cannot-open", "refused: why")
    [again] = timeline.contradicted([world.receipt(message, Stage.DELIVERED)])
    assert again.what is What.ALARM
    assert "said DELIVERED again" in again.text


def test_every_stage_has_its_place_in_the_story() -> None:
    message = world.sealed()
    for stage in Stage:
        [event] = timeline.stated([world.receipt(message, stage)])
        assert event.what.name == stage.name
        line = TrailLine(
            cursor=1,
            at_ms=NOW_MS,
            stage=stage.name,
            by=BEL,
            to=KEN,
            message_digest=_DIGEST,
        )
        assert timeline.listed(line).what is event.what


def test_a_withholding_tells_to_whom_and_why() -> None:
    line = TrailLine(
        cursor=1,
        at_ms=NOW_MS,
        stage="WITHHELD",
        by=KEN,
        to=KEN,
        message_digest=_DIGEST,
        code="export-policy",
    )
    event = timeline.withheld(_head(world.KIND, Role.WITHHELD), [line])
    assert (event.parties, event.code) == ((BEL, MEX), "export-policy")


def test_quarantine_and_hand_outs_are_told_without_their_notes() -> None:
    admission = Admission(
        message_digest=_DIGEST,
        kind=world.KIND,
        state=AdmissionState.QUARANTINED,
        routes=("customs", "police"),
        retention_days=30,
        with_consent=True,
        policy_digest=_POLICY,
        since_ms=NOW_MS,
        note=b"why a person declined it",
    )
    event = timeline.admitted(admission, BEL)
    assert event.text == (
        "waits in quarantine until a person has looked at it, for customs, police, "
        "kept for 30 day(s), passed on only with its provider's consent"
    )
    for state in AdmissionState:
        assert timeline.admitted(replace(admission, state=state), BEL).text
    [given] = timeline.handed_out(
        [
            HandedOut(
                message_digest=_DIGEST,
                desk="customs",
                agency="Border",
                purpose="trial",
                at_ms=NOW_MS,
                file_digest=_DIGEST,
            )
        ],
        BEL,
    )
    assert given.text == "handed out to customs of Border for trial"


def test_answers_recalls_and_attestations_are_told_apart() -> None:
    kinds = (world.KIND, RECALL, CORRECTION, ATTESTATION)
    events = list(timeline.answered(map(_head, kinds)))
    assert [one.what for one in events] == [
        What.ANSWERED,
        What.RECALLED,
        What.RECALLED,
        What.ATTESTED,
    ]
    assert {one.message_digest for one in events} == {_DIGEST}
    assert list(timeline.answered([_head(world.KIND, Role.WITHHELD)])) == []


def test_alarms_and_doubts_about_receipts_are_told() -> None:
    [alarm] = timeline.alarmed([Alarm(at_ms=NOW_MS, topic="gap", text="7 lost")], KEN)
    assert (alarm.what, alarm.text) == (What.ALARM, "gap: 7 lost")
    finding = ReceiptFinding(
        kind=FindingKind.MISSING,
        clock=Clock.ACCEPTED,
        message_digest=_DIGEST,
        party="HUB",
        stage=Stage.ACCEPTED,
        due_ms=NOW_MS,
        over_ms=60_000,
    )
    waits, settled = timeline.found([(finding, None), (finding, NOW_MS + 1)])
    assert (waits.at_ms, waits.by) == (NOW_MS, "HUB")
    assert settled.text.startswith(f"{waits.text}; settled 2027-")


_EVENTS = st.lists(
    st.builds(
        Event,
        at_ms=st.integers(0, 3),
        what=st.sampled_from(What),
        by=st.sampled_from(["KEN", "BEL"]),
        text=st.sampled_from(["a", "b"]),
    ),
    max_size=12,
)


@given(_EVENTS, st.data())
def test_a_story_is_the_same_in_whichever_order_it_was_collected(
    events: list[Event], data: st.DataObject
) -> None:
    ordered = timeline.in_order(events)
    mixed = data.draw(st.permutations(events * 2))
    assert timeline.in_order(mixed) == ordered
    assert set(ordered) == set(events)
    places = [(one.at_ms, one.what) for one in ordered]
    assert places == sorted(places)


def test_what_leads_to_something_comes_before_it_at_the_same_time() -> None:
    message = world.sealed()
    events = [
        *timeline.stated([world.receipt(message, stage) for stage in Stage]),
        timeline.sealed(message.header),
        *timeline.decided([_decision("BEL", Verdict.ALLOW)], KEN),
    ]
    assert [one.what.word for one in timeline.in_order(events)] == [
        "decided",
        "withheld",
        "sealed",
        "accepted",
        "delivered",
        "opened",
        "acknowledged",
        "acted",
        "refused",
    ]
    assert What.HANDED_OUT.word == "handed-out"
