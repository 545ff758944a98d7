"""Addresses are told of what happens: in order, until they take it, and no more."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

import pytest

from broker.core.errors import StoreError
from broker.core.feed import Event, FeedEntry
from broker.core.happened import Audience, Happened
from broker.core.records import Alarm
from broker.core.webhooks import GIVE_UP_MS, Webhook, WebhookState, WebhookTry, wait_ms
from broker.infra.node_store import NodeStore
from broker.services.webhook_sender import WebhookPorts, WebhookSender
from broker.web.calling import CallAnswer
from broker.web.errors import CallbackRefusedError, CallFailedError
from broker.web.webhook_signature import WebhookSecret, verify
from tests.world import NOW_MS, FakeClock

URL = "https://hooks.example/in/secret-path"
SECRET = WebhookSecret(b"k" * 32)


@dataclass(slots=True)
class Other:
    """The other side: it answers as it is told, and keeps what it was sent."""

    says: int | Exception = 204
    calls: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> CallAnswer:
        self.calls.append((url, body, dict(headers)))
        self.meanwhile()
        if isinstance(self.says, Exception):
            raise self.says
        return CallAnswer(status=self.says, headers={}, body=b"")

    @property
    def bodies(self) -> list[bytes]:
        return [body for _, body, _ in self.calls]


@dataclass(slots=True)
class Sending:
    """A node's store with one webhook, and what sends to it."""

    store: NodeStore
    other: Other = field(default_factory=Other)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW_MS))
    known: bool = True
    sender: WebhookSender = field(init=False)

    def __post_init__(self) -> None:
        self.sender = WebhookSender(
            WebhookPorts(
                store=self.store,
                post=self.other.post,
                body=lambda happened: str(happened.entry.sequence).encode(),
                secret=lambda _webhook: SECRET,
                is_known=lambda _webhook: self.known,
                clock=self.clock,
            )
        )

    def happen(self, count: int = 1, topic: str = "t") -> None:
        for _ in range(count):
            self.store.raise_alarm(Alarm(at_ms=NOW_MS, topic=topic, text="x"))

    @property
    def webhook(self) -> Webhook:
        found = self.store.find_webhook(b"w" * 16)
        assert found is not None
        return found

    async def look(self) -> None:
        await self.sender.look()
        await self.sender.idle()


