"""Only an origin takes its message back; standing depends on no order of arrival."""

import pytest
from hypothesis import given, strategies as st

from broker.core.codec.documents import decode_document
from broker.core.codec.recall import (
    encode_attestation,
    encode_notice,
    read_attestation,
    read_notice,
)
from broker.core.errors import Code, RefusedError
from broker.core.flows.taking_back import check_answer, read_taking_back
from broker.core.model import Header, Receipt, Stage
from broker.core.protocol_kinds import ATTESTATION, CORRECTION, RECALL
from broker.core.recalls.recall import (
    Attestation,
    Attested,
    Downstream,
    Notice,
    Outcome,
    Reason,
    SentNotice,
    Standing,
    check_may_recall,
    compliance,
    untold,
)
from broker.core.recalls.taken_back import (
    BY_NOTICE,
    Destroyed,
    NoticeState,
    ReceivedNotice,
    taken_back,
)
from keys.identity import HUB, PartyId
from rogatory.v1 import recall_pb2 as pb
from tests import world
from tests.world import BEL, KEN, MEX, NOW_MS

M, N, R = b"m" * 32, b"n" * 32, b"r" * 32
NOTICE = Notice(message_digest=M, reason=Reason.ERROR)
SENT = SentNotice(digest=N, notice=NOTICE, at_ms=NOW_MS, parties=(BEL, MEX))
WITHIN_MS = 1000
_DIGESTS = st.binary(min_size=32, max_size=32)
_TIMES = st.integers(1_600_000_000_000, 1_900_000_000_000)

notices = st.builds(
    Notice,
    message_digest=_DIGESTS,
    reason=st.sampled_from(Reason),
) | st.builds(
    Notice,
    message_digest=_DIGESTS,
    reason=st.sampled_from(Reason),
    replacement=_DIGESTS,
    destroy=st.booleans(),
)
downstreams = st.builds(
    Downstream,
    party=st.sampled_from([BEL, MEX]),
    copy_digest=_DIGESTS,
    at_ms=_TIMES,
    told=st.booleans(),
) | st.builds(
    Downstream,
    desk=st.sampled_from(["police", "customs"]),
    at_ms=_TIMES,
    told=st.booleans(),
)
attestations = st.builds(
    Attestation,
    notice_digest=st.just(N),
    message_digest=st.just(M),
    outcome=st.sampled_from(Outcome),
    at_ms=_TIMES,
    downstream=st.lists(downstreams, max_size=3).map(tuple),
)


@given(notices)
def test_a_notice_reads_back_and_fits_its_kind(notice: Notice) -> None:
    body = encode_notice(notice)
    decode_document(notice.kind, body)
    assert read_notice(notice.kind, body) == notice


@given(attestations)
def test_an_attestation_reads_back_and_fits_its_kind(said: Attestation) -> None:
    body = encode_attestation(said)
    decode_document(ATTESTATION, body)
    assert read_attestation(body) == said


@pytest.mark.parametrize("kind", [RECALL, CORRECTION, "trace-request/1"])
def test_a_notice_that_says_nothing_is_refused(kind: str) -> None:
    with pytest.raises(RefusedError):
        read_notice(kind, b"")


def test_an_attestation_that_says_nothing_is_refused() -> None:
    with pytest.raises(RefusedError, match="noticeDigest"):
        read_attestation(b"")


@pytest.mark.parametrize(
    "message",
    [
        pb.Attestation(notice_digest=N, message_digest=M, outcome=9),  # type: ignore[arg-type]
        pb.Attestation(
            notice_digest=N,
            message_digest=M,
            outcome="RECALL_OUTCOME_NOT_HELD",
            downstream=[pb.Downstream(party="nobody")],
        ),
    ],
    ids=["outcome", "party"],
)
def test_an_attestation_of_words_that_do_not_exist_is_refused(
    message: pb.Attestation,
) -> None:
    with pytest.raises(RefusedError) as refused:
        read_attestation(message.SerializeToString())
    assert refused.value.code is Code.INVALID_CONTENT


def test_a_reason_that_does_not_exist_is_refused() -> None:
    recall = pb.Recall(message_digest=M, reason=99)  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="reason"):
        read_notice(RECALL, recall.SerializeToString())


def carrier(kind: str, in_reply_to: bytes) -> Header:
    return world.header(KEN, (BEL,), kind=kind, in_reply_to=in_reply_to)


def test_a_notice_has_to_answer_the_message_it_names() -> None:
    body = encode_notice(NOTICE)
    assert read_taking_back(carrier(RECALL, M), body) == NOTICE
    with pytest.raises(RefusedError) as refused:
        read_taking_back(carrier(RECALL, N), body)
    assert refused.value.code is Code.INVALID_RECALL


def test_a_message_cannot_replace_itself() -> None:
    itself = Notice(message_digest=M, reason=Reason.ERROR, replacement=M)
    with pytest.raises(RefusedError, match="replace itself"):
        read_taking_back(carrier(CORRECTION, M), encode_notice(itself))


def test_an_attestation_has_to_answer_the_notice_it_names() -> None:
    said = attested(Outcome.DESTROYED, 0).said
    body = encode_attestation(said)
    assert read_taking_back(carrier(ATTESTATION, N), body) == said
    with pytest.raises(RefusedError, match="answers another"):
        read_taking_back(carrier(ATTESTATION, M), body)


def test_only_its_origin_takes_a_message_back() -> None:
    check_may_recall(KEN, world.header(KEN))
    with pytest.raises(RefusedError, match="of KEN"):
        check_may_recall(MEX, world.header(KEN))


@pytest.mark.parametrize("kind", [RECALL, CORRECTION, ATTESTATION])
def test_nobody_takes_a_notice_back(kind: str) -> None:
    with pytest.raises(RefusedError, match="stays as it is"):
        check_may_recall(KEN, world.header(KEN, kind=kind))


