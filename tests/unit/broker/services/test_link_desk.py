"""Only what was asked for is taken, and only with the hub's word for it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from broker.core.codec.envelope import decode_envelope, encode_envelope
from broker.core.codec.links import (
    encode_heartbeat,
    encode_request,
    encode_resent,
    read_heartbeat,
)
from broker.core.codec.receipts import encode_proof, encode_receipt
from broker.core.envelope import Sealed
from broker.core.links import DAY_MS, Closure, ResendOutcome, Resent
from broker.core.model import Stage
from broker.core.protocol_kinds import HEARTBEAT, RESEND, RESEND_REQUEST
from broker.core.receipts import sign_together
from broker.services import link_desk
from keys.framing import sha256
from keys.identity import HUB
from tests import world
from tests.crafting import rewrapped
from tests.link_world import GRACE_MS, LinkWorld, asked, honest
from tests.world import BEL, KEN, KIND, MEX


@pytest.fixture
def links(tmp_path: Path) -> Iterator[LinkWorld]:
    made = LinkWorld(tmp_path)
    yield made
    made.close()


Forge = Callable[[LinkWorld, Resent], Resent]


def forged_word(
    message_digest: bytes, stage: Stage, signer: str, to: str = KEN, by: str = HUB
) -> tuple[bytes, bytes]:
    """A receipt with its proof, signed by whoever."""
    receipt = encode_receipt(
        replace(
            world.receipt(world.sealed(), stage, by=by),
            message_digest=message_digest,
            to=to,
        )
    )
    bundle = sign_together([receipt], signer=by, key=world.signing_key(signer))
    bundle = replace(bundle, signer_key_id=world.signing_key(by).public.key_id)
    [entry] = bundle.receipts
    return receipt, encode_proof(bundle, entry, with_signature=True)


async def test_what_nobody_asked_for_is_not_taken(links: LinkWorld) -> None:
    links[KEN].send(BEL)
    await links.settle()
    resent = honest(links)
    assert resent.outcome is ResendOutcome.SENT_AGAIN
    links[KEN].send(BEL, kind=RESEND, body=encode_resent(replace(resent, number=9)))
    await links.settle()
    [alarm] = links[BEL].store.alarms()
    assert "nobody has asked for it" in alarm.text


def with_word(
    stage: Stage = Stage.ACCEPTED,
    about: bytes = b"",
    *,
    signer: str = HUB,
    to: str = KEN,
    by: str = HUB,
) -> Forge:
    """Puts another word in the place of the hub's true one."""

    def forge(_: LinkWorld, resent: Resent) -> Resent:
        digest = about or resent.message_digest
        receipt, proof = forged_word(digest, stage, signer, to, by)
        return replace(resent, receipt=receipt, proof=proof)

    return forge


def of_another(message: Sealed, resent: Resent) -> Resent:
    """Encloses another message, for which the hub's word holds."""
    receipt, proof = forged_word(
        message.message_digest, Stage.ACCEPTED, HUB, message.header.origin
    )
    return replace(
        resent,
        message_digest=message.message_digest,
        envelope=message.envelope,
        receipt=receipt,
        proof=proof,
    )


def damaged(_: LinkWorld, resent: Resent) -> Resent:
    """Changes the last byte of what is sealed."""
    parts = decode_envelope(resent.envelope)
    changed = replace(parts, ciphertext=parts.ciphertext[:-1] + b"!")
    return replace(resent, envelope=encode_envelope(changed))


def known_id(links: LinkWorld, resent: Resent) -> Resent:
    """Encloses a second message under the id of one that is here."""
    here = next(one for one in links[BEL].store.inbox() if one.header.kind == KIND)
    now_ms = links.clock.at_ms
    other = world.sealed(
        created_ms=now_ms,
        expires_ms=now_ms + DAY_MS,
        message_id=here.header.message_id,
    )
    return of_another(other, resent)


ATTACKS: Final[dict[str, tuple[Forge, str]]] = {
    # The hub's policies were never asked.
    "the hub's word is signed by the origin": (
        with_word(signer=KEN),
        "bad-signature",
    ),
    "a word of the origin's own": (
        with_word(signer=KEN, by=KEN),
        "not the hub's word about it",
    ),
    "a refusal of the hub": (
        with_word(Stage.REFUSED),
        "not the hub's word about it",
    ),
    "the hub's word about another message": (
        with_word(about=sha256(b"another")),
        "not the hub's word about it",
    ),
    "the hub's word to another party": (
        with_word(to=MEX),
        "not the hub's word about it",
    ),
    "a refusal that the hub has not signed": (
        lambda links, resent: replace(
            with_word(Stage.REFUSED, signer=KEN)(links, resent),
            outcome=ResendOutcome.REFUSED_BY_HUB,
            envelope=b"",
        ),
        "bad-signature",
    ),
    "damaged on the way": (damaged, "ciphertext-mismatch"),
    "another message than is named": (
        lambda _, resent: replace(resent, message_digest=sha256(b"another")),
        "another message is enclosed",
    ),
    "a message of a third party": (
        lambda _, resent: of_another(world.sealed(MEX, (BEL,)), resent),
        "no message of its own",
    ),
    "number 2 is to stand for number 1": (
        lambda links, _: replace(honest(links, 2), number=1),
        "has not it",
    ),
    "a second message under a known id": (known_id, "replayed-id"),
}


