"""Events given to a stand-in for MISP: once, and taken away again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.errors import RejectedError, SystemAwayError
from adapters.memory_desk import MemoryDesk
from adapters.misp.adapter import KIND, MispAdapter, MispSettings
from tests.adapter_world import example_delivery, withdrawal_of
from tests.misp_stand_in import KEY, MispStandIn, misp_stand_in


@pytest.fixture(scope="module")
def listening() -> Iterator[MispStandIn]:
    with misp_stand_in() as state:
        yield state


@pytest.fixture
def misp(listening: MispStandIn) -> MispStandIn:
    listening.events.clear()
    listening.blocked.clear()
    listening.asked.clear()
    listening.refuses = 0
    listening.deaf = False
    return listening


@pytest.fixture
def settings(misp: MispStandIn, tmp_path: Path) -> MispSettings:
    (tmp_path / "key").write_text(f"{KEY}\n")
    return MispSettings.model_validate(
        {"url": misp.server.url, "key": f"file:{tmp_path / 'key'}"}
    )


@pytest.fixture
def adapter(settings: MispSettings, desk: MemoryDesk) -> MispAdapter:
    made = KIND.make(settings, desk)
    assert isinstance(made, MispAdapter)
    return made


async def test_the_check_says_which_version_answers(adapter: MispAdapter) -> None:
    [finding] = await adapter.check()
    assert finding.ok
    assert "2.5.0" in finding.what


async def test_a_delivery_is_added_once(
    adapter: MispAdapter, misp: MispStandIn
) -> None:
    delivery = example_delivery("stock-loss")
    first = await adapter.deliver(delivery)
    assert first == await adapter.deliver(delivery)
    assert len(misp.events) == 1
    assert misp.asked.count(("POST", "/events/add")) == 1
    assert [one.handling for one in first.emissions] == [delivery.handling]


async def test_a_step_between_parties_is_no_event(
    adapter: MispAdapter, misp: MispStandIn
) -> None:
    consumed = await adapter.deliver(example_delivery("trace-info-request"))
    assert consumed.emissions == ()
    assert misp.asked == []


async def test_what_was_taken_back_is_deleted_once(
    adapter: MispAdapter, misp: MispStandIn
) -> None:
    delivery = example_delivery("stock-loss")
    await adapter.deliver(delivery)
    await adapter.withdraw(withdrawal_of(delivery))
    assert misp.events == {}
    again = await adapter.withdraw(withdrawal_of(delivery))
    assert "no such event" in again.note


async def test_what_was_never_given_is_withdrawn_without_harm(
    adapter: MispAdapter,
) -> None:
    consumed = await adapter.withdraw(withdrawal_of(example_delivery("stock-loss")))
    assert "no such event" in consumed.note


async def test_an_instance_that_says_yes_and_does_nothing_is_found_out(
    adapter: MispAdapter, misp: MispStandIn
) -> None:
    kept, never = (example_delivery("stock-loss", number) for number in (1, 2))
    await adapter.deliver(kept)
    misp.deaf = True
    with pytest.raises(RejectedError):
        await adapter.deliver(never)
    with pytest.raises(RejectedError):
        await adapter.withdraw(withdrawal_of(kept))
    misp.deaf = False
    await adapter.withdraw(withdrawal_of(kept))
    assert misp.events == {}


async def test_an_event_that_is_refused_is_a_dead_letter(
    adapter: MispAdapter, misp: MispStandIn
) -> None:
    misp.refuses = 403
    with pytest.raises(RejectedError) as caught:
        await adapter.deliver(example_delivery("stock-loss"))
    assert caught.value.code == "http-403"
    assert b"ZZQ-70013" in caught.value.payload


async def test_a_fault_of_the_instance_is_tried_again(
    adapter: MispAdapter, misp: MispStandIn
) -> None:
    misp.refuses = 500
    with pytest.raises(SystemAwayError):
        await adapter.deliver(example_delivery("stock-loss"))


async def test_a_key_that_is_not_known_is_no_dead_letter(
    adapter: MispAdapter, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("x" * 40)
    with pytest.raises(SystemAwayError, match="let us in"):
        await adapter.deliver(example_delivery("stock-loss"))
    [finding] = await adapter.check()
    assert not finding.ok


async def test_a_key_that_no_header_may_hold_is_not_repeated(
    adapter: MispAdapter, tmp_path: Path
) -> None:
    (tmp_path / "key").write_bytes(b"secret\r\nX-Other: 1")
    with pytest.raises(SystemAwayError) as caught:
        await adapter.deliver(example_delivery("stock-loss"))
    told = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert "secret" not in told.replace(str(tmp_path), "")
    assert "cannot be used" in told


async def test_the_key_stands_nowhere_but_in_its_file(
    adapter: MispAdapter, settings: MispSettings
) -> None:
    assert KEY not in repr(settings)
    assert KEY not in repr(adapter._remote())


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://misp.example/"},
        {"url": "https://misp.example"},
        {"key": "in-the-clear"},
        {"certificate": "/etc/only-one.pem"},
        {"colour": "green"},
    ],
)
def test_settings_that_do_not_hold_are_refused(changes: dict[str, str]) -> None:
    good = {"url": "https://misp.example/", "key": "env:MISP_KEY"}
    MispSettings.model_validate(good)
    with pytest.raises(ValidationError):
        MispSettings.model_validate({**good, **changes})
