"""From verified metadata to a view: every record, each party failing for itself.

Fetching and verifying the metadata above the parties is left to `client`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    Targets,
    Timestamp,
)

from keys.directory.codec import MAX_TIME_MS, decode_federation, decode_party
from keys.directory.model import DirectoryView, PartyEntry
from keys.directory.roles import (
    FEDERATION_PATH,
    POLICY_NAME,
    RECORD_NAME,
    expiry_ms,
    party_of,
    path_of,
    role_of,
    utc,
)
from keys.directory.shelf import Shelf, kept_name
from keys.directory.stewardship import party_roles, read_targets
from keys.directory.updating import CLOCK_HINT, Fetch, explained, is_passing
from keys.errors import (
    CeremonyError,
    DirectoryError,
    RecordError,
    RefreshError,
    UnreachableError,
)
from keys.framing import sha256
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class TopLevel:
    """The metadata above the parties, from the local files of an updater.

    They hold what the updater verified: it writes nothing else there.

    Attributes:
        folder: Where the updater keeps its metadata.
        root: Who the stewards and the hub's online key are.
        timestamp: The bytes of the timestamp, to compare with.
        timestamp_expires_ms: When it must have been replaced.
        snapshot: The version of everything.
        snapshot_digest: SHA-256 of the snapshot as fetched, 32 bytes.
        targets: What the stewards say.
    """

    folder: Path
    root: Root
    timestamp: bytes
    timestamp_expires_ms: int
    snapshot: Snapshot
    snapshot_digest: bytes
    targets: Targets

    @classmethod
    def read(cls, folder: Path) -> "TopLevel":
        """Reads the files in `folder`.

        Raises:
            OSError: Nothing was fetched yet, or it cannot be read.
            RepositoryError: A file is damaged.
        """
        names = ("root", "timestamp", "snapshot", "targets")
        root, timestamp, snapshot, targets = (
            (folder / f"{name}.json").read_bytes() for name in names
        )
        return cls(
            folder=folder,
            root=Metadata[Root].from_bytes(root).signed,
            timestamp=timestamp,
            timestamp_expires_ms=expiry_ms(
                Metadata[Timestamp].from_bytes(timestamp).signed
            ),
            snapshot=Metadata[Snapshot].from_bytes(snapshot).signed,
            snapshot_digest=sha256(snapshot),
            targets=Metadata[Targets].from_bytes(targets).signed,
        )

    def check_in_force(self, now_ms: int) -> int:
        """Returns until when all of it is in force, in ms since the epoch.

        Raises:
            RefreshError: Some of it has expired.
        """
        expiries = {
            "timestamp": self.timestamp_expires_ms,
            "snapshot": expiry_ms(self.snapshot),
            "targets": expiry_ms(self.targets),
            "root": expiry_ms(self.root),
        }
        for role, at_ms in expiries.items():
            if now_ms >= at_ms:
                signer = "the hub" if role in {"timestamp", "snapshot"} else "stewards"
                raise RefreshError(
                    f"the {role} of the directory expired at {utc(at_ms):%F %R} UTC: "
                    f"{signer} must sign a new one and the hub be reached, {CLOCK_HINT}"
                )
        return min(expiries.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedEntry:
    """What was verified of one party, and from which bytes.

    Attributes:
        meta: What the snapshot said of its metadata.
        entry: What the party published.
        files: Names of the local target files that it was read from.
    """

    meta: MetaFile
    entry: PartyEntry
    files: frozenset[str]

    def still_holds(self, meta: MetaFile | None, now_ms: int) -> bool:
        """Tells whether verifying the same bytes again would come to the same."""
        expires_ms = self.entry.expires_ms
        return self.meta == meta and expires_ms is not None and now_ms < expires_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A view with what decides how long it can be reused.

    Attributes:
        view: What the directory says.
        files: Names of the local target files that it was read from.
        settled: False when a party failed for a reason that may pass although
            nothing new is signed.
        at_ms: When it was made. Before that, a clock has been put back since, and
            what had expired may not have.
        good_until_ms: When the first of its parties expires.
        stewards: What the snapshot said of the stewards' targets.
        entries: What was verified of each role under them.
    """

    view: DirectoryView
    files: frozenset[str]
    settled: bool
    at_ms: int
    good_until_ms: int
    stewards: MetaFile
    entries: Mapping[str, ResolvedEntry]

    def is_good(self, now_ms: int) -> bool:
        """Tells whether the same snapshot would give the same view at `now_ms`."""
        return self.settled and self.at_ms <= now_ms < self.good_until_ms


