"""What the TAXII server has to give, by collection: in memory, and never on a disk.

Who may read a collection is left to the server; what has been exported, to the ledger.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.errors import SystemAwayError
from adapters.reading import name_of
from adapters.stix.ledger import Export, Ledger
from adapters.stix.mapping import Mapped, StixObject, map_delivery
from adapters.stix.naming import fixed_id
from adapters.stix.revoking import Revocation, revoked_objects
from adapters.stix.view import Shown, View
from adapters.values import Delivery
from broker.core.adapting import above
from broker.core.handling import Handling
from broker.core.policy.rule import Ceiling
from keys.identity import PartyId


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
        for view in self._views_of(export):
            view.add(shown)

    def restore(self, delivery: Delivery) -> None:
        """Takes in again what was exported before the last start."""
        known = self._ledger.find(delivery.message_digest)
        if known is not None and known.revoked_ms is None:
            self.put(known, map_delivery(delivery, self._party))

    def drop(self, digest: bytes) -> None:
        """Forgets the objects of an export that was taken back, and says so.

        The views stay: after a recall of many, each would be built anew each time.
        """
        shown = self._shown.pop(digest, ())
        try:
            export = self._ledger.find(digest)
        except SystemAwayError:
            self._views.clear()  # built anew, without it, once there is a ledger
            raise
        if export is None:
            return
        for view in self._views_of(export):
            view.remove(shown)
            if export.revoked_ms is not None:
                view.add(self._of(export))

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
            exports = [
                one
                for one in self._ledger.all()
                if collection.takes(one.kind, one.handling)
            ]
            self._views[collection] = view = View()
            view.add(itertools.chain.from_iterable(map(self._of, exports)))
        return self._views[collection].shown

    def _views_of(self, export: Export) -> list[View]:
        return [
            view
            for collection, view in self._views.items()
            if collection.takes(export.kind, export.handling)
        ]

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
