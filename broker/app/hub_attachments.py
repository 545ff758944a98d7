"""The hub's folder of sealed files, opened as its operator has set it.

What is asked of it is left to `broker.services.blob_desk`.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from broker.app.hub_folder import Hub
from broker.core.attachments.limits import MIB
from broker.infra.blob_store import BlobLimits, BlobStore
from broker.settings import HubFolder, HubSettings, load_hub
from keys.directory.model import DirectoryView
from keys.errors import DirectoryError
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomTaken:
    """How much room files take at a hub, in bytes.

    Attributes:
        parties: Each party that has files kept, how many, and their bytes.
        party_max_size: What one party may take.
        all_max_size: What all of them may take.
    """

    parties: tuple[tuple[PartyId, int, int], ...]
    party_max_size: int
    all_max_size: int


def blob_store(hub: Hub) -> BlobStore:
    """Opens the hub's folder of sealed files.

    Raises:
        StoreError: It cannot be used.
    """
    return BlobStore(hub.folder.attachments, _limits(hub.settings))


def room_taken(root: Path) -> RoomTaken:
    """Returns how much room files take at the hub in `root`; asks for no key.

    Raises:
        ConfigurationError: It is no hub's folder.
        StoreError: It cannot be read.
    """
    limits = _limits(load_hub(root))
    with closing(BlobStore(HubFolder(root).attachments, limits)) as store:
        return RoomTaken(
            parties=tuple(store.held()),
            party_max_size=limits.party_max_size,
            all_max_size=limits.all_max_size,
        )


def party_taking_part(
    account: str,
    published: Mapping[str, PartyId],
    view: DirectoryView | None,
    now_ms: int,
) -> PartyId | None:
    """Returns whose an account is; None when that party takes no part at present.

    Args:
        account: Public key of an account on the bus.
        published: Whose each account is.
        view: The directory; None before the first one.
        now_ms: The present.
    """
    party = published.get(account)
    if party is None or view is None:
        return None
    try:
        view.check_standing(party, now_ms)
    except DirectoryError:
        return None
    return party if party in view.parties else None


def _limits(settings: HubSettings) -> BlobLimits:
    return BlobLimits(
        party_max_size=settings.attachments_party_mib * MIB,
        all_max_size=settings.attachments_all_mib * MIB,
        free_min_size=settings.attachments_free_mib * MIB,
    )
