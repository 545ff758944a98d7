"""Answers to traces: brought to a person, once each; and mended."""

import asyncio
from dataclasses import replace

import pytest

from adapters.errors import RejectedError, SystemAwayError
from adapters.interpol.adapter import InterpolAdapter
from adapters.interpol.answer_post import AnswerPost
from adapters.interpol.client import Register
from adapters.interpol.filed_store import FiledStore
from adapters.interpol.simulator.faults import Misdeed
from adapters.memory_desk import MemoryDesk
from adapters.values import Delivery, Proposal, Received
from broker.core.errors import StoreError
from tests.adapter_world import example_delivery, withdrawal_of
from tests.interpol_world import RegisterInProcess
from tests.world import BEL, KEN

_ITEM = {
    "itemClass": "ITEM_CLASS_FIREARM",
    "firearm": {
        "type": "FIREARM_TYPE_PISTOL",
        "make": "Example Works",
        "model": "Model 17",
        "calibre": {"raw": "9x19"},
        "frameSerial": {"raw": "ZZQ-00417"},
    },
}


@pytest.fixture
def request_(desk: MemoryDesk) -> Delivery:
    made = example_delivery(
        "trace-request", content={"items": [_ITEM]}, origin=KEN, provider=KEN
    )
    desk.deliveries.append(made)
    return made


def _answer(request: Delivery, **content: object) -> Delivery:
    """BEL's answer, which the node got a copy of."""
    result = {
        "item": 0,
        "status": "TRACING_STATUS_TRACED",
        "chain": [
            {
                "event": "CUSTODY_EVENT_EXPORTED",
                "date": "2014-02-11",
                "country": "BEL",
                "toCountry": "KEN",
                "basis": "RECORD_BASIS_STATE_RECORD",
            }
        ],
        "pointOfDiversion": {"place": {"country": "KEN"}},
    }
    return example_delivery(
        "trace-response",
        content={"results": [result], **content},
        origin=BEL,
        provider=BEL,
        in_reply_to=request.message_digest,
    )


def _post(desk: MemoryDesk) -> AnswerPost:
    return AnswerPost(desk, FiledStore(desk.folder), 1.0)


async def _answered(
    register: RegisterInProcess, desk: MemoryDesk, request: Delivery
) -> InterpolAdapter:
    adapter = register.adapter(desk)
    await adapter.deliver(request)
    consumed = await adapter.deliver(_answer(request))
    assert [one.target for one in consumed.emissions] == ["answer to SIM-TRC-000001"]
    return adapter


