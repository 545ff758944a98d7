"""A broken promise is shown by the log alone; a kept one cannot be made to look so."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.entry import receipt_leaf_hash
from broker.core.audit.merkle import tree_root
from broker.core.audit.promise import (
    DirectoryFiles,
    Later,
    LaterReceipt,
    LaterSnapshot,
    PromiseProof,
)
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.broken_promises import (
    MARGIN_MS,
    choose_later,
    is_promise,
    overdue,
    verify_broken,
    witnessed_later,
)
from broker.core.codec.promises import decode_promise, encode_promise
from broker.core.codec.receipts import encode_proof, encode_receipt
from broker.core.errors import ProofError
from broker.core.model import Stage
from broker.core.receipts import sign_together
from broker.core.records import LedgerLine
from keys.cosigning import CosignatureType, CosigningKey
from keys.directory.model import DirectoryView, Witness
from keys.framing import sha256
from keys.identity import HUB
from keys.notes import Note
from tests import world
from tests.world import BEL, LOG_KEY, NOW_MS

DUE_MS: Final = NOW_MS + 3_600_000
LATE_MS: Final = DUE_MS + MARGIN_MS + 1
NOISE: Final = [sha256(bytes([number])) for number in range(9)]
WITNESSES: Final = [
    CosigningKey(f"w{n}.example", kind, sha256(bytes([n])))
    for n, kind in ((1, CosignatureType.ED25519), (2, CosignatureType.MLDSA44))
]


def said(by: str = HUB, **changes: object) -> LedgerLine:
    """Returns a receipt with its signature: an ACCEPTED, if it is the hub's."""
    values = {"logged_by_ms": DUE_MS} if by == HUB else {}
    stage = Stage.ACCEPTED if by == HUB else Stage.DELIVERED
    receipt = world.receipt(world.sealed(), stage, by=by, **{**values, **changes})
    data = encode_receipt(receipt)
    bundle = sign_together([data], signer=by, key=world.signing_key(by))
    proof = encode_proof(bundle, bundle.receipts[0], with_signature=True)
    return LedgerLine(receipt=receipt, receipt_bytes=data, proof=proof)


PROMISED: Final = said()
LATER: Final = said(at_ms=LATE_MS, logged_by_ms=LATE_MS + 1)
SOONER: Final = said(at_ms=LATE_MS - 1, logged_by_ms=LATE_MS + 1)
OF_BEL: Final = said(BEL, at_ms=LATE_MS)


def snapshot(at_ms: int, origin: str = LOG_KEY.verifier.name) -> bytes:
    statement = SnapshotStatement(
        origin=origin, version=7, digest=sha256(b"x"), signed_at_ms=at_ms
    )
    return statement.to_bytes()


def shown(later: Later | None, *more: bytes) -> tuple[PromiseProof, list[bytes]]:
    """Returns a proof with its leaves: noise, what is later, more noise."""
    leaves = [*NOISE, *more]
    if later is not None:
        leaves.insert(later.index, later.leaf_hash)
    name = LOG_KEY.verifier.name
    state = Checkpoint(origin=name, size=len(leaves), root=tree_root(leaves))
    proof = PromiseProof(
        receipt=PROMISED.receipt_bytes,
        proof=PROMISED.proof,
        checkpoint=LOG_KEY.sign_note(state.body()),
        later=later,
        directory=DirectoryFiles(version=1, files={"metadata/1.root.json": b"{}"}),
    )
    return proof, leaves


def receipt_at(line: LedgerLine, index: int = 4) -> LaterReceipt:
    return LaterReceipt(receipt=line.receipt_bytes, proof=line.proof, index=index)


def witnessed(proof: PromiseProof, *times_s: int) -> PromiseProof:
    note = Note.parse(proof.checkpoint)
    lines = tuple(
        key.cosign(note.body, time_s)
        for key, time_s in zip(WITNESSES, times_s, strict=False)
    )
    text = replace(note, signatures=(*note.signatures, *lines)).text
    return replace(proof, checkpoint=text)


def directory(quorum: int = 2) -> DirectoryView:
    view = world.view()
    witnesses = tuple(
        Witness(name=key.verifier.name, key=key.verifier.key, party=BEL)
        for key in WITNESSES
    )
    federation = replace(view.federation, witnesses=witnesses, witness_quorum=quorum)
    return replace(view, federation=federation)


@pytest.mark.parametrize(
    "later",
    [
        receipt_at(LATER),
        receipt_at(LATER, 0),
        receipt_at(LATER, 9),
        LaterSnapshot(statement=snapshot(LATE_MS), index=3),
    ],
)
def test_what_the_hub_logged_later_shows_a_broken_promise(later: Later) -> None:
    proof, leaves = shown(later)
    again = decode_promise(encode_promise(proof))
    broken = verify_broken(again, leaves, world.view())
    assert broken.receipt == PROMISED.receipt
    assert broken.checkpoint.size == 10
    assert (broken.later_ms, broken.witnesses) == (LATE_MS, ())


