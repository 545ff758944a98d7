"""What becomes of deliveries: filed, updated, proposed, taken back."""

from typing import Any

import pytest

from adapters.errors import RejectedError, SystemAwayError
from adapters.interpol.simulator.faults import Misdeed
from adapters.memory_desk import MemoryDesk
from adapters.values import Consumed, Delivery
from broker.core.handling import Handling, Restrictions, Tlp
from tests.adapter_world import example_delivery, withdrawal_of
from tests.interpol_world import BRUSSELS, NAIROBI, RegisterInProcess
from tests.world import BEL, KEN, MEX


def _loss(number: int = 1, **fields: Any) -> Delivery:  # noqa: ANN401 - fields of a delivery
    return example_delivery(
        "stock-loss", number, **{"origin": KEN, "provider": KEN, **fields}
    )


def _pistol(raw: str = "ZZQ-70013") -> dict[str, object]:
    """The firearm of the example of a stock loss, as another message describes it."""
    return {
        "itemClass": "ITEM_CLASS_FIREARM",
        "quantity": "1",
        "firearm": {
            "type": "FIREARM_TYPE_ASSAULT_RIFLE",
            "make": "Example Works",
            "model": "Model 5",
            "calibre": {"raw": "7,62x39"},
            "countryManufacture": "BEL",
            "frameSerial": {"raw": raw},
        },
    }


def _trace(raw: str = "ZZQ-70013", **fields: Any) -> Delivery:  # noqa: ANN401 - fields of a delivery
    return example_delivery(
        "trace-request", content={"items": [_pistol(raw)]}, **fields
    )


def _recovery(raw: str = "ZZQ 70013", **fields: Any) -> Delivery:  # noqa: ANN401 - fields of a delivery
    checks = dict.fromkeys(("marked", "recorded", "traced"), "CHECK_ANSWER_YES")
    return example_delivery(
        "recovery-record",
        content={"items": [{"item": _pistol(raw), **checks}]},
        **fields,
    )


def _targets(consumed: Consumed) -> list[str]:
    return [one.target for one in consumed.emissions]


