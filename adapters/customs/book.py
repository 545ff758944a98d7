"""A watch-list kept up to date: what is delivered and withdrawn, in; revisions, out.

Contents are held in memory only and read anew from the node after a start, so that
whatever the node has destroyed is gone here as well. Giving the list to others is left
to the outlets.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from adapters.customs.drawing import (
    OPENING,
    UPDATE,
    Drawing,
    entry_id,
    kind_name,
)
from adapters.customs.list_store import ListStore, Row
from adapters.customs.watchlist import Change, Entry, Gone, Watchlist
from adapters.customs.wire import encoded, entry_json
from adapters.errors import RejectedError
from adapters.values import Delivery, Withdrawal
from broker.core.errors import RefusedError
from keys.framing import labelled_digest

KINDS: Final = OPENING | {UPDATE}
"""What a watch-list is made from; kinds without version."""

FILE: Final = "watchlist.sqlite"
ENTRY_MAX_SIZE: Final = 150_000
"""Bytes of an entry as JSON: signed, it has to fit into a message of a broker. One that
no broker takes would keep all that come after it waiting."""

_FINGERPRINT: Final = b"rogatory/customs-entry-sources/1"


class Source(Protocol):
    """What a book needs of an adapter's desk."""

    @property
    def folder(self) -> Path:
        """The adapter's own folder."""
        ...

    def now_ms(self) -> int:
        """Returns the present, in ms since the epoch."""
        ...

    def again(self, kinds: Collection[str] = ()) -> AsyncIterator[Delivery]:
        """Yields what the adapter may have now, oldest first."""
        ...


