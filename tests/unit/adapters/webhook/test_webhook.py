"""The webhook adapter keeps to the contract, and calls nobody but whom it may."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.conformance import AdapterConformance, Bench
from adapters.contract import AdapterKind
from adapters.errors import RejectedError, SystemAwayError
from adapters.memory_desk import MemoryDesk
from adapters.values import Delivery
from adapters.webhook.adapter import KIND, WebhookAdapter, WebhookSettings
from broker.web.webhook_signature import WebhookSecret
from tests.adapter_world import bound_deliveries, example_delivery
from tests.unit.adapters.webhook.receiver import Receiver, receiving
from tests.world import NOW_MS


@dataclass(slots=True)
class WebhookBench:
    """A receiver, which is away when it does not listen."""

    receiver: Receiver
    folder: Path
    kind: AdapterKind[Any] = KIND

    @property
    def settings(self) -> Mapping[str, object]:
        return settings_of(self.receiver, self.folder)

    @property
    def secrets(self) -> Sequence[str]:
        return (self.receiver.secret.text,)

    @property
    def deliveries(self) -> Sequence[Delivery]:
        return bound_deliveries()

    async def held(self) -> object:
        return dict(self.receiver.contents)

    async def holds(self, delivery: Delivery) -> bool:
        return delivery.message_digest.hex() in self.receiver.contents

    async def go_away(self) -> None:
        await self.receiver.end()

    async def come_back(self) -> None:
        await self.receiver.start()


def settings_of(receiver: Receiver, folder: Path) -> dict[str, object]:
    """Returns settings for a receiver."""
    return {
        "url": f"http://127.0.0.1:{receiver.port}/hook",
        "host": f"127.0.0.1:{receiver.port}",
        "secret": f"file:{folder / 'secret'}",
        "timeout_s": 5,
    }


@asynccontextmanager
async def _bench(folder: Path) -> AsyncIterator[Bench]:
    async with receiving(folder) as receiver:
        # The desk of the suite stands at another time than that of the receiver.
        receiver.now_ms = MemoryDesk(folder).now_ms()
        yield WebhookBench(receiver, folder)


class TestWebhook(AdapterConformance):
    """As any third party would."""

    def bench(self, folder: Path) -> AbstractAsyncContextManager[Bench]:
        return _bench(folder)


class Hooked:
    """An adapter, and the receiver that it calls."""

    def __init__(self, receiver: Receiver, folder: Path, desk: MemoryDesk) -> None:
        self.receiver, self.folder, self.desk = receiver, folder, desk
        desk.time_ms = receiver.now_ms = NOW_MS

    def adapter(self, **changes: object) -> WebhookAdapter:
        fields = {**settings_of(self.receiver, self.folder), **changes}
        return WebhookAdapter(WebhookSettings.model_validate(fields), self.desk)


@pytest.fixture
async def hooked(tmp_path: Path, desk: MemoryDesk) -> AsyncIterator[Hooked]:
    async with receiving(tmp_path) as receiver:
        yield Hooked(receiver, tmp_path, desk)


async def test_a_delivery_is_posted_whole_with_its_handling_and_signed(
    hooked: Hooked,
) -> None:
    strict = bound_deliveries()[1]
    consumed = await hooked.adapter().deliver(strict)
    said = hooked.receiver.contents[strict.message_digest.hex()]
    assert next(iter(said)) == "event"
    assert said["handling"]["labels"] == "TLP:AMBER+STRICT H1 H2"
    assert said["handling"]["no_onward"] is True
    assert said["content"] == strict.document
    assert consumed.emissions[0].handling == strict.handling
    await hooked.adapter().deliver(strict)
    first, again = hooked.receiver.ids
    assert first == again


async def test_a_delivery_signed_under_another_secret_is_not_taken_and_not_lost(
    hooked: Hooked,
) -> None:
    (hooked.folder / "secret").write_text(WebhookSecret.new().text, encoding="ascii")
    with pytest.raises(SystemAwayError, match="401"):
        await hooked.adapter().deliver(example_delivery("diversion-alert"))
    assert hooked.receiver.forged == 1
    # The right one is used as soon as it is there.
    (hooked.folder / "secret").write_text(hooked.receiver.secret.text, encoding="ascii")
    await hooked.adapter().deliver(example_delivery("diversion-alert"))
    assert len(hooked.receiver.contents) == 1


async def test_a_delivery_of_a_megabyte_and_more_is_posted(hooked: Hooked) -> None:
    delivery = example_delivery(
        "diversion-alert", content={"circumstances": "x" * (2 << 20)}
    )
    await hooked.adapter().deliver(delivery)
    assert delivery.message_digest.hex() in hooked.receiver.contents


async def test_what_no_call_can_bring_is_rejected_and_holds_nothing_up(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.webhook.adapter.BODY_MAX", 100)
    with pytest.raises(RejectedError) as refused:
        await hooked.adapter().deliver(example_delivery("diversion-alert"))
    assert refused.value.code == "too-large"


@pytest.mark.parametrize("status", [400, 413, 415, 422])
async def test_what_a_system_refuses_for_good_is_rejected_with_what_was_sent(
    hooked: Hooked, status: int
) -> None:
    hooked.receiver.answers = status
    with pytest.raises(RejectedError) as refused:
        await hooked.adapter().deliver(example_delivery("diversion-alert"))
    assert refused.value.code == f"http-{status}"
    assert b'"content"' in refused.value.payload


@pytest.mark.parametrize("status", [301, 404, 429, 500, 503])
async def test_what_may_pass_is_tried_again(hooked: Hooked, status: int) -> None:
    hooked.receiver.answers = status
    with pytest.raises(SystemAwayError):
        await hooked.adapter().deliver(example_delivery("diversion-alert"))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254:80"),
        ("https://[::ffff:127.0.0.1]/hook", "hooks.example"),
        ("https://other.example/hook", "hooks.example"),
        ("http://hooks.example/hook", "hooks.example"),
        ("https://hooks.example@other.example/", "hooks.example"),
    ],
)
async def test_no_address_is_called_that_the_operator_has_not_listed(
    hooked: Hooked, url: str, host: str
) -> None:
    adapter = hooked.adapter(url=url, host=host)
    with pytest.raises(SystemAwayError):
        await adapter.deliver(example_delivery("diversion-alert"))
    assert hooked.receiver.contents == {}
    assert not all(one.ok for one in await adapter.check())


async def test_a_secret_that_is_written_into_the_settings_is_refused_and_not_shown(
    hooked: Hooked,
) -> None:
    secret = hooked.receiver.secret.text
    with pytest.raises(ValueError, match="by reference") as refused:
        hooked.adapter(secret=secret)
    assert secret not in str(refused.value.errors(include_input=False))  # type: ignore[attr-defined]


async def test_a_look_says_what_is_missing(hooked: Hooked) -> None:
    assert all(one.ok for one in await hooked.adapter().check())
    (hooked.folder / "secret").unlink()
    lost = hooked.adapter(authority=str(hooked.folder / "none.pem"))
    assert [one.ok for one in await lost.check()] == [True, False, False]
