"""The registers of a node: certificates, holdings and practices, from what it may read.

They are made anew whenever somebody looks: what was recalled or destroyed is in none,
and nothing of any content is stored a second time. What follows from them is left to
`broker.core.registers`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from broker.app.contents import Content, contents
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.codec.documents import read_document
from broker.core.codec.kinds import parse_kind
from broker.core.codec.permission import read_copy
from broker.core.registers import (
    certificates as certificate_register,
    losses as loss_register,
    practices as practice_register,
    recoveries as recovery_register,
    reexports as reexport_register,
    uses as use_register,
    verifications as verification_register,
)
from broker.core.registers.certificates import Registration, registrations
from broker.core.registers.double_use import Lead, leads
from broker.core.registers.losses import Loss, losses
from broker.core.registers.practices import Practices, practices
from broker.core.registers.recoveries import Recovery, recoveries
from broker.core.registers.reexports import Reexport, reexports
from broker.core.registers.statement import STEP, Statement
from broker.core.registers.uses import Certificate, certificates, uses
from broker.core.registers.verifications import verifications

_COPY: Final = "onward-copy"
_OF_CERTIFICATES: Final = frozenset(
    {
        certificate_register.REGISTRATION,
        verification_register.REQUEST,
        verification_register.RESPONSE,
        *use_register.USING_KINDS,
        STEP,
    }
)
_OF_RECOVERIES: Final = frozenset(
    {recovery_register.RECOVERY, recovery_register.DISPOSITION, STEP}
)
_OF_LOSSES: Final = _OF_RECOVERIES | {loss_register.LOSS}
_OF_PRACTICES: Final = frozenset(
    {practice_register.COMPONENT, practice_register.MARKING, STEP}
)
_OF_REEXPORTS: Final = frozenset(
    {reexport_register.NOTIFICATION, reexport_register.RESPONSE, STEP}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRegister:
    """All that a node knows of certificates.

    Attributes:
        registrations: Oldest first, those of specimens included.
        certificates: Each with its registrations, verifications and uses.
        leads: Those that may have been used twice.
    """

    registrations: tuple[Registration, ...]
    certificates: tuple[Certificate, ...]
    leads: tuple[Lead, ...]


def statements(
    node: Node, keys: NodeKeys, kinds: Collection[str]
) -> tuple[Statement, ...]:
    """Returns what anybody has stated by messages of some kinds, oldest first.

    What was passed on counts as its author's, with who passed it on; where the
    author's own message is here as well, that one counts.

    Args:
        node: The node.
        keys: Its keys.
        kinds: Without version.

    Raises:
        StoreError: The store cannot be read.
        ContentError: A content was protected under another key.
    """
    found: dict[bytes, Statement] = {}
    for content in contents(node, keys, {*kinds, _COPY}):
        for one in _stated(content, kinds):
            if one.digest not in found or not one.via:
                found[one.digest] = one
    return tuple(sorted(found.values(), key=lambda one: one.order))


def certificates_known(node: Node, keys: NodeKeys) -> CertificateRegister:
    """Returns the register of certificates.

    Raises:
        StoreError: The store cannot be read.
        ContentError: A content was protected under another key.
    """
    stated = statements(node, keys, _OF_CERTIFICATES)
    registered = registrations(stated)
    known = certificates(registered, verifications(stated), uses(stated))
    return CertificateRegister(
        registrations=registered, certificates=known, leads=leads(known)
    )


def recoveries_known(node: Node, keys: NodeKeys) -> tuple[Recovery, ...]:
    """Returns the register of recoveries; raises as `certificates_known` does."""
    return recoveries(statements(node, keys, _OF_RECOVERIES))


def losses_known(node: Node, keys: NodeKeys) -> tuple[Loss, ...]:
    """Returns the register of losses; raises as `certificates_known` does."""
    return losses(statements(node, keys, _OF_LOSSES))


def practices_known(node: Node, keys: NodeKeys) -> Practices:
    """Returns what States publish; raises as `certificates_known` does."""
    return practices(statements(node, keys, _OF_PRACTICES))


def reexports_known(node: Node, keys: NodeKeys) -> tuple[Reexport, ...]:
    """Returns the notices of re-export; raises as `certificates_known` does."""
    return reexports(statements(node, keys, _OF_REEXPORTS))


def _stated(content: Content, kinds: Collection[str]) -> Iterator[Statement]:
    header = content.header
    name = parse_kind(header.kind).name
    if name != _COPY:
        yield Statement(
            kind=name,
            digest=content.message_digest,
            by=header.origin,
            to=header.parties,
            at_ms=content.at_ms,
            in_reply_to=header.in_reply_to,
            fields=content.document,
        )
        return
    copy = read_copy(content.body)
    kind = parse_kind(copy.kind)
    if kind.name in kinds:
        yield Statement(
            kind=kind.name,
            digest=copy.message_digest,
            by=copy.provider,
            to=header.parties,
            at_ms=content.at_ms,
            via=header.origin,
            fields=read_document(kind, copy.body),
        )
