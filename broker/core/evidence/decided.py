"""What the exporter's own policy decided about a message, as evidence shows it.

Without what the policy was told of the content, and in nobody's signature: it says how
the exporter came to send or take it, and proves nothing to others.
"""

import json
from collections.abc import Iterable
from typing import Any

from broker.core.decisions import DecisionRecord
from broker.core.errors import ProofError


def write_decisions(records: Iterable[DecisionRecord]) -> bytes:
    """Returns the bytes of decisions; empty when there are none.

    Reasons and near misses are left out: they are in words that may tell of a content.
    """
    fields = [
        {
            "at_ms": one.at_ms,
            "side": one.direction.value,
            "party": one.party,
            "verdict": one.verdict.value,
            "code": one.code,
            "rules": list(one.rule_ids),
            "fields": {field.word: how.word for field, how in one.fields},
            "policy_sha256": one.policy_digest.hex(),
        }
        for one in records
    ]
    return _text(fields) if fields else b""


def read_decisions(data: bytes) -> list[dict[str, Any]]:
    """Returns the decisions, one for each other party, in that form.

    Raises:
        ProofError: They cannot be read, or not only in this one way.
    """
    try:
        fields = json.loads(data)
        if not isinstance(fields, list) or _text(fields) != data:
            raise ProofError("the decisions are not in their one form")
    except (ValueError, RecursionError) as error:
        raise ProofError("the decisions cannot be read") from error
    if any(not isinstance(one, dict) for one in fields):
        raise ProofError("the decisions cannot be read")
    return fields


def _text(fields: object) -> bytes:
    return (json.dumps(fields, indent=1, sort_keys=True) + "\n").encode()
