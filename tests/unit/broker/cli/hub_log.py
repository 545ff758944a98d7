"""A hub's folder with a small log in it, for tests of what its operator reads."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from broker.core.audit.entry import LogEntry, snapshot_entry
from broker.core.audit.padding import NONCE_SIZE, padding_entries
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.codec.envelope import decode_envelope
from broker.core.codec.receipts import encode_receipt
from broker.core.envelope import Sealed
from broker.core.model import Decider, Receipt, Stage
from broker.core.protocol_kinds import HEARTBEAT, RECALL
from broker.infra.log_store import LogStore
from broker.settings import HubFolder
from keys.framing import sha256
from keys.identity import HUB
from tests import world
from tests.world import BEL, KEN, MEX, NOW_MS

CASE = "CASE-77"
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLog:
    """The log, by what is in it.

    Attributes:
        folder: Of the hub.
        asked: A message of KEN to BEL and MEX with a case; MEX refuses it.
        recall: By which KEN takes it back.
        beat: A heartbeat of BEL.
        refused: A message of MEX that the hub refuses.
    """

    folder: Path
    asked: Sealed
    recall: Sealed
    beat: Sealed
    refused: Sealed


def hub_log(folder: Path) -> HubLog:
    """Writes such a log: fourteen entries, of which two are padding."""
    asked = world.sealed(KEN, (BEL, MEX), case_reference=CASE)
    recall = world.sealed(
        KEN,
        (BEL, MEX),
        kind=RECALL,
        in_reply_to=asked.message_digest,
        created_ms=NOW_MS + HOUR_MS,
        expires_ms=NOW_MS + 2 * HOUR_MS,
    )
    beat = world.sealed(BEL, (KEN,), kind=HEARTBEAT)
    refused = world.sealed(MEX, (KEN,))
    authority = {"authority": "Federal police", "decider": Decider.PERSON}
    withheld = Receipt(
        stage=Stage.WITHHELD,
        message_digest=sha256(b"what only KEN knows"),
        by=KEN,
        to=KEN,
        at_ms=NOW_MS + 60,
        nonce=secrets.token_bytes(16),
        code="export-policy",
    )
    statement = SnapshotStatement(
        origin="log.example/rogatory",
        version=7,
        digest=sha256(b"7"),
        signed_at_ms=NOW_MS,
    )
    stated = [
        snapshot_entry(statement, 0),
        stated_entry(asked, Stage.ACCEPTED, HUB, 10),
        stated_entry(asked, Stage.DELIVERED, BEL, 20),
        stated_entry(asked, Stage.OPENED, BEL, 30),
        stated_entry(asked, Stage.ACKNOWLEDGED, BEL, 40, **authority),
        stated_entry(
            asked, Stage.REFUSED, MEX, 50, code="import-policy", detail="rule a"
        ),
        _logged(withheld),
        stated_entry(beat, Stage.ACCEPTED, HUB, 70),
        stated_entry(beat, Stage.DELIVERED, KEN, 80),
        stated_entry(refused, Stage.REFUSED, HUB, 90, code="quota"),
        stated_entry(recall, Stage.ACCEPTED, HUB, HOUR_MS + 10),
        stated_entry(recall, Stage.DELIVERED, BEL, HOUR_MS + 20),
    ]
    nonces = [secrets.token_bytes(NONCE_SIZE) for _ in range(2)]
    padding = padding_entries(nonces, stream_sequence=0, at_ms=NOW_MS + HOUR_MS + 30)
    write_log(folder, [*stated, *padding])
    return HubLog(folder=folder, asked=asked, recall=recall, beat=beat, refused=refused)


def write_log(folder: Path, entries: Sequence[LogEntry]) -> None:
    """Writes a log of these entries, each of a stream message of its own."""
    numbered = [
        replace(one, stream_sequence=number)
        for number, one in enumerate(entries, start=1)
    ]
    name = world.LOG_KEY.verifier.name
    with LogStore.open(HubFolder(folder).log, origin=name) as log:
        log.append(numbered, last_sequence=len(numbered), sign=world.LOG_KEY.sign_note)


def stated_entry(
    message: Sealed,
    stage: Stage,
    by: str,
    after_ms: int,
    **changes: Any,  # noqa: ANN401 - fields of a dataclass
) -> LogEntry:
    """Returns the entry that somebody states something about a message."""
    receipt = world.receipt(message, stage, by, at_ms=NOW_MS + after_ms, **changes)
    # The header stands beside the hub's own words alone.
    signed = decode_envelope(message.envelope).signed_header if by == HUB else b""
    return _logged(receipt, signed)


def _logged(receipt: Receipt, signed_header: bytes = b"") -> LogEntry:
    return LogEntry(
        receipt=encode_receipt(receipt),
        signed_header=signed_header,
        stage=receipt.stage.name,
        message_digest=receipt.message_digest,
        by=receipt.by,
        to=receipt.to,
        code=receipt.code,
        at_ms=receipt.at_ms,
        proof=b"proof",
        stream_sequence=0,
    )
