"""A snapshot on its way to the log: one encoding, and nothing beside it."""

import pytest
from hypothesis import given

from broker.core.audit.snapshot import SnapshotStatement
from broker.core.codec.receipts import decode_audit_batch
from broker.core.codec.snapshots import decode_snapshot, encode_snapshot
from broker.core.errors import Code, RefusedError
from rogatory.v1 import audit_pb2
from tests.unit.broker.core.audit.test_snapshot import ONE, statements


@given(statements)
def test_every_snapshot_is_read_as_it_was_written(statement: SnapshotStatement) -> None:
    assert decode_snapshot(encode_snapshot(statement)) == statement


def _batch(*entries: audit_pb2.AuditEntry) -> bytes:
    batch = audit_pb2.AuditBatch(entries=entries)
    return batch.SerializeToString(deterministic=True)


SNAPSHOT = audit_pb2.AuditEntry(snapshot=ONE.to_bytes())


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff", id="no batch"),
        pytest.param(_batch(SNAPSHOT, SNAPSHOT), id="two snapshots"),
        pytest.param(_batch(audit_pb2.AuditEntry(receipt=b"r")), id="a receipt"),
        pytest.param(_batch(audit_pb2.AuditEntry(snapshot=b"x")), id="no statement"),
        pytest.param(
            _batch(audit_pb2.AuditEntry(snapshot=ONE.to_bytes(), receipt=b"r")),
            id="a snapshot and a receipt",
        ),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        decode_snapshot(data)
    assert refused.value.code is Code.MALFORMED


def test_a_snapshot_among_the_relay_s_receipts_is_refused() -> None:
    with pytest.raises(RefusedError, match="a snapshot among receipts"):
        decode_audit_batch(_batch(SNAPSHOT))
