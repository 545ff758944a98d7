"""A register that signs what is not so, or not about what was asked."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from adapters.errors import RejectedError, SystemAwayError
from adapters.interpol.answer_post import AnswerPost
from adapters.interpol.documents import (
    RecordAnswer,
    RecordQuery,
    RecordReceipt,
    RecordSubmission,
    RecordWithdrawal,
    Reply,
    Request,
    TraceAnswers,
    TraceReceipt,
    TraceStatus,
)
from adapters.interpol.errors import AnswerInvalidError, RegisterFaultError
from adapters.interpol.filed_store import FiledStore
from adapters.interpol.parts import AnswerHeader, Firearm, HandlingTerms
from adapters.interpol.simulator.configuration import Member
from adapters.interpol.simulator.faults import Misdeed
from adapters.memory_desk import MemoryDesk
from adapters.values import Delivery
from tests.adapter_world import example_delivery, withdrawal_of
from tests.interpol_world import RegisterInProcess
from tests.world import BEL, KEN, MEX

Change = Callable[[Request, Reply], Reply]


def _confuse(register: RegisterInProcess, change: Change) -> None:
    """Has the register sign something else than what is so."""
    of_truth = register.service.register
    tells = type(of_truth).answer

    def answer(member: Member, request: Request, header: AnswerHeader) -> Reply:
        return change(request, tells(of_truth, member, request, header))

    of_truth.answer = answer  # type: ignore[method-assign]


def _item(raw: str) -> dict[str, object]:
    return {
        "itemClass": "ITEM_CLASS_FIREARM",
        "firearm": {
            "type": "FIREARM_TYPE_PISTOL",
            "make": "Example Works",
            "model": "Model 17",
            "calibre": {"raw": "9x19"},
            "frameSerial": {"raw": raw},
        },
    }


def _loss(*raws: str, number: int = 1) -> Delivery:
    return example_delivery(
        "stock-loss",
        number,
        content={"items": [_item(one) for one in raws]},
        origin=KEN,
        provider=KEN,
    )


def _request(*raws: str, number: int = 1) -> Delivery:
    return example_delivery(
        "trace-request",
        number,
        content={"items": [_item(one) for one in raws]},
        origin=KEN,
        provider=KEN,
    )


def _answer(request: Delivery, number: int = 1, **content: object) -> Delivery:
    result = {"item": 0, "status": "TRACING_STATUS_PENDING", "remarks": f"No. {number}"}
    return example_delivery(
        "trace-response",
        number,
        content={"results": [result], **content},
        origin=BEL,
        provider=BEL,
        in_reply_to=request.message_digest,
    )


def _post(desk: MemoryDesk) -> AnswerPost:
    return AnswerPost(desk, FiledStore(desk.folder), 1.0)


def _receipt(**changes: object) -> Change:
    def change(_: Request, reply: Reply) -> Reply:
        if isinstance(reply, RecordReceipt | TraceReceipt):
            return replace(reply, **changes)  # type: ignore[arg-type]
        return reply

    return change


@pytest.mark.parametrize(
    "changes",
    [{"outcome": "UNKNOWN"}, {"outcome": "UPDATED"}, {"record_id": ""}],
    ids=["unknown", "updated", "nameless"],
)
async def test_a_receipt_that_does_not_say_filed_is_no_receipt(
    register: RegisterInProcess, desk: MemoryDesk, changes: dict[str, object]
) -> None:
    _confuse(register, _receipt(**changes))
    with pytest.raises(AnswerInvalidError):
        await register.adapter(desk).deliver(_loss("ZZQ-1"))
    register.restart()
    consumed = await register.adapter(desk).deliver(_loss("ZZQ-1"))
    assert [one.target for one in consumed.emissions] == ["record SIM-REC-000001"]


async def test_a_withdrawal_that_is_answered_as_stored_is_not_believed(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    await register.adapter(desk).deliver(_loss("ZZQ-1"))
    _confuse(register, _receipt(outcome="STORED"))
    with pytest.raises(AnswerInvalidError):
        await register.adapter(desk).withdraw(withdrawal_of(_loss("ZZQ-1")))
    store = FiledStore(desk.folder)
    assert store.of_message(_loss("ZZQ-1").message_digest)
    register.restart()
    await register.adapter(desk).withdraw(withdrawal_of(_loss("ZZQ-1")))
    assert not store.of_message(_loss("ZZQ-1").message_digest)


async def test_one_refusal_leaves_nothing_else_of_a_withdrawn_message_there(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    loss = _loss("ZZQ-1", "ZZQ-2", "ZZQ-3")
    await register.adapter(desk).deliver(loss)
    refused: list[str] = []

    def change(request: Request, reply: Reply) -> Reply:
        if isinstance(request, RecordWithdrawal) and not refused:
            refused.append(request.submission_key)
        if isinstance(request, RecordWithdrawal) and request.submission_key in refused:
            raise RegisterFaultError("NOT_PERMITTED", "not this one")
        return reply

    _confuse(register, change)
    with pytest.raises(RejectedError, match="NOT_PERMITTED"):
        await register.adapter(desk).withdraw(withdrawal_of(loss))
    left = FiledStore(desk.folder).of_message(loss.message_digest)
    assert [one.key for one in left] == refused


async def test_one_answer_that_cannot_be_believed_ends_no_withdrawal(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    loss = _loss("ZZQ-1", "ZZQ-2")
    await register.adapter(desk).deliver(loss)
    register.order(Misdeed.UNSIGNED)
    with pytest.raises(SystemAwayError):
        await register.adapter(desk).withdraw(withdrawal_of(loss))
    assert len(FiledStore(desk.folder).of_message(loss.message_digest)) == 1
    await register.adapter(desk).withdraw(withdrawal_of(loss))
    assert not FiledStore(desk.folder).of_message(loss.message_digest)


async def test_a_record_of_another_number_is_not_taken_for_no_hit(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    await register.adapter(desk).deliver(_loss("ZZQ-1"))

    def change(_: Request, reply: Reply) -> Reply:
        if isinstance(reply, RecordAnswer):
            return replace(reply, record=replace(reply.record, record_id="SIM-REC-9"))
        return reply

    _confuse(register, change)
    with pytest.raises(AnswerInvalidError, match="another thing"):
        await register.adapter(desk).deliver(_request("ZZQ-1"))


async def test_two_traces_under_one_name_are_not_told_each_others_answers(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    first = _request("ZZQ-1")
    other = replace(_request("ZZQ-2", number=2), origin=MEX)
    desk.deliveries += [first, other]
    await register.adapter(desk).deliver(first)
    _confuse(register, _receipt(trace_id="SIM-TRC-000001"))
    with pytest.raises(AnswerInvalidError, match="one name"):
        await register.adapter(desk).deliver(other)
    await register.adapter(desk).deliver(_answer(first))
    await _post(desk).look(register.register())
    assert [one.submission.to for one in desk.proposed.values()] == [("KEN",)]


async def test_an_answer_in_place_of_one_taken_back_is_brought(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    request = _request("ZZQ-1")
    desk.deliveries.append(request)
    adapter = register.adapter(desk)
    await adapter.deliver(request)
    await adapter.deliver(_answer(request))
    await _post(desk).look(register.register())
    await adapter.withdraw(withdrawal_of(_answer(request)))
    await adapter.deliver(_answer(request, 2))
    await _post(desk).look(register.register())
    told = [str(one.submission.content) for one in desk.proposed.values()]
    assert ["No. 1" in told[0], "No. 2" in told[1]] == [True, True]


async def test_two_bureaus_that_name_their_answers_alike_are_both_heard(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    request = _request("ZZQ-1")
    desk.deliveries.append(request)
    adapter = register.adapter(desk)
    await adapter.deliver(request)
    await adapter.deliver(_answer(request))

    def change(_: Request, reply: Reply) -> Reply:
        if isinstance(reply, TraceAnswers):
            (one,) = reply.answers
            another = replace(one, ncb="IP MEXICO", country="MEX", remarks="Ours")
            return replace(reply, answers=(one, another, one))
        return reply

    _confuse(register, change)
    await _post(desk).look(register.register())
    assert [one.title.partition(" has")[0] for one in desk.proposed.values()] == [
        "IP BRUSSELS",
        "IP MEXICO",
    ]


async def test_one_answer_that_cannot_be_believed_does_not_keep_others_back(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    for number in (1, 2, 3):
        request = _request(f"ZZQ-{number}", number=number)
        desk.deliveries.append(request)
        await register.adapter(desk).deliver(request)
        await register.adapter(desk).deliver(_answer(request, number))
    # The status as it should be, the answers to the first trace not.
    register.order(Misdeed.DUPLICATE, Misdeed.UNSIGNED)
    with pytest.raises(SystemAwayError, match="signatures"):
        await _post(desk).look(register.register())
    assert len(desk.proposed) == 2
    await _post(desk).look(register.register())
    assert len(desk.proposed) == 3


async def test_a_request_that_names_its_firearm_no_more_ends_the_waiting_and_no_more(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    request, other = _request("ZZQ-1"), _request("ZZQ-2", number=2)
    for one in (request, other):
        await register.adapter(desk).deliver(one)
        await register.adapter(desk).deliver(_answer(one, 1 + (one is other)))
    # A policy withholds the number by now.
    desk.deliveries += [replace(request, document=_request("?").document), other]
    await _post(desk).look(register.register())
    (proposal,) = desk.proposed.values()
    assert proposal.submission.in_reply_to == other.message_digest


async def test_one_record_that_makes_no_sound_document_does_not_bury_the_others(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    for number in (1, 2, 3):
        loss = _loss("ZZQ-1", number=number)
        await register.adapter(desk).deliver(loss)

    def change(_: Request, reply: Reply) -> Reply:
        if isinstance(reply, RecordAnswer) and reply.record.record_id.endswith("2"):
            unknown = HandlingTerms(label="TLP:PURPLE")
            return replace(reply, record=replace(reply.record, handling=unknown))
        return reply

    _confuse(register, change)
    request = _request("ZZQ-1")
    desk.deliveries.append(request)
    with pytest.raises(RejectedError, match="1 of what is on record") as raised:
        await register.adapter(desk).deliver(request)
    assert raised.value.code == "hit-unusable"
    shown = {
        str(one.submission.content["references"]) for one in desk.proposed.values()
    }
    assert len(shown) == 2
    assert FiledStore(desk.folder).open_traces()


async def test_a_count_without_end_is_refused_and_looking_goes_on(
    register: RegisterInProcess, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = _request("ZZQ-1")
    await register.adapter(desk).deliver(request)
    monkeypatch.setattr(
        "adapters.interpol.simulator.service.check_schema", lambda _: None
    )

    def change(_: Request, reply: Reply) -> Reply:
        if isinstance(reply, TraceStatus):
            (one,) = reply.traces
            return replace(reply, traces=(replace(one, answers=10**4000),))
        return reply

    _confuse(register, change)
    with pytest.raises(AnswerInvalidError, match="at Answers"):
        await _post(desk).look(register.register())


async def test_what_was_taken_back_before_it_came_is_never_stored(
    register: RegisterInProcess,
) -> None:
    """It was on its way still when it was withdrawn."""
    asked = register.register()
    key = "rog-late"
    await asked.ask(RecordWithdrawal(submission_key=key))
    late = RecordSubmission(
        submission_key=key,
        owner_ncb="IP NAIROBI",
        owner_country="KEN",
        status="LOST",
        firearm=Firearm(serial_number="ZZQ-1"),
    )
    for _ in range(2):
        receipt = (await asked.ask(late, HandlingTerms(label="TLP:AMBER"))).reply
        assert isinstance(receipt, RecordReceipt)
        assert (receipt.outcome, receipt.record_id) == ("WITHDRAWN", "")


async def test_an_identifier_without_end_is_unknown_and_the_register_lives_on(
    register: RegisterInProcess,
) -> None:
    with pytest.raises(RegisterFaultError, match="UNKNOWN_RECORD"):
        await register.register().ask(RecordQuery(record_id="SIM-REC-" + "9" * 90))