def a_webhook(number: bytes = b"w", **changes: object) -> Webhook:
    made = Webhook(
        webhook_id=number * 16,
        client="control-room",
        url=URL,
        audience=Audience(everything=True),
        operates=False,
        events=frozenset(),
        protected=b"p",
        made_ms=NOW_MS,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def sending(tmp_path: Path) -> Iterator[Sending]:
    store = NodeStore(tmp_path / "node.sqlite3")
    store.add_webhook(a_webhook())
    yield Sending(store)
    store.close()


async def test_events_are_sent_in_order_each_once_and_signed(sending: Sending) -> None:
    sending.happen(3)
    await sending.look()
    assert sending.other.bodies == [b"1", b"2", b"3"]
    for number, (url, body, headers) in enumerate(sending.other.calls, 1):
        assert url == URL
        small = {name.lower(): value for name, value in headers.items()}
        assert verify(SECRET, small, NOW_MS, body) == f"{(b'w' * 16).hex()}-{number}"
    await sending.look()
    assert len(sending.other.calls) == 3
    assert sending.webhook.cursor == 3


async def test_what_is_not_wanted_is_passed_over(sending: Sending) -> None:
    sending.store.add_webhook(a_webhook(b"v", events=frozenset({Event.SENT})))
    sending.store.add_webhook(a_webhook(b"u", audience=Audience(agency="police")))
    sending.happen(2)
    await sending.look()
    assert len(sending.other.calls) == 2
    for number in (b"v", b"u"):
        other = sending.store.find_webhook(number * 16)
        assert other is not None
        assert other.cursor == 2


@pytest.mark.parametrize(
    ("says", "status", "problem"),
    [
        (500, 500, "it answers 500"),
        (302, 302, "it answers 302"),
        (CallFailedError("https://hooks.example: no answer"), None, "no answer"),
        (CallbackRefusedError("not listed any more"), None, "not listed"),
    ],
)
async def test_what_was_not_taken_is_sent_again_later_under_the_same_id(
    sending: Sending, says: int | Exception, status: int | None, problem: str
) -> None:
    sending.other.says = says
    sending.happen(2)
    await sending.look()
    assert sending.other.bodies == [b"1"]  # in order: the second waits for the first
    assert problem in sending.webhook.problem
    await sending.look()
    assert len(sending.other.calls) == 1
    sending.clock.at_ms += wait_ms(1)
    sending.other.says = 200
    await sending.look()
    assert sending.other.bodies == [b"1", b"1", b"2"]
    ids = [headers["webhook-id"] for _, _, headers in sending.other.calls]
    assert ids[0] == ids[1]
    assert (sending.webhook.failures, sending.webhook.problem) == (0, "")
    tries = sending.store.webhook_tries(b"w" * 16)
    assert [one.status for one in tries] == [200, 200, status]


async def test_it_waits_longer_and_longer_and_gives_up_after_days(
    sending: Sending,
) -> None:
    sending.other.says = 503
    sending.happen()
    waits = []
    while sending.webhook.state is WebhookState.ACTIVE:
        await sending.look()
        waits.append(sending.webhook.next_ms - sending.clock.at_ms)
        sending.clock.at_ms = sending.webhook.next_ms
    assert waits[:4] == [5_000, 20_000, 80_000, 320_000]
    assert max(waits) == 3_600_000
    assert GIVE_UP_MS <= sending.clock.at_ms - NOW_MS <= GIVE_UP_MS + 2 * max(waits)
    calls = len(sending.other.calls)
    sending.clock.at_ms += GIVE_UP_MS
    await sending.look()
    assert len(sending.other.calls) == calls


async def test_a_parked_one_goes_on_where_it_was_when_it_is_resumed(
    sending: Sending,
) -> None:
    sending.other.says = int(HTTPStatus.GONE)
    sending.happen(2)
    await sending.look()
    assert sending.webhook.state is WebhookState.PARKED
    sending.other.says = 204
    await sending.look()
    assert len(sending.other.calls) == 1
    assert sending.store.resume_webhook(b"w" * 16, None)
    await sending.look()
    assert sending.other.bodies == [b"1", b"1", b"2"]


async def test_an_event_that_is_never_taken_can_be_passed_over(
    sending: Sending,
) -> None:
    sending.other.says = 400
    sending.happen(2)
    await sending.look()
    sending.store.resume_webhook(b"w" * 16, 1)
    sending.other.says = 204
    await sending.look()
    assert sending.other.bodies == [b"1", b"2"]


async def test_a_client_that_is_gone_is_told_nothing_more(sending: Sending) -> None:
    sending.known = False
    sending.happen()
    await sending.look()
    assert sending.other.calls == []
    assert sending.webhook.state is WebhookState.PARKED
    assert "control-room" in sending.webhook.problem


async def test_a_crash_before_the_note_sends_the_same_again(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.services.webhook_sender._REST_S", 0)

    def full(*_: object, **__: object) -> Webhook:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(sending.store, "note_try", full)
        sending.happen()
        await sending.look()
    await sending.look()
    ids = [headers["webhook-id"] for _, _, headers in sending.other.calls]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_one_that_is_removed_while_it_is_called_stays_removed(
    sending: Sending,
) -> None:
    sending.other.meanwhile = lambda: sending.store.remove_webhook(b"w" * 16)
    sending.happen(2)
    await sending.look()
    assert sending.store.webhooks() == []
    assert len(sending.other.calls) == 1


async def test_a_test_moves_nothing_on(sending: Sending) -> None:
    sending.happen()
    sending.other.says = 500
    tried = await sending.sender.test(sending.webhook, b"{}")
    assert (tried.status, tried.problem) == (500, "it answers 500")
    assert (sending.webhook.cursor, sending.webhook.failures) == (0, 0)
    assert sending.store.webhook_tries(b"w" * 16) == [tried]


def test_only_the_newest_calls_are_kept(sending: Sending) -> None:
    webhook = sending.webhook
    for number in range(1, 251):
        tried = WebhookTry(sequence=number, at_ms=number, status=204, problem="")
        after = sending.store.note_try(webhook, tried, park=False)
        assert after is not None
        webhook = after
    tries = sending.store.webhook_tries(b"w" * 16, 1000)
    assert [one.sequence for one in tries] == list(range(250, 50, -1))


def test_what_is_kept_comes_back_as_it_was(sending: Sending) -> None:
    made = a_webhook(
        b"x",
        audience=Audience(desks=frozenset({"a", "b"}), agency="police"),
        operates=True,
        events=frozenset({Event.SENT, Event.RECEIPT}),
        cursor=7,
    )
    sending.store.add_webhook(made)
    assert sending.store.find_webhook(b"x" * 16) == made


def test_an_operator_hears_of_alarms_and_of_nothing_else() -> None:
    webhook = a_webhook(audience=Audience(), operates=True)
    entry = FeedEntry(
        sequence=1, event=Event.ALARM, subject=b"", party="", detail="t", at_ms=0
    )
    assert webhook.wants(Happened(entry=entry))
    assert not webhook.wants(Happened(entry=replace(entry, event=Event.SENT)))


async def test_a_try_puts_nothing_back_that_happened_meanwhile(
    sending: Sending,
) -> None:
    sending.happen(2)
    before = sending.webhook
    await sending.look()
    assert sending.webhook.cursor == 2
    # The answer to a try of before comes only now.
    await sending.sender.test(before, b"{}")
    assert sending.webhook.cursor == 2
    await sending.look()
    assert sending.other.bodies == [b"1", b"2", b"{}"]


async def test_what_somebody_has_changed_meanwhile_stands(sending: Sending) -> None:
    sending.happen(3)
    before = sending.webhook
    sending.store.resume_webhook(b"w" * 16, 3)
    tried = WebhookTry(sequence=1, at_ms=NOW_MS, status=204, problem="")
    assert sending.store.note_try(before, tried, park=False) is None
    assert sending.webhook.cursor == 3


async def test_a_client_that_is_revoked_in_the_middle_is_told_nothing_more(
    sending: Sending,
) -> None:
    sending.happen(5)

    def revoke() -> None:
        sending.known = len(sending.other.calls) < 2

    sending.other.meanwhile = revoke
    await sending.look()
    assert sending.other.bodies == [b"1", b"2"]
    assert sending.webhook.state is WebhookState.PARKED


async def test_an_address_is_tried_again_though_the_clock_was_put_back(
    sending: Sending,
) -> None:
    sending.other.says = 503
    sending.happen()
    sending.clock.at_ms = NOW_MS + GIVE_UP_MS
    await sending.look()
    sending.clock.at_ms = NOW_MS
    sending.other.says = 204
    await sending.look()
    assert sending.webhook.cursor == 1
