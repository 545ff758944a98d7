"""Looks weapons up among those that a node keeps, by tokens under its own key.

What the index is filled with is left to `weapon_keeper` and `weapon_lists`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from broker.core.holder import Holder
from broker.core.identification.agreement import LEVELS, Level
from broker.core.identification.hashed import compare_tokens, tokens_of
from broker.core.identification.index_terms import (
    BLOCK,
    Term,
    asked_terms,
    kept_terms,
)
from broker.core.identification.matching import Lead, compare
from broker.core.identification.records import (
    Kept,
    NotedLead,
    OwnList,
    Place,
    decode_kept,
    decode_lead,
    encode_decision,
    encode_kept,
    read_list,
    with_decision,
)
from broker.core.identification.rows import KeptRow, LeadRow, ListRow, NewRow
from broker.core.identification.weapon import Weapon
from keys.framing import frame, labelled_digest
from keys.lookup import lookup_key, lookup_token
from keys.sealing import protect, unprotect

_USE: Final = b"weapons/1"
_KEPT: Final = b"weapon/kept/1 "
_LEAD: Final = b"weapon/lead/1 "
_DECISION: Final = b"weapon/decision/1 "
_LIST: Final = b"weapon/list/1 "
_PAIR: Final = b"rogatory/weapon/pair/1"
_SURE: Final = 0.75  # score of a number that stands in a list itself
_SAME: Final = frozenset(
    {Level.EXACT, Level.SHAPE, Level.SOUND, Level.EMBEDDED, Level.LOOK_ALIKE}
)
_ALIKE: Final = frozenset({Level.NEAR, Level.TAIL, Level.OTHER_SIGN})
_FOUND_MAX: Final = 250  # objects compared for one that is asked for


class IndexStore(Protocol):
    """Where weapons are kept, and found by tokens."""

    def weapons_with(
        self, groups: Iterable[Sequence[int]], limit: int
    ) -> dict[int, int]:
        """Returns which rows have one of some tokens, and the first that each has."""
        ...

    def kept_weapons(self, numbers: Iterable[int]) -> Iterator[KeptRow]:
        """Yields rows by number."""
        ...

    def weapon_lists(self) -> list[ListRow]:
        """Returns the lists that are in use."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An object that may be the one that was asked for.

    Attributes:
        lead: Score and reasons.
        place: Where it stands.
        other: How leads name that place: the message, or the token of a list's name.
    """

    lead: Lead
    place: Place
    other: bytes


class WeaponIndex:
    """Makes what the store keeps of weapons, and opens it.

    Args:
        holder: Who we are; its store key protects what is kept.
        store: Its node's.
    """

    def __init__(self, holder: Holder, store: IndexStore) -> None:
        self._store_key = holder.store_key
        self._key = lookup_key(holder.store_key, _USE)
        self._store = store

    def hits(self, weapon: Weapon, least: float, but: bytes = b"") -> list[Hit]:
        """Returns what may be the same as a weapon, the best first.

        Args:
            weapon: The one that is asked for.
            least: Score that a hit has at least.
            but: A message that is left out: the one that the weapon stands in.
        """
        lists = {row.list_id: row for row in self._store.weapon_lists()}
        # What cannot reach the score is not even fetched.
        shown = {
            self.token(*term): level
            for term, level in asked_terms(weapon).items()
            if LEVELS[level][0] >= least
        }
        met = self._store.weapons_with(_by_level(shown), _FOUND_MAX)
        hits = []
        for row in self._store.kept_weapons(met):
            if row.owner == but:
                continue
            kept = self.open_row(row)
            lead = self._lead(weapon, kept, shown[met[row.number]])
            if lead.score >= least and lead.reasons:
                hits.append(self._hit(lead, kept, row, lists))
        return sorted(_without_neighbours(hits), key=_best_first)

    def token(self, *parts: str) -> int:
        """Returns the token of a word and its sort."""
        return lookup_token(self._key, *(part.encode() for part in parts))

    def name_token(self, name: str) -> int:
        """Returns the token of a list's name; case does not matter."""
        return self.token("list", name.casefold())

    def new_row(
        self,
        owner: bytes,
        position: int,
        kept: Kept,
        terms: Iterable[Term] | None = None,
    ) -> NewRow:
        """Returns an object as the store keeps it.

        Args:
            owner: The message or the list that it stands in.
            position: Within its owner, from 0.
            kept: What is known of it.
            terms: The words that it is kept under; None: all of them.
        """
        found = kept_terms(kept.weapon) if terms is None else terms
        return self._row(owner, position, kept, found)

    def hashed_row(self, owner: bytes, position: int, kept: Kept) -> NewRow:
        """Likewise, and nothing of it can be read again but where it stands."""
        bare = Kept(
            weapon=Weapon(kind=kept.weapon.kind, path=kept.weapon.path),
            reference=kept.reference,
            tokens=tokens_of(kept.weapon, self.token),
        )
        # What is found by a word that says no more than nearly has to be compared.
        terms = {term for term in kept_terms(kept.weapon) if term[0] != BLOCK}
        return self._row(owner, position, bare, terms)

    def open_row(self, row: KeptRow) -> Kept:
        """Returns an object that the store keeps.

        Raises:
            ContentError: It was protected under another key.
        """
        context = _KEPT + _place(row.owner, row.position)
        return decode_kept(unprotect(self._store_key, row.protected, context=context))

    def list_bytes(self, list_id: bytes, body: bytes) -> bytes:
        """Returns what is known of a list, as the store keeps it."""
        return self._protect(body, _LIST + list_id)

    def open_list(self, row: ListRow) -> OwnList:
        """Returns what is known of a list.

        Raises:
            ContentError: It was protected under another key.
        """
        clear = unprotect(self._store_key, row.protected, context=_LIST + row.list_id)
        return read_list(clear, entries=row.entries, imported_ms=row.imported_ms)

    def pair_of(self, a: Place, b: Place) -> bytes:
        """Returns the token of two objects, the same whichever is asked for.

        An entry of a list is known by what it says, so that a list that is imported
        again brings up nothing that was decided already.
        """
        ends = sorted(map(_end, (a, b)))
        return labelled_digest(_PAIR, self._key, *ends)

    def seal_lead(self, pair: bytes, body: bytes) -> bytes:
        """Returns a lead as the store keeps it."""
        return self._protect(body, _LEAD + pair)

    def open_lead(self, row: LeadRow) -> NotedLead:
        """Returns a lead with what became of it.

        Raises:
            ContentError: It was protected under another key.
        """
        clear = unprotect(self._store_key, row.protected, context=_LEAD + row.pair)
        noted = decode_lead(row.number, clear)
        if not row.decided:
            return noted
        decided = unprotect(self._store_key, row.decided, context=_DECISION + row.pair)
        return with_decision(noted, decided)

    def seal_decision(self, row: LeadRow, noted: NotedLead) -> bytes:
        """Returns what became of a lead as the store keeps it."""
        return self._protect(encode_decision(noted), _DECISION + row.pair)

    def _row(
        self, owner: bytes, position: int, kept: Kept, terms: Iterable[Term]
    ) -> NewRow:
        context = _KEPT + _place(owner, position)
        return NewRow(
            position=position,
            tokens=tuple(sorted({self.token(*term) for term in terms})),
            protected=self._protect(encode_kept(kept), context),
        )

    def _protect(self, body: bytes, context: bytes) -> bytes:
        return protect(self._store_key, body, context=context)

    def _lead(self, weapon: Weapon, kept: Kept, level: Level) -> Lead:
        if kept.is_hashed:
            return compare_tokens(tokens_of(weapon, self.token), kept.tokens, level)
        return compare(weapon, kept.weapon)

    def _hit(
        self, lead: Lead, kept: Kept, row: KeptRow, lists: Mapping[bytes, ListRow]
    ) -> Hit:
        if not row.is_listed:
            place = Place(message_digest=row.owner, kept=kept)
            return Hit(lead=lead, place=place, other=row.owner)
        own = lists[row.owner]
        place = Place(list_name=self.open_list(own).name, kept=kept)
        return Hit(lead=lead, place=place, other=own.other)


