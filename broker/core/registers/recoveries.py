"""Recovered items as a checklist: marked, recorded, traced, disposed of, or not yet.

What the law asks for is left to each State; a record says what was done.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.registers.statement import (
    Fields,
    Statement,
    acts,
    inner,
    listed,
    matters,
    plain,
    text,
    wordings,
)
from broker.core.registers.things import (
    Thing,
    concerning,
    referring,
    thing,
    things,
)
from keys.identity import PartyId

RECOVERY: Final = "recovery-record"
DISPOSITION: Final = "disposition-record"

FOR_GOOD: Final = frozenset(
    {"destroyed", "deactivated", "returned", "official-use", "collection"}
)
"""What becomes of an item for good; anything else leaves it open."""
_CERTIFIED: Final = frozenset({"destroyed", "deactivated"})
_GONE: Final = frozenset({"destroyed"})
_UNDONE: Final = frozenset({"no", "not-yet", ""})
_UNTOLD: Final = frozenset({"", "pending"})
_ENDS: Final[Mapping[str, str]] = {
    "CASE_ACT_CLOSE": "closed",
    "CASE_ACT_WITHDRAW": "withdrawn",
}


class Missing(StrEnum):
    """What remains to be done about an item."""

    MARK = "mark"
    RECORD = "record"
    TRACE = "trace"
    TRACE_RESULT = "trace-result"
    DISPOSITION = "disposition"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """What was done with an item for good, as a certificate says.

    Attributes:
        statement: The certificate.
        disposition: "destroyed".
        quantity: Of how many; 0 means not stated.
        date: As far as it is known.
    """

    statement: Statement
    disposition: str
    quantity: int
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredItem:
    """One item of a recovery.

    Attributes:
        thing: What it is.
        marked: "yes", "no", "not-yet" or "not-due", as are the next two.
        recorded: Whether it was recorded.
        traced: Whether it was traced.
        tracing_status: What tracing has come to; may be empty.
        disposition: What became of it: by certificate, or as the record says.
        certificates: That name it.
        left: How many are not disposed of yet; 0 when none is, or it is not known.
    """

    thing: Thing
    marked: str
    recorded: str
    traced: str
    tracing_status: str
    disposition: str
    certificates: tuple[Disposed, ...]
    left: int

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What remains to be done."""
        disposed = self.disposition in FOR_GOOD and not self.left
        gone = self.disposition in _GONE and not self.left
        checks = (
            # What is destroyed need not be marked any more.
            (Missing.MARK, self.marked in _UNDONE and not gone),
            (Missing.RECORD, self.recorded in _UNDONE),
            (Missing.TRACE, self.traced in _UNDONE),
            (
                Missing.TRACE_RESULT,
                self.traced == "yes" and self.tracing_status in _UNTOLD,
            ),
            (Missing.DISPOSITION, not disposed),
            (
                Missing.CERTIFICATE,
                self.disposition in _CERTIFIED and not self.certificates,
            ),
        )
        return tuple(one for one, lacking in checks if lacking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """One recovery as it stands.

    Attributes:
        statement: The last record of it.
        first: Digest of the first one.
        kind: "seized", "found" or "surrendered".
        date: As far as it is known.
        country: Where; may be empty.
        items: Each with what is missing.
        unplaced: Certificates that name this recovery, and no item of it.
        ended: "closed", "withdrawn", or empty while it goes on.
    """

    statement: Statement
    first: bytes
    kind: str
    date: str
    country: str
    items: tuple[RecoveredItem, ...]
    unplaced: tuple[Statement, ...]
    ended: str

    @property
    def complete(self) -> bool:
        """Whether nothing remains to be done, or it was taken back."""
        if self.ended == "withdrawn":
            return True
        return not self.unplaced and not any(one.missing for one in self.items)


def recoveries(statements: Collection[Statement]) -> tuple[Recovery, ...]:
    """Returns every recovery, oldest first, whatever order statements come in.

    A record in reply to an earlier one by the same party stands in its place.

    Args:
        statements: Recovery records, certificates of disposition, and steps about
            them; others are passed over.
    """
    certificates = [one for one in statements if one.kind == DISPOSITION]
    others = referring(certificates)
    return tuple(_recovery(matter, others) for matter in matters(statements, RECOVERY))


def ended_by(matter: Sequence[Statement], party: PartyId) -> str:
    """Returns how a party has ended its own matter: "closed", "withdrawn", or nothing.

    The first end counts.
    """
    ends = (_ENDS[act] for act in acts(matter, party) if act in _ENDS)
    return next(ends, "")


def _recovery(
    matter: Sequence[Statement], others: Mapping[bytes, Sequence[Statement]]
) -> Recovery:
    chain = wordings(matter, RECOVERY)
    last = chain[-1]
    certifying = [
        one
        for one in concerning(matter, others)
        # Who passes on a certificate cannot end what its author has told us.
        if (one.kind, one.by) == (DISPOSITION, last.by) and one.via in {"", last.via}
    ]
    event = inner(last.fields, "recovery")
    rows = [*listed(last.fields, "items")]
    whole = [thing(inner(row, "item")) for row in rows]
    placed: set[bytes] = set()
    items = []
    for row, one in zip(rows, whole, strict=True):
        disposed = _disposed(one, certifying, alone=len(whole) == 1)
        placed |= {each.statement.digest for each in disposed}
        items.append(_item(row, one, disposed))
    return Recovery(
        statement=last,
        first=chain[0].digest,
        kind=plain(text(event, "kind"), "RECOVERY_KIND_"),
        date=text(event, "date"),
        country=text(inner(event, "place"), "country"),
        items=tuple(items),
        unplaced=tuple(one for one in certifying if one.digest not in placed),
        ended=ended_by(matter, last.by),
    )


def _disposed(
    one: Thing, certificates: Sequence[Statement], *, alone: bool
) -> tuple[Disposed, ...]:
    """Returns what certificates say of one item."""
    found = []
    for statement in certificates:
        for named in things(statement.fields):
            # What bears no number is told by being the only one.
            nameless = not named.keys and not named.reference
            only = alone and nameless and named.item_class == one.item_class
            if only or one.is_named_by(named):
                found.append(
                    Disposed(
                        statement=statement,
                        disposition=plain(
                            text(statement.fields, "disposition"), "DISPOSITION_"
                        ),
                        quantity=named.quantity,
                        date=text(statement.fields, "date"),
                    )
                )
    return tuple(found)


def _item(row: Fields, one: Thing, disposed: tuple[Disposed, ...]) -> RecoveredItem:
    own = plain(text(row, "disposition"), "DISPOSITION_")
    stated = sum(each.quantity for each in disposed)
    return RecoveredItem(
        thing=one,
        marked=_answer(row, "marked"),
        recorded=_answer(row, "recorded"),
        traced=_answer(row, "traced"),
        tracing_status=plain(text(row, "tracingStatus"), "TRACING_STATUS_"),
        disposition=disposed[-1].disposition if disposed else own,
        certificates=disposed,
        # Where a certificate does not count, it speaks of all.
        left=max(0, one.quantity - stated)
        if all(each.quantity for each in disposed) and disposed
        else 0,
    )


def _answer(row: Fields, name: str) -> str:
    return plain(text(row, name), "CHECK_ANSWER_")
