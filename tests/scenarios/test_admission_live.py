"""The stewards decide, and the running bus follows: joining, leaving, limits, standing.

Nothing is restarted, and nobody else's connection is touched: the server's own list of
connections says so, before and after.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from typing import Final

import pytest

from broker.app.founding import apply_here
from broker.app.hub_link import connected as hub_connected
from broker.app.proposing import decide
from broker.core.errors import BusError, BusRefusedError, Code, RefusedError
from broker.core.model import Stage
from broker.infra.clock import SYSTEM_CLOCK
from keys.directory.ceremony import limit, reinstate, retire, suspend
from keys.directory.model import PartyLimits
from keys.directory.terms import Terms
from keys.errors import PartySuspendedError
from keys.identity import PartyId
from keys.nats_jwt import UNRESTRICTED
from tests.federation import PASSPHRASE, Federation

pytestmark = pytest.mark.integration
BEL, KEN, MEX, XPO = map(PartyId, ("BEL", "KEN", "MEX", "XPO"))
_CONNECTIONS: Final = "$SYS.REQ.SERVER.PING.CONNZ"


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    folder = tmp_path_factory.mktemp("live") / "federation"
    with Federation(folder, parties=("BEL", "KEN", "MEX"), tls=True) as running:
        yield running


def agreed(federation: Federation, decision: Callable[[Terms], Terms]) -> None:
    """Has the stewards decide something, at this moment."""
    folder, now_ms = federation.hub.folder, SYSTEM_CLOCK.now_ms()
    apply_here(folder, decide(folder, decision, now_ms), PASSPHRASE, now_ms)


async def connections(federation: Federation) -> dict[str, set[int]]:
    """Returns the numbers of all connections that the server has, by account."""
    async with hub_connected(
        federation.hub,
        "look",
        UNRESTRICTED,
        account=federation.hub_keys.system,
        on_problem=lambda _: None,
        wait_s=5,
    ) as bus:
        answer = json.loads(await bus.request(_CONNECTIONS, b'{"auth": true}', 5))
    found: dict[str, set[int]] = defaultdict(set)
    for one in answer["data"]["connections"]:
        # Whoever is just introducing itself has no account yet.
        if "account" in one and one["name"] != "hub look":
            found[one["account"]].add(one["cid"])
    return found


async def admitted(federation: Federation, party: str) -> bool:
    try:
        async with federation.party_bus(party, "knocking"):
            return True
    except BusRefusedError:
        return False


async def until_admitted(federation: Federation, party: str, *, well: bool) -> None:
    """Returns once the bus admits a party, or does no more."""
    for _ in range(100):
        if await admitted(federation, party) is well:
            return
    raise AssertionError(f"{party} is never {'' if well else 'not '}admitted")


async def exchange(federation: Federation, origin: str, to: str) -> None:
    """Sends a message and waits until it was opened."""
    digest = federation.send(origin, to=to)
    await federation.opened(origin, digest, [to])


async def test_a_party_joins_and_leaves_and_nobody_else_notices(
    federation: Federation,
) -> None:
    await exchange(federation, "KEN", "BEL")
    before = await connections(federation)
    federation._join("XPO", federation.hub.federation)
    await until_admitted(federation, "XPO", well=True)
    account = federation.members["XPO"].account
    async with federation.party_bus("XPO", "staying") as bus:
        assert await connections(federation) == before | {
            account: (await connections(federation))[account]
        }
        agreed(federation, lambda terms: retire(terms, XPO))
        await until_cut(federation, account)
        with pytest.raises(BusError):
            await bus.flush(5)
    assert not await admitted(federation, "XPO")
    assert await connections(federation) == before
    await exchange(federation, "KEN", "BEL")


async def until_cut(federation: Federation, account: str) -> None:
    for _ in range(200):
        if not (await connections(federation))[account]:
            return
    raise AssertionError("the connection is never cut")


async def test_a_suspended_party_is_cut_at_once_and_comes_back_where_it_was(
    federation: Federation,
) -> None:
    """What was sent to it before its suspension and not fetched, it finds again."""
    mex = federation.members["MEX"].account
    await exchange(federation, "BEL", "MEX")
    before = await connections(federation)
    agreed(
        federation,
        lambda terms: suspend(
            terms, MEX, since_ms=SYSTEM_CLOCK.now_ms(), reason="keys were stolen"
        ),
    )
    await until_cut(federation, mex)
    assert not await admitted(federation, "MEX")
    after = await connections(federation)
    assert {a: c for a, c in after.items() if c} == {
        a: c for a, c in before.items() if a != mex
    }
    with pytest.raises((RefusedError, PartySuspendedError), match="suspended"):
        federation.send("BEL", to="MEX")
    await exchange(federation, "KEN", "BEL")
    agreed(federation, lambda terms: reinstate(terms, MEX))
    await until_admitted(federation, "MEX", well=True)
    await exchange(federation, "BEL", "MEX")
    others = {a: c for a, c in before.items() if a != mex}
    now = await connections(federation)
    assert {a: c for a, c in now.items() if a in others} == others


async def test_the_stewards_limit_connections_live(federation: Federation) -> None:
    before = await connections(federation)
    agreed(
        federation,
        lambda terms: limit(terms, KEN, PartyLimits(connections=1)),
    )
    account = federation.members["KEN"].account
    await until_admitted(federation, "KEN", well=False)
    assert await admitted(federation, "BEL")
    kept = await connections(federation)
    assert kept[account] == before[account], "the node's own connection stays"
    agreed(federation, lambda terms: limit(terms, KEN, None))
    await until_admitted(federation, "KEN", well=True)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (PartyLimits(message_bytes=100), Code.OVERSIZE),
        (PartyLimits(stored_bytes=100), Code.QUOTA),
    ],
)
async def test_a_party_over_its_limit_is_told_and_hurts_nobody(
    federation: Federation, limits: PartyLimits, code: Code
) -> None:
    agreed(federation, lambda terms: limit(terms, BEL, limits))
    await heard(federation, ["BEL", "KEN"])
    digest = federation.send("BEL", to="KEN")

    def refusals() -> Collection[str]:
        found = federation.receipts("BEL", digest)
        return [one.code for one in found if one.stage is Stage.REFUSED]

    assert await federation.until(refusals, "a refusal") == [code.value]
    await exchange(federation, "KEN", "BEL")
    agreed(federation, lambda terms: limit(terms, BEL, None))
    await heard(federation, ["BEL"])
    await exchange(federation, "BEL", "KEN")


async def test_a_node_keeps_to_its_rate_by_itself(federation: Federation) -> None:
    """And so is refused nothing: what is too much for this minute waits."""
    rate = PartyLimits(messages_per_minute=len(sent_lately(federation, "KEN")) + 2)
    agreed(federation, lambda terms: limit(terms, KEN, rate))
    await heard(federation, ["KEN"])
    digests = [federation.send("KEN", to="BEL") for _ in range(4)]
    await federation.opened("KEN", digests[1], ["BEL"])
    await exchange(federation, "BEL", "KEN")
    waiting = [one for one in digests if not federation.receipts("KEN", one)]
    assert waiting == digests[2:]
    agreed(federation, lambda terms: limit(terms, KEN, None))
    await federation.opened("KEN", digests[3], ["BEL"])


def sent_lately(federation: Federation, party: str) -> list[bytes]:
    store = federation.members[party].node.store
    since_ms = SYSTEM_CLOCK.now_ms() - 60_000
    found = [one.message_digest for one in store.sent(100)]
    return [one for one in found if (store.submitted_ms(one) or 0) > since_ms]


async def heard(federation: Federation, parties: Collection[str]) -> None:
    """Returns once the nodes, and so the hub, go by the newest directory."""
    version = federation.trust().view.version

    def look() -> bool:
        return all(
            federation.stored(party).view.version >= version for party in parties
        )

    await federation.until(look, "the newest directory")


def test_after_all_that_was_decided_the_log_still_holds(
    federation: Federation,
) -> None:
    assert federation.verify_log() > 0
