"""What the hub drops is noticed, asked for and sent again; nobody asks for ever."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.codec.envelope import EnvelopeItem, decode_delivery
from broker.core.links import Closure
from broker.core.model import Header, Stage
from broker.core.protocol_kinds import HEARTBEAT, RESEND, RESEND_REQUEST
from keys.identity import PartyId
from tests.link_world import EVERY_MS, GRACE_MS, KilledError, LinkWorld, is_content
from tests.world import BEL, KEN, KIND, MEX


@pytest.fixture
def links(tmp_path: Path) -> Iterator[LinkWorld]:
    made = LinkWorld(tmp_path)
    yield made
    made.close()


def nothing(_header: Header, _to: PartyId) -> bool:
    """Has the hub keep nothing back."""
    return False


def stages(links: LinkWorld, digest: bytes) -> list[Stage]:
    """Returns what KEN knows of its message."""
    return [line.receipt.stage for line in links[KEN].store.ledger(digest)]


async def dropped_tail(links: LinkWorld) -> bytes:
    """KEN writes twice; the hub brings the first. Returns the second's digest."""
    links[KEN].send(BEL)
    await links.settle()
    links.keeps_back = is_content
    lost = links[KEN].send(BEL)
    await links.settle()
    links.keeps_back = nothing
    return lost.message_digest


async def repaired(links: LinkWorld) -> None:
    """Lets the time pass in which a dropped tail is noticed and sent again."""
    await links.later(EVERY_MS)
    await links.later(GRACE_MS)


async def test_a_dropped_tail_is_noticed_by_the_heartbeat_and_repaired(
    links: LinkWorld,
) -> None:
    lost = await dropped_tail(links)
    assert links[BEL].missing() == ()
    assert stages(links, lost) == [Stage.ACCEPTED]
    await links.later(EVERY_MS)
    assert links[KEN].kinds()[-1] == HEARTBEAT
    assert links[BEL].missing() == (2,)
    await links.later(GRACE_MS)
    assert links[BEL].missing() == ()
    found = links[BEL].store.find_received(lost)
    assert found is not None
    assert found.state.value == "opened"
    assert stages(links, lost) == [Stage.ACCEPTED, Stage.DELIVERED, Stage.OPENED]
    assert links[BEL].topics() == ["dropped"]


async def test_what_was_dropped_leaves_evidence_that_the_hub_had_accepted_it(
    links: LinkWorld,
) -> None:
    lost = await dropped_tail(links)
    await repaired(links)
    [evidence] = links[BEL].store.drop_evidence()
    assert (evidence.message_digest, evidence.origin, evidence.number) == (lost, KEN, 2)
    [accepted] = [
        line
        for line in links[KEN].store.ledger(lost)
        if line.receipt.stage is Stage.ACCEPTED
    ]
    assert (evidence.receipt, evidence.proof) == (
        accepted.receipt_bytes,
        accepted.proof,
    )


async def test_the_answer_keeps_no_second_copy_of_what_it_brought(
    links: LinkWorld,
) -> None:
    await dropped_tail(links)
    await repaired(links)
    store = links[BEL].store
    [answer] = [one for one in store.inbox() if one.header.kind == RESEND]
    assert answer.protected_key == b""
    assert len(answer.envelope) < 6000


async def test_a_message_that_the_hub_was_only_late_with_is_not_asked_for(
    links: LinkWorld,
) -> None:
    links.keeps_back = is_content
    links[KEN].send(BEL)
    await links.settle()
    links.keeps_back = nothing
    links[KEN].send(BEL)
    await links.settle()
    assert links[BEL].missing() == (1,)
    [(_, late)] = links.dropped
    links.deliver(links[BEL], late)
    await links.later(2 * GRACE_MS)
    assert links[BEL].missing() == ()
    assert RESEND_REQUEST not in links[BEL].kinds()
    assert links[BEL].topics() == []


