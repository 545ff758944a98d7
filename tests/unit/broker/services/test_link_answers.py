"""What an origin answers about its numbers: the truth, once, and to whom it is for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.envelope import decode_envelope, encode_envelope
from broker.core.codec.links import (
    encode_heartbeat,
    encode_request,
    read_resent,
)
from broker.core.flows.resending import answer_about
from broker.core.limits import Limits
from broker.core.links import DAY_MS, Closure, ResendOutcome
from broker.core.model import Link
from broker.core.opening import read_content
from broker.core.protocol_kinds import HEARTBEAT, RESEND, RESEND_REQUEST
from keys.identity import PartyId
from keys.sealing import unprotect
from tests import world
from tests.link_world import EVERY_MS, LinkWorld, asked, honest, is_content
from tests.world import BEL, KEN, KIND, MEX


@pytest.fixture
def links(tmp_path: Path) -> Iterator[LinkWorld]:
    made = LinkWorld(tmp_path)
    yield made
    made.close()


async def test_a_number_that_was_never_used_is_not_known(links: LinkWorld) -> None:
    links[KEN].send(BEL)
    links[BEL].send(KEN, kind=RESEND_REQUEST, body=encode_request((1, 7)))
    await links.settle()
    answers = {
        one.number: one.outcome
        for one in map(read_resent, contents(links, KEN, RESEND))
    }
    assert answers[7] is ResendOutcome.UNKNOWN
    assert answers[1] is ResendOutcome.SENT_AGAIN


async def test_whoever_asks_again_and_again_is_not_answered_each_time(
    links: LinkWorld,
) -> None:
    links[KEN].send(BEL)
    await links.settle()
    for _ in range(5):
        links[BEL].send(KEN, kind=RESEND_REQUEST, body=encode_request((1,)))
        await links.settle()
    assert links[KEN].kinds().count(RESEND) == 1


async def test_what_the_hub_has_not_answered_about_is_under_way(
    links: LinkWorld,
) -> None:
    links[KEN].send(BEL)
    assert honest(links).outcome is ResendOutcome.UNDER_WAY


async def test_what_keeps_links_is_never_sent_again(links: LinkWorld) -> None:
    links[KEN].send(BEL, kind=HEARTBEAT, body=encode_heartbeat(DAY_MS))
    await links.settle()
    assert honest(links).outcome is ResendOutcome.EXPIRED


async def test_what_was_destroyed_is_not_sent_again(links: LinkWorld) -> None:
    sent = links[KEN].send(BEL)
    await links.settle()
    original = links[KEN].store.original(BEL, 1)
    assert original is not None
    gone = replace(original, taken_back=True)
    answer = answer_about(1, gone, BEL, links.clock.at_ms)
    assert answer.outcome is ResendOutcome.EXPIRED
    bare = encode_envelope(
        replace(decode_envelope(sent.envelope), wraps=(), ciphertext=b"")
    )
    stripped = replace(original, sent=replace(original.sent, envelope=bare))
    answer = answer_about(1, stripped, BEL, links.clock.at_ms)
    assert answer.outcome is ResendOutcome.EXPIRED


async def test_another_recipients_wrap_is_not_handed_on(tmp_path: Path) -> None:
    links = LinkWorld(tmp_path, parties=(KEN, BEL, MEX))
    sent = links[KEN].send(BEL, MEX)
    await links.settle()
    original = links[KEN].store.original(MEX, 1)
    answer = answer_about(1, original, MEX, links.clock.at_ms)
    wraps = decode_envelope(sent.envelope).wraps
    assert decode_envelope(answer.envelope).wraps == (wraps[1],)
    links.close()


async def test_what_no_message_has_room_for_is_said_to_be_too_large(
    links: LinkWorld,
) -> None:
    links.keeps_back = is_content
    links[KEN].send(BEL)
    await links.settle()
    links.keeps_back = lambda _header, _to: False
    links[KEN].send(BEL)
    await links.settle()
    links[KEN].limits = Limits(envelope_max_size=9000)
    links[KEN].restart()
    await links.find_and_ask()
    [closed] = links[BEL].store.closed_numbers(KEN)
    assert closed.closure is Closure.TOO_LARGE
    assert links[BEL].topics() == ["lost"]


async def test_nothing_is_sealed_to_who_has_left_and_nothing_is_noted_as_denied(
    links: LinkWorld,
) -> None:
    links[KEN].send(BEL)
    await links.settle()
    links[BEL].online = False
    links[KEN].trust = world.trust({BEL: None})
    links[KEN].restart()
    await links.later(2 * EVERY_MS)
    assert links[KEN].kinds() == [KIND]
    assert links[KEN].store.withheld() == []


async def test_what_cannot_be_answered_now_waits(links: LinkWorld) -> None:
    """Our own key is not valid at the moment: the request stays."""
    links[KEN].send(BEL)
    await links.settle()
    links[BEL].send(KEN, kind=RESEND_REQUEST, body=encode_request((1,)))
    await links.carry()
    await links.carry()
    now_ms = links.clock.at_ms
    over = world.published(world.signing_key(KEN), valid_to_ms=now_ms - 1)
    good, links[KEN].trust = (
        links[KEN].trust,
        world.trust({KEN: world.entry(KEN, signing_keys=(over,))}),
    )
    links[KEN].restart()
    with pytest.raises(Exception, match="key-not-valid"):
        await links[KEN].work()
    assert len(links[KEN].store.link_work(9)) == 1
    links[KEN].trust = good
    links[KEN].restart()
    await links.settle()
    assert links[KEN].kinds().count(RESEND) == 1


def contents(links: LinkWorld, party: PartyId, kind: str) -> list[bytes]:
    """What a party has said in messages of a kind, oldest first."""
    found = []
    for one in reversed(links[party].store.sent(100)):
        if one.header.kind == kind:
            key = unprotect(
                world.holder(party).store_key,
                one.protected_key,
                context=one.message_digest,
            )
            parts = decode_envelope(one.envelope)
            found.append(read_content(parts.signed_header, parts.ciphertext, key))
    return found


async def test_answers_are_handled_as_what_they_enclose(links: LinkWorld) -> None:
    await asked(links)
    answer = next(one for one in links[KEN].store.sent() if one.header.kind == RESEND)
    assert answer.header.handling == world.AMBER
    [request] = [
        one for one in links[KEN].store.inbox() if one.header.kind == RESEND_REQUEST
    ]
    assert answer.header.in_reply_to == request.message_digest
    assert request.link == Link(sequence=1, previous=bytes(32))
