"""What a party can do to messages of others with its own credentials: nothing.

Streams and accounts are left to the siblings of this file.
"""

import pytest
from nats.aio.msg import Msg

from broker.core import subjects
from broker.infra.nats_services import serve
from broker.infra.nats_streams import NatsLedger, NatsSource, NatsUplink
from tests.bus_world import letter
from tests.siege import Siege, targets

pytestmark = pytest.mark.integration


async def test_publishing_as_another_party(siege: Siege) -> None:
    for subject in targets(siege):
        await siege.send(subject, b"forged")
        assert await siege.ask(subject, b"forged") == "nothing"


async def test_the_acknowledgement_of_the_server_as_a_message_of_another(
    siege: Siege,
) -> None:
    """The server stores a submission and publishes the proof to the reply subject."""
    for subject in targets(siege):
        await siege.send(subjects.OUT, b"mine", reply=subject)
    own = subjects.submission(siege.mal.public)
    state = await siege.world.stream(subjects.IN)
    assert state["subjects"][own] == len(targets(siege))


async def test_own_messages_delivered_into_the_inbox_of_another(siege: Siege) -> None:
    for subject in targets(siege):
        await siege.send(
            subjects.pull(subjects.LEDGER, siege.mal.public),
            b'{"batch":1,"no_wait":true}',
            reply=subject,
        )
    assert await siege.state() == siege.before


async def test_own_messages_delivered_to_another_by_an_acknowledgement(
    siege: Siege,
) -> None:
    """With "+NXT" one asks for the next message, at the reply subject."""
    inbox = siege.attacker.new_inbox()
    subscription = await siege.attacker.subscribe(inbox)
    await siege.send(
        subjects.pull(subjects.LEDGER, siege.mal.public), b"1", reply=inbox
    )
    message = await subscription.next_msg(timeout=5)
    for subject in targets(siege):
        await siege.send(message.reply, b"+NXT", reply=subject)
    assert await siege.state() == siege.before


async def test_the_answer_of_a_service_as_a_message_of_another(siege: Siege) -> None:
    async def answer(_account: str, _question: bytes) -> bytes:
        return b"forged by way of an answer"

    await serve(siege.world.admin, subjects.DIRECTORY_REQUESTS, answer)
    await siege.world.admin.flush(5)
    for subject in targets(siege):
        await siege.send(subjects.DIRECTORY, b"", reply=subject)
    assert "forged" in await siege.ask(subjects.DIRECTORY)


async def test_traces_of_a_message_as_messages_of_another(siege: Siege) -> None:
    """The server tells about a message's way where its header wants it told."""
    for subject in targets(siege):
        for way in (
            subjects.OUT,
            subjects.pull(subjects.LEDGER, siege.mal.public),
            subjects.DIRECTORY,
        ):
            await siege.send(way, b"", headers={"Nats-Trace-Dest": subject})
            await siege.send(
                way, b"", headers={"Nats-Trace-Dest": subject, "Nats-Trace-Only": "1"}
            )
    assert await siege.state() == siege.before


async def test_reading_the_inbox_of_another(siege: Siege) -> None:
    await siege.listen()
    inbox = siege.attacker.new_inbox()
    for stream, durable in (
        (subjects.LEDGER, siege.ken.public),
        (subjects.IN, subjects.RELAY),
        (subjects.IN, siege.mal.public),
    ):
        await siege.send(subjects.pull(stream, durable), b"10", reply=inbox)
        assert await siege.ask(subjects.pull(stream, durable), b"10") == "nothing"
    assert not any(message.data.startswith(b"for KEN") for message in siege.heard)


async def test_acknowledging_the_messages_of_another(siege: Siege) -> None:
    node = await siege.world.node(siege.ken)
    source = NatsSource(node, subjects.LEDGER, siege.ken.public)
    (message,) = await source.fetch(1, 5)
    relay = NatsSource(siege.world.admin, subjects.IN, subjects.RELAY)
    (submission,) = await relay.fetch(1, 5)
    for reply in (message.reply, submission.reply):
        for word in (b"+ACK", b"+TERM", b"+NXT", b"-NAK", b"+WPI"):
            await siege.send(reply, word)
    for stream, durable in (
        (subjects.LEDGER, siege.ken.public),
        (subjects.IN, subjects.RELAY),
    ):
        state = await siege.world.durable(stream, durable)
        assert state["num_ack_pending"] == 1
        assert state["num_redelivered"] == 0
        assert state["ack_floor"]["consumer_seq"] == 0
    await node.publish(message.reply, b"-NAK")  # for the victim's last word
    siege.before = await siege.state()


async def test_listening_to_what_the_hub_and_others_say(siege: Siege) -> None:
    await siege.listen()
    for subject in ("x.audit.>", "x.inbox.>", "_INBOX.>", "_R_.>", "$JS.>", "$SYS.>"):
        await siege.attacker.subscribe(subject)
    await siege.attacker.flush()
    # In front of the attacker's ears: a submission, a delivery, a decision.
    other = await siege.world.admit("BEL")
    node = await siege.world.node(other)
    await NatsUplink(node).submit(b"of BEL")
    ledger = NatsLedger(siege.world.admin)
    await ledger.commit([letter(other, "for BEL"), letter(other, "and this")])
    source = NatsSource(node, subjects.LEDGER, other.public)
    await source.acknowledge(await source.fetch(10, 5))
    await siege.attacker.flush()
    assert siege.heard == []
    siege.before = await siege.state()


async def test_answering_in_the_place_of_the_hub(siege: Siege) -> None:
    async def lie(message: Msg) -> None:
        await siege.attacker.publish(message.reply, b"a lie")

    for subject in ("x.dir", "x.dir.*", subjects.DIRECTORY_REQUESTS, ">"):
        await siege.attacker.subscribe(subject, cb=lie)
    await siege.attacker.flush()
    node = await siege.world.node(siege.ken)

    async def answer(_account: str, _question: bytes) -> bytes:
        return b"the truth"

    await serve(siege.world.admin, subjects.DIRECTORY_REQUESTS, answer)
    await siege.world.admin.flush(5)
    for _ in range(10):
        assert await node.request(subjects.DIRECTORY, b"", 5) == b"the truth"


async def test_answering_a_question_of_another(siege: Siege) -> None:
    """The attacker publishes to every reply subject it can think of."""
    node = await siege.world.node(siege.ken)
    got: list[bytes] = []
    async with node.answers(lambda m: got.append(m.data), lambda: None) as inbox:
        await siege.send(inbox, b"forged")
        await siege.send(subjects.OUT, b"mine", reply=inbox)
        await siege.send(subjects.DIRECTORY, b"mine", reply=inbox)
        await siege.send(
            subjects.pull(subjects.LEDGER, siege.mal.public), b"1", reply=inbox
        )
        await node.flush(5)
    assert got == []
