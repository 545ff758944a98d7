"""When what the stewards and the hub have signed runs out.

Signing again is left to `ceremony` and `repository`.
"""

from dataclasses import dataclass

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root

from keys.directory.archive import Archive
from keys.directory.roles import expiry_ms
from keys.directory.stewardship import read_targets
from keys.errors import CeremonyError, DirectoryStorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiries:
    """Times in ms since the epoch.

    Attributes:
        root_ms: Of what says who the stewards are; theirs to renew.
        targets_ms: Of what says who the parties are; the stewards' to renew.
        snapshot_ms: Of the present state; the hub signs it again by itself.
        timestamp_ms: Of the word that it is present; the hub's as well.
    """

    root_ms: int
    targets_ms: int
    snapshot_ms: int
    timestamp_ms: int


def expiries(archive: Archive) -> Expiries:
    """Returns when the metadata in force expire.

    Raises:
        DirectoryStorageError: No federation was founded there, or a file is damaged.
    """
    state = archive.state()
    try:
        root = Metadata[Root].from_bytes(state.root).signed
        targets = read_targets(archive.targets_of(state)).signed
    except (RepositoryError, CeremonyError) as error:
        raise DirectoryStorageError("the repository is damaged") from error
    return Expiries(
        root_ms=expiry_ms(root),
        targets_ms=expiry_ms(targets),
        snapshot_ms=expiry_ms(state.snapshot),
        timestamp_ms=expiry_ms(state.timestamp),
    )
