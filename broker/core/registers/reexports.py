"""Notices of re-export, with the answers of the original exporters.

Whether goods may leave without an answer is left to the agreement between the States.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from broker.core.registers.certificates import Paper, actor_name, paper_in
from broker.core.registers.spans import first_day
from broker.core.registers.statement import (
    Statement,
    acts,
    inner,
    matters,
    plain,
    text,
    wordings,
)
from broker.core.registers.things import Thing, things

NOTIFICATION: Final = "reexport-notification"
RESPONSE: Final = "reexport-response"
_ACTS: Final[Mapping[str, str]] = {
    "CASE_ACT_ACCEPT": "accepted",
    "CASE_ACT_DECLINE": "declined",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one original exporter has answered.

    Attributes:
        by: Who.
        verdict: "consented".
        detail: Conditions or reason; may be empty.
        at_ms: When.
    """

    by: str
    verdict: str
    detail: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reexport:
    """One notice with what came of it.

    Attributes:
        statement: The last wording of the notice.
        first: Digest of the first one.
        agreement: That asks for it.
        paper: The original certificate; None when it is not named.
        destined_to: Where the goods are to go.
        end_user: The new one.
        items: The goods.
        not_before: First day on which they would leave.
        verdicts: The last one of each exporter that was told.
        conditions: "accepted" or "declined" by who gave notice; may be empty.
        withdrawn: Whether there will be no re-export.
    """

    statement: Statement
    first: bytes
    agreement: str
    paper: Paper | None
    destined_to: str
    end_user: str
    items: tuple[Thing, ...]
    not_before: dt.date
    verdicts: tuple[Verdict, ...]
    conditions: str
    withdrawn: bool

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Exporters that were told and have not answered, ascending."""
        answered = {one.by for one in self.verdicts}
        return tuple(sorted(set(self.statement.to) - answered))

    def overdue(self, day: dt.date) -> tuple[str, ...]:
        """Returns the exporters whose answer is overdue on a day.

        From the first day on which goods may leave, an answer comes too late.
        """
        if self.withdrawn or day < self.not_before:
            return ()
        return self.unanswered


def reexports(statements: Collection[Statement]) -> tuple[Reexport, ...]:
    """Returns every notice, oldest first, whatever order statements come in.

    Args:
        statements: Notices, answers, and steps between them; others are passed over.
    """
    return tuple(_reexport(matter) for matter in matters(statements, NOTIFICATION))


def _reexport(matter: list[Statement]) -> Reexport:
    chain = wordings(matter, NOTIFICATION)
    last = chain[-1]
    fields = last.fields
    told = {party for one in chain for party in one.to}
    verdicts = {
        one.by: _verdict(one)
        for one in matter
        if one.kind == RESPONSE and one.by in told
    }
    done = acts(matter, last.by)
    paper = inner(fields, "certificate")
    said = [_ACTS[act] for act in done if act in _ACTS]
    return Reexport(
        statement=last,
        first=chain[0].digest,
        agreement=text(fields, "agreement"),
        paper=paper_in(paper) if paper else None,
        destined_to=text(fields, "destinedTo"),
        end_user=actor_name(fields, "endUser"),
        items=things(fields),
        not_before=first_day(text(fields, "notBefore")),
        verdicts=tuple(verdicts[party] for party in sorted(verdicts)),
        conditions=said[-1] if said else "",
        withdrawn="CASE_ACT_WITHDRAW" in done,
    )


def _verdict(one: Statement) -> Verdict:
    return Verdict(
        by=one.by,
        verdict=plain(text(one.fields, "verdict"), "REEXPORT_VERDICT_"),
        detail=text(one.fields, "detail"),
        at_ms=one.at_ms,
    )
