"""Statements for the tests of registers: sound contents, signed by whoever is named."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from broker.core.codec.documents import decode_document, encode_document
from broker.core.registers.statement import Statement
from keys.framing import sha256
from keys.identity import PartyId
from tests.world import BEL, DAY_MS

EXAMPLES: Final = Path(__file__).parents[5] / "examples"
START_MS: Final = 1_770_000_000_000
"""2026-02-02: the day on which the certificate of the examples was issued."""

Fields = dict[str, Any]


@cache
def _example(kind: str) -> Fields:
    document = yaml.safe_load((EXAMPLES / f"{kind}.yaml").read_text(encoding="utf-8"))
    content: Fields = document["content"]
    return content


def example(kind: str, **changes: object) -> Fields:
    """Returns the content of an example; None as a change takes a field out."""
    fields = {**deepcopy(_example(kind)), **changes}
    return {name: value for name, value in fields.items() if value is not None}


def stated(
    kind: str,
    by: PartyId,
    fields: Fields,
    *,
    days: float = 0,
    answers: Statement | None = None,
    to: tuple[PartyId, ...] = (BEL,),
    **more: Any,  # noqa: ANN401 - fields of a dataclass
) -> Statement:
    """Returns what `by` states so many days after `START_MS`."""
    body = encode_document(f"{kind}/1", fields)
    before = b"" if answers is None else answers.digest
    return Statement(
        kind=kind,
        digest=sha256(b"|".join([body, by.encode(), before, str(days).encode()])),
        by=by,
        to=to,
        at_ms=START_MS + int(days * DAY_MS),
        in_reply_to=before,
        fields=decode_document(f"{kind}/1", body),
        **more,
    )


def step(
    by: PartyId, act: str, answers: Statement, *, days: float, text: str = "Said so"
) -> Statement:
    """Returns a procedural step in reply to something."""
    fields = {"act": f"CASE_ACT_{act}", "text": text}
    return stated("case-step", by, fields, days=days, answers=answers)
