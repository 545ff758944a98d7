"""What a party can do to the hub's streams with its own credentials: nothing."""

import asyncio
import json
from typing import Any

import pytest

from broker.core import subjects
from broker.infra.nats_streams import NatsLedger, NatsUplink
from tests.bus_world import letter
from tests.siege import Siege

pytestmark = pytest.mark.integration

CONSUMER = {
    "durable_name": "mine",
    "name": "mine",
    "filter_subject": "x.inbox.>",
    "ack_policy": "explicit",
}
PUSHING = {"deliver_subject": "x.in.{ken}", "filter_subject": "x.inbox.{mal}.>"}
CHANGES: dict[str, dict[str, Any]] = {
    "STREAM.PURGE.IN": {},
    "STREAM.PURGE.LEDGER": {},
    "STREAM.DELETE.IN": {},
    "STREAM.DELETE.LEDGER": {},
    "STREAM.CREATE.MINE": {"name": "MINE", "subjects": ["y.>"]},
    "STREAM.UPDATE.LEDGER": {"name": "LEDGER", "subjects": ["x.inbox.>"]},
    "STREAM.MSG.DELETE.LEDGER": {"seq": 1},
    "STREAM.MSG.DELETE.IN": {"seq": 1},
    "STREAM.SNAPSHOT.LEDGER": {"deliver_subject": "x.in.{ken}"},
    "CONSUMER.CREATE.LEDGER": {"stream_name": "LEDGER", "config": PUSHING},
    "CONSUMER.CREATE.LEDGER.mine.x.inbox.>": {
        "stream_name": "LEDGER",
        "config": CONSUMER,
    },
    "CONSUMER.DURABLE.CREATE.LEDGER.mine": {
        "stream_name": "LEDGER",
        "config": CONSUMER,
    },
    "CONSUMER.DELETE.LEDGER.{ken}": {},
    "CONSUMER.DELETE.LEDGER.{mal}": {},
    "CONSUMER.DELETE.IN.relay": {},
    "CONSUMER.PAUSE.LEDGER.{ken}": {"pause_until": "2100-01-01T00:00:00Z"},
    "CONSUMER.RESET.LEDGER.{ken}": {},
    "ACCOUNT.PURGE.{ken}": {},
}
READS: dict[str, dict[str, Any]] = {
    "DIRECT.GET.LEDGER": {"seq": 1},
    "DIRECT.GET.LEDGER.x.inbox.{ken}.msg": {},
    "STREAM.MSG.GET.LEDGER": {"seq": 1},
    "STREAM.MSG.GET.IN": {"seq": 1},
    "STREAM.INFO.LEDGER": {},
    "STREAM.NAMES": {},
    "STREAM.LIST": {},
    "CONSUMER.INFO.LEDGER.{ken}": {},
    "CONSUMER.LIST.LEDGER": {},
}
AS_THE_HUB = '{"acc":"{hub}","svc":"{hub}","user":"admin","kind":"Client"}'


@pytest.mark.parametrize("demands", [CHANGES, READS], ids=["change", "read"])
@pytest.mark.parametrize("pretending", [False, True], ids=["plain", "as the hub"])
async def test_managing_the_streams_of_the_hub(
    siege: Siege, demands: dict[str, dict[str, Any]], *, pretending: bool
) -> None:
    def filled(text: str) -> str:
        return (
            text.replace("{ken}", siege.ken.public)
            .replace("{mal}", siege.mal.public)
            .replace("{hub}", siege.world.hub.public)
        )

    async def demand(verb: str) -> None:
        answer = await siege.ask(
            f"$JS.API.{filled(verb)}",
            filled(json.dumps(demands[verb])).encode() if demands[verb] else b"",
            {"Nats-Request-Info": filled(AS_THE_HUB)} if pretending else None,
        )
        assert answer == "nothing" or "error" in json.loads(answer), verb

    await asyncio.gather(*map(demand, demands))
    mine = await siege.world.durable(subjects.LEDGER, siege.mal.public)
    assert "error" not in mine


HEADERS = {
    "rollup of everything": {"Nats-Rollup": "all"},
    "rollup of the subject": {"Nats-Rollup": "sub"},
    "life time": {"Nats-TTL": "1s"},
    "schedule": {
        "Nats-Schedule": "@at 2000-01-01T00:00:00Z",
        "Nats-Schedule-Target": "x.in.{ken}",
    },
    "batch": {
        "Nats-Batch-Id": "b",
        "Nats-Batch-Sequence": "1",
        "Nats-Batch-Commit": "1",
    },
    "counter": {"Nats-Incr": "1"},
    "expected stream": {"Nats-Expected-Stream": "LEDGER"},
    "marker": {"Nats-Marker-Reason": "Purge"},
    "another account": {"Nats-Request-Info": '{"acc":"{hub}"}'},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS.keys())
async def test_headers_with_a_meaning_for_the_server(
    siege: Siege, headers: dict[str, str]
) -> None:
    filled = {
        name: value.replace("{ken}", siege.ken.public).replace(
            "{hub}", siege.world.hub.public
        )
        for name, value in headers.items()
    }
    await siege.ask(subjects.OUT, b"x", filled)
    assert await siege.state() == siege.before


async def test_poisoning_the_ids_by_which_repetitions_are_told(siege: Siege) -> None:
    """The attacker uses the ids first that others are about to use."""
    ids = ["soon used by KEN", "soon used by the relay", ""]
    for name in ids:
        await siege.ask(subjects.OUT, b"of KEN, the next", {"Nats-Msg-Id": name})
    own = (await siege.world.stream(subjects.IN))["messages"]
    await NatsUplink(await siege.world.node(siege.ken)).submit(b"of KEN, the next")
    await NatsLedger(siege.world.admin).commit(
        [letter(siege.mal, name) for name in ids if name]
    )
    assert (await siege.world.stream(subjects.IN))["messages"] == own + 1
    siege.before = await siege.state()