def resolve(
    fetch: Fetch,
    top: TopLevel,
    targets: Path,
    now_ms: int,
    before: Resolved | None = None,
) -> Resolved:
    """Reads every record that the snapshot names.

    Not by python-tuf, which looks for each path in all roles: which role a party has,
    and what it may name, is known.

    Args:
        fetch: How to get what is not kept here.
        top: The metadata above the parties, in force.
        targets: Folder in which records and policies are kept, by digest.
        now_ms: The present.
        before: An earlier view. What the same stewards' targets and the same digest
            of a party lead to was verified then, and is not verified again.

    Raises:
        UnreachableError: Nobody answered; a view with parties missing because of
            that would look as if they had left.
        RefreshError: The federation record is missing or does not verify.
    """
    shelf = Shelf(fetch, top.folder, targets)
    try:
        federation = decode_federation(shelf.needed(top.targets, FEDERATION_PATH))
        roles = party_roles(top.targets)
    except (RecordError, CeremonyError) as error:
        raise RefreshError(f"the stewards' own record: {error}") from error
    stewards = top.snapshot.meta[f"{Targets.type}.json"]
    known = before.entries if before and before.stewards == stewards else {}
    entries: dict[str, ResolvedEntry] = {}
    parties: dict[PartyId, PartyEntry] = {}
    failed: dict[str, str] = {}
    settled = True
    good_until_ms = MAX_TIME_MS
    for role in roles:
        party = party_of(role)
        try:
            if party is None:
                raise RefreshError(f"{role} is not the role of a party")
            found = known.get(role)
            if found is None or not found.still_holds(
                top.snapshot.meta.get(f"{role}.json"), now_ms
            ):
                found = _entry(shelf, top, party, now_ms)
        except UnreachableError:
            raise
        except DirectoryError as error:
            failed[party or role] = str(error)
            settled = settled and not is_passing(error)
        else:
            entries[role] = found
            parties[party] = found.entry
            good_until_ms = min(good_until_ms, found.entry.expires_ms or 0)
    used = shelf.used.union(*(found.files for found in entries.values()))
    view = DirectoryView(
        version=top.snapshot.version,
        snapshot_digest=top.snapshot_digest,
        federation=federation,
        parties=parties,
        failed=failed,
    )
    return Resolved(
        view=view,
        files=frozenset(used),
        settled=settled,
        at_ms=now_ms,
        good_until_ms=good_until_ms,
        stewards=stewards,
        entries=entries,
    )


def delegated(data: bytes, role: str, version: int, stewards: Targets) -> Targets:
    """Returns what a party's metadata says, verified but for its expiry.

    1. Enough keys of those that the stewards named have signed it.
    2. It is targets metadata, of the version that the snapshot names.
    3. It names nothing but paths that the stewards let the party publish.

    Raises:
        RepositoryError: Not signed so.
        CeremonyError: Not such metadata.
        RefreshError: Of another version.
    """
    metadata = read_targets(data)
    stewards.verify_delegate(role, metadata.signed_bytes, metadata.signatures)  # 1
    signed = metadata.signed
    if signed.version != version:  # 2
        raise RefreshError(f"{role} is version {signed.version}, {version} is named")
    allowed = party_roles(stewards)[role]
    for path in [
        path for path in signed.targets if not allowed.is_delegated_path(path)
    ]:
        del signed.targets[path]  # 3
    return signed


def _entry(shelf: Shelf, top: TopLevel, party: PartyId, now_ms: int) -> ResolvedEntry:
    role = role_of(party)
    meta = top.snapshot.meta.get(f"{role}.json")
    if meta is None:
        raise RefreshError(f"{party} was admitted, but has not published its record")
    with explained():
        targets = delegated(shelf.metadata(role, meta), role, meta.version, top.targets)
    record = decode_party(shelf.needed(targets, path_of(party, RECORD_NAME)))
    # Nothing but this ties what a role signs to the party that the role is for.
    if record.party != party:
        raise RefreshError(f"{party} published a record of {record.party}")
    expires_ms = expiry_ms(targets)
    if now_ms >= expires_ms:
        raise RefreshError(
            f"what {party} published expired at {utc(expires_ms):%F %R} UTC: it has to "
            f"publish again, {CLOCK_HINT}"
        )
    policy = shelf.target(targets, path_of(party, POLICY_NAME))
    return ResolvedEntry(
        meta=meta,
        entry=PartyEntry(record=record, policy=policy, expires_ms=expires_ms),
        files=frozenset(map(kept_name, targets.targets.values())),
    )
