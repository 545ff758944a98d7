"""From verified metadata to a view: every record, each party failing for itself.

Fetching and verifying the metadata above the parties is left to `client`.
"""

from dataclasses import dataclass
from pathlib import Path

from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from tuf.ngclient import Updater

from keys.directory.codec import MAX_TIME_MS, decode_federation, decode_party
from keys.directory.model import DirectoryView, PartyEntry
from keys.directory.roles import (
    FEDERATION_PATH,
    MAX_TARGET_SIZE,
    POLICY_NAME,
    RECORD_NAME,
    expiry_ms,
    party_of,
    path_of,
    role_of,
    utc,
)
from keys.directory.stewardship import party_roles
from keys.directory.updating import CLOCK_HINT, explained, is_passing
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
    """

    view: DirectoryView
    files: frozenset[str]
    settled: bool
    at_ms: int
    good_until_ms: int

    def is_good(self, now_ms: int) -> bool:
        """Tells whether the same snapshot would give the same view at `now_ms`."""
        return self.settled and self.at_ms <= now_ms < self.good_until_ms


def resolve(updater: Updater, top: TopLevel, targets: Path, now_ms: int) -> Resolved:
    """Reads every record that the snapshot names.

    Args:
        updater: Refreshed, and `top` read after that.
        top: The metadata above the parties, in force.
        targets: Folder in which records and policies are kept, by digest.
        now_ms: The present.

    Raises:
        UnreachableError: Nobody answered; a view with parties missing because of
            that would look as if they had left.
        RefreshError: The federation record is missing or does not verify.
    """
    files = _Files(updater, targets)
    try:
        federation = decode_federation(files.needed(FEDERATION_PATH))
        roles = party_roles(top.targets)
    except (RecordError, CeremonyError) as error:
        raise RefreshError(f"the stewards' own record: {error}") from error
    parties: dict[PartyId, PartyEntry] = {}
    failed: dict[str, str] = {}
    settled = True
    good_until_ms = MAX_TIME_MS
    for role in roles:
        party = party_of(role)
        try:
            if party is None:
                raise RefreshError(f"{role} is not the role of a party")
            entry, expires_ms = _entry(files, top, party, now_ms)
        except UnreachableError:
            raise
        except DirectoryError as error:
            failed[party or role] = str(error)
            settled = settled and not is_passing(error)
        else:
            parties[party] = entry
            good_until_ms = min(good_until_ms, expires_ms)
    view = DirectoryView(
        version=top.snapshot.version,
        snapshot_digest=top.snapshot_digest,
        federation=federation,
        parties=parties,
        failed=failed,
    )
    return Resolved(
        view=view,
        files=frozenset(files.used),
        settled=settled,
        at_ms=now_ms,
        good_until_ms=good_until_ms,
    )


def _entry(
    files: "_Files", top: TopLevel, party: PartyId, now_ms: int
) -> tuple[PartyEntry, int]:
    role = role_of(party)
    if f"{role}.json" not in top.snapshot.meta:
        raise RefreshError(f"{party} was admitted, but has not published its record")
    record = decode_party(files.needed(path_of(party, RECORD_NAME)))
    # Nothing but this ties what a role signs to the party that the role is for.
    if record.party != party:
        raise RefreshError(f"{party} published a record of {record.party}")
    expires_ms = _expiry_of(top.folder, role)
    if now_ms >= expires_ms:
        raise RefreshError(
            f"what {party} published expired at {utc(expires_ms):%F %R} UTC: it has to "
            f"publish again, {CLOCK_HINT}"
        )
    policy = files.get(path_of(party, POLICY_NAME))
    entry = PartyEntry(record=record, policy=policy, expires_ms=expires_ms)
    return entry, expires_ms


def _expiry_of(folder: Path, role: str) -> int:
    with explained():
        data = (folder / f"{role}.json").read_bytes()
        return expiry_ms(Metadata[Targets].from_bytes(data).signed)


class _Files:
    """Records and policies, fetched if need be, kept under their digests.

    A name that follows from the content lets an older state of the directory stay
    whole while a newer one is fetched.
    """

    def __init__(self, updater: Updater, folder: Path) -> None:
        self._updater = updater
        self._folder = folder
        self.used: set[str] = set()

    def get(self, path: str) -> bytes | None:
        with explained():
            target = self._updater.get_targetinfo(path)
            if target is None:
                return None
            if target.length > MAX_TARGET_SIZE:
                raise RefreshError(f"{path} has more than {MAX_TARGET_SIZE} bytes")
            # Not the hash itself: a hostile one could be a path.
            name = sha256(repr(sorted(target.hashes.items())).encode()).hex()
            self.used.add(name)
            held = str(self._folder / name)
            if self._updater.find_cached_target(target, held) is None:
                self._updater.download_target(target, held)
            return Path(held).read_bytes()

    def needed(self, path: str) -> bytes:
        data = self.get(path)
        if data is None:
            raise RefreshError(f"{path} is not published")
        return data
