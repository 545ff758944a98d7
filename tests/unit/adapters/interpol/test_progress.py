"""A long delivery that is given up goes on where it was when it comes again."""

from dataclasses import dataclass, replace

import pytest
from lxml import etree

from adapters.errors import SystemAwayError
from adapters.interpol.adapter import InterpolAdapter
from adapters.memory_desk import MemoryDesk
from adapters.values import Delivery
from tests.adapter_world import example_delivery, withdrawal_of
from tests.interpol_world import RegisterInProcess


@dataclass(slots=True)
class _Tired:
    """A register that answers a few questions, and then nobody does."""

    register: RegisterInProcess
    left: int

    def exchange(self, request: etree._Element) -> tuple[bytes, etree._Element]:
        if not self.left:
            raise SystemAwayError("enough")
        self.left -= 1
        return self.register.exchange(request)


def _adapter(wire: _Tired, desk: MemoryDesk) -> InterpolAdapter:
    adapter = wire.register.adapter(desk)
    adapter._register = wire.register.register(wire=wire)
    return adapter


def _long(kind: str, number: int = 1) -> Delivery:
    return example_delivery(kind, number, content={"items": _items(10)})


def _items(count: int) -> list[dict[str, object]]:
    return [
        {
            "itemClass": "ITEM_CLASS_FIREARM",
            "firearm": {
                "type": "FIREARM_TYPE_PISTOL",
                "make": "Example Works",
                "model": "Model 17",
                "calibre": {"raw": "9x19"},
                "frameSerial": {"raw": f"ZZQ-{one}"},
            },
        }
        for one in range(count)
    ]


@pytest.mark.parametrize("kind", ["stock-loss", "trace-request"])
async def test_a_slow_register_gets_a_long_message_in_the_end(
    register: RegisterInProcess, desk: MemoryDesk, kind: str
) -> None:
    wire = _Tired(register, 0)
    adapter, delivery, times = _adapter(wire, desk), _long(kind), 0
    while True:
        times += 1
        # Never as many questions as all of it takes.
        wire.left = 5
        try:
            consumed = await adapter.deliver(delivery)
        except SystemAwayError:
            assert times < 10
            continue
        break
    targets = [one.target.split(" ", 1)[0] for one in consumed.emissions]
    assert targets.count(kind.partition("-")[0].replace("stock", "record")) == 10


async def test_hits_from_before_it_was_given_up_are_shown_too(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    await register.adapter(desk).deliver(_long("stock-loss"))
    request = _long("trace-request")
    desk.deliveries.append(request)
    wire = _Tired(register, 7)
    adapter = _adapter(wire, desk)
    with pytest.raises(SystemAwayError):
        await adapter.deliver(request)
    wire.left = 1000
    await adapter.deliver(request)
    (proposal,) = desk.proposed.values()
    results = proposal.submission.content["results"]
    assert isinstance(results, list)
    assert [one["item"] for one in results] == list(range(10))


async def test_what_is_done_with_or_taken_back_is_done_anew(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    wire = _Tired(register, 5)
    adapter, delivery = _adapter(wire, desk), _long("stock-loss")
    with pytest.raises(SystemAwayError):
        await adapter.deliver(delivery)
    wire.left = 1000
    await adapter.withdraw(withdrawal_of(delivery))
    before = len(register.asked)
    for times in (1, 2):
        await adapter.deliver(delivery)
        assert len(register.asked) == before + 10 * times


async def test_a_person_is_told_of_records_that_were_not_looked_at(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    """As when somebody files the same many times, to hide one record among them."""
    for number in range(22):
        loss = _long("stock-loss", number)
        await register.adapter(desk).deliver(
            replace(loss, document={**loss.document, "items": _items(1)})
        )
    request = example_delivery("trace-request", content={"items": _items(1)})
    desk.deliveries.append(request)
    await register.adapter(desk).deliver(request)
    (proposal,) = desk.proposed.values()
    assert proposal.title.startswith("On record at the register: 20")
    assert any("2 more at least" in one for one in proposal.reasons)


async def test_requests_that_were_given_up_do_not_pile_up(
    register: RegisterInProcess, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.interpol.client._TURN_S", 0.05)
    adapter = register.adapter(desk)
    asked = adapter._register
    assert asked is not None
    with asked.turn, pytest.raises(SystemAwayError, match="has not ended"):
        await adapter.deliver(_long("stock-loss"))
    await adapter.deliver(_long("stock-loss"))