class Book:
    """A watch-list that follows what its adapter is given.

    Args:
        source: Where contents are read from, and the folder to remember versions in.
        drawing: How entries are drawn.

    Raises:
        StoreError: From here and from every method: nothing was changed.
    """

    def __init__(self, source: Source, drawing: Drawing) -> None:
        self._source = source
        self._drawing = drawing
        self.store = ListStore(source.folder / FILE)
        self._lock = asyncio.Lock()
        self._loaded = False
        self._held: dict[bytes, Delivery] = {}
        self._replies: dict[bytes, set[bytes]] = {}
        self._entries: dict[str, Entry] = {}

    async def take(self, delivery: Delivery) -> Entry | None:
        """Puts what was delivered on the list; a second time changes nothing.

        Returns:
            The entry that it belongs to; None when it makes none (any more), is of
            another kind, or updates an alert that is not here.

        Raises:
            RejectedError: Nothing binds as much as it and what it updates do together,
                or an entry of it would be larger than `ENTRY_MAX_SIZE`.
        """
        if kind_name(delivery) not in KINDS:
            return None
        async with self._lock:
            await self._load()
            new = delivery.message_digest not in self._held
            self._hold(delivery)
            try:
                opening = self._opening_of(delivery)
                entry = None if opening is None else self._drawn(opening)
                _check_size(entry)
            except (RefusedError, RejectedError) as error:
                if new:
                    self._let_go(delivery.message_digest)
                if isinstance(error, RejectedError):
                    raise
                raise RejectedError(str(error), code="handling-conflict") from error
            name = "" if opening is None else entry_id(opening.message_digest)
            self._note(name, entry, taken=delivery.message_digest)
            return self._entries.get(name)

    async def withdraw(self, withdrawal: Withdrawal) -> str:
        """Takes off the list what rests on a message; a second time changes nothing.

        Returns:
            The id of the entry that it was part of, or nothing.
        """
        digest = withdrawal.message_digest
        async with self._lock:
            await self._load()
            held = self._held.get(digest)
            opening = None if held is None else self._opening_of(held)
            self._let_go(digest)
            if opening is None or opening.message_digest == digest:
                name, entry = entry_id(digest), None
                known = self.store.row(name) is not None
            else:
                name, entry = entry_id(opening.message_digest), self._drawn(opening)
                known = True
            self._note(name, entry, given_up=digest)
            return name if known else ""

    async def expire(self) -> None:
        """Takes off the list what is over."""
        async with self._lock:
            await self._load()
            now_ms = self._source.now_ms()
            for name, entry in list(self._entries.items()):
                if entry.valid_until_ms <= now_ms:
                    self._note(name, None)

    async def watchlist(self) -> Watchlist:
        """Returns the whole list as it stands."""
        async with self._lock:
            await self._load()
            revision, changed_ms, began_ms = self.store.revision()
            return Watchlist(
                revision=revision,
                changed_ms=changed_ms,
                began_ms=began_ms,
                entries=MappingProxyType(dict(self._entries)),
            )

    async def change_after(self, revision: int) -> Change:
        """Returns what has changed since a revision; after 0, the whole list."""
        async with self._lock:
            await self._load()
            now, changed_ms, began_ms = self.store.revision()
            rows = self.store.rows(revision)
            return Change(
                after=revision,
                revision=now,
                changed_ms=changed_ms,
                began_ms=began_ms,
                entries=tuple(
                    self._entries[row.entry_id] for row in rows if not row.gone
                ),
                gone=tuple(
                    Gone(
                        entry_id=row.entry_id,
                        version=row.version,
                        until_ms=row.until_ms,
                    )
                    for row in rows
                    if row.gone and revision
                ),
            )

    async def _load(self) -> None:
        """Draws the list anew, once after each start."""
        if self._loaded:
            return
        taken = self.store.taken()
        if taken:
            async for delivery in self._source.again(sorted(KINDS)):
                if delivery.message_digest in taken:
                    self._hold(delivery)
        for digest in sorted(taken - set(self._held)):
            self._note("", None, given_up=digest)
        for delivery in [*self._held.values()]:
            if kind_name(delivery) in OPENING:
                # What was taken once fitted together then. Where it does not any more,
                # the entry goes: the list is not to stand still for it.
                with suppress(RefusedError):
                    self._note(entry_id(delivery.message_digest), self._drawn(delivery))
        for row in self.store.rows():
            if not row.gone and row.entry_id not in self._entries:
                self._note(row.entry_id, None)
        self._loaded = True

    def _hold(self, delivery: Delivery) -> None:
        self._held[delivery.message_digest] = delivery
        if delivery.in_reply_to:
            replies = self._replies.setdefault(delivery.in_reply_to, set())
            replies.add(delivery.message_digest)

    def _let_go(self, digest: bytes) -> None:
        held = self._held.pop(digest, None)
        if held is not None:
            self._replies.get(held.in_reply_to, set()).discard(digest)

    def _opening_of(self, delivery: Delivery) -> Delivery | None:
        """Returns the alert that an update is about, or what opens a matter itself."""
        seen: set[bytes] = set()
        found: Delivery | None = delivery
        while found is not None and kind_name(found) == UPDATE:
            # A digest cannot be known before it is made, so there are no circles of
            # honest messages; a repetition ends the search all the same.
            if found.message_digest in seen:
                return None
            seen.add(found.message_digest)
            found = self._held.get(found.in_reply_to)
        return found

    def _drawn(self, opening: Delivery) -> Entry | None:
        if opening.message_digest not in self._held:
            return None
        entry = self._drawing.entry(opening, self._updates_of(opening))
        over = entry is not None and entry.valid_until_ms <= self._source.now_ms()
        return None if over else entry

    def _updates_of(self, opening: Delivery) -> Iterator[Delivery]:
        ahead, seen = [opening.message_digest], {opening.message_digest}
        while ahead:
            for digest in sorted(self._replies.get(ahead.pop(), set()) - seen):
                seen.add(digest)
                ahead.append(digest)
                if kind_name(self._held[digest]) == UPDATE:
                    yield self._held[digest]

    def _note(
        self,
        name: str,
        entry: Entry | None,
        *,
        taken: bytes | None = None,
        given_up: bytes | None = None,
    ) -> None:
        """Notes what became of an entry, on the disk first and then here."""
        last = self.store.row(name) if name else None
        changed = self._changed(name, entry, last)
        if changed is not None or taken is not None or given_up is not None:
            self.store.note(
                taken=taken,
                given_up=given_up,
                changed=changed,
                now_ms=self._source.now_ms(),
            )
        version = changed or last
        if entry is None or version is None:
            self._entries.pop(name, None)
        else:
            self._entries[name] = replace(entry, version=version.version)

    def _changed(self, name: str, entry: Entry | None, last: Row | None) -> Row | None:
        revision = self.store.revision()[0] + 1
        if entry is None:
            if last is None or last.gone:
                return None
            return replace(last, version=last.version + 1, revision=revision, gone=True)
        fingerprint = self._fingerprint(entry)
        if last is not None and not last.gone and last.fingerprint == fingerprint:
            return None
        return Row(
            entry_id=name,
            version=1 if last is None else last.version + 1,
            revision=revision,
            fingerprint=fingerprint,
            until_ms=entry.valid_until_ms,
            gone=False,
        )

    def _fingerprint(self, entry: Entry) -> bytes:
        """Returns what tells one version from the next, and nothing of what it says."""
        key = self._drawing.party_key
        return labelled_digest(
            _FINGERPRINT,
            labelled_digest(_FINGERPRINT, key),
            entry.valid_until_ms.to_bytes(8, "big"),
            *entry.sources,
        )


def _check_size(entry: Entry | None) -> None:
    size = 0 if entry is None else len(encoded(entry_json(entry)))
    if size > ENTRY_MAX_SIZE:
        raise RejectedError(
            f"its entry would have {size} bytes; at most {ENTRY_MAX_SIZE} can be given "
            "to border posts",
            code="too-large",
        )