async def test_what_comes_twice_is_there_once_and_was_not_dropped_twice(
    links: LinkWorld,
) -> None:
    await dropped_tail(links)
    await repaired(links)
    [(_, late)] = links.dropped
    links.deliver(links[BEL], late)
    await links.later(GRACE_MS)
    assert links[BEL].topics() == ["dropped"]
    assert (
        len([one for one in links[BEL].store.inbox() if one.header.kind == KIND]) == 2
    )


async def test_a_message_here_under_no_number_closes_its_own_gap(
    links: LinkWorld,
) -> None:
    """The hub hands over a damaged copy first, which is refused under the same name."""
    links.keeps_back = is_content
    sent = links[KEN].send(BEL)
    await links.settle()
    links.keeps_back = nothing
    [(_, copy)] = links.dropped
    item = decode_delivery(copy)
    assert isinstance(item, EnvelopeItem)
    damaged = copy.replace(item.data[-40:], bytes(40))
    links.deliver(links[BEL], damaged)
    links[KEN].send(BEL)
    await links.settle()
    assert links[BEL].state(sent) == "refused"
    assert links[BEL].missing() == (1,)
    await links.find_and_ask()
    [closed] = links[BEL].store.closed_numbers(KEN)
    assert closed.closure is Closure.HELD
    assert links[BEL].missing() == ()
    assert links[BEL].store.drop_evidence() == []


