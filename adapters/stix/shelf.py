"""What the TAXII server has to give, by collection: in memory, and never on a disk.

Who may read a collection is left to the server; what has been exported, to the ledger.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.reading import name_of
from adapters.stix.ledger import Export, Ledger
from adapters.stix.mapping import Mapped, StixObject, map_delivery
from adapters.stix.markings import tlp_rank
from adapters.stix.naming import fixed_id
from adapters.stix.revoking import Revocation, revoked_objects
from adapters.values import Delivery
from broker.core.adapting import above
from broker.core.handling import Handling
from broker.core.policy.rule import Ceiling
from keys.identity import PartyId

_MARKINGS: Final = "object_marking_refs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One collection.

    Attributes:
        title: What people call it.
        ceiling: The strictest handling of what is in it.
        kinds: Kinds that are in it, without version; empty: all.
    """

    title: str
    ceiling: Ceiling
    kinds: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """What programs call it: the same as long as its title is."""
        return fixed_id("collection", self.title).removeprefix("collection--")

    def takes(self, kind: str, handling: Handling) -> bool:
        """Tells whether something so handled is in it."""
        named = not self.kinds or name_of(kind) in self.kinds
        return named and not above(self.ceiling, handling)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One object of a collection.

    Attributes:
        object: The object.
        added_us: When it was added, in microseconds since the epoch; unique.
        size: Characters of it, roughly.
    """

    object: StixObject
    added_us: int
    size: int

    @property
    def version(self) -> str:
        """Its version as TAXII has it; of what has none, when it was added."""
        made = self.object.get("modified", self.object.get("created"))
        return str(made) if made else taxii_time(self.added_us)


class View:
    """What is in one collection, in the order in which it was added.

    An object is here in one version: what was taken back takes the place of what was
    said.

    Args:
        shown: What is there to begin with, in that order.
    """

    def __init__(self, shown: list[Shown]) -> None:
        self.shown = shown
        self._known = {str(one.object["id"]): one for one in shown}

    def append(self, added: Sequence[Shown]) -> bool:
        """Adds the objects of the latest export.

        Returns:
            Whether that could be done at the end; if not, build the view anew.
        """
        if self.shown and added and added[0].added_us <= self.shown[-1].added_us:
            return False
        for one in added:
            name = str(one.object["id"])
            known = self._known.get(name)
            if known is not None and _binds_more(one.object, known.object):
                return False
            if known is None:
                self._known[name] = one
                self.shown.append(one)
        return True


class Shelf:
    """The objects of every export that stands, and what is left of the others.

    Args:
        ledger: What has been exported.
        party: Who exports it.
    """

    def __init__(self, ledger: Ledger, party: PartyId) -> None:
        self._ledger = ledger
        self._party = party
        self._shown: dict[bytes, tuple[Shown, ...]] = {}
        self._views: dict[Collection, View] = {}

    def put(self, export: Export, mapped: Mapped) -> None:
        """Takes in what an export that is in the ledger is made of."""
        if export.digest in self._shown:
            return
        shown = _shown(export, mapped.objects)
        self._shown[export.digest] = shown
        for collection, view in list(self._views.items()):
            takes = collection.takes(export.kind, export.handling)
            if takes and not view.append(shown):
                del self._views[collection]

    def restore(self, delivery: Delivery) -> None:
        """Takes in again what was exported before the last start."""
        known = self._ledger.find(delivery.message_digest)
        if known is not None and known.revoked_ms is None:
            self.put(known, map_delivery(delivery, self._party))

    def drop(self, digest: bytes) -> None:
        """Forgets the objects of an export that was taken back."""
        self._shown.pop(digest, None)
        self._views.clear()

    def sweep(self, now_ms: int) -> int:
        """Takes back what may not be kept any longer, and returns how many."""
        over = self._ledger.over(now_ms)
        for export in over:
            kept_until = export.keep_until_ms or now_ms
            self._ledger.revoke(export.digest, kept_until, b"", now_ms)
            self.drop(export.digest)
        return len(over)

    def view(self, collection: Collection) -> Sequence[Shown]:
        """Returns what is in a collection, in the order in which it was added."""
        if collection not in self._views:
            self._views[collection] = self._build(collection)
        return self._views[collection].shown

    def _build(self, collection: Collection) -> View:
        found: dict[str, Shown] = {}
        exports = [
            one
            for one in self._ledger.all()
            if collection.takes(one.kind, one.handling)
        ]
        for one in itertools.chain.from_iterable(map(self._of, exports)):
            name = str(one.object["id"])
            # One weapon in two reports is one observable: the first copy, unless a
            # later one binds its reader more.
            if name not in found or _binds_more(one.object, found[name].object):
                found[name] = one
        return View(sorted(found.values(), key=lambda one: one.added_us))

    def _of(self, export: Export) -> tuple[Shown, ...]:
        if export.revoked_ms is None:
            return self._shown.get(export.digest, ())
        return _shown(export, revoked_objects(revocation(export, self._party)))


def revocation(export: Export, party: PartyId) -> Revocation:
    """Returns what there is to say about an export that was taken back."""
    return Revocation(
        party=party,
        digest=export.digest,
        ids=export.ids,
        handling=export.handling,
        created_ms=export.created_ms,
        at_ms=export.revoked_ms or export.created_ms,
        replacement=export.replacement,
    )


def _shown(export: Export, objects: Iterable[StixObject]) -> tuple[Shown, ...]:
    return tuple(
        Shown(object=made, added_us=export.added_us + number, size=len(str(made)))
        for number, made in enumerate(objects)
    )


def taxii_time(us: int) -> str:
    """Returns a time in microseconds since the epoch as TAXII writes it."""
    moment = dt.datetime.fromtimestamp(us // 1_000_000, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{us % 1_000_000:06d}Z"


def _binds_more(one: StixObject, other: StixObject) -> bool:
    return _strictness(one) > _strictness(other)


def _strictness(made: StixObject) -> tuple[int, int]:
    refs = made.get(_MARKINGS)
    listed = refs if isinstance(refs, list) else []
    return max((tlp_rank(str(one)) for one in listed), default=0), len(listed)
