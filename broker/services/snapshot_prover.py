"""Proves that the log holds a snapshot of the directory, and finds out forks.

Fetching and verifying the directory is left to its client, which takes nothing that
was not proven here; noticing what others go by, to `directory_witness`.
"""

import asyncio
import base64
import json
from collections.abc import Sequence
from typing import Final, Protocol

import structlog

from broker.core.audit.snapshot import (
    ProvenSnapshot,
    SnapshotStatement,
    prove_snapshot,
)
from broker.core.codec.desk import (
    LogQuestion,
    SnapshotAt,
    SnapshotLike,
    SnapshotName,
    SnapshotOfVersion,
)
from broker.core.errors import BusError, ProofError
from broker.core.ports import Clock
from broker.core.records import Alarm
from broker.services.log_follower import LogFollower
from keys.directory.model import DirectoryView, FederationRecord
from keys.errors import DirectoryForkError, SnapshotNotLoggedError, UnreachableError
from keys.identity import PartyId

TOPIC: Final = "directory"
"""Of the alarms about it."""

_DAY_MS: Final = 86_400_000
_DOUBT_MS: Final = 30_000
_WAITS_S: Final = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 1.8)
"""Between two questions about a snapshot that is not in the log yet: 5 in all."""


class ProofStore(Protocol):
    """Where a node remembers what was proven, and notes what must be looked at."""

    def fact(self, name: str) -> bytes | None:
        """Returns a remembered value."""
        ...

    def remember(self, name: str, value: bytes) -> None:
        """Stores a value, in place of an older one."""
        ...

    def raise_alarm(self, alarm: Alarm) -> None:
        """Notes something an operator must look at."""
        ...


