"""Watches the directory for revoked keys under which messages were received here.

Refusing what comes later is left to the intake; this is about what was taken before.
What was revoked once is remembered for good, whoever leaves the directory.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import structlog

from broker.core.model import Header
from broker.core.ports import Clock
from broker.core.records import Alarm
from broker.core.reliance import (
    REVOCATIONS_FACT,
    Revocation,
    doubt_under,
    read_revocations,
    revocations,
    write_revocations,
)
from broker.core.status import iso_time
from keys.directory.model import DirectoryView
from keys.identity import KeyId, PartyId

_TOPIC: Final = "revocation"


class ReceivedStore(Protocol):
    """What was received, and what is remembered about it."""

    def received(self, origin: PartyId | None = None) -> Iterator[tuple[Header, int]]:
        """Gives header and time of arrival of what came from one origin."""
        ...

    def fact(self, name: str) -> bytes | None:
        """Returns a remembered value."""
        ...

    def remember_alarming(
        self, name: str, value: bytes, alarms: Iterable[Alarm]
    ) -> None:
        """Stores a value, and with it the alarms about it: all, or nothing."""
        ...


class RevocationWatch:
    """Raises one alarm for each revocation that affects messages in the inbox.

    Args:
        store: Our own.
        clock: The time.
    """

    def __init__(self, store: ReceivedStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._log = structlog.get_logger("revocations")

    def look(self, view: DirectoryView) -> None:
        """Looks for revocations that were not there at the last look. Blocks.

        What is known of the keys is stored with the alarm: the alarm sends people to
        the inbox, which has to show by then what is not to be relied on.

        Raises:
            StoreError: The inbox cannot be read, or the alarm not stored.
        """
        known = read_revocations(self._store.fact(REVOCATIONS_FACT))
        found = revocations(view)
        new = {key_id: one for key_id, one in found.items() if known.get(key_id) != one}
        if not new:
            return
        texts = [
            _text(new[key_id], count) for key_id, count in self._affected(new).items()
        ]
        now_ms = self._clock.now_ms()
        self._store.remember_alarming(
            REVOCATIONS_FACT,
            write_revocations({**known, **found}),
            [Alarm(at_ms=now_ms, topic=_TOPIC, text=text) for text in texts],
        )
        for text in texts:
            self._log.error("alarm", topic=_TOPIC, text=text)

    def _affected(self, new: dict[KeyId, Revocation]) -> Counter[KeyId]:
        affected: Counter[KeyId] = Counter()
        for party in sorted({one.party for one in new.values()}):
            for header, received_ms in self._store.received(party):
                one = new.get(header.signer_key_id)
                if one and doubt_under(one, header.created_ms, received_ms):
                    affected[header.signer_key_id] += 1
        return affected


def _text(revocation: Revocation, count: int) -> str:
    return (
        f"{revocation.party} has revoked a key since "
        f"{iso_time(revocation.since_ms)}: {count} message(s) in the inbox are "
        "signed with it and not to be relied on; rogatory inbox shows which"
    )
