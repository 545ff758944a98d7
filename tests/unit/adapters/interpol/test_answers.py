"""What came back: which answers are believed, and what is done about the others."""

from dataclasses import replace

import pytest

from adapters.errors import SystemAwayError
from adapters.interpol.documents import (
    FirearmList,
    FirearmQuery,
    RecordQuery,
    ReferenceQuery,
)
from adapters.interpol.errors import (
    AnswerInvalidError,
    RegisterFaultError,
    XmlRefusedError,
)
from adapters.interpol.parts import HandlingTerms
from adapters.interpol.simulator.faults import Misdeed
from tests.interpol_world import RegisterInProcess

_TERMS = HandlingTerms(label="TLP:AMBER")
_QUERY = FirearmQuery(serial_number="ZZQ-1")


async def test_an_answer_is_believed_when_all_of_it_holds(
    register: RegisterInProcess,
) -> None:
    asked = await register.register().ask(_QUERY, _TERMS)
    assert isinstance(asked.reply, FirearmList)
    assert asked.reply.header.system.startswith("SIMULATOR")


@pytest.mark.parametrize(
    "misdeed",
    [
        Misdeed.UNAVAILABLE,
        Misdeed.BUSY,
        Misdeed.LOST_ANSWER,
        Misdeed.UNSIGNED,
        Misdeed.ALTERED,
        Misdeed.WRAPPED,
    ],
)
async def test_an_answer_that_cannot_be_believed_is_none(
    register: RegisterInProcess, misdeed: Misdeed
) -> None:
    register.order(misdeed)
    with pytest.raises(SystemAwayError):
        await register.register().ask(_QUERY, _TERMS)
    assert (await register.register().ask(_QUERY, _TERMS)).reply is not None


async def test_a_true_answer_to_another_request_is_not_taken_for_this_one(
    register: RegisterInProcess,
) -> None:
    await register.register().ask(_QUERY, _TERMS)
    register.order(Misdeed.REPLAYED)
    with pytest.raises(SystemAwayError, match="another request"):
        await register.register().ask(_QUERY, _TERMS)


async def test_a_signed_answer_that_does_not_fit_the_schema_is_a_fault_of_the_register(
    register: RegisterInProcess,
) -> None:
    register.order(Misdeed.SCHEMA)
    with pytest.raises(AnswerInvalidError, match="Surprise"):
        await register.register().ask(_QUERY, _TERMS)


async def test_a_simulator_is_not_taken_for_a_register_in_use(
    register: RegisterInProcess,
) -> None:
    with pytest.raises(SystemAwayError, match="SIMULATOR"):
        await register.register(is_simulator=False).ask(_QUERY, _TERMS)


async def test_an_answer_of_another_time_is_not_believed(
    register: RegisterInProcess,
) -> None:
    asks = register.register()

    early = register.time_ms - 600_000
    with pytest.raises(SystemAwayError, match="clock is wrong"):
        await replace(asks, now_ms=lambda: early).ask(_QUERY, _TERMS)
    times = iter([register.time_ms, register.time_ms, register.time_ms + 600_000])
    with pytest.raises(SystemAwayError, match="clock is wrong"):
        await replace(asks, now_ms=lambda: next(times)).ask(_QUERY, _TERMS)


async def test_an_answer_signed_with_another_certificate_is_not_believed(
    register: RegisterInProcess,
) -> None:
    ours = (register.folder / "client.pem").read_bytes()
    with pytest.raises(SystemAwayError, match="signatures do not hold"):
        await register.register(certificate=ours).ask(_QUERY, _TERMS)


async def test_a_signed_refusal_says_its_word(register: RegisterInProcess) -> None:
    with pytest.raises(RegisterFaultError) as refused:
        await register.register().ask(RecordQuery(record_id="SIM-REC-999999"))
    assert refused.value.code == "UNKNOWN_RECORD"


async def test_a_refusal_of_what_could_not_be_read_is_no_refusal_of_the_document(
    register: RegisterInProcess,
) -> None:
    theirs = (register.folder / "server.pem").read_bytes()
    register.service.certificates[register.member.ncb] = theirs
    with pytest.raises(SystemAwayError, match="SIGNATURE"):
        await register.register().ask(_QUERY, _TERMS)


async def test_a_search_that_does_not_say_how_it_is_handled_is_refused_by_the_register(
    register: RegisterInProcess,
) -> None:
    with pytest.raises(RegisterFaultError, match="handled"):
        await register.register().ask(_QUERY)


async def test_a_request_that_names_another_sender_is_refused(
    register: RegisterInProcess,
) -> None:
    with pytest.raises(RegisterFaultError) as refused:
        await register.register(sender="IP NAIROBI").ask(ReferenceQuery(make="A"))
    assert refused.value.code == "NOT_PERMITTED"


async def test_a_request_that_was_overheard_is_not_answered_again(
    register: RegisterInProcess,
) -> None:
    await register.register().ask(_QUERY, _TERMS)
    said = register.service.answer(
        register.member, register.asked[0], in_envelope=False
    )
    assert b"<Code>STALE</Code>" in said.body


async def test_what_does_not_fit_the_schema_is_not_sent(
    register: RegisterInProcess,
) -> None:
    with pytest.raises(XmlRefusedError, match="SerialNumber"):
        await register.register().ask(FirearmQuery(serial_number="Z" * 501), _TERMS)
    assert not register.asked