class SnapshotProver:
    """Asks the log about snapshots of the directory, for one party.

    Args:
        follower: Asks about the log, and holds it to what it said before.
        store: The party's own.
        clock: The time.
        waits_s: How long to wait before each further question.
        promise_ms: After which a snapshot that is served must be in the log.
    """

    def __init__(
        self,
        follower: LogFollower,
        store: ProofStore,
        clock: Clock,
        *,
        waits_s: Sequence[float] = _WAITS_S,
        promise_ms: int,
    ) -> None:
        self._follower = follower
        self._store = store
        self._clock = clock
        self._waits_s = waits_s
        self._promise_ms = promise_ms
        self._unlogged: dict[bytes, int] = {}
        self._doubted_ms: int | None = None
        self._log = structlog.get_logger(TOPIC)

    async def prove(self, view: DirectoryView, snapshot: bytes) -> None:
        """Returns once the log is proven to hold exactly the snapshot of a view.

        The log may be a moment behind the directory, so that it is asked again for
        some seconds. What was proven once is remembered, and not asked for again.

        Args:
            view: What was fetched and verified.
            snapshot: Its snapshot as served: evidence, should it be one of two.

        Raises:
            SnapshotNotLoggedError: The log does not hold it, or proves nothing.
            DirectoryForkError: There is another snapshot of this version.
            UnreachableError: The hub cannot be asked.
        """
        if self.version_of(view.snapshot_digest) == view.version:
            return
        for wait_s in (*self._waits_s, None):
            proven = await self._ask_again(view)
            other = self._other(view, proven)
            if other is not None:
                self._alarm_fork(view.version, proven, served=snapshot)
                raise DirectoryForkError(
                    f"the hub serves a snapshot of version {view.version} of the "
                    f"directory, {view.snapshot_digest.hex()}, and has logged another, "
                    f"{other.hex()}: it may show each of us a directory of its own"
                )
            if proven:
                self._remember(proven[0])
                return
            if wait_s is not None:
                await asyncio.sleep(wait_s)
        self._note_unlogged(view)
        raise SnapshotNotLoggedError(
            f"version {view.version} of the directory, "
            f"{view.snapshot_digest.hex()[:16]}, is not in the hub's log{_or(view)}: "
            "it is not used until it is"
        )

    async def watch(self, view: DirectoryView) -> None:
        """Looks whether the log says something else about a view by now.

        Raises:
            BusError: The hub cannot be asked.
            ProofError: The log contradicts itself; an alarm follows if that lasts.
        """
        wanted = SnapshotOfVersion(version=view.version)
        proven = await self.ask(wanted, view.federation)
        if self._other(view, proven) is not None:
            self._alarm_fork(view.version, proven)

    async def confirm(
        self, peer: PartyId, name: SnapshotName, federation: FederationRecord
    ) -> bool:
        """Looks for a snapshot that a peer goes by; tells whether the log holds it.

        Raises:
            BusError: The hub cannot be asked.
            ProofError: The log contradicts itself; an alarm follows if that lasts.
        """
        proven = await self.ask(name, federation)
        if not proven:
            return False
        version = proven[0].statement.version
        digests = {one.statement.digest for one in proven}
        if digests | {self._proven_digest(version) or proven[0].statement.digest} > {
            proven[0].statement.digest
        }:
            self._alarm_fork(version, proven, peer=peer)
        else:
            self._remember(proven[0])
        return True

    async def ask(
        self, name: SnapshotName, federation: FederationRecord
    ) -> tuple[ProvenSnapshot, ...]:
        """Returns what the log is proven to say about one version of the directory.

        Raises:
            BusError: The hub cannot be asked.
            ProofError: The log contradicts itself; an alarm is raised if that lasts.
        """
        try:
            checkpoint, answer = await self._follower.advance(
                LogQuestion(snapshot=name), federation
            )
            if checkpoint is None:
                return ()
            proven = tuple(
                prove_snapshot(one, checkpoint, answer.checkpoint)
                for one in answer.snapshots
            )
            _check_answers(name, [one.statement for one in proven])
        except ProofError as error:
            self._note_doubt(error)
            raise
        self._doubted_ms = None
        return proven

    def version_of(self, digest: bytes) -> int | None:
        """Returns the version of a snapshot that was proven here before, if any was."""
        version = self._store.fact(f"snapshot-digest/{digest.hex()}")
        return None if version is None else int(version)

    def suspect(self, peer: PartyId, digest: bytes) -> None:
        """Raises the alarm that a peer goes by a snapshot which the log lacks.

        Once for each peer and day: a peer can name as many as it likes.
        """
        self._alarm_once(
            f"suspected/{peer}/{self._clock.now_ms() // _DAY_MS}",
            f"directory fork suspected: {peer} sealed a message under snapshot "
            f"{digest.hex()}, which is not in the hub's log; compare with {peer} over "
            "another channel",
        )

    async def _ask_again(self, view: DirectoryView) -> tuple[ProvenSnapshot, ...]:
        try:
            wanted = SnapshotOfVersion(version=view.version)
            return await self.ask(wanted, view.federation)
        except BusError as error:
            raise UnreachableError(f"the hub's log: {error}") from error
        except ProofError as error:
            raise SnapshotNotLoggedError(
                f"the hub's log proves nothing about the directory: {error}"
            ) from error

    def _other(
        self, view: DirectoryView, proven: Sequence[ProvenSnapshot]
    ) -> bytes | None:
        """Returns the digest of another snapshot of the same version, if one is known.

        Which of the two is right cannot be told, so that neither is.
        """
        known = self._proven_digest(view.version)
        digests = [one.statement.digest for one in proven]
        if known is not None:
            digests.append(known)
        return next((one for one in digests if one != view.snapshot_digest), None)

    def _proven_digest(self, version: int) -> bytes | None:
        kept = self._store.fact(f"snapshot/{version}")
        return None if kept is None else bytes.fromhex(json.loads(kept)["digest"])

    def _remember(self, proven: ProvenSnapshot) -> None:
        statement = proven.statement
        # The proof first: what is known by its digest has one.
        self._store.remember(
            f"snapshot/{statement.version}", json.dumps(_evidence(proven)).encode()
        )
        self._store.remember(
            f"snapshot-digest/{statement.digest.hex()}", b"%d" % statement.version
        )

    def _alarm_fork(
        self,
        version: int,
        proven: Sequence[ProvenSnapshot],
        *,
        served: bytes | None = None,
        peer: PartyId | None = None,
    ) -> None:
        """Keeps what proves a fork, and raises the alarm; once for each that is new."""
        known = self._store.fact(f"snapshot/{version}")
        entries = [f"{p.statement.digest.hex()} at {p.index}" for p in proven]
        evidence = {
            "logged": [_evidence(one) for one in proven],
            "proven_before": None if known is None else json.loads(known),
            "served": None if served is None else base64.b64encode(served).decode(),
        }
        name = f"fork/{version}/{' '.join(sorted(entries))}"
        by = "" if peer is None else f" ({peer} goes by one of them)"
        text = (
            f"directory fork: there are two snapshots of version {version}{by}; in the "
            f"log: {', '.join(entries) or 'none that the hub shows'}"
            + ("" if served is None else "; another was served to this node")
            + ". Keep this node's folder: it holds the proof"
        )
        if self._alarm_once(name, text, json.dumps(evidence).encode()):
            self._log.error("directory fork", version=version, entries=entries)

    def _alarm_once(self, name: str, text: str, evidence: bytes = b"") -> bool:
        if self._store.fact(name) is not None:
            return False
        self._log.error("alarm", topic=TOPIC, text=text)
        self._store.raise_alarm(
            Alarm(at_ms=self._clock.now_ms(), topic=TOPIC, text=text)
        )
        self._store.remember(name, evidence)
        return True

    def _note_doubt(self, error: ProofError) -> None:
        """Raises the alarm when the log still does not hold after a while.

        Not at once: the stewards may have given it another key, which a directory that
        is just being fetched will name.
        """
        now_ms = self._clock.now_ms()
        if self._doubted_ms is None:
            self._doubted_ms = now_ms
        if now_ms - self._doubted_ms >= _DOUBT_MS:
            self._alarm_once(
                f"log/{now_ms // _DAY_MS}", f"the hub's log does not hold: {error}"
            )

    def _note_unlogged(self, view: DirectoryView) -> None:
        """Raises the alarm once the log has had more time than any entry needs."""
        now_ms = self._clock.now_ms()
        first_ms = self._unlogged.get(view.snapshot_digest, now_ms)
        self._unlogged = {view.snapshot_digest: first_ms}
        if now_ms - first_ms >= self._promise_ms:
            self._alarm_once(
                f"unlogged/{view.snapshot_digest.hex()}",
                f"directory fork suspected: the hub serves version {view.version}, "
                f"{view.snapshot_digest.hex()}, and does not log it{_or(view)}",
            )


def _or(view: DirectoryView) -> str:
    quorum = view.federation.witness_quorum
    return ", or too few witnesses have cosigned it" if quorum else ""


def _check_answers(name: SnapshotName, found: Sequence[SnapshotStatement]) -> None:
    """Refuses statements about another version than was asked for."""
    fits = len({one.version for one in found}) <= 1
    match name:
        case SnapshotOfVersion(version=version):
            fits = fits and all(one.version == version for one in found)
        case SnapshotLike(digest=digest):
            fits = fits and (not found or any(one.digest == digest for one in found))
        case SnapshotAt(at_ms=at_ms):
            fits = fits and (not found or any(s.signed_at_ms <= at_ms for s in found))
    if not fits:
        raise ProofError("the hub answers about another snapshot than was asked for")


def _evidence(proven: ProvenSnapshot) -> dict[str, object]:
    statement = proven.statement
    return {
        "version": statement.version,
        "digest": statement.digest.hex(),
        "signed_at_ms": statement.signed_at_ms,
        "statement": statement.to_bytes().hex(),
        "index": proven.index,
        "path": [node.hex() for node in proven.path],
        "checkpoint": proven.checkpoint,
    }
