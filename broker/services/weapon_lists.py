"""A party's own lists of weapons: holdings, exports, what was lost or destroyed.

Reading files is left to the command line, comparing to `weapon_keeper`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from broker.core.identification.records import Kept, OwnList, encode_list
from broker.core.identification.rows import ListRow, NewRow
from broker.services.weapon_index import WeaponIndex

_TOLD_EVERY: Final = 500  # entries


class ListStore(Protocol):
    """Where lists are kept."""

    def begin_weapon_list(self, now_ms: int) -> bytes:
        """Notes that a list is being written; returns its id."""
        ...

    def write_weapon_list(self, list_id: bytes, rows: Iterable[NewRow]) -> None:
        """Keeps the rows of a list that is not in use yet; durable on return."""
        ...

    def use_weapon_list(self, row: ListRow) -> ListRow | None:
        """Puts a list in use, in place of the one of that name."""
        ...

    def weapon_lists(self) -> list[ListRow]:
        """Returns the lists that are in use."""
        ...

    def remove_weapon_list(self, name_token: int, now_ms: int) -> bool:
        """Puts a list out of use; tells whether it was in use."""
        ...

    def sweep_weapon_lists(self, now_ms: int) -> int:
        """Destroys what is left of lists that are not in use."""
        ...


@dataclass(frozen=True, slots=True)
class WeaponLists:
    """Takes lists in, and out.

    Args:
        store: The node's.
        index: Makes what the store keeps.
    """

    store: ListStore
    index: WeaponIndex

    def take_in(
        self,
        own: OwnList,
        entries: Sequence[Kept],
        progress: Callable[[int, int], None],
    ) -> OwnList | None:
        """Takes a list in, in place of the one of that name: all of it or nothing.

        Args:
            own: What is known of it.
            entries: Weapons and series.
            progress: Is told how much is done.

        Returns:
            The list that it replaces, if there was one.

        Raises:
            StoreError: It could not be written; the list of that name is as before.
        """
        list_id = self.store.begin_weapon_list(own.imported_ms)
        make = self.index.hashed_row if own.hashed else self.index.new_row
        self.store.write_weapon_list(list_id, _made(list_id, entries, make, progress))
        before = self.store.use_weapon_list(
            ListRow(
                list_id=list_id,
                name_token=self.index.name_token(own.name),
                imported_ms=own.imported_ms,
                entries=len(entries),
                protected=self.index.list_bytes(list_id, encode_list(own)),
            )
        )
        self.store.sweep_weapon_lists(own.imported_ms)
        return None if before is None else self.index.open_list(before)

    def lists(self) -> Iterator[OwnList]:
        """Yields the lists that are in use, oldest first.

        Raises:
            ContentError: One was protected under another key.
        """
        yield from map(self.index.open_list, self.store.weapon_lists())

    def remove(self, name: str, now_ms: int) -> bool:
        """Destroys a list and the leads from it; tells whether there was one."""
        found = self.store.remove_weapon_list(self.index.name_token(name), now_ms)
        self.store.sweep_weapon_lists(now_ms)
        return found


def _made(
    list_id: bytes,
    entries: Sequence[Kept],
    make: Callable[[bytes, int, Kept], NewRow],
    progress: Callable[[int, int], None],
) -> Iterator[NewRow]:
    """Yields entries as the store keeps them, and tells how far it is."""
    for place, kept in enumerate(entries):
        yield make(list_id, place, kept)
        if (place + 1) % _TOLD_EVERY == 0:
            progress(place + 1, len(entries))
    progress(len(entries), len(entries))
