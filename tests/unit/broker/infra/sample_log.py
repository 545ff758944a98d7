"""A log of numbered entries, and what must be true of it; shared by the log's tests."""

import secrets
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

from broker.core.audit.blocks import Block, pack_block
from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.entry import LogEntry, receipt_leaf_hash
from broker.core.audit.merkle import tree_root
from broker.core.audit.verify import verify_log
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from keys.notes import NoteKey

ORIGIN = "hub.example/log"
KEY = NoteKey(ORIGIN, secrets.token_bytes(32))
PARTIES = ("KEN", "BEL", "MEX")


def entry(number: int, receipt: bytes | None = None) -> LogEntry:
    return LogEntry(
        receipt=b"receipt %d" % number if receipt is None else receipt,
        signed_header=b"header",
        stage="ACCEPTED",
        message_digest=number.to_bytes(32, "big"),
        by="HUB",
        to="KEN",
        code="",
        at_ms=1_000 + number,
        proof=b"proof",
        stream_sequence=number,
    )


def entries(first: int, last: int) -> list[LogEntry]:
    """Entries of the stream messages `first` to `last`, one each."""
    return [entry(number) for number in range(first, last + 1)]


def root_of(last: int) -> bytes:
    """The root over the entries of stream messages 1 to `last`."""
    leaves = [receipt_leaf_hash(one.receipt) for one in entries(1, last)]
    return tree_root(leaves)


def append(store: LogStore, first: int, last: int) -> str:
    return store.append(entries(first, last), last_sequence=last, sign=KEY.sign_note)


def assert_holds(log: LogReader, last: int) -> None:
    """The log holds the entries 1 to `last`, signed, with every tile right."""
    head = log.head()
    assert (head.size, head.last_sequence) == (last, last)
    assert head.root == root_of(last)
    checkpoint = open_checkpoint(head.checkpoint, KEY.verifier)
    assert (checkpoint.size, checkpoint.root) == (last, head.root)
    assert list(verify_log(log.leaf_hashes(last), checkpoint, log.tile))[-1] == last


def tamper(folder: Path, statements: str, *values: object) -> None:
    db = sqlite3.connect(folder / "log.sqlite3", isolation_level=None)
    try:
        for statement in statements.split("; "):
            db.execute(statement, values)
    finally:
        db.close()


def forge(folder: Path, index: int, **changes: Any) -> None:  # noqa: ANN401 - fields of a dataclass
    """Changes an entry where it is stored, as only who has the folder can."""
    db = sqlite3.connect(folder / "log.sqlite3", isolation_level=None)
    try:
        db.execute("DROP TRIGGER blocks_unchanged")
        query = "SELECT first, count, data FROM blocks WHERE ? - first < count"
        first, count, data = db.execute(query, (index,)).fetchone()
        logged = list(Block(first, count, data).entries(first, first + count))
        entries = [
            replace(one.entry, **changes) if one.index == index else one.entry
            for one in logged
        ]
        packed = pack_block([one.leaf_hash for one in logged], entries)
        db.execute("UPDATE blocks SET data = ? WHERE first = ?", (packed, first))
    finally:
        db.close()


def varied(index: int) -> LogEntry:
    """Entry `index` of a log with all stages, parties and two entries a message."""
    refused = index % 100 == 99
    return LogEntry(
        receipt=b"receipt %d" % index,
        signed_header=b"header %d" % (index // 2),
        stage="REFUSED" if refused else ("ACCEPTED" if index % 2 == 0 else "DELIVERED"),
        message_digest=(index // 2).to_bytes(32, "little"),
        by="HUB" if index % 2 == 0 else PARTIES[index % 3],
        to=PARTIES[(index + 1) % 3],
        code="expired" if refused else "",
        at_ms=10_000 + index,
        proof=b"proof %d" % index,
        stream_sequence=index + 1,
    )


def fill(store: LogStore, start: int, end: int) -> str:
    """Appends the varied entries from `start` up to, not including, `end`."""
    batch = [varied(index) for index in range(start, end)]
    return store.append(batch, last_sequence=end, sign=KEY.sign_note)
