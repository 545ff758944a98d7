"""What a file of evidence says of itself: about what it is, and every member's digest.

Nobody signs it. It makes damage visible; what is proved, the members prove.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.errors import ProofError
from keys.errors import PartyCodeError
from keys.framing import sha256
from keys.identity import PartyId

MANIFEST_NAME: Final = "manifest.json"
FORMAT: Final = "rogatory-evidence/1"
CONTENT: Final = "content"
"""What may be disclosed beside the headers."""
MAX_MESSAGES: Final = 1000  # in one file

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MAX_CASE: Final = 64  # characters
_FIELDS: Final = frozenset(
    {"format", "exported_by", "case", "disclosed", "messages", "members"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a file of evidence is about.

    Attributes:
        exported_by: Who has put it together, by its own word.
        messages: Digests of the messages, 32 bytes each, in the order of sealing.
        case: The case whose messages these are; empty when single ones were asked for.
        disclosed: Whether contents are in it.
    """

    exported_by: PartyId
    messages: tuple[bytes, ...]
    case: str = ""
    disclosed: bool = False


def write_manifest(manifest: Manifest, members: Mapping[str, bytes]) -> bytes:
    """Returns the bytes of a manifest over `members`, which do not hold it."""
    fields = {
        "format": FORMAT,
        "exported_by": manifest.exported_by,
        "case": manifest.case,
        "disclosed": [CONTENT] if manifest.disclosed else [],
        "messages": [digest.hex() for digest in manifest.messages],
        "members": {name: sha256(data).hex() for name, data in members.items()},
    }
    return (json.dumps(fields, indent=1, sort_keys=True) + "\n").encode()


def read_manifest(members: Mapping[str, bytes]) -> Manifest:
    """Reads the manifest among `members`, and checks every other member against it.

    Raises:
        ProofError: There is none, it cannot be read, or a member is not the one that
            it names, is missing, or is not named.
    """
    data = members.get(MANIFEST_NAME)
    if data is None:
        raise ProofError(f"there is no {MANIFEST_NAME}")
    others = {k: v for k, v in members.items() if k != MANIFEST_NAME}
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ProofError(f"{MANIFEST_NAME} cannot be read") from error
    if not isinstance(fields, dict) or fields.keys() != _FIELDS:
        raise ProofError(f"{MANIFEST_NAME} is not that of evidence")
    if fields["format"] != FORMAT:
        raise ProofError(f"evidence of another form: {ascii(fields['format'])[:80]}")
    _check_members(fields["members"], others)
    manifest = _manifest(fields)
    # One manifest, one text: nothing is said between its lines.
    if write_manifest(manifest, others) != data:
        raise ProofError(f"{MANIFEST_NAME} is not in its one form")
    return manifest


def _check_members(named: object, members: Mapping[str, bytes]) -> None:
    if not isinstance(named, dict):
        raise ProofError(f"{MANIFEST_NAME} names no members")
    if missing := sorted(named.keys() - members.keys()):
        raise ProofError(f"{missing[0]!a} is named, and is not there")
    if unnamed := sorted(members.keys() - named.keys()):
        raise ProofError(f"{unnamed[0]} is there, and is not named")
    for name, data in members.items():
        if sha256(data).hex() != named[name]:
            raise ProofError(f"{name} is not what {MANIFEST_NAME} says that it is")


def _manifest(fields: Mapping[str, object]) -> Manifest:
    case, disclosed, messages = fields["case"], fields["disclosed"], fields["messages"]
    try:
        exported_by = PartyId(str(fields["exported_by"]))
    except PartyCodeError as error:
        raise ProofError(f"{MANIFEST_NAME} names no party") from error
    plain = isinstance(case, str) and case.isascii() and case.isprintable()
    if not isinstance(case, str) or not plain or len(case) > _MAX_CASE:
        raise ProofError(f"{MANIFEST_NAME} names no case that there can be")
    if disclosed not in ([], [CONTENT]):
        raise ProofError(f"{MANIFEST_NAME} discloses what is not known")
    return Manifest(
        exported_by=exported_by,
        messages=_digests(messages),
        case=case,
        disclosed=bool(disclosed),
    )


def _digests(named: object) -> tuple[bytes, ...]:
    if not isinstance(named, Sequence) or not 0 < len(named) <= MAX_MESSAGES:
        raise ProofError(f"{MANIFEST_NAME} is about no message, or about too many")
    if any(not isinstance(one, str) or not _DIGEST.fullmatch(one) for one in named):
        raise ProofError(f"{MANIFEST_NAME} names something that is no message")
    if len(set(named)) != len(named):
        raise ProofError(f"{MANIFEST_NAME} names a message twice")
    return tuple(bytes.fromhex(one) for one in named)
