"""What a message's story tells of taking it back, at both ends."""

from broker.core.recalls.recall import (
    Attestation,
    Attested,
    Downstream,
    Notice,
    Outcome,
    Reason,
    SentNotice,
)
from broker.core.recalls.taken_back import (
    DeskNotice,
    Destroyed,
    Hold,
    NoticeState,
    ReceivedNotice,
)
from broker.core.trails import timeline_recalls
from broker.core.trails.timeline import What
from tests.world import BEL, KEN, NOW_MS, XPO

_DIGEST = b"\xab" * 32


def test_taking_back_is_told_at_both_ends() -> None:
    for outcome in Outcome:
        assert timeline_recalls.attested_words(outcome)
    notice = Notice(message_digest=_DIGEST, reason=Reason.ERROR)
    [sent] = timeline_recalls.taken_back(
        [SentNotice(digest=b"n" * 32, notice=notice, at_ms=NOW_MS, parties=(BEL,))], KEN
    )
    assert (sent.what, sent.by, sent.text) == (
        What.RECALLED,
        KEN,
        "taken back: error",
    )
    said = Attestation(
        notice_digest=b"n" * 32,
        message_digest=_DIGEST,
        outcome=Outcome.DESTROYED,
        at_ms=NOW_MS + 1,
        downstream=(Downstream(party=XPO), Downstream(desk="customs")),
    )
    [answer] = timeline_recalls.attested(
        [Attested(digest=b"a" * 32, by=BEL, said=said)], KEN
    )
    assert answer.text == (
        "attested: its content is destroyed; besides, it had gone to XPO, customs"
    )
    came = ReceivedNotice(
        digest=b"n" * 32,
        origin=KEN,
        notice=Notice(
            message_digest=_DIGEST,
            reason=Reason.SAFETY,
            replacement=b"\x01" * 32,
            destroy=False,
        ),
        received_ms=NOW_MS,
        state=NoticeState.KEPT,
        outcome=Outcome.KEPT_BY_LAW,
        done_ms=NOW_MS + 2,
    )
    told, done = timeline_recalls.notified([came], BEL)
    assert told.text == (
        "replaced by 010101010101: safety; the content may be kept, marked as replaced"
    )
    assert (done.by, done.text) == (BEL, "attested: its content has to be kept by law")


def test_desks_holds_and_destruction_are_told() -> None:
    notice = DeskNotice(
        number=1,
        message_digest=_DIGEST,
        desk="customs",
        destroy=True,
        replacement=b"",
        at_ms=NOW_MS,
        told_ms=NOW_MS + 4,
        told_by="Ben",
    )
    due, told = timeline_recalls.desks_told([notice], BEL)
    assert due.text == "customs is to destroy its copy"
    assert (told.by, told.at_ms) == ("Ben", NOW_MS + 4)
    [kept] = timeline_recalls.kept(
        Hold(message_digest=_DIGEST, authority="a court", at_ms=NOW_MS), BEL
    )
    assert kept.text == "has to be kept, on demand of a court"
    [gone] = timeline_recalls.destroyed(
        Destroyed(message_digest=_DIGEST, at_ms=NOW_MS, rule="taken-back", cause=b""),
        BEL,
    )
    assert (gone.what, gone.rules) == (What.DESTROYED, ("taken-back",))
    assert gone.text == "content destroyed: taken-back"
    assert list(timeline_recalls.kept(None, BEL)) == []
    assert list(timeline_recalls.destroyed(None, BEL)) == []