async def test_a_loss_becomes_a_record_of_its_provider_and_says_what_was_left_out(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    consumed = await register.adapter(desk).deliver(_loss())
    assert _targets(consumed) == ["record SIM-REC-000001"]
    assert "1 without a whole number" in consumed.note
    assert b"<OwnerNcb>IP NAIROBI</OwnerNcb>" in register.asked[0]
    assert b"<Status>STOLEN</Status>" in register.asked[0]


async def test_the_same_delivery_twice_is_one_record(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    first = await register.adapter(desk).deliver(_loss())
    register.restart()
    again = await register.adapter(desk).deliver(_loss())
    assert _targets(again) == _targets(first)


async def test_an_answer_that_was_lost_makes_no_second_record(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    register.order(Misdeed.LOST_ANSWER)
    with pytest.raises(SystemAwayError):
        await adapter.deliver(_loss())
    consumed = await adapter.deliver(_loss())
    assert _targets(consumed) == ["record SIM-REC-000001"]


async def test_what_was_filed_though_its_answer_was_lost_is_taken_back(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    register.order(Misdeed.LOST_ANSWER)
    with pytest.raises(SystemAwayError):
        await adapter.deliver(_loss())
    await adapter.withdraw(withdrawal_of(_loss()))
    # Nothing is on record any more that a search could find.
    await adapter.deliver(_trace())
    assert not desk.proposed


async def test_the_handling_travels_whole(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    handling = Handling(
        tlp=Tlp.AMBER,
        restrictions=Restrictions(
            release_to=("INTERPOL",), purpose="Only this", retention_days=30
        ),
    )
    consumed = await register.adapter(desk).deliver(_loss(handling=handling))
    assert consumed.emissions[0].handling == handling
    for part in (
        b"<Label>TLP:AMBER</Label>",
        b"<ReleaseTo>INTERPOL</ReleaseTo>",
        b"<Purpose>Only this</Purpose>",
        b"<RetentionDays>30</RetentionDays>",
    ):
        assert part in register.asked[0]


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"provider": MEX}, "no bureau"),
        ({"warning": "its sender is in doubt"}, "seems"),
    ],
)
async def test_what_has_no_place_there_never_leaves(
    register: RegisterInProcess, desk: MemoryDesk, changes: dict[str, Any], note: str
) -> None:
    consumed = await register.adapter(desk).deliver(_loss(**changes))
    assert not consumed.emissions
    assert note in consumed.note
    assert not register.asked


async def test_a_kind_without_a_place_there_never_leaves(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    consumed = await register.adapter(desk).deliver(example_delivery("practice-note"))
    assert "has a place for" in consumed.note
    assert not register.asked


@pytest.mark.parametrize("label", ["TLP:AMBER H2", "TLP:AMBER+STRICT", "TLP:RED"])
async def test_what_is_bound_against_passing_on_is_not_filed_elsewhere(
    register: RegisterInProcess, desk: MemoryDesk, label: str
) -> None:
    adapter = register.adapter(desk, passes_on=True)
    consumed = await adapter.deliver(_loss(handling=label))
    assert "forbids passing it on" in consumed.note
    bound = Handling(tlp=Tlp.GREEN, restrictions=Restrictions(no_onward=True))
    await adapter.deliver(_loss(handling=bound))
    assert not register.asked
    assert (await adapter.deliver(_loss(handling="TLP:AMBER"))).emissions


async def test_two_steps_find_what_is_on_record_and_a_person_is_shown_it(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(_loss(handling="TLP:AMBER H1"))
    request = _trace(handling="TLP:GREEN", origin=BEL)
    desk.deliveries.append(request)
    consumed = await adapter.deliver(request)
    assert _targets(consumed) == [
        "reference lookup",
        "search by number",
        "trace SIM-TRC-000001",
    ]
    steps = [one[1:].partition(b" ")[0] for one in register.asked[1:]]
    assert steps == [
        b"ReferenceQuery",
        b"FirearmQuery",
        b"RecordQuery",
        b"TraceSubmission",
    ]
    (proposal,) = desk.proposed.values()
    submission = proposal.submission
    assert submission.kind == "trace-response/1"
    assert submission.handling == "TLP:AMBER H1"  # that of the record
    assert submission.to == ("BEL",)
    assert submission.in_reply_to == request.message_digest
    assert submission.based_on == (request.message_digest,)
    assert "SIMULATOR" in proposal.reasons[0]
    assert "SIM-REC-000001" in proposal.reasons[0]


async def test_a_list_that_repeats_itself_is_one_hit(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(_loss())
    request = _trace()
    desk.deliveries.append(request)
    register.order(Misdeed.DUPLICATE, Misdeed.DUPLICATE)
    await adapter.deliver(request)
    (proposal,) = desk.proposed.values()
    results = proposal.submission.content["results"]
    assert isinstance(results, list)
    assert len(results) == 1


async def test_a_number_alone_is_no_hit_when_all_else_differs(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(_loss())
    other = _pistol()
    other["firearm"] = {
        **_dict(other["firearm"]),
        "make": "Test Arsenal",
        "model": "TA-9",
        "type": "FIREARM_TYPE_SHOTGUN",
        "calibre": {"raw": "12 gauge"},
    }
    request = example_delivery("trace-request", content={"items": [other]})
    desk.deliveries.append(request)
    await adapter.deliver(request)
    assert not desk.proposed


async def test_a_number_that_was_not_read_whole_is_not_searched(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    consumed = await register.adapter(desk).deliver(_trace("ZZQ-7??13"))
    assert not consumed.emissions
    assert not register.asked


async def test_bureaus_concerned_get_copies_where_the_table_says_so(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(_trace(provider=KEN))
    submission = register.asked[-1].decode()
    assert f"<AskedNcb>{BRUSSELS}</AskedNcb>" in submission
    assert f"<CopyTo>{NAIROBI}</CopyTo><CopyTo>{BRUSSELS}</CopyTo>" in submission


async def test_a_recovery_of_ones_own_updates_the_record(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(_loss())
    consumed = await adapter.deliver(_recovery(origin=KEN, provider=KEN))
    assert _targets(consumed)[-1] == "update of SIM-REC-000001"
    assert b"<Status>RECOVERED</Status>" in register.asked[-1]
    assert not desk.proposed


async def test_an_update_that_is_withdrawn_leaves_the_record_as_it_was(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(_loss())
    recovered = _recovery(origin=KEN, provider=KEN)
    await adapter.deliver(recovered)
    consumed = await adapter.withdraw(withdrawal_of(recovered))
    assert "1 withdrawn" in consumed.note
    # It counts as missed again: whoever finds it is told.
    found = _recovery(origin=BEL, provider=BEL)
    desk.deliveries.append(found)
    await adapter.deliver(found)
    assert len(desk.proposed) == 1


async def test_a_recovery_of_what_others_miss_is_shown_to_a_person(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(_loss())
    found = _recovery(origin=BEL, provider=BEL)
    desk.deliveries.append(found)
    await adapter.deliver(found)
    (proposal,) = desk.proposed.values()
    assert proposal.submission.kind == "stock-loss/1"
    assert proposal.submission.to == ("BEL",)
    assert "on record as stolen" in proposal.title


async def test_a_disposition_ends_the_record(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(_loss())
    ended = example_delivery(
        "disposition-record", content={"items": [_pistol()]}, provider=KEN
    )
    consumed = await adapter.deliver(ended)
    assert _targets(consumed)[-1] == "update of SIM-REC-000001"
    assert b"<Status>DEACTIVATED</Status>" in register.asked[-1]


async def test_everything_of_a_withdrawn_message_is_taken_back_once(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(_loss())
    assert "1 withdrawn" in (await adapter.withdraw(withdrawal_of(_loss()))).note
    assert b"<Destroy>true</Destroy>" in register.asked[-1]
    assert "0 withdrawn" in (await adapter.withdraw(withdrawal_of(_loss()))).note


async def test_a_text_that_xml_cannot_carry_is_a_dead_letter_and_nothing_was_sent(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    hostile = _loss(document={**_loss().document, "circumstances": "a\x08b"})
    with pytest.raises(RejectedError) as refused:
        await register.adapter(desk).deliver(hostile)
    assert refused.value.code == "cannot-be-said"
    assert not register.asked


async def test_more_firearms_than_can_be_asked_about_in_time_are_a_dead_letter(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    many = [_pistol(f"ZZQ-{number:05}") for number in range(51)]
    with pytest.raises(RejectedError) as refused:
        await register.adapter(desk).deliver(_loss(content={"items": many}))
    assert refused.value.code == "too-many"
    assert not register.asked


async def test_what_the_register_refuses_is_a_dead_letter_with_its_word(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    register.member = register.member.model_copy(update={"represents": ()})
    with pytest.raises(RejectedError) as refused:
        await register.adapter(desk).deliver(_loss())
    assert refused.value.code == "register-not-permitted"


async def test_nothing_of_a_content_stays_in_the_adapters_folder(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    adapter = register.adapter(desk)
    await adapter.deliver(_loss())
    desk.deliveries.append(_trace())
    await adapter.deliver(_trace())
    kept = b"".join(one.read_bytes() for one in desk.folder.iterdir())
    assert kept
    for word in (b"ZZQ", b"70013", b"Example Works", b"Nakuru"):
        assert word not in kept


def _dict(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value