@pytest.mark.parametrize(
    ("sent", "by"),
    [
        (None, BEL),
        (SENT, KEN),
        (SentNotice(digest=N, notice=Notice(
            message_digest=R, reason=Reason.ERROR), at_ms=0, parties=(BEL,)), BEL),
        (SentNotice(digest=N, notice=Notice(
            message_digest=M, reason=Reason.ERROR, replacement=R, destroy=False),
            at_ms=0, parties=(BEL,)), BEL),
    ],
)  # fmt: skip
def test_an_answer_that_nobody_asked_for_is_refused(
    sent: SentNotice | None, by: PartyId
) -> None:
    with pytest.raises(RefusedError) as refused:
        check_answer(attested(Outcome.DESTROYED, 0).said, by, sent)
    assert refused.value.code is Code.INVALID_RECALL


def attested(outcome: Outcome, at_ms: int, by: PartyId = BEL) -> Attested:
    said = Attestation(
        notice_digest=N, message_digest=M, outcome=outcome, at_ms=NOW_MS + at_ms
    )
    return Attested(digest=bytes([at_ms % 256]) * 32, by=by, said=said)


def stated(stage: Stage, by: str = BEL, at_ms: int = 5) -> Receipt:
    return Receipt(
        stage=stage,
        message_digest=N,
        by=by,
        to=KEN,
        at_ms=NOW_MS + at_ms,
        nonce=bytes(16),
        code="declined" if stage is Stage.REFUSED else "",
    )


def standing(
    answers: list[Attested],
    receipts: list[Receipt],
    after_ms: int = 10,
    sent: SentNotice = SENT,
) -> dict[str, Standing]:
    found = compliance(
        (BEL, KEN, MEX),
        [sent],
        answers,
        receipts,
        now_ms=NOW_MS + after_ms,
        within_ms=WITHIN_MS,
    )
    return {one.party: one.standing for one in found}


def test_who_was_not_told_is_shown_as_such() -> None:
    assert standing([], []) == {
        BEL: Standing.TOLD,
        KEN: Standing.UNTOLD,
        MEX: Standing.TOLD,
    }
    assert untold((BEL, KEN, MEX), [SENT]) == [KEN]


def test_silence_is_overdue_once_the_time_is_over() -> None:
    there = [stated(Stage.DELIVERED)]
    assert standing([], there, WITHIN_MS - 1)[BEL] is Standing.REACHED
    assert standing([], there, WITHIN_MS)[BEL] is Standing.OVERDUE
    late = [attested(Outcome.DESTROYED, 2000)]
    assert standing(late, there, 3000)[BEL] is Standing.COMPLIED


def test_a_refused_notice_is_shown_and_an_answer_ends_it() -> None:
    for by in (BEL, HUB):
        assert standing([], [stated(Stage.REFUSED, by)])[BEL] is Standing.REFUSED
    refused = [stated(Stage.REFUSED)]
    answer = [attested(Outcome.NOT_HELD, 7)]
    assert standing(answer, refused)[BEL] is Standing.COMPLIED


def test_a_mark_is_settled_once_it_was_opened() -> None:
    marks = Notice(message_digest=M, reason=Reason.ERROR, replacement=R, destroy=False)
    sent = SentNotice(digest=N, notice=marks, at_ms=NOW_MS, parties=(BEL,))
    opened = [stated(Stage.OPENED)]
    assert standing([], opened, WITHIN_MS * 9, sent)[BEL] is Standing.MARKED


@given(
    st.lists(
        st.builds(attested, st.sampled_from(Outcome), st.integers(0, 200)),
        max_size=5,
        unique_by=lambda one: one.digest,
    ),
    st.lists(
        st.builds(
            stated,
            st.sampled_from([Stage.DELIVERED, Stage.OPENED, Stage.REFUSED]),
            st.sampled_from([BEL, MEX]),
            st.integers(0, 200),
        ),
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_and_repetition_of_what_arrives_is_nothing(
    answers: list[Attested], receipts: list[Receipt], chance: object
) -> None:
    first = standing(answers, receipts)
    answers, receipts = answers * 2, receipts * 2
    chance.shuffle(answers)  # type: ignore[attr-defined]
    chance.shuffle(receipts)  # type: ignore[attr-defined]
    assert standing(answers, receipts) == first


def received(state: NoticeState, notice: Notice = NOTICE) -> ReceivedNotice:
    return ReceivedNotice(
        digest=N, origin=KEN, notice=notice, received_ms=NOW_MS, state=state
    )


def test_what_nobody_took_back_may_be_used() -> None:
    assert taken_back(None, []) is None
    assert taken_back(None, [received(NoticeState.VOID)]) is None


@pytest.mark.parametrize("state", [NoticeState.WAITING, NoticeState.DONE])
def test_what_was_taken_back_is_not_read(state: NoticeState) -> None:
    gone = taken_back(None, [received(state)])
    assert gone is not None
    with pytest.raises(RefusedError, match="error"):
        gone.check_readable()


def test_what_is_kept_by_law_is_read_and_not_used() -> None:
    gone = taken_back(None, [received(NoticeState.KEPT)])
    assert gone is not None
    gone.check_readable()
    with pytest.raises(RefusedError, match="kept here by law"):
        gone.check_usable()


def test_what_is_destroyed_is_not_read_whatever_is_said_besides() -> None:
    destroyed = Destroyed(message_digest=M, at_ms=NOW_MS, rule=BY_NOTICE, cause=N)
    gone = taken_back(destroyed, [received(NoticeState.KEPT)])
    assert gone is not None
    assert not gone.readable