async def test_what_does_not_hold_is_not_taken_and_told(links: LinkWorld) -> None:
    await asked(links)
    for attack, (forge, words) in ATTACKS.items():
        resent = forge(links, honest(links))
        links[KEN].send(BEL, kind=RESEND, body=encode_resent(resent))
        await links.settle()
        [alarm, *_] = links[BEL].store.alarms()
        assert words in alarm.text, attack
        assert links[BEL].store.find_received(resent.message_digest) is None or (
            "number 2" in attack
        ), attack
    assert links[BEL].topics() == ["resend"] * len(ATTACKS)
    assert 1 in links[BEL].missing()
    assert links[BEL].store.drop_evidence() == []


async def test_what_cannot_be_opened_is_taken_and_refused_as_always(
    links: LinkWorld,
) -> None:
    """The hub accepted it, it is for us, and it does not open: its origin hears so."""
    await asked(links)
    useless = world.encryption_key("nobody").public.wrap(
        bytes(80), header_digest=bytes(32), party=BEL
    )
    made = world.sealed(
        KEN, created_ms=links.clock.at_ms, expires_ms=links.clock.at_ms + DAY_MS
    )
    envelope = rewrapped(made.envelope, world.signing_key(KEN), [useless])
    digest = sha256(decode_envelope(envelope).signed_header)
    made = replace(made, envelope=envelope, message_digest=digest)
    resent = of_another(made, honest(links))
    links[KEN].send(BEL, kind=RESEND, body=encode_resent(resent))
    await links.settle()
    found = links[BEL].store.find_received(digest)
    assert found is not None
    assert (found.state.value, found.code) == ("refused", "cannot-open")
    assert 1 not in links[BEL].missing()


@pytest.mark.parametrize(
    ("outcome", "closure"),
    [
        (ResendOutcome.UNKNOWN, Closure.UNKNOWN),
        (ResendOutcome.TOO_LARGE, Closure.TOO_LARGE),
    ],
)
async def test_what_is_lost_for_good_is_told_once(
    links: LinkWorld, outcome: ResendOutcome, closure: Closure
) -> None:
    await asked(links)
    digest = b"" if outcome is ResendOutcome.UNKNOWN else bytes(32)
    body = encode_resent(Resent(number=1, outcome=outcome, message_digest=digest))
    for _ in range(2):
        links[KEN].send(BEL, kind=RESEND, body=body)
        await links.settle()
    assert [one.closure for one in links[BEL].store.closed_numbers(KEN)] == [closure]
    assert links[BEL].topics() == ["lost"]
    assert 1 not in links[BEL].missing()


async def test_what_is_under_way_still_is_asked_for_again(links: LinkWorld) -> None:
    lost = await asked(links)
    resent = Resent(
        number=1,
        outcome=ResendOutcome.UNDER_WAY,
        message_digest=lost.message_digest,
    )
    links[KEN].send(BEL, kind=RESEND, body=encode_resent(resent))
    await links.settle()
    assert 1 in links[BEL].missing()
    await links.later(2 * GRACE_MS)
    assert links[BEL].missing() == ()
    assert links[BEL].store.find_received(lost.message_digest) is not None


async def test_what_says_nothing_that_it_must_is_told_and_done_with(
    links: LinkWorld,
) -> None:
    links[KEN].send(BEL, kind=HEARTBEAT, body=encode_heartbeat(1 << 50))
    links[KEN].send(BEL, kind=RESEND_REQUEST, body=encode_request((2, 1)))
    await links.settle()
    assert links[BEL].topics() == ["resend", "resend"]
    assert links[BEL].store.link_work(9) == []


async def test_older_heartbeat_that_comes_late_changes_nothing(
    links: LinkWorld,
) -> None:
    links[KEN].send(BEL, kind=HEARTBEAT, body=encode_heartbeat(DAY_MS))
    await links.settle()
    links[BEL].store.note_heartbeat(KEN, 0, 7 * DAY_MS)
    assert links[BEL].store.heard()[KEN].next_within_ms == DAY_MS


async def test_flaw_in_one_message_does_not_stop_the_others(
    links: LinkWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = read_heartbeat

    def flawed(body: bytes) -> int:
        if body == encode_heartbeat(13):
            raise ZeroDivisionError
        return real(body)

    monkeypatch.setattr(link_desk, "read_heartbeat", flawed)
    links[KEN].send(BEL, kind=HEARTBEAT, body=encode_heartbeat(13))
    links[KEN].send(BEL, kind=HEARTBEAT, body=encode_heartbeat(DAY_MS))
    await links.settle()
    assert links[BEL].store.heard()[KEN].next_within_ms == DAY_MS
    assert len(links[BEL].store.link_work(9)) == 1
    monkeypatch.setattr(link_desk, "read_heartbeat", real)
    links[BEL].restart()
    await links.settle()
    assert links[BEL].store.link_work(9) == []


async def test_an_answer_that_comes_after_its_message_leaves_no_second_copy(
    links: LinkWorld,
) -> None:
    lost = await asked(links)
    for _, data in links.dropped:
        links.deliver(links[BEL], data)
    await links.settle()
    came = links[BEL].store.find_received(lost.message_digest)
    assert came is not None
    assert came.protected_key
    answers = [one for one in links[BEL].store.inbox() if one.header.kind == RESEND]
    assert len(answers) == 1
    assert not answers[0].protected_key
    assert not decode_envelope(answers[0].envelope).ciphertext
