"""The baselines, as processes of their own: receive, publish to each recipient, ack.

No verification, no policy, no receipts, no log: what a user of nats-py would write
who wants the same durability. Run as `python -m benchmarks.passthrough CONFIG`.
"""

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any

import nats
import uvloop

from broker.core import subjects
from broker.core.ports import Outgoing
from broker.infra.nats_bus import BusIdentity, connect
from broker.infra.nats_streams import NatsLedger, NatsSource
from keys.nkeys import KeyKind, NatsKey

ROUND = 128


async def by_publish_async(config: dict[str, Any]) -> None:
    """Republishes with `publish_async`, a round at a time."""
    key = NatsKey(KeyKind.USER, bytes.fromhex(config["seed"]))
    client = await nats.connect(
        config["url"],
        user_jwt_cb=lambda: bytearray(config["jwt"].encode()),
        signature_cb=lambda nonce: base64.b64encode(key.sign(nonce.encode())),
    )
    stream = client.jetstream(publish_async_max_pending=4000)
    pull = await stream.pull_subscribe_bind(subjects.RELAY, subjects.IN)
    done = 0
    while done < config["count"]:
        messages = await pull.fetch(ROUND, timeout=10)
        waiting = [
            await stream.publish_async(
                subjects.inbox(account),
                message.data,
                headers={"Nats-Msg-Id": f"{config['run']}.{done + n}.{account[:9]}"},
            )
            for n, message in enumerate(messages)
            for account in config["accounts"]
        ]
        await asyncio.gather(*waiting)
        for message in messages:
            await message.ack()
        done += len(messages)
    await client.flush()
    await client.close()


async def by_atomic_batch(config: dict[str, Any]) -> None:
    """Republishes with one atomic batch a round, as the relay does."""
    bus = await connect(
        config["url"],
        BusIdentity(user_seed=bytes.fromhex(config["seed"]), user_jwt=config["jwt"]),
        name="atomic",
        inbox_prefix="_INBOX_atomic",
        on_problem=lambda _: None,
    )
    source = NatsSource(bus, subjects.IN, subjects.RELAY)
    ledger = NatsLedger(bus)
    size = min(ROUND, 900 // len(config["accounts"]))
    done = 0
    while done < config["count"]:
        arrivals = await source.fetch(size, 1)
        outgoing = [
            Outgoing(
                subject=subjects.inbox(account),
                payload=arrival.data,
                dedup_id=f"{config['run']}.{done + n}.{account[:9]}",
            )
            for n, arrival in enumerate(arrivals)
            for account in config["accounts"]
        ]
        await ledger.commit(outgoing)
        await source.acknowledge(arrivals)
        done += len(arrivals)
    await bus.close()


if __name__ == "__main__":
    CONFIG = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    MAIN = by_atomic_batch if CONFIG["atomic"] else by_publish_async
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(MAIN(CONFIG))
