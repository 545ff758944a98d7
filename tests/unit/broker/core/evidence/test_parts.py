"""The parts of evidence are read in one form, or not at all."""

from dataclasses import replace

import pytest

from broker.core.codec.envelope import SealedBody
from broker.core.decisions import DecisionRecord, Direction, Verdict
from broker.core.errors import ProofError
from broker.core.evidence.decided import read_decisions, write_decisions
from broker.core.evidence.layout import BODY, RELEASE, SIGNATURE, by_message, of_message
from broker.core.evidence.log import read_path, write_path
from broker.core.evidence.parts import (
    MessageParts,
    ReceiptParts,
    as_text,
    read_parts,
    write_parts,
)
from broker.core.fields import FieldClass, Treatment
from keys.framing import sha256
from tests.world import BEL, KIND, NOW_MS

PARTS = MessageParts(
    signed_header=b"header",
    signature=b"signature",
    receipts=(ReceiptParts(receipt=b"receipt", proof=b"proof", place="place"),),
    content=SealedBody(salt=bytes(32), body=b"body"),
    decisions=b"decisions",
)
RECORD = DecisionRecord(
    at_ms=NOW_MS,
    direction=Direction.EXPORT,
    subject=sha256(b"header"),
    kind=KIND,
    party=BEL,
    verdict=Verdict.REDACT,
    rule_ids=("share",),
    reasons=("a pistol with serial number 4711",),
    near_misses=("names Mr Example",),
    fields=((FieldClass.PERSONAL, Treatment.DROP),),
    policy_digest=sha256(b"policy"),
    protected=b"what was told of the content",
)


def members(parts: MessageParts = PARTS) -> dict[str, bytes]:
    """Returns the members that hold a message."""
    return dict(write_parts(parts))


def read(held: dict[str, bytes]) -> MessageParts:
    """Reads them again."""
    return read_parts(PARTS.digest, [*held], held.get)


def test_what_was_written_is_read() -> None:
    for parts in (PARTS, replace(PARTS, content=None, receipts=(), decisions=b"")):
        assert read(members(parts)) == parts


def test_a_message_that_lacks_a_part_is_refused() -> None:
    names = members()
    whole = len(PARTS.receipts) * 3
    for name in names:
        less = {k: v for k, v in names.items() if k != name}
        if "receipts" in name or name.endswith((SIGNATURE, BODY, "salt", "header.pb")):
            if name.endswith(".pb") and "receipts" in name and "signature" not in name:
                # Without the receipt itself, nothing says that there was one.
                assert whole == 3
                continue
            with pytest.raises(ProofError):
                read(less)


def test_a_part_under_the_name_of_another_is_refused() -> None:
    held = members()
    header = of_message(PARTS.digest, "signed-header.pb")
    with pytest.raises(ProofError, match="another message"):
        read({**held, header: b"other"})
    receipt = next(name for name in held if "receipts" in name and ".sig" not in name)
    with pytest.raises(ProofError, match="is another"):
        read({**held, receipt: b"other"})
    with pytest.raises(ProofError, match="approved cannot be read"):
        read({**held, of_message(PARTS.digest, RELEASE): b"\xff"})


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ProofError, match="not text"):
        as_text(b"\xff")


def test_decisions_are_shown_without_what_tells_of_a_content() -> None:
    data = write_decisions([RECORD])
    [shown] = read_decisions(data)
    assert shown["rules"] == ["share"]
    assert shown["fields"] == {FieldClass.PERSONAL.word: Treatment.DROP.word}
    for told in (b"4711", b"Mr Example", b"content"):
        assert told not in data
    assert write_decisions([]) == b""


@pytest.mark.parametrize(
    "data",
    [b"", b"{}\n", b"[1]\n", b"[\n 1\n]\n", b"\xff", b"[" * 100_000],
    ids=["empty", "an object", "short", "a number", "no text", "deep"],
)
def test_decisions_in_another_form_are_refused(data: bytes) -> None:
    with pytest.raises(ProofError):
        read_decisions(data)


def test_a_path_is_read_in_one_form() -> None:
    path = (sha256(b"1"), sha256(b"2"))
    data = write_path(path)
    assert read_path(data) == path
    assert read_path(b"") == ()
    for other in (data[:-1], data + b"\n", b"?\n", b"\xff", write_path(path * 40)):
        with pytest.raises(ProofError):
            read_path(other)


def test_each_member_is_looked_at_for_one_message_only() -> None:
    """Else a file of many messages and statements would take minutes to refuse."""
    names = [f"messages/{message:064x}/signature" for message in range(3)]
    names += [f"messages/{2:064x}/receipts/{number}" for number in range(5)]
    found = by_message(["log/checkpoint", *names, "messages"])
    assert [len(found[f"{message:064x}"]) for message in range(3)] == [1, 1, 6]
    assert sum(map(len, found.values())) == len(names)
