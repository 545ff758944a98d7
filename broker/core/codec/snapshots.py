"""Snapshots of the directory on their way to the log, between values and bytes.

What a statement about one says, and how, is left to `broker.core.audit.snapshot`.
"""

from broker.core.audit.snapshot import SnapshotStatement
from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, ProofError, RefusedError
from rogatory.v1 import audit_pb2


def encode_snapshot(statement: SnapshotStatement) -> bytes:
    """Returns what the registrar hands to the log."""
    entry = audit_pb2.AuditEntry(snapshot=statement.to_bytes())
    return write_canonical(audit_pb2.AuditBatch(entries=[entry]))


def decode_snapshot(data: bytes) -> SnapshotStatement:
    """Returns the one statement of a batch.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL.
    """
    batch = read_canonical(audit_pb2.AuditBatch, data)
    if len(batch.entries) != 1:
        raise RefusedError(Code.MALFORMED, "not one snapshot")
    (entry,) = batch.entries
    try:
        statement = SnapshotStatement.from_bytes(entry.snapshot)
    except ProofError as error:
        raise RefusedError(Code.MALFORMED, str(error)) from error
    if encode_snapshot(statement) != data:
        raise RefusedError(Code.MALFORMED, "more than a snapshot")
    return statement
