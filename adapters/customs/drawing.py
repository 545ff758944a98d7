"""Entries of a watch-list, drawn from what was delivered about one matter.

Pure: what was delivered, and which version of an entry it comes to, is left to
`adapters.customs.book`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from adapters.customs.amending import amended
from adapters.customs.criteria import alert_criteria, loss_criteria, route_criteria
from adapters.customs.document import parts, text, texts, word
from adapters.customs.watchlist import Criteria, Entry, Urgency
from adapters.values import Delivery
from broker.core.tightening import tighten
from keys.framing import labelled_digest
from keys.identity import PartyId

ALERT: Final = "diversion-alert"
UPDATE: Final = "diversion-update"
ROUTE: Final = "route-intelligence"
LOSS: Final = "stock-loss"
OPENING: Final = frozenset({ALERT, ROUTE, LOSS})
"""Kinds that make an entry; an update changes the entry of its alert."""

DAY_MS: Final = 86_400_000
_LABEL: Final = b"rogatory/customs-entry/1"
_ID_SIZE: Final = 10  # bytes
_ENDING: Final = frozenset({"UPDATE_KIND_CANCEL", "UPDATE_KIND_RESOLVE"})
_CORRECTING: Final = "UPDATE_KIND_CORRECT"
_EPOCH_DAY: Final = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How entries are drawn.

    Attributes:
        party: Whose customs they are for: what is asked of others is left out.
        party_key: Key of the tokens of names; empty: no names are compared.
        keep_days: How long an entry holds at most after its opening message arrived.
    """

    party: PartyId
    party_key: bytes = field(repr=False)
    keep_days: int

    def entry(self, opening: Delivery, updates: Iterable[Delivery]) -> Entry | None:
        """Returns the entry of one matter, or None when there is none (any more).

        Args:
            opening: An alert, route intelligence, or a loss from a stock.
            updates: What was delivered in reply to it, in any order.

        Returns:
            With the number of its sources for a version.

        Raises:
            RefusedError: LOOSER_HANDLING, when nothing binds as much as all of them.
        """
        ordered = sorted(updates, key=_order)
        by_issuer = [one for one in ordered if one.origin == opening.origin]
        if any(text(one.document, "kind") in _ENDING for one in by_issuer):
            return None
        criteria = self._criteria(opening, ordered)
        if not criteria.is_telling:
            return None
        sources = (opening, *ordered)
        handling = opening.handling
        for one in ordered:
            handling = tighten(handling, one.handling)
        return Entry(
            entry_id=entry_id(opening.message_digest),
            version=len(sources),
            origin=opening.origin,
            sources=tuple(one.message_digest for one in sources),
            case_reference=opening.case_reference,
            handling=handling,
            reasons=tuple(_unique(_reasons(opening))),
            asks=tuple(_unique(self._asks(sources))),
            urgency=_urgency(opening.document),
            criteria=criteria,
            valid_until_ms=self._valid_until_ms(opening, ordered),
        )

    def _criteria(self, opening: Delivery, updates: list[Delivery]) -> Criteria:
        name = kind_name(opening)
        if name == ROUTE:
            return route_criteria(opening.document, self.party_key)
        if name == LOSS:
            return loss_criteria(opening.document)
        # Only who said a thing takes it back: whoever could correct another's alert
        # could have us look away. What others correct is looked for as well.
        own = _corrections(one for one in updates if one.origin == opening.origin)
        every = _corrections(updates)
        document = amended(opening.document, own) if own else opening.document
        found = alert_criteria(document, self.party_key)
        if len(every) > len(own):
            found |= alert_criteria(amended(opening.document, every), self.party_key)
        for one in updates:
            found |= alert_criteria(one.document, self.party_key)
        return found

    def _asks(self, sources: Iterable[Delivery]) -> Iterator[str]:
        for source in sources:
            for one in parts(source.document, "asks"):
                if text(one, "of") in {"", self.party}:
                    yield word(text(one, "kind"), "ASK_KIND_")

    def _valid_until_ms(self, opening: Delivery, updates: Iterable[Delivery]) -> int:
        limits = [opening.received_ms + self.keep_days * DAY_MS]
        limits += [
            one.keep_until_ms
            for one in (opening, *updates)
            if one.keep_until_ms is not None
        ]
        if last_day := text(opening.document, "expiresOn"):
            limits.append(_end_of_day_ms(last_day))
        return min(limits)


def entry_id(message_digest: bytes) -> str:
    """Returns what the entry of a matter is called by: no message's name shows in it.

    Args:
        message_digest: Of the message that opened the matter, 32 bytes.
    """
    return f"W-{labelled_digest(_LABEL, message_digest)[:_ID_SIZE].hex()}"


def kind_name(delivery: Delivery) -> str:
    """Returns the kind of a delivery without its version."""
    return delivery.kind.partition("/")[0]


def _order(delivery: Delivery) -> tuple[int, bytes]:
    return delivery.created_ms, delivery.message_digest


def _corrections(updates: Iterable[Delivery]) -> list[Mapping[str, object]]:
    return [
        one
        for update in updates
        if text(update.document, "kind") == _CORRECTING
        for one in parts(update.document, "corrections")
    ]


def _reasons(opening: Delivery) -> Iterator[str]:
    document = opening.document
    yield kind_name(opening).upper().replace("-", "_")
    yield word(text(document, "stage"), "DIVERSION_STAGE_")
    for name, prefix in (
        ("methods", "DIVERSION_METHOD_"),
        ("illicitBasis", "ILLICIT_BASIS_"),
        ("concealment", "CONCEALMENT_"),
    ):
        for one in texts(document, name):
            yield word(one, prefix)
    if kind_name(opening) == LOSS:
        yield word(text(document, "kind"), "LOSS_KIND_")


def _urgency(document: Mapping[str, object]) -> Urgency:
    stated = word(text(document, "urgency"), "URGENCY_")
    known = stated in Urgency.__members__
    return Urgency[stated] if known else Urgency.ROUTINE


def _unique(words: Iterable[str]) -> Iterator[str]:
    return iter(dict.fromkeys(one for one in words if one))


def _end_of_day_ms(day: str) -> int:
    """Returns the end of a day of the calendar; the content's form was checked."""
    return (dt.date.fromisoformat(day).toordinal() - _EPOCH_DAY + 1) * DAY_MS
