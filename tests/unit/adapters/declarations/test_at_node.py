"""The adapter for declarations at the desk of a real node, and run by it."""

import asyncio
from pathlib import Path

from adapters.declarations.adapter import KIND
from adapters.declarations.settings import DeclarationSettings
from broker.app.adapters.running import AdapterRunner, Pace
from broker.core.handling import Handling, Restrictions
from tests.adapter_world import AdapterWorld, withdrawal_of
from tests.declaration_world import example, received


async def test_at_a_real_node_a_meeting_becomes_a_proposal(
    at_node: AdapterWorld,
) -> None:
    digest = await at_node.arrives("diversion-alert", handling="TLP:AMBER H1")
    desk = at_node.desk(at_node.configured(kind="declarations"))
    adapter = KIND.make(DeclarationSettings(), desk)
    deliveries = [one async for one in desk.again()]
    assert [one.message_digest for one in deliveries] == [digest]
    await adapter.deliver(deliveries[0])
    await adapter.mend(received(example("manifest.xml")))
    [kept] = at_node.node.store.proposals()
    await at_node.taken_back(digest)
    await adapter.withdraw(withdrawal_of(deliveries[0]))
    await adapter.mend(received(example("cuscar.edi")))
    assert [one.proposal_id for one in at_node.node.store.proposals()] in (
        [kept.proposal_id],
        [],
    )


async def test_run_by_a_real_node_a_file_becomes_a_proposal_or_a_dead_letter(
    at_node: AdapterWorld, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    bound = Handling.parse(
        "TLP:AMBER H1", Restrictions(no_onward=True, retention_days=90)
    )
    digest = await at_node.arrives("diversion-alert", handling=bound)
    settings = {"inbox": str(inbox), "poll_s": 0.02}
    configured = at_node.configured(kind="declarations", settings=settings)
    runner = AdapterRunner(desk=at_node.desk(configured), pace=Pace(look_s=0.02))
    stop, store = asyncio.Event(), at_node.node.store
    running = asyncio.create_task(runner.run(stop))
    try:
        async with asyncio.timeout(30):
            (inbox / "a.edi").write_bytes(example("cuscar.edi")[:-20])
            (inbox / "b.xml").write_bytes(example("manifest.xml"))
            while (inbox / "b.xml").exists() or not store.letters():
                assert not running.done()
                await asyncio.sleep(0.02)
    finally:
        stop.set()
        await running
    [proposal] = store.proposals()
    assert proposal.based_on == (digest,)
    [letter] = store.letters()
    assert letter.code == "truncated"
    assert [one.name for one in inbox.iterdir()] == ["a.edi.error.txt"]
