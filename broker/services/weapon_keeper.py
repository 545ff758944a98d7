"""Keeps the weapons that contents speak of, and notes which of them may be one.

A hit is a lead for a person: nothing is sent, answered or changed because of one. What
counts as a hit is left to `broker.core.identification`.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from broker.core.codec.weapon_kinds import WEAPON_KINDS, read_weapons
from broker.core.errors import RefusedError
from broker.core.holder import Holder
from broker.core.identification.matters import Head, is_one_matter
from broker.core.identification.portions import in_portions, terms_within
from broker.core.identification.records import (
    Kept,
    NotedLead,
    Place,
    encode_lead,
)
from broker.core.identification.rows import KeptRow, LeadRow, NewRow
from broker.core.identification.weapon import Weapon
from broker.core.ports import Clock
from broker.core.records import Alarm, SentMessage
from broker.services.holdings import Holdings, HoldingStore
from broker.services.looking import keep_looking
from broker.services.weapon_index import Hit, IndexStore, WeaponIndex

LEAST_NOTED: Final = 0.5
"""Score of leads that are noted by themselves; see the table in the documentation."""

LEADS_MAX: Final = 500
"""Leads that are noted for one message, to lists and to messages each."""

_READ_AT_ONCE: Final = 100  # contents
_MATCHED_AT_ONCE: Final = 50  # objects
_MATCHED_AT_A_TIME: Final = 10  # objects, by the loop between two rests
_REST: Final = 9  # times as long as it has worked
_BEGINNING: Final = (0, b"")
_LOOK_S: Final = 5.0
_NAME: Final = "matches"


class KeeperStore(IndexStore, HoldingStore, Protocol):
    """Where messages, weapons and leads are kept."""

    def change_counter(self) -> int:
        """Returns a number that changes when anybody has written."""
        ...

    def find_sent(self, message_digest: bytes) -> SentMessage | None:
        """Returns one message of our own."""
        ...

    def unread_weapons(
        self, kinds: Sequence[str], after: tuple[int, bytes], limit: int
    ) -> list[tuple[int, bytes]]:
        """Returns contents that can be read and were not looked through."""
        ...

    def store_weapons(self, message_digest: bytes, rows: Sequence[NewRow]) -> None:
        """Keeps the objects of a content, once; durable on return."""
        ...

    def unmatched_weapons(self, limit: int) -> list[KeptRow]:
        """Returns objects of messages that were not compared yet."""
        ...

    def weapon_head(self, message_digest: bytes) -> Head | None:
        """Returns what the header of a message says."""
        ...

    def leads_from(self, message_digest: bytes) -> dict[bool, int]:
        """Returns how many leads were noted when a message was looked up.

        By whether they lead to an own list.
        """
        ...

    def note_leads(
        self, compared: Sequence[int], leads: Sequence[LeadRow], alarm: Alarm | None
    ) -> list[int]:
        """Notes what is new among some leads; returns their numbers."""
        ...


@dataclass(frozen=True, slots=True)
class WeaponKeeper:
    """Looks through contents for weapons, and compares them with all others.

    Args:
        holder: Who we are; its store key protects what is kept.
        store: Its node's.
        clock: The time.
        index: Where weapons are looked up: that of the same store.
        least: Score from which a lead is noted.
    """

    holder: Holder
    store: KeeperStore
    clock: Clock
    index: WeaponIndex
    least: float = LEAST_NOTED

    async def run(self, stop: asyncio.Event, look_s: float = _LOOK_S) -> None:
        """Works until `stop` is set: whenever something was stored.

        Args:
            stop: Ends it.
            look_s: Seconds between two looks.
        """
        seen = -1
        loop = asyncio.get_running_loop()

        async def match() -> int:
            new = 0
            while not stop.is_set():
                began_s = loop.time()
                found = await asyncio.to_thread(self.match_some, _MATCHED_AT_A_TIME)
                if found is None:
                    break
                new += found
                # Messages come first: of a processor this takes a tenth at most.
                with suppress(TimeoutError):
                    rest_s = _REST * (loop.time() - began_s)
                    await asyncio.wait_for(stop.wait(), rest_s)
            return new

        async def look() -> None:
            nonlocal seen
            before = self.store.change_counter()
            if before == seen:
                return
            await asyncio.to_thread(self.read_new)
            if new := await match():
                structlog.get_logger(_NAME).warning("possible matches", new=new)
            # What came while we worked is seen at the next look, and so is our own.
            seen = before

        await keep_looking(
            look,
            stop,
            every_s=look_s,
            waiting="the search for matches waits",
            name=_NAME,
        )

    def step(self) -> int:
        """Does all that is due; returns how many leads are new.

        Raises:
            StoreError: The store cannot be read or written; nothing is lost by it.
            ContentError: Something was protected under another key.
        """
        self.read_new()
        return self.match_new()

    def read_new(self) -> int:
        """Keeps the weapons of contents that came since; returns how many contents."""
        total, after = 0, _BEGINNING
        while some := self.store.unread_weapons(WEAPON_KINDS, after, _READ_AT_ONCE):
            for _, digest in some:
                self._read(digest)
            total += len(some)
            after = some[-1]
        return total

    def match_new(self) -> int:
        """Compares what was not compared yet; returns how many leads are new."""
        new = 0
        while (found := self.match_some(_MATCHED_AT_ONCE)) is not None:
            new += found
        return new

    def match_some(self, limit: int) -> int | None:
        """Compares so many objects; returns how many leads are new, None if none was.

        Raises:
            StoreError: The store cannot be read or written; nothing is lost by it.
        """
        rows = self.store.unmatched_weapons(limit)
        if not rows:
            return None
        return sum(self._match(digest, some) for digest, some in _by_owner(rows))

    def _read(self, digest: bytes) -> None:
        message = self.store.find_sent(digest) or self.store.find_received(digest)
        if message is None:
            return
        try:
            body = Holdings(self.holder, self.store).content(message)
            weapons, original = read_weapons(message.header.kind, body)
        except RefusedError:
            return  # destroyed or taken back since it was listed
        try:
            rows = list(self._rows(digest, weapons, original))
        except Exception as error:  # noqa: BLE001 - one content must not stop the rest
            # The text of the error may repeat what the content says.
            structlog.get_logger(_NAME).error(
                "not looked through",
                message=digest.hex()[:16],
                flaw=type(error).__name__,
            )
            rows = []
        self.store.store_weapons(digest, rows)

    def _rows(
        self, digest: bytes, weapons: Iterable[Weapon], original: bytes
    ) -> Iterator[NewRow]:
        bearing = (one for one in weapons if one.serials or one.ranges)
        for position, (weapon, terms) in enumerate(terms_within(in_portions(bearing))):
            kept = Kept(weapon=weapon, original=original)
            yield self.index.new_row(digest, position, kept, terms)

    def _match(self, digest: bytes, rows: Sequence[KeptRow]) -> int:
        head, now_ms = self._head(digest), self.clock.now_ms()
        leads: list[LeadRow] = []
        noted = self.store.leads_from(digest)
        # Apart, so that what is like other messages hides nothing of our own lists.
        room = {listed: LEADS_MAX - count for listed, count in noted.items()}
        if head is not None and self.store.taken_back(digest) is None:
            for row in rows:
                if max(room.values()) <= 0:
                    break
                for lead in self._leads(head, self.index.open_row(row), now_ms):
                    if room[lead.is_listed] > 0:
                        room[lead.is_listed] -= 1
                        leads.append(lead)
        alarm = None
        if head is not None:
            alarm = _alarm(head, now_ms, is_cut=min(room.values()) <= 0)
        return len(self.store.note_leads([row.number for row in rows], leads, alarm))

    def _leads(self, head: Head, kept: Kept, now_ms: int) -> Iterator[LeadRow]:
        for hit in self._news(head, kept):
            noted = NotedLead(
                lead=hit.lead,
                asked=Place(message_digest=head.message_digest, kept=kept),
                found=hit.place,
                noted_ms=now_ms,
            )
            yield self._lead_row(noted, hit)

    def _news(self, head: Head, kept: Kept) -> Iterator[Hit]:
        """Yields hits that are not of the same matter anyway."""
        for hit in self.index.hits(kept.weapon, self.least, but=head.message_digest):
            other = hit.place.message_digest
            if not other:
                yield hit
                continue
            theirs = self._head(other)
            if theirs is None or self.store.taken_back(other) is not None:
                continue
            if not is_one_matter(
                head,
                theirs,
                a_original=kept.original,
                b_original=hit.place.kept.original,
            ):
                yield hit

    def _head(self, digest: bytes) -> Head | None:
        return self.store.weapon_head(digest)

    def _lead_row(self, noted: NotedLead, hit: Hit) -> LeadRow:
        pair = self.index.pair_of(noted.asked, noted.found)
        return LeadRow(
            pair=pair,
            message_digest=noted.asked.message_digest,
            other=hit.other,
            protected=self.index.seal_lead(pair, encode_lead(noted)),
        )


def _by_owner(rows: Iterable[KeptRow]) -> Iterator[tuple[bytes, list[KeptRow]]]:
    """Yields the rows of each message together."""
    found: dict[bytes, list[KeptRow]] = {}
    for row in rows:
        found.setdefault(row.owner, []).append(row)
    yield from found.items()


def _alarm(head: Head, now_ms: int, *, is_cut: bool) -> Alarm:
    # Alarms are kept in clear: they say where to look, and nothing of what is there.
    name = head.message_digest.hex()[:16]
    more = f"; only the first {LEADS_MAX} leads are noted" if is_cut else ""
    text = (
        f"what {head.kind} {name} of {head.origin} describes may be known already: "
        f"rogatory matches list {name}{more}"
    )
    return Alarm(at_ms=now_ms, topic="match", text=text)