def test_witnesses_show_a_broken_promise_of_a_log_at_rest() -> None:
    late_s = LATE_MS // 1000 + 1
    proof, leaves = shown(None)
    seen = witnessed(proof, late_s, late_s + 5)
    broken = verify_broken(seen, leaves, directory())
    assert broken.witnesses == ("w1.example", "w2.example")
    assert broken.later_ms == late_s * 1000
    for too_few in (
        proof,
        witnessed(proof, late_s),
        witnessed(proof, late_s, DUE_MS // 1000),
    ):
        with pytest.raises(ProofError, match="nothing shows"):
            verify_broken(too_few, leaves, directory())


def test_a_log_that_too_few_witnesses_saw_shows_nothing() -> None:
    """Whoever has a key of the log can make one, and put a true receipt into it."""
    proof, leaves = shown(receipt_at(LATER))
    seen = witnessed(proof, 1, 1)
    assert verify_broken(seen, leaves, directory()).later_ms == LATE_MS
    for too_few in (proof, witnessed(proof, 1)):
        with pytest.raises(ProofError, match="witnesses have cosigned"):
            verify_broken(too_few, leaves, directory())


def test_witnesses_whom_nobody_asks_for_do_not_show_it_by_none() -> None:
    proof, leaves = shown(None)
    with pytest.raises(ProofError, match="nothing shows"):
        verify_broken(proof, leaves, directory(quorum=0))
    assert (
        witnessed_later(PROMISED.receipt, proof.checkpoint, directory().federation)
        == ()
    )


HOSTILE: Final[dict[str, Callable[[PromiseProof], PromiseProof]]] = {
    "a receipt that promises nothing": lambda proof: replace(
        proof, receipt=OF_BEL.receipt_bytes, proof=OF_BEL.proof
    ),
    "a signature of another receipt": lambda proof: replace(proof, proof=LATER.proof),
    "a checkpoint of nobody": lambda proof: replace(
        proof, checkpoint=proof.checkpoint.replace("log.example", "log.examples")
    ),
    "something that was not later": lambda proof: replace(
        proof, later=receipt_at(SOONER)
    ),
    "a party's word for the time": lambda proof: replace(
        proof, later=receipt_at(OF_BEL)
    ),
    "something that is elsewhere": lambda proof: replace(
        proof, later=receipt_at(LATER, 5)
    ),
    "something beyond the log": lambda proof: replace(
        proof, later=receipt_at(LATER, 50)
    ),
    "something that was never logged": lambda proof: replace(
        proof, later=receipt_at(said(at_ms=LATE_MS, logged_by_ms=LATE_MS + 9))
    ),
    "a snapshot of another log": lambda proof: replace(
        proof, later=LaterSnapshot(statement=snapshot(LATE_MS, "another"), index=4)
    ),
    "no snapshot at all": lambda proof: replace(
        proof, later=LaterSnapshot(statement=b"no", index=4)
    ),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_else_shows_one(change: Callable[[PromiseProof], PromiseProof]) -> None:
    proof, leaves = shown(receipt_at(LATER))
    with pytest.raises(ProofError):
        verify_broken(change(proof), leaves, world.view())


def test_a_promise_that_was_kept_is_not_shown_to_be_broken() -> None:
    proof, leaves = shown(receipt_at(LATER), receipt_leaf_hash(PROMISED.receipt_bytes))
    with pytest.raises(ProofError, match="is in the log, at entry 10"):
        verify_broken(proof, leaves, world.view())


def test_leaves_that_are_left_out_or_added_are_noticed() -> None:
    proof, leaves = shown(receipt_at(LATER))
    for other in (leaves[:-1], [*leaves, NOISE[0]], [*leaves[:-1], NOISE[0]]):
        with pytest.raises(ProofError):
            verify_broken(proof, other, world.view())


def test_the_newest_word_of_the_hub_is_chosen() -> None:
    newest = said(at_ms=LATE_MS + 9, logged_by_ms=LATE_MS + 10)
    placed = [(LATER, 3), (newest, 5), (OF_BEL, 6)]
    assert choose_later(PROMISED.receipt, placed, ()) == receipt_at(newest, 5)
    snapshots = [LaterSnapshot(statement=snapshot(LATE_MS + 99), index=8)]
    assert choose_later(PROMISED.receipt, placed, snapshots) == snapshots[0]
    assert choose_later(PROMISED.receipt, [(SOONER, 1), (OF_BEL, 2)], ()) is None
    assert choose_later(PROMISED.receipt, (), ()) is None


def test_only_the_hub_promises_and_only_by_accepting() -> None:
    assert is_promise(PROMISED.receipt)
    assert not is_promise(OF_BEL.receipt)
    assert not is_promise(replace(PROMISED.receipt, logged_by_ms=0))
    lines = [PROMISED, LATER, OF_BEL]
    assert overdue(lines, DUE_MS) == []
    assert overdue(lines, DUE_MS + 1) == [PROMISED]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"{",
        encode_promise(shown(None)[0])[:-1],
        encode_promise(shown(None)[0]).replace(b'"version":1', b'"version":true'),
        encode_promise(shown(None)[0]).replace(b'"version":1', b'"version":-1'),
        encode_promise(shown(None)[0]).replace(b'"later":null', b'"later":5'),
        encode_promise(shown(None)[0]).replace(b'"later":null', b'"later":{}'),
        encode_promise(shown(None)[0]).replace(b"{", b'{"more":1,', 1),
        encode_promise(shown(None)[0]).replace(b'"later":null', b'"later": null'),
        encode_promise(shown(None)[0]).replace(b'"files":{', b'"files":[{'),
        b" " * ((16 << 20) + 1),
    ],
)
def test_no_other_text_is_a_proof(data: bytes) -> None:
    with pytest.raises(ProofError):
        decode_promise(data)
