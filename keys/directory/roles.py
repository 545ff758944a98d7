"""Names, paths and lifetimes of the directory's metadata.

Who may sign what follows from the metadata itself and is left to the siblings.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from tuf.api.metadata import Signed

from keys.errors import PartyCodeError
from keys.identity import PartyId

_HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * _HOUR_MS

TIMESTAMP_LIFE_MS: Final = 24 * _HOUR_MS
SNAPSHOT_LIFE_MS: Final = 7 * DAY_MS
PARTY_LIFE_MS: Final = 90 * DAY_MS
PARTY_ALARM_MS: Final = 30 * DAY_MS  # left of its life, when a party must be told
TARGETS_LIFE_MS: Final = 365 * DAY_MS
ROOT_LIFE_MS: Final = 365 * DAY_MS

RECORD_NAME: Final = "record.pb"
POLICY_NAME: Final = "policy.pb"
PUBLISHED_NAMES: Final = frozenset({RECORD_NAME, POLICY_NAME})
ROOT_ENTRY: Final = "root.json"
"""What a snapshot calls the root that was in force when it was signed."""
FEDERATION_PATH: Final = "federation/federation.pb"
MAX_TARGET_SIZE: Final = 256 * 1024  # bytes of one record or policy

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ROLE: Final = re.compile(r"party-([A-Z]{3})\Z")
# The closed list of what a hub serves; anything else was never there.
_SERVED: Final = re.compile(
    r"metadata/(timestamp|[1-9][0-9]{0,9}\.(root|snapshot|targets|party-[A-Z]{3}))\.json"
    r"|targets/parties/[A-Z]{3}/[0-9a-f]{64}\.(record|policy)\.pb"
    r"|targets/federation/[0-9a-f]{64}\.federation\.pb"
)


def role_of(party: PartyId) -> str:
    """Returns the name of the role that is delegated to `party`."""
    return f"party-{party}"


def party_of(role: str) -> PartyId | None:
    """Returns the party that a delegated role belongs to, if it is a party's."""
    match = _ROLE.match(role)
    if match is None:
        return None
    try:
        return PartyId(match[1])
    except PartyCodeError:
        return None


def pattern_of(party: PartyId) -> str:
    """Returns the pattern of the paths that `party` may publish.

    A star in TUF stands for one path segment, never for a slash.
    """
    return f"parties/{party}/*"


def path_of(party: PartyId, name: str) -> str:
    """Returns the target path of a file that `party` publishes."""
    return f"parties/{party}/{name}"


def metadata_path(role: str, version: int | None = None) -> str:
    """Returns where a hub serves the metadata of `role`; no version for timestamp."""
    return f"metadata/{role if version is None else f'{version}.{role}'}.json"


def target_path(path: str, digest: str) -> str:
    """Returns where a hub serves the target `path` with the hex SHA-256 `digest`."""
    folder, _, name = path.rpartition("/")
    return f"targets/{folder}/{digest}.{name}"


def is_served(path: str) -> bool:
    """Tells whether `path` can be that of a served file: no other reaches the disk."""
    return _SERVED.fullmatch(path) is not None


def utc(at_ms: int) -> datetime:
    """Returns `at_ms`, in ms since the epoch, as an aware time."""
    return _EPOCH + timedelta(milliseconds=at_ms)


def instant(at_ms: int) -> str:
    """Returns a time as people read it: UTC, to the second."""
    return f"{utc(at_ms):%Y-%m-%d %H:%M:%S}Z"


def expiry_ms(signed: Signed) -> int:
    """Returns when `signed` expires, in ms since the epoch."""
    return (signed.expires - _EPOCH) // timedelta(milliseconds=1)
