"""Border posts in hostile hands: what they cannot publish, read, or pass off."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import aiomqtt
import pytest

from adapters.errors import SystemAwayError
from adapters.memory_desk import MemoryDesk
from tests.brokers import REPORTS, Broker, started
from tests.customs_world import (
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