def _without_neighbours(hits: Sequence[Hit]) -> list[Hit]:
    """Drops what is only alike from lists in which the number itself stands.

    A list has each weapon once, and numbers beside it differ from it by a sign.
    """
    sure = {
        hit.other
        for hit in hits
        if hit.place.list_name
        and hit.lead.score >= _SURE
        and hit.lead.reasons[0].level in _SAME
    }
    return [
        hit
        for hit in hits
        if hit.other not in sure or hit.lead.reasons[0].level not in _ALIKE
    ]


def _best_first(hit: Hit) -> tuple[float, bytes]:
    return -hit.lead.score, hit.other


def _by_level(shown: Mapping[int, Level]) -> list[list[int]]:
    """Returns tokens in groups, those that say most in front."""
    order = list(Level)
    groups: dict[Level, list[int]] = {}
    for token, level in shown.items():
        groups.setdefault(level, []).append(token)
    return [groups[level] for level in sorted(groups, key=order.index)]


def _place(owner: bytes, position: int) -> bytes:
    return owner + position.to_bytes(4, "big")


def _end(place: Place) -> bytes:
    if place.message_digest:
        return frame(b"m", place.message_digest, place.kept.weapon.path.encode())
    # Whatever line of the file it stands in.
    bare = replace(place.kept, weapon=replace(place.kept.weapon, path=""))
    return frame(b"l", place.list_name.casefold().encode(), encode_kept(bare))