async def test_an_answer_reaches_a_person_as_a_draft_with_its_chain(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    await _answered(register, desk, request_)
    await _post(desk).look(register.register())
    (proposal,) = desk.proposed.values()
    submission = proposal.submission
    assert (submission.kind, submission.to) == ("trace-response/1", ("KEN",))
    assert submission.in_reply_to == request_.message_digest
    results = submission.content["results"]
    assert isinstance(results, list)
    assert results[0]["pointOfDiversion"] == {"place": {"country": "KEN"}}
    assert results[0]["chain"][0]["toCountry"] == "KEN"
    assert "SIMULATOR" in proposal.reasons[0]
    assert "IP BRUSSELS" in proposal.title


async def test_holders_and_people_are_not_told_the_register(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(request_)
    await adapter.deliver(
        example_delivery("trace-response", in_reply_to=request_.message_digest)
    )
    assert b"TraceAnswerSubmission" in register.asked[-1]
    for word in (b"Example Trading", b"dealer", b"BE-EX-0000"):
        assert word not in register.asked[-1]


async def test_answers_are_proposed_once_however_often_the_register_repeats_them(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    await _answered(register, desk, request_)
    register.order(Misdeed.DUPLICATE, Misdeed.DUPLICATE)
    await _post(desk).look(register.register())
    await _post(desk).look(register.register())
    assert len(desk.proposed) == 1
    assert not desk.letters


async def test_an_answer_is_brought_after_a_crash_before_it_was_noted(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    await _answered(register, desk, request_)
    await _post(desk).look(register.register())
    (filed,) = FiledStore(desk.folder).open_traces()
    FiledStore(desk.folder).answered(filed.key, 0)
    await _post(desk).look(register.register())
    assert len(desk.proposed) == 1


async def test_an_answer_that_is_taken_back_reaches_nobody(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    adapter = await _answered(register, desk, request_)
    consumed = await adapter.withdraw(withdrawal_of(_answer(request_)))
    assert "1 withdrawn" in consumed.note
    await _post(desk).look(register.register())
    assert not desk.proposed


async def test_a_trace_that_the_register_does_not_know_for_a_while_is_not_given_up(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    await _answered(register, desk, request_)
    database = register.folder / "register.db"
    database.rename(register.folder / "kept.db")
    register.restart()
    await _post(desk).look(register.register())
    assert not desk.proposed
    (register.folder / "kept.db").replace(database)
    register.restart()
    await _post(desk).look(register.register())
    assert len(desk.proposed) == 1


async def test_an_answer_waits_while_its_request_must_not_be_had(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    """As under a ceiling that an operator has set by mistake."""
    await _answered(register, desk, request_)
    desk.deliveries.clear()
    await _post(desk).look(register.register())
    assert not desk.proposed
    assert b"<TraceAnswerQuery" not in register.asked[-1]
    desk.deliveries.append(request_)
    await _post(desk).look(register.register())
    assert len(desk.proposed) == 1


async def test_requests_are_gone_through_once_for_all_answers_together(
    register: RegisterInProcess, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        made = example_delivery(
            "trace-request", number, content={"items": [_ITEM]}, origin=KEN
        )
        desk.deliveries.append(made)
        await register.adapter(desk).deliver(made)
        answer = replace(_answer(made), message_digest=bytes([number]) * 32)
        await register.adapter(desk).deliver(answer)
    passes: list[object] = []
    again = MemoryDesk.again

    def counted(*given: object) -> object:
        passes.append(given)
        return again(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(MemoryDesk, "again", counted)
    await _post(desk).look(register.register())
    assert len(desk.proposed) == 4
    assert len(passes) == 1


async def test_an_answer_to_a_withdrawn_request_is_shown_to_nobody(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    adapter = await _answered(register, desk, request_)
    desk.deliveries.clear()
    await adapter.withdraw(withdrawal_of(request_))
    await _post(desk).look(register.register())
    assert not desk.proposed
    assert not FiledStore(desk.folder).open_traces()


async def test_an_answer_that_cannot_be_used_is_set_aside_and_mended(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(request_)
    wrong = _answer(request_)
    results = wrong.document["results"]
    assert isinstance(results, list)
    results[0]["chain"][0]["event"] = "CUSTODY_EVENT_VANISHED"
    await adapter.deliver(wrong)
    await _post(desk).look(register.register())
    assert not desk.proposed
    ((received, _),) = desk.letters.values()
    assert received.source == "register, trace SIM-TRC-000001"
    with pytest.raises(RejectedError) as refused:
        await adapter.mend(received)
    assert refused.value.code == "cannot-be-used"
    mended = received.data.replace(b"VANISHED", b"STOCKED")
    await adapter.mend(replace(received, data=mended))
    assert len(desk.proposed) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<!DOCTYPE x><x/>", "not-an-answer"),
        (b"<x/>", "not-an-answer"),
    ],
)
async def test_a_mended_letter_is_read_as_strictly_as_any_other_xml(
    register: RegisterInProcess, desk: MemoryDesk, data: bytes, code: str
) -> None:
    with pytest.raises(RejectedError) as refused:
        await register.adapter(desk).mend(_received(data))
    assert refused.value.code == code


async def test_a_mended_answer_without_its_request_is_refused(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    adapter = await _answered(register, desk, request_)
    await _post(desk).look(register.register())
    desk.deliveries.clear()
    (asked,) = [one for one in register.asked if b"<TraceAnswerSubmission" in one]
    with pytest.raises(RejectedError):
        await adapter.mend(_received(asked))


async def test_a_register_that_is_away_is_said_so(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    adapter = await _answered(register, desk, request_)
    register.away = True
    with pytest.raises(SystemAwayError):
        await adapter.run(asyncio.Event())


async def test_an_answer_is_not_lost_while_the_node_has_no_room(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    adapter = await _answered(register, desk, request_)

    async def no_room(_: Proposal) -> str:
        raise StoreError("no room")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryDesk, "propose", lambda _, proposal: no_room(proposal))
        with pytest.raises(SystemAwayError, match="cannot keep"):
            await adapter.run(asyncio.Event())
    await _post(desk).look(register.register())
    assert len(desk.proposed) == 1


async def test_one_trace_that_is_not_understood_does_not_keep_others_back(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    await _answered(register, desk, request_)
    other = replace(request_, message_digest=b"\x01" * 32, key="other")
    desk.deliveries.append(other)
    await register.adapter(desk).deliver(other)
    answer = replace(_answer(other), message_digest=b"\x02" * 32)
    await register.adapter(desk).deliver(answer)
    # The status as it should be, the answers to the first trace not.
    register.order(Misdeed.DUPLICATE, Misdeed.SCHEMA)
    await _post(desk).look(register.register())
    (proposal,) = desk.proposed.values()
    assert proposal.submission.in_reply_to == other.message_digest
    await _post(desk).look(register.register())
    assert len(desk.proposed) == 2


async def test_looking_goes_on_until_it_is_told_to_stop(
    register: RegisterInProcess, desk: MemoryDesk, request_: Delivery
) -> None:
    await _answered(register, desk, request_)
    register.order(Misdeed.SCHEMA)
    stop = asyncio.Event()
    looks = 0

    def reach() -> Register:
        nonlocal looks
        looks += 1
        if looks == 2:
            stop.set()
        return register.register()

    await AnswerPost(desk, FiledStore(desk.folder), 0.001).run(reach, stop)
    assert len(desk.proposed) == 1


def _received(data: bytes) -> Received:
    return Received(key="k", data=data, media_type="application/xml", source="a person")
