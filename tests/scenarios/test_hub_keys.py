"""A hub whose keys were replaced goes on where it stopped, and nothing is lost."""

from collections.abc import Collection
from pathlib import Path

import pytest

from broker.app.founding import apply_here
from broker.app.hub_folder import open_hub
from broker.app.hub_keys import HubKey
from broker.app.node_folder import open_node
from broker.app.proposing import replace_hub_keys
from broker.infra.clock import SYSTEM_CLOCK
from broker.settings import HubFolder
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.federation import PASSPHRASE, Federation, Member

pytestmark = pytest.mark.integration


class Reopened(Federation):
    """A federation that was founded before, started again."""

    def _found(self) -> None:
        self.hub = open_hub(self.hub_folder, PASSPHRASE)
        for party in self._parties:
            node = open_node(self.folder / party)
            self.members[party] = Member(node=node, keys=node.unlock(PASSPHRASE))


@pytest.mark.parametrize(
    "which",
    [(HubKey.ONLINE, HubKey.RECEIPTS, HubKey.LOG), (HubKey.ACCOUNT,), tuple(HubKey)],
    ids=["all but the account", "the account", "all, since they were lost"],
)
async def test_what_waited_under_the_old_keys_is_delivered_under_the_new(
    tmp_path: Path, which: Collection[HubKey]
) -> None:
    folder = tmp_path / "federation"
    with Federation(folder, ("KEN", "BEL"), without_node={"BEL"}) as before:
        waiting = before.send("KEN", to="BEL")
        logged = await before.until(lambda: before.log_about(waiting), "the log")
    hub, now_ms = HubFolder(folder / "hub"), SYSTEM_CLOCK.now_ms()
    if len(which) == len(HubKey):
        hub.keys.unlink()
    drafted = replace_hub_keys(
        hub, which, PASSPHRASE, now_ms, cost=UNSAFE_THROWAWAY_COST
    )
    apply_here(hub, drafted, PASSPHRASE, now_ms)
    with Reopened(folder, ("KEN", "BEL")) as after:
        await after.opened("KEN", waiting, ["BEL"])
        again = after.send("KEN", to="BEL")
        await after.opened("KEN", again, ["BEL"])
        assert after.verify_log() > len(logged)
