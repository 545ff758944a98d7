"""The adapter for customs at the desk of a real node."""

from pathlib import Path

from adapters.customs.adapter import CustomsAdapter
from adapters.customs.report_intake import received
from adapters.customs.reports import ReportAddress
from broker.app.adapters.desk import NodeDesk
from tests.adapter_world import AdapterWorld, withdrawal_of
from tests.customs_world import POST, report_of, settings_in, write_keys


def desk_of(world: AdapterWorld) -> NodeDesk:
    configured = world.configured(kind="customs")
    configured.folder.mkdir(parents=True, exist_ok=True)
    return world.desk(configured)


def adapter_of(desk: NodeDesk, keys: Path) -> CustomsAdapter:
    return CustomsAdapter(settings_in(keys, folder=str(keys / "out")), desk)


async def test_an_alert_that_arrived_leads_to_a_seizure_that_a_person_is_shown(
    at_node: AdapterWorld, tmp_path: Path
) -> None:
    write_keys(tmp_path)
    (tmp_path / "out").mkdir()
    digest = await at_node.arrives("diversion-alert", handling="TLP:AMBER H2")
    await at_node.arrives("stock-loss")
    desk = desk_of(at_node)
    made = adapter_of(desk, tmp_path)
    given = [one async for one in desk.again()]
    consumed = [await made.deliver(one) for one in given]
    assert [len(one.emissions) for one in consumed] == [1, 1]

    # After a start, the list is drawn anew from what the node has.
    restarted = adapter_of(desk_of(at_node), tmp_path)
    assert await restarted._book.watchlist() == await made._book.watchlist()

    alert = next(one for one in given if one.message_digest == digest)
    (name,) = (one.target.split()[2] for one in (await made.deliver(alert)).emissions)
    payload = report_of(hit={"entry_id": name, "version": 1})
    address = ReportAddress(post=POST, report_id="r-1")
    await restarted.mend(received(payload, address))
    (proposal,) = at_node.node.store.proposals()
    assert proposal.based_on == (digest,)

    await restarted.withdraw(withdrawal_of(alert))
    assert len((await restarted._book.watchlist()).entries) == 1


async def test_a_content_that_was_taken_back_is_not_listed_after_a_start(
    at_node: AdapterWorld, tmp_path: Path
) -> None:
    write_keys(tmp_path)
    (tmp_path / "out").mkdir()
    digest = await at_node.arrives("diversion-alert")
    desk = desk_of(at_node)
    made = adapter_of(desk, tmp_path)
    for one in [one async for one in desk.again()]:
        await made.deliver(one)
    await at_node.taken_back(digest)
    restarted = adapter_of(desk_of(at_node), tmp_path)
    assert (await restarted._book.watchlist()).entries == {}