async def test_heartbeats_do_not_keep_a_pair_busy(links: LinkWorld) -> None:
    links[KEN].send(BEL)
    await links.settle()
    for _ in range(6):
        await links.later(EVERY_MS // 2)
    for party in (KEN, BEL):
        beats = [kind for kind in links[party].kinds() if kind == HEARTBEAT]
        assert len(beats) == 3
    assert links[BEL].topics() == links[KEN].topics() == []


async def test_one_heartbeat_greets_all_idle_pairs(tmp_path: Path) -> None:
    links = LinkWorld(tmp_path, parties=(KEN, BEL, MEX))
    links[KEN].send(BEL)
    await links.later(EVERY_MS // 5)
    links[KEN].send(MEX)
    await links.settle()
    await links.later(EVERY_MS)
    [beat] = [one for one in links[KEN].store.sent() if one.header.kind == HEARTBEAT]
    assert beat.header.parties == (BEL, MEX)
    assert links[BEL].store.heard()[KEN].next_within_ms == EVERY_MS
    links.close()


async def test_a_party_that_falls_silent_is_told_once_and_cleared_when_it_speaks(
    links: LinkWorld,
) -> None:
    links[KEN].send(BEL)
    await links.settle()
    await links.later(EVERY_MS)
    links[KEN].online = False
    for _ in range(4):
        await links.later(EVERY_MS)
    assert links[BEL].topics() == ["silent"]
    links[BEL].restart()
    await links.later(GRACE_MS)
    assert links[BEL].topics() == ["silent"]
    links[KEN].online = True
    await links.later(GRACE_MS)
    [alarm] = links[BEL].store.sounded_alarms()
    assert alarm.settled
    await links.later(GRACE_MS)
    assert links[BEL].topics() == ["silent"]


async def test_who_was_away_itself_calls_nobody_silent(links: LinkWorld) -> None:
    links[KEN].send(BEL)
    await links.later(EVERY_MS)
    links[BEL].online = False
    await links.later(5 * EVERY_MS)
    links[BEL].keeper.step()
    links[BEL].online = True
    await links.later(0)
    assert links[BEL].topics() == []


async def test_a_week_without_a_node_leaves_no_gaps(links: LinkWorld) -> None:
    links[KEN].send(BEL)
    await links.later(EVERY_MS)
    links[BEL].online = False
    for _ in range(6):
        await links.later(EVERY_MS)
    links[BEL].online = True
    await links.later(0)
    await links.find_and_ask()
    assert links[BEL].missing() == ()
    assert RESEND_REQUEST not in links[BEL].kinds()


async def test_what_expired_under_way_closes_its_gap_without_an_alarm(
    links: LinkWorld,
) -> None:
    links.keeps_back = is_content
    links[KEN].send(BEL, lifetime_ms=GRACE_MS)
    await links.settle()
    links.keeps_back = nothing
    links[KEN].send(BEL)
    await links.settle()
    await links.find_and_ask()
    assert links[BEL].missing() == ()
    [closed] = links[BEL].store.closed_numbers(KEN)
    assert closed.closure is Closure.EXPIRED
    assert links[BEL].topics() == []


async def test_what_the_hub_refused_closes_its_gap_with_the_hubs_own_word(
    links: LinkWorld,
) -> None:
    links[KEN].limits = links.relay.limits
    sent = links[KEN].send(BEL, lifetime_ms=1)
    links.clock.at_ms += 2
    await links.settle()
    links[KEN].send(BEL)
    await links.settle()
    await links.find_and_ask()
    [closed] = links[BEL].store.closed_numbers(KEN)
    assert (closed.closure, closed.code) == (Closure.REFUSED_BY_HUB, "expired")
    assert closed.message_digest == sent.message_digest
    assert links[BEL].missing() == ()


async def ever_longer(links: LinkWorld, times: int) -> None:
    """Lets so many pauses pass, each twice as long as the one before."""
    for doublings in range(times):
        await links.later(GRACE_MS << doublings)


async def test_a_hub_that_drops_every_answer_is_not_asked_for_ever(
    links: LinkWorld,
) -> None:
    """Both sides come to an end; a person has it asked again when the hub is well."""
    lost = await dropped_tail(links)
    links.keeps_back = lambda header, _to: header.kind == RESEND
    await links.later(EVERY_MS)
    await ever_longer(links, 8)
    asked = links[BEL].kinds().count(RESEND_REQUEST)
    answered = links[KEN].kinds().count(RESEND)
    assert asked == 8
    for _ in range(2):
        await links.later(EVERY_MS)
    assert links[BEL].kinds().count(RESEND_REQUEST) == asked
    assert links[KEN].kinds().count(RESEND) == answered
    assert links[BEL].topics() == ["unanswered"]
    assert 2 in links[BEL].missing()
    links.keeps_back = nothing
    links[BEL].store.ask_again(KEN)
    await ever_longer(links, 3)
    assert links[BEL].missing() == ()
    assert links[BEL].store.find_received(lost) is not None
    assert links[BEL].topics() == ["dropped", "unanswered"]
    [unanswered] = [
        one
        for one in links[BEL].store.sounded_alarms()
        if one.alarm.topic == "unanswered"
    ]
    assert unanswered.settled


async def test_a_hub_that_drops_every_request_ends_it_too(links: LinkWorld) -> None:
    """Each request leaves a gap at the other side, which asks for it in turn."""
    await dropped_tail(links)
    links.keeps_back = lambda header, _to: header.kind == RESEND_REQUEST
    await links.later(EVERY_MS)
    await ever_longer(links, 9)
    for _ in range(2):
        await ever_longer(links, 9)
    counts = [links[one].kinds().count(RESEND_REQUEST) for one in (BEL, KEN)]
    assert counts == [8, 8]
    for _ in range(2):
        await links.later(EVERY_MS)
    assert counts == [links[one].kinds().count(RESEND_REQUEST) for one in (BEL, KEN)]


@pytest.mark.parametrize(("who", "steps"), [(BEL, 6), (KEN, 3)])
async def test_killed_at_any_step_it_is_repaired_once(
    tmp_path: Path, who: PartyId, steps: int
) -> None:
    """Whoever is killed at whichever of its transactions: one message, one alarm."""
    for lives in range(steps):
        folder = tmp_path / str(lives)
        folder.mkdir()
        links = LinkWorld(folder)
        lost = await dropped_tail(links)
        links[who].lives = lives
        with pytest.raises(KilledError):
            await repaired(links)
        links[who].lives = None
        links[who].restart()
        for _ in range(2):
            await links.later(2 * GRACE_MS)
        assert links[BEL].missing() == ()
        assert links[BEL].topics() == ["dropped"]
        assert len(links[BEL].store.drop_evidence()) == 1
        assert stages(links, lost) == [Stage.ACCEPTED, Stage.DELIVERED, Stage.OPENED]
        links.close()
