"""Border posts in hostile hands: what they cannot publish, read, or pass off."""

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import aiomqtt
import pytest

from adapters.errors import SystemAwayError
from adapters.memory_desk import MemoryDesk
from tests.adapter_world import withdrawal_of
from tests.brokers import REPORTS, Broker, started
from tests.customs_world import (
    DAY_MS,
    OTHER_POST,
    POST,
    adapter_at,
    customs_desk,
    post_at,
    report_of,
    running,
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.customs.mqtt_outlet._QUIET_S", 0.3)


@pytest.fixture(params=["5", "3.1.1"], ids=["mosquitto", "nats-gateway"])
def broker(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Broker]:
    with started(tmp_path / "broker", request.param) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    return customs_desk(tmp_path)


async def test_a_post_that_publishes_as_another_is_not_heard(
    broker: Broker, desk: MemoryDesk
) -> None:
    hostile, honest = post_at(broker, desk), post_at(broker, desk, OTHER_POST)
    async with running(adapter_at(broker, desk)):
        async with hostile.connected() as client:
            for number in range(3):
                topic = f"rogatory/v1/seizure/{OTHER_POST}/f-{number}"
                forged = report_of(OTHER_POST, f"f-{number}")
                await client.publish(topic, forged, qos=1)
        # Whatever was published before this one would have been taken in before it.
        await honest.send("r-1", report_of(OTHER_POST))
    assert list(honest.answers) == ["r-1"]
    assert len(desk.proposed) == 1
    assert not desk.letters


async def test_a_report_that_names_another_post_is_refused_and_kept_for_a_person(
    broker: Broker, desk: MemoryDesk
) -> None:
    hostile = post_at(broker, desk)
    async with running(adapter_at(broker, desk)):
        await hostile.send("r-1", report_of(OTHER_POST))
    assert hostile.answers["r-1"]["code"] == "another-post"
    assert not desk.proposed
    ((received, _),) = desk.letters.values()
    assert received.source == f"post {POST}"


async def test_a_post_cannot_write_the_list_that_others_go_by(
    broker: Broker, desk: MemoryDesk
) -> None:
    made = adapter_at(broker, desk)
    await made.deliver(desk.deliveries[0])
    hostile, honest = post_at(broker, desk), post_at(broker, desk, OTHER_POST)
    await honest.visit()
    (name,) = honest.entries
    for topic in (f"entries/{name}", "state"):
        async with hostile.connected() as client:
            await client.publish(
                f"rogatory/v1/watchlist/all/{topic}", b"", qos=1, retain=True
            )
    late = post_at(broker, desk, OTHER_POST)
    async with late.connected() as client:
        await client.unsubscribe("rogatory/v1/watchlist/all/#")
        await late.subscribe(client)
        await late.listen(client)
    assert list(late.entries) == [name]
    assert late.is_whole()


async def test_a_post_cannot_read_what_is_for_another(
    broker: Broker, desk: MemoryDesk
) -> None:
    made = adapter_at(broker, desk, posts=(OTHER_POST,))
    await made.deliver(desk.deliveries[0])
    hostile, honest = post_at(broker, desk), post_at(broker, desk, OTHER_POST)
    await honest.visit(of=OTHER_POST)
    assert honest.is_whole()
    assert len(honest.entries) == 1
    for topic in (f"rogatory/v1/watchlist/{OTHER_POST}/#", "rogatory/#", "#"):
        async with hostile.connected() as client:
            await client.subscribe(topic, qos=1)
            await hostile.listen(client)
    assert hostile.heard == 0


async def test_whoever_shows_no_certificate_is_not_let_in(broker: Broker) -> None:
    context = ssl.create_default_context(cafile=broker.folder / "authority.pem")
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client(
            "127.0.0.1", broker.port, tls_context=context, timeout=2
        ):
            pass


async def test_a_node_that_may_not_write_the_list_does_not_take_it_for_given(
    broker: Broker, desk: MemoryDesk
) -> None:
    made = adapter_at(broker, desk, name=POST)
    with pytest.raises(SystemAwayError):
        await made.deliver(desk.deliveries[0])


async def test_a_post_cannot_take_over_what_waits_for_the_node(
    tmp_path: Path, desk: MemoryDesk
) -> None:
    # The gateway of nats-server has no such setting: docs/customs.md says so.
    with started(tmp_path / "another", "5") as broker:
        honest, hostile = post_at(broker, desk, OTHER_POST), post_at(broker, desk)
        async with running(adapter_at(broker, desk)):
            await honest.send("r-0", report_of(OTHER_POST, "r-0"))
        async with honest.connected() as client:  # while the node is away
            topic = f"rogatory/v1/seizure/{OTHER_POST}/r-1"
            await client.publish(topic, report_of(OTHER_POST), qos=1)
        for claimed in (REPORTS, "rogatory-adapter-in"):
            async with hostile.connected(claimed) as client:
                await hostile.listen(client)
        assert hostile.heard == 0
        async with running(adapter_at(broker, desk)):
            while "r-1" not in honest.answers:
                await honest.visit()
    assert len(desk.proposed) == 2


async def test_a_post_that_is_not_named_any_more_finds_nothing_at_the_broker(
    broker: Broker, desk: MemoryDesk
) -> None:
    alert = desk.deliveries[0]
    await adapter_at(broker, desk, posts=(POST, OTHER_POST)).deliver(alert)
    made = adapter_at(broker, desk, posts=(OTHER_POST,))
    async with running(made):
        heard = 1
        while heard:  # for 30 s at most
            former = post_at(broker, desk)
            await former.visit(of=POST)
            heard = former.heard
    honest = post_at(broker, desk, OTHER_POST)
    await honest.visit(of=OTHER_POST)
    assert (len(honest.entries), honest.is_whole()) == (1, True)


async def test_a_post_that_floods_does_not_take_the_room_of_the_others(
    broker: Broker, desk: MemoryDesk
) -> None:
    hostile, honest = post_at(broker, desk), post_at(broker, desk, OTHER_POST)
    made = adapter_at(broker, desk, reports_a_day=3)
    async with running(made):
        await hostile.send("r-0", report_of(POST, "r-0"))
        async with hostile.connected() as client:
            for number in range(1, 6):
                topic = f"rogatory/v1/seizure/{POST}/r-{number}"
                await client.publish(topic, report_of(POST, f"r-{number}"), qos=1)
            while len(hostile.answers) < 6:
                await hostile.listen(client)
        await honest.send("r-1", report_of(OTHER_POST))
    states = [hostile.answers[f"r-{number}"]["state"] for number in range(6)]
    assert states == ["kept"] * 3 + ["later"] * 3
    assert honest.answers["r-1"]["state"] == "kept"
    assert (len(desk.proposed), len(desk.letters)) == (4, 0)


async def test_what_need_not_be_acknowledged_is_not_taken_in(
    broker: Broker, desk: MemoryDesk
) -> None:
    there = post_at(broker, desk)
    async with running(adapter_at(broker, desk)):
        await there.send("r-0", report_of(POST, "r-0"))
        async with there.connected() as client:
            for number in range(50):
                topic = f"rogatory/v1/seizure/{POST}/f-{number}"
                await client.publish(topic, report_of(POST, f"f-{number}"), qos=0)
        await there.send("r-1", report_of())
    assert sorted(there.answers) == ["r-0", "r-1"]
    assert len(desk.proposed) == 2


async def test_a_retained_report_that_is_cleared_leaves_no_dead_letter(
    broker: Broker, desk: MemoryDesk
) -> None:
    there, topic = post_at(broker, desk), f"rogatory/v1/seizure/{POST}/r-0"
    async with running(adapter_at(broker, desk)):
        await there.send("r-1", report_of())
        async with there.connected() as client:
            for payload in (report_of(POST, "r-0"), b""):
                await client.publish(topic, payload, qos=1, retain=True)
        await there.send("r-2", report_of(POST, "r-2"))
    assert (len(desk.proposed), len(desk.letters)) == (3, 0)


async def test_an_answer_says_to_which_content_it_is(
    broker: Broker, desk: MemoryDesk
) -> None:
    there = post_at(broker, desk)
    async with running(adapter_at(broker, desk)):
        await there.send("r-1", b"{")
        refused = there.answers["r-1"]
        await there.send("r-1", report_of())
    assert refused["state"] == "refused"
    assert there.answers["r-1"]["state"] == "kept"
    assert there.answers["r-1"]["sha256"] != refused["sha256"]


@pytest.mark.parametrize("room", [3, 4])
async def test_a_post_whose_queue_was_full_does_not_take_its_list_for_whole(
    tmp_path: Path, desk: MemoryDesk, room: int
) -> None:
    with started(tmp_path / "small", "5") as broker:
        broker.stop()
        file = broker.folder / "mosquitto.conf"
        text = file.read_text()
        assert "max_queued_messages 100000" in text
        text = text.replace("max_inflight_messages 20", "max_inflight_messages 1")
        file.write_text(text.replace("messages 100000", f"messages {room}"))
        broker.start()
        there, made = post_at(broker, desk), adapter_at(broker, desk)
        await there.visit()
        for at in (0, 2, 3):
            await made.deliver(desk.deliveries[at])
        await there.visit(subscribe=False)
        assert 0 < len(there.entries) < 3
        assert not there.is_whole()
        await there.visit()
        assert (len(there.entries), there.is_whole()) == (3, True)


async def test_a_list_that_was_lost_and_begun_anew_is_taken_by_posts_that_knew_it(
    broker: Broker, desk: MemoryDesk
) -> None:
    alert, update, *_ = desk.deliveries
    made, there = adapter_at(broker, desk), post_at(broker, desk)
    await made.deliver(alert)
    await made.deliver(update)
    await made.withdraw(withdrawal_of(alert))
    await there.visit()
    shutil.rmtree(desk.folder)
    desk.folder.mkdir()
    desk.time_ms += DAY_MS
    await adapter_at(broker, desk).deliver(alert)
    await there.visit()
    assert (len(there.entries), there.is_whole()) == (1, True)


async def test_what_was_said_before_does_not_come_back(
    broker: Broker, desk: MemoryDesk
) -> None:
    alert, _, loss, _ = desk.deliveries
    made, there = adapter_at(broker, desk), post_at(broker, desk)
    await made.deliver(alert)
    await there.visit()
    async with there.connected() as client:
        await client.subscribe("rogatory/v1/watchlist/all/#", qos=1)
        before = [await anext(client.messages) for _ in range(2)]
    await made.deliver(loss)
    await made.withdraw(withdrawal_of(alert))
    await there.visit()
    said = (dict(there.entries), dict(there.state))
    for one in before:  # signed as ever, and published again by whoever has the broker
        there.take(one)
    assert (there.entries, there.state) == said
