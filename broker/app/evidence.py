"""Puts evidence together: what a node holds, and what the hub can add to prove it.

What a node holds is left to `evidence_items`. Nothing that a hub answers is believed
here: what is put together is checked as a stranger would check it, before it is
handed out.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from broker.app.evidence_items import Item
from broker.core.audit.checkpoint import read_checkpoint
from broker.core.audit.snapshot import ProvenSnapshot
from broker.core.audit.tiles import TileReader
from broker.core.audit.tlog_proof import format_proof
from broker.core.codec.desk_stamps import NO_STAMP, StampAnswer
from broker.core.errors import BusError, ProofError
from broker.core.evidence.bundle import Bundle, Stamp
from broker.core.evidence.directories import Directories, Fetch, trusted_chain
from broker.core.evidence.findings import Report
from broker.core.evidence.log import show_log
from broker.core.evidence.manifest import Manifest
from broker.core.evidence.stated import StatedMessage, read_message
from broker.core.evidence.verify import Demands, verify_bundle
from broker.core.model import Receipt
from broker.core.records import LedgerLine
from keys.directory.model import FederationRecord
from keys.directory.roles import metadata_path
from keys.directory.stewardship import read_root
from keys.errors import CeremonyError, SnapshotNotLoggedError
from keys.framing import sha256
from keys.identity import PartyId

_FIRST_ROOT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What is asked of a hub. Those that are not awaited block, on another thread.

    Attributes:
        place: Returns where a receipt is in the log; None when it is not there yet.
        snapshot_of: Returns the snapshot with this digest.
        snapshot_at: Returns the snapshot that was in force at a time.
        checkpoint: Returns the newest checkpoint that may be relied on.
        tile: Returns a tile of the log, by path, in a tree of a size.
        stamp: Returns the first time-stamp that covers an entry, if there is one.
        fetch: Returns a file of the directory.
    """

    place: Callable[[LedgerLine], Awaitable[int | None]]
    snapshot_of: Callable[[bytes], Awaitable[ProvenSnapshot]]
    snapshot_at: Callable[[int], Awaitable[ProvenSnapshot]]
    checkpoint: Callable[[], Awaitable[str]]
    tile: Callable[[str, int], bytes]
    stamp: Callable[[int], Awaitable[StampAnswer]]
    fetch: Fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """What evidence is put together under.

    Attributes:
        root: The root metadata that this node was given to trust.
        federation: The federation record of today.
        snapshot: Digest of the snapshot of today, 32 bytes.
    """

    root: bytes
    federation: FederationRecord
    snapshot: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What evidence is asked for.

    Attributes:
        exported_by: Who puts it together.
        case: The case whose messages they are; empty for single ones.
        disclosed: Whether contents are shown.
    """

    exported_by: PartyId
    case: str = ""
    disclosed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A file of evidence.

    Attributes:
        data: The file.
        report: What it proves, checked as a stranger would.
        root_sha256: Of the first root in it: what a reader has to know from elsewhere.
        unlogged: Receipts that the log does not hold yet; they are not in the file.
        unstamped: Why it bears no time-stamp; empty if it does.
    """

    data: bytes
    report: Report
    root_sha256: bytes
    unlogged: tuple[Receipt, ...]
    unstamped: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the hub has answered."""

    messages: tuple[StatedMessage, ...]
    places: Mapping[bytes, int]
    snapshots: Mapping[int, ProvenSnapshot]
    note: str
    stamp: StampAnswer


async def collect(
    items: Sequence[Item], order: Order, trusted: Trusted, sources: Sources
) -> Collected:
    """Returns evidence about messages, in the order of their sealing.

    1. Where each statement is in the log; those that are not there yet stay out.
    2. Which directories they have to be judged by.
    3. The newest checkpoint, which therefore covers all of that, and a time-stamp.
    4. Every proof under that one checkpoint, from the log's tiles.
    5. The directory's files that judging reads, and no others.
    6. The whole is checked.

    Raises:
        BusError: The hub cannot be asked.
        ProofError: What the hub shows does not make evidence.
        DirectoryError: A directory of the past cannot be had.
    """
    places: dict[bytes, int] = {}
    unlogged: list[Receipt] = []
    for line in (line for item in items for line in item.lines):
        index = await sources.place(line)  # 1
        if index is None:
            unlogged.append(line.receipt)
        else:
            places[sha256(line.receipt_bytes)] = index
    kept = sorted(
        (read_message(item.shown(places)) for item in items),
        key=lambda one: (one.header.created_ms, one.parts.digest),
    )
    snapshots = await _snapshots(kept, trusted, sources)  # 2
    note = await sources.checkpoint()  # 3
    stamp, unstamped = await _stamp([*places.values()], sources)
    found = _Found(
        messages=tuple(kept),
        places=places,
        snapshots=snapshots,
        note=note,
        stamp=stamp,
    )
    bundle, problem = await asyncio.to_thread(_bundle, found, order, trusted, sources)
    demands = Demands(
        root_sha256=sha256(trusted.root), witnesses=trusted.federation.witness_quorum
    )
    report = await asyncio.to_thread(verify_bundle, bundle, demands)  # 6
    report.check()
    first = bundle.served(metadata_path("root", bundle.first_root)) or b""
    return Collected(
        data=bundle.to_bytes(),
        report=report,
        root_sha256=sha256(first),
        unlogged=tuple(unlogged),
        unstamped=unstamped or problem,
    )


async def _snapshots(
    messages: Sequence[StatedMessage], trusted: Trusted, sources: Sources
) -> dict[int, ProvenSnapshot]:
    """Returns the snapshots that signatures are judged by, and that of today."""
    found: dict[int, ProvenSnapshot] = {}
    digests = {trusted.snapshot}
    times: set[int] = set()
    for signing in (signing for message in messages for signing in message.signings):
        if signing.snapshot:
            digests.add(signing.snapshot)
        else:
            times.add(signing.at_ms)
    for digest in sorted(digests):
        proven = await sources.snapshot_of(digest)
        found[proven.statement.version] = proven
    for at_ms in sorted(times):
        try:
            proven = await sources.snapshot_at(at_ms)
        except SnapshotNotLoggedError:
            # A clock that was behind, at the very beginning: a later one will do.
            continue
        found[proven.statement.version] = proven
    return found


async def _stamp(places: Sequence[int], sources: Sources) -> tuple[StampAnswer, str]:
    if not places:
        return NO_STAMP, "nothing of it is in the log yet"
    try:
        answer = await sources.stamp(max(places))
    except (BusError, ProofError) as error:
        return NO_STAMP, f"the hub gives none: {error}"
    return answer, "" if answer.note else (
        "the hub has none as new as this, or asks no time-stamp authority"
    )


def _bundle(
    found: _Found, order: Order, trusted: Trusted, sources: Sources
) -> tuple[Bundle, str]:
    """Returns the evidence, and why it bears no time-stamp; blocks."""
    size = read_checkpoint(found.note).size
    stamped = read_checkpoint(found.stamp.note).size if found.stamp.note else 0
    reach = max(size, stamped)
    tiles = TileReader(lambda path: sources.tile(path, reach), reach)

    def place(index: int) -> str:
        return format_proof(index, tiles.inclusion(index, size), found.note)  # 4

    trust, problem = _read_trust(found, trusted, sources), ""
    stamp: Stamp | None = None
    if found.stamp.note:
        try:
            stamp = _joined(found, trusted, tiles)
        except ProofError as error:
            problem = f"the one that the hub shows does not hold: {error}"
    bundle = Bundle(
        manifest=Manifest(
            exported_by=order.exported_by,
            messages=tuple(one.parts.digest for one in found.messages),
            case=order.case,
            disclosed=order.disclosed,
        ),
        messages=tuple(
            replace(
                message.parts,
                receipts=tuple(
                    replace(one, place=place(found.places[sha256(one.receipt)]))
                    for one in message.parts.receipts
                ),
            )
            for message in found.messages
        ),
        trust=trust,
        checkpoint=found.note,
        places={v: place(one.index) for v, one in found.snapshots.items()},
        stamp=stamp,
    )
    return bundle, problem


def _joined(found: _Found, trusted: Trusted, tiles: TileReader) -> Stamp:
    """Returns the time-stamp with what joins it to the evidence's own checkpoint.

    Raises:
        ProofError: It is about another log.
    """
    log = show_log(found.note, trusted.federation)
    stamped = show_log(found.stamp.note, trusted.federation)
    path = tiles.consistency(*sorted((log.checkpoint.size, stamped.checkpoint.size)))
    stamped.joined(log, path)
    return Stamp(note=found.stamp.note, token=found.stamp.token, path=path)


def _read_trust(
    found: _Found, trusted: Trusted, sources: Sources
) -> Mapping[str, bytes]:
    """Returns the files that judging every signature reads."""
    recorder = _Recorder(sources.fetch)  # 5
    first = _first_root(recorder.read, trusted.root)
    _, root = trusted_chain(recorder.read, first, sha256(trusted.root))
    directories = Directories(root, recorder.read, sorted(found.snapshots))
    signings = [one for message in found.messages for one in message.signings]
    directories.prepare(signings)
    for signing in signings:
        directories.judge(signing)
    return recorder.files


def _first_root(read: Fetch, own: bytes) -> int:
    """Returns the version of the oldest root to show: the first there ever was.

    A reader may trust any of them. A hub that has lost the first ones still serves the
    one that this node was given.
    """
    try:
        version = read_root(own).signed.version
    except CeremonyError as error:
        raise ProofError(f"this node's own root: {error}") from error
    if read(metadata_path("root", _FIRST_ROOT)) is None:
        return version
    return _FIRST_ROOT


@dataclass(slots=True)
class _Recorder:
    """Reads files, and keeps what was read."""

    fetch: Fetch
    files: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes | None:
        """Returns a file, and keeps it."""
        data = self.files.get(path)
        if data is None:
            data = self.fetch(path)
            if data is not None:
                self.files[path] = data
        return data
