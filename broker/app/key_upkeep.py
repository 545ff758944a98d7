"""What a running node does about its own keys: takes up new ones, renews in time.

It looks at the start, after each change of the directory, and once a day. How keys
change is left to `key_changes`, how a record is published to `publishing`.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import Final

import structlog

from broker.app.credentials import NodeKeys
from broker.app.directory_link import directory_client
from broker.app.key_changes import KeyUse, changing_keys, reread, rotation
from broker.app.node_folder import Node, accounts_to_try, remember_account
from broker.app.publishing import Change, publish_record
from broker.core.errors import (
    BrokerError,
    BusRefusedError,
    BusUnavailableError,
    SignaturesMissingError,
)
from broker.core.records import Alarm
from broker.core.status import iso_time
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.services.revocation_watch import RevocationWatch
from broker.services.trust_keeper import TrustKeeper
from keys.directory.model import PartyRecord
from keys.directory.renewal import is_due, newest
from keys.directory.roles import DAY_MS, PARTY_LIFE_MS
from keys.errors import CeremonyError, KeysError, UnreachableError
from keys.nkeys import NatsKey

_DAY_S: Final = 86_400.0
_RETRY_S: Final = 300.0
_LOOK_S: Final = 1.0
_ALARM_FACT: Final = "keys-alarm"


class KeyUpkeep:
    """Looks after the keys and the record of one party.

    Args:
        node: The node.
        keys: Its keys; the ring that services hold is renewed, never replaced.
        bus: A connection to the hub.
        keeper: The directory.

    Attributes:
        keeper: The directory.
        due_account: The account on the bus that the directory shows, if its key is
            here; None before the first look.
    """

    def __init__(
        self, node: Node, keys: NodeKeys, bus: Bus, keeper: TrustKeeper
    ) -> None:
        self._node = node
        self._keys = keys
        self._bus = bus
        self.keeper = keeper
        self._watch = RevocationWatch(node.store, SYSTEM_CLOCK)
        self._searched: frozenset[bytes] = frozenset()
        self._rereading = Lock()
        self._read_at = self._changed_at()
        self.due_account: NatsKey | None = None
        self._log = structlog.get_logger("keys")

    @property
    def keys(self) -> NodeKeys:
        """What the keystore held when it was last read."""
        return self._keys

    def others_than(self, account: NatsKey) -> list[NatsKey]:
        """Returns the party's other accounts, the likeliest first. Blocks."""
        if self._changed_at() != self._read_at:
            try:
                self._reread()
            except (KeysError, BrokerError) as error:
                self._log.warning("the keystore was changed", reason=str(error))
        accounts = accounts_to_try(self._node, self._keys)
        return [one for one in accounts if one.public != account.public]

    async def run(self, stop: asyncio.Event) -> None:
        """Looks until `stop` is set."""
        loop = asyncio.get_running_loop()
        seen: Trust | None = None
        due_s = 0.0
        while not stop.is_set():
            trust = self.keeper.current()
            if trust is not seen or loop.time() >= due_s:
                well = await self.look()
                # What it has just published itself is no news.
                seen = self.keeper.current() if well else trust
                due_s = loop.time() + (_DAY_S if well else _RETRY_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_S)

    async def look(self) -> bool:
        """Does what is due now. Whatever goes wrong is logged, and tried again.

        Returns:
            Whether nothing is left to be done.
        """
        try:
            trust = self.keeper.current()
            await asyncio.to_thread(self._watch.look, trust.view)
            found = await self._own_record(trust)
            if found is None:
                return True
            record, expires_ms = found
            remember_account(self._node, record.account)
            await asyncio.to_thread(self._take_up, record)
            await asyncio.to_thread(self._sign_anew, record)
            return await self._renew(record, expires_ms)
        except (BrokerError, KeysError) as error:
            self._log.warning("upkeep of keys", reason=str(error))
            return False

    async def _own_record(self, trust: Trust) -> tuple[PartyRecord, int] | None:
        """Returns our record, in force or not, and when it expires."""
        entry = trust.view.parties.get(self._node.party)
        if entry is not None:
            return entry.record, entry.expires_ms or 0
        client = directory_client(self._node, self._bus)
        published = await asyncio.to_thread(client.published, self._node.party)
        if published is None:
            return None
        return published.record, published.expires_ms

    def _take_up(self, record: PartyRecord) -> None:
        """Reads the keystore again when the directory shows keys that are not held."""
        missing = self._missing(record)
        if missing and (missing, self._read_at) != (self._searched, self._changed_at()):
            self._reread()
            missing = self._missing(record)
            self._warn_of_foreign(missing)
            self._searched = missing
        for account in self._keys.accounts.values():
            if account.public == record.account:
                self.due_account = account

    def _sign_anew(self, record: PartyRecord) -> None:
        """Has what waits under a revoked key signed again: as it is, it is lost."""
        revoked = {
            key.key_id for key in record.signing_keys if key.revoked_at_ms is not None
        }
        if revoked and (count := self._node.store.unbundle(revoked)):
            self._log.info("statements to be signed again", count=count)

    def _changed_at(self) -> int:
        try:
            return self._node.folder.keys.stat().st_mtime_ns
        except OSError:
            return 0  # taken away: what was read of it stays in use

    def _reread(self) -> None:
        with self._rereading:
            self._read_again()

    def _read_again(self) -> None:
        # Before it is read: what is written meanwhile is read the next time.
        self._read_at = self._changed_at()
        fresh = reread(self._node, self._keys)
        self._keys.holder.take_over(fresh.holder)
        self._keys = replace(fresh, holder=self._keys.holder)

    def _warn_of_foreign(self, missing: Collection[bytes]) -> None:
        for name in sorted(missing):
            self._alarm(
                f"{_ALARM_FACT}/{name.hex()[:16]}",
                f"the directory shows a key of {self._node.party} that is not in this "
                f"node: {name.hex()[:16]}. If nobody of yours has published it, "
                "somebody else signs in your name: rogatory keys revoke, and tell "
                "the stewards",
            )

    def _missing(self, record: PartyRecord) -> frozenset[bytes]:
        now_ms, holder = SYSTEM_CLOCK.now_ms(), self._keys.holder
        missing = {
            bytes(key.key_id)
            for key in (*record.signing_keys, *record.encryption_keys)
            if key.valid_at(now_ms) and not holder.holds(key.key_id)
        }
        if record.account not in {one.public for one in self._keys.accounts.values()}:
            missing.add(record.account.encode())
        return frozenset(missing)

    async def _renew(self, record: PartyRecord, expires_ms: int) -> bool:
        now_ms = SYSTEM_CLOCK.now_ms()
        after_ms = self._node.settings.rotate_keys_days * DAY_MS
        due = {
            use
            for use, keys in (
                (KeyUse.SIGNING, record.signing_keys),
                (KeyUse.ENCRYPTION, record.encryption_keys),
            )
            if is_due(keys, now_ms, after_ms)
        }
        late = expires_ms - now_ms < PARTY_LIFE_MS // 2
        if due and not self._node.settings.rotate_keys:
            self._tell(record, due, expires_ms, "automatic rotation is off")
            due = set()
        if not due and not late:
            return True
        try:
            await self._publish(due)
        except SignaturesMissingError:
            self._tell(record, due, expires_ms, "the role keys are kept elsewhere")
        except CeremonyError as error:
            self._tell(record, due, expires_ms, str(error))
            if late:
                await self._publish(set())
        except BusRefusedError as error:
            self._tell(record, due, expires_ms, f"the hub refuses it: {error}")
            return False
        return True

    async def _publish(self, due: Collection[KeyUse]) -> None:
        with changing_keys(self._node):
            change: Change = rotation(self._node, self._keys, due)
            version = await publish_record(self._node, self._keys, self._bus, change)
        self._log.info("published", version=version, new=sorted(due))
        with suppress(UnreachableError, BusUnavailableError):
            trust = await self.keeper.refresh()
            await asyncio.to_thread(self._take_up, trust.view.record(self._node.party))

    def _tell(
        self, record: PartyRecord, due: Collection[KeyUse], expires_ms: int, why: str
    ) -> None:
        """Raises one alarm for what a person has to do, and by when."""
        now_ms = SYSTEM_CLOCK.now_ms()
        ends = {"the record": expires_ms}
        for use, keys in (
            (KeyUse.SIGNING, record.signing_keys),
            (KeyUse.ENCRYPTION, record.encryption_keys),
        ):
            if use in due:
                key = newest(keys, now_ms)
                ends[f"the {use} key"] = 0 if key is None else key.valid_to_ms
        what = ", ".join(
            f"{name} ({'has ended' if at_ms <= now_ms else f'ends {iso_time(at_ms)}'})"
            for name, at_ms in ends.items()
        )
        command = "rotate" if due else "request"
        self._alarm(
            _ALARM_FACT,
            f"to be renewed by a person, since {why}: {what}. "
            f"rogatory keys {command} --node {self._node.folder.root}",
        )

    def _alarm(self, fact: str, text: str) -> None:
        """Raises an alarm, unless it was the last one about that fact."""
        if self._node.store.fact(fact) == text.encode():
            return
        self._log.error("alarm", topic="keys", text=text)
        self._node.store.raise_alarm(
            Alarm(at_ms=SYSTEM_CLOCK.now_ms(), topic="keys", text=text)
        )
        self._node.store.remember(fact, text.encode())
