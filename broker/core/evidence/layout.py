"""Where things lie in a file of evidence.

What they must be is left to the modules that check them.
"""

import re
from collections.abc import Collection, Iterable
from typing import Final

from broker.core.audit.tlog_proof import PROOF_SUFFIX
from broker.core.evidence.manifest import MANIFEST_NAME
from keys.directory.roles import is_served

TRUST: Final = "trust/"
"""What the hub served of the directory, under the paths it was served at."""
CHECKPOINT: Final = "log/checkpoint"
"""The one signed note that every proof leads to, with its cosignatures."""
STAMPED: Final = "log/stamped-checkpoint"
"""The signed note that a time-stamp was made of."""
STAMP: Final = "log/stamped-checkpoint.tst"
"""The time-stamp, as its authority gave it (RFC 3161)."""
CONSISTENCY: Final = "log/consistency"
"""That one of the two notes continues the other: hashes in base64, one a line."""

SIGNED_HEADER: Final = "signed-header.pb"
SIGNATURE: Final = "signature"
SALT: Final = "content-salt"
BODY: Final = "content.pb"
RELEASE: Final = "release.pb"
POLICY: Final = "policy.pb"
DECISIONS: Final = "decisions.json"

_MESSAGES: Final = "messages/"
_ALONE: Final = frozenset({MANIFEST_NAME, CHECKPOINT, STAMPED, STAMP, CONSISTENCY})
_PARTS: Final = frozenset(
    {SIGNED_HEADER, SIGNATURE, SALT, BODY, RELEASE, POLICY, DECISIONS}
)
_PLACE: Final = re.compile(r"log/snapshots/[1-9][0-9]{0,9}\.tlog-proof")
_STATED: Final = re.compile(r"receipts/[0-9a-f]{64}\.(?:pb|signature\.pb|tlog-proof)")
_ROOT: Final = re.compile(r"trust/metadata/([1-9][0-9]{0,9})\.root\.json")
_SNAPSHOT: Final = re.compile(r"trust/metadata/([1-9][0-9]{0,9})\.snapshot\.json")
_RECEIPT: Final = re.compile(r"receipts/([0-9a-f]{64})\.pb")


def of_message(digest: bytes, name: str) -> str:
    """Returns the member that holds a part of a message."""
    return f"{_MESSAGES}{digest.hex()}/{name}"


def receipt_names(receipt_digest: bytes) -> tuple[str, str, str]:
    """Returns the parts of a message that a receipt is: it, its proof, its place.

    Args:
        receipt_digest: SHA-256 of the receipt, 32 bytes.
    """
    stem = f"receipts/{receipt_digest.hex()}"
    return f"{stem}.pb", f"{stem}.signature.pb", f"{stem}{PROOF_SUFFIX}"


def receipts_of(digest: bytes, names: Iterable[str]) -> list[bytes]:
    """Returns the digests of a message's receipts, ascending."""
    folder = of_message(digest, "")
    parts = (name.removeprefix(folder) for name in names if name.startswith(folder))
    return sorted(
        bytes.fromhex(hit[1]) for p in parts if (hit := _RECEIPT.fullmatch(p))
    )


def snapshot_place(version: int) -> str:
    """Returns the member that proves a snapshot of the directory to be in the log."""
    return f"log/snapshots/{version}{PROOF_SUFFIX}"


def roots(names: Iterable[str]) -> list[int]:
    """Returns the versions of the roots, ascending."""
    return sorted(int(hit[1]) for name in names if (hit := _ROOT.fullmatch(name)))


def snapshots(names: Iterable[str]) -> list[int]:
    """Returns the versions of the directory's snapshots, ascending."""
    return sorted(int(hit[1]) for name in names if (hit := _SNAPSHOT.fullmatch(name)))


def by_message(names: Iterable[str]) -> dict[str, list[str]]:
    """Returns the members that lie in the folder of each message, by its hex digest."""
    found: dict[str, list[str]] = {}
    for name in names:
        if name.startswith(_MESSAGES):
            folder = name.removeprefix(_MESSAGES).partition("/")[0]
            found.setdefault(folder, []).append(name)
    return found


def is_known(name: str, messages: Collection[str]) -> bool:
    """Tells whether a member can be part of evidence about some messages.

    Args:
        name: Of the member.
        messages: Digests of the messages, in hex; a set, since there may be many.
    """
    if name in _ALONE or _PLACE.fullmatch(name):
        return True
    if name.startswith(TRUST):
        return is_served(name.removeprefix(TRUST))
    folder, _, part = name.removeprefix(_MESSAGES).partition("/")
    return (
        name.startswith(_MESSAGES)
        and folder in messages
        and (part in _PARTS or _STATED.fullmatch(part) is not None)
    )
