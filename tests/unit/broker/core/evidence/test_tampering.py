"""Nothing of evidence can be changed, added or made up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from broker.core.codec.envelope import SealedBody
from broker.core.codec.receipts import encode_receipt
from broker.core.errors import ProofError
from broker.core.evidence.bundle import Bundle
from broker.core.evidence.container import read_container, write_container
from broker.core.evidence.manifest import MANIFEST_NAME, read_manifest
from broker.core.evidence.parts import MessageParts, ReceiptParts
from broker.core.evidence.verify import verify_evidence
from broker.core.model import Stage
from keys.framing import sha256
from keys.identity import HUB
from keys.notes import NoteKey
from tests import world
from tests.unit.broker.core.evidence.made import Made, broken, flipped, written
from tests.world import BEL, KEN, MEX


def test_a_changed_bit_in_any_member_is_noticed(made: Made) -> None:
    members = read_container(made.data)
    assert len(members) > 20
    for name, data in members.items():
        for at in (0, len(data) // 2, len(data) - 1):
            file = write_container({**members, name: flipped(data, at)})
            with pytest.raises(ProofError):
                Bundle.from_bytes(file)


def test_a_changed_bit_in_the_file_itself_is_noticed(made: Made) -> None:
    for at in (*range(100), *range(len(made.data) - 400, len(made.data))):
        with pytest.raises(ProofError):
            Bundle.from_bytes(flipped(made.data, at))


def test_whoever_makes_a_new_manifest_for_a_changed_member_is_found_out(
    made: Made,
) -> None:
    """The manifest is in nobody's signature: what it names has to hold by itself."""
    members = read_container(made.data)
    manifest = read_manifest(members)
    for name, data in members.items():
        if name == MANIFEST_NAME:
            continue
        for at in (len(data) // 3, len(data) - 2):
            file = written(manifest, {**members, name: flipped(data, at)})
            try:
                report = verify_evidence(file, made.world.demands())
            except ProofError:
                continue
            assert not report.holds, (name, at)


def test_a_member_left_out_is_noticed_unless_it_was_a_whole_statement(
    made: Made,
) -> None:
    members = read_container(made.data)
    manifest = read_manifest(members)
    for name in members.keys() - {MANIFEST_NAME}:
        less = {k: v for k, v in members.items() if k != name}
        try:
            report = verify_evidence(written(manifest, less), made.world.demands())
        except ProofError:
            continue
        assert not report.holds or "receipts" in name, name


@pytest.mark.parametrize(
    "name",
    [
        *("READ-ME.txt", "trust/metadata/../x", "trust/metadata/timestamp.json"),
        *("messages/00/signature", "log/more", "trust/metadata/9.root.json"),
        "trust/metadata/3.party-MEX.json",
    ],
)
def test_nothing_else_can_be_put_into_evidence(made: Made, name: str) -> None:
    members = read_container(made.data)
    manifest = read_manifest(members)
    with pytest.raises(ProofError):
        verify_evidence(
            written(manifest, {**members, name: b"anything"}), made.world.demands()
        )


Attack = Callable[[Made], Bundle]


def _another_content(made: Made) -> Bundle:
    content = SealedBody(salt=bytes(32), body=world.body("Whose is it?"))
    return made.with_message(content=content)


def _stolen_signature(made: Made) -> Bundle:
    other = made.world.send(BEL, (KEN,))
    return made.with_message(signature=_parts(made, other).signature)


def _parts(made: Made, message: Any) -> MessageParts:  # noqa: ANN401 - a Sealed
    return made.world.item(message).parts


def _with_receipt(made: Made, **changes: Any) -> Bundle:  # noqa: ANN401 - fields
    """Adds a statement that its author has signed, and that was logged."""
    here, [message] = made.world, made.bundle.messages
    digest = changes.pop("message_digest", message.digest)
    receipt = replace(
        world.receipt(here.send(), Stage.OPENED),
        **{"message_digest": digest, **changes},
    )
    here.state(receipt, logged=False)
    line = here.lines[digest].pop()
    [old, *_] = message.receipts
    parts = ReceiptParts(receipt=line.receipt_bytes, proof=line.proof, place=old.place)
    return made.with_message(receipts=(*message.receipts, parts))


ATTACKS: dict[str, tuple[Attack, str]] = {
    "another content": (_another_content, "not the one that KEN signed"),
    "another's signature": (_stolen_signature, "signature"),
    "a statement about another message": (
        lambda made: _with_receipt(made, message_digest=sha256(b"another")),
        "about another message",
    ),
    "a statement by a stranger": (
        lambda made: _with_receipt(made, by=MEX),
        "MEX is in no position",
    ),
    "the origin opens its own message": (
        lambda made: _with_receipt(made, by=KEN),
        "KEN is in no position",
    ),
    "a recipient accepts for the hub": (
        lambda made: _with_receipt(made, stage=Stage.ACCEPTED),
        "BEL is in no position",
    ),
    "the hub opens for a recipient": (
        lambda made: _with_receipt(made, by=HUB),
        "HUB is in no position",
    ),
    "a statement made to somebody else": (
        lambda made: _with_receipt(made, to=MEX),
        "not made to the origin",
    ),
    "a statement that was never logged": (_with_receipt, "does not lead to the root"),
    "decisions that say more than they may": (
        lambda made: made.with_message(decisions=b'[{"a":  1}]'),
        "decisions",
    ),
    "a policy that approves nothing": (
        lambda made: made.with_message(policy=b"policy"),
        "without anything that was approved",
    ),
    "exported by who is no part of it": (
        lambda made: replace(
            made.bundle, manifest=replace(made.bundle.manifest, exported_by=MEX)
        ),
        "neither sent nor received",
    ),
    "shown as part of a case": (
        lambda made: replace(
            made.bundle, manifest=replace(made.bundle.manifest, case="KE-1")
        ),
        "not of case KE-1",
    ),
}


@pytest.mark.parametrize(("attack", "said"), ATTACKS.values(), ids=[*ATTACKS])
def test_false_evidence_does_not_hold(made: Made, attack: Attack, said: str) -> None:
    assert said in broken(made.check(attack(made)))


def test_a_receipt_in_the_name_of_another_does_not_hold(made: Made) -> None:
    [message] = made.bundle.messages
    opened = next(one for one in message.receipts if stage_of(one) is Stage.OPENED)
    forged = encode_receipt(
        world.receipt(made.world.send(), Stage.OPENED, message_digest=message.digest)
    )
    bundle = made.with_message(receipts=(replace(opened, receipt=forged),))
    assert "signature" in broken(made.check(bundle))


def test_a_statement_that_somebody_else_has_signed_is_refused(made: Made) -> None:
    [message] = made.bundle.messages
    opened = next(one for one in message.receipts if stage_of(one) is Stage.OPENED)
    for signer in (b"MEX", b"HUB", b"b\x00L"):
        proof = opened.proof.replace(b"BEL", signer, 1)
        bundle = made.with_message(receipts=(replace(opened, proof=proof),))
        with pytest.raises(ProofError, match="signed by another"):
            made.check(bundle)


def test_a_checkpoint_of_another_log_carries_nothing(made: Made) -> None:
    here = made.world
    fork = NoteKey("log.example/rogatory", sha256(b"another key"))
    body = here.note().rpartition("\n\n")[0] + "\n"
    bundle = replace(made.bundle, checkpoint=fork.sign_note(body))
    assert "The log" in broken(made.check(bundle))


def test_a_directory_that_the_log_does_not_hold_judges_nothing(
    made: Made,
) -> None:
    [version] = made.bundle.versions
    [message] = made.bundle.messages
    places = {version: message.receipts[0].place}
    bundle = replace(made.bundle, places=places)
    assert f"Version {version} of the directory" in broken(made.check(bundle))


def stage_of(parts: ReceiptParts) -> Stage:
    """Returns what a receipt states."""
    return Stage(parts.receipt[1])
