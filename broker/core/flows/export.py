"""What the origin's node decides before sealing: who may get how much of a document.

Pure. Each recipient is asked about in `broker.core.flows.recipient`; sealing is left to
`broker.core.envelope`, storing to the node service, collecting approvals to
`broker.core.approvals`.
"""

from dataclasses import dataclass

from broker.core.approvals import release_digest
from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass
from broker.core.flows.recipient import (
    Circumstances,
    Desk,
    Release,
    Version,
    Withheld,
)
from broker.core.handling import Handling
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.decision import Approval, Question
from broker.core.releases import Release as PlannedRelease, ReleaseParcel
from keys.framing import sha256
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message to be: the recipients who get the same, in the same way.

    Attributes:
        releases: The recipients, ascending; never empty.
        body: The content as they get it.
        handling: As they get it, with what the origin's policy binds them to.
        withheld: Classes of fields that were blurred or dropped in `body`.
        approvals: What is needed before it leaves.
    """

    releases: tuple[Release, ...]
    body: bytes
    handling: Handling
    withheld: frozenset[FieldClass]
    approvals: tuple[Approval, ...]

    @property
    def parties(self) -> tuple[PartyId, ...]:
        """The recipients' codes, ascending."""
        return tuple(release.party for release in self.releases)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """Who would get what, who not and why not, before anything is sealed.

    Attributes:
        asked: What the origin's policy was asked, about its first recipient; the
            others differ in the recipient alone.
        parcels: In order of their first recipients; each party is in one at most.
        withheld: Those who get nothing, ascending.
        release: What officers approve: all that leaves, and to whom.
        digest: Of `release`, 32 bytes. It depends on no key and on no clock, and so
            stays the same while approvals are collected.
    """

    asked: Question
    parcels: tuple[Parcel, ...]
    withheld: tuple[Withheld, ...]
    release: PlannedRelease
    digest: bytes

    @property
    def releases(self) -> tuple[Release, ...]:
        """Everybody who gets anything, ascending."""
        everybody = (one for parcel in self.parcels for one in parcel.releases)
        return tuple(sorted(everybody, key=lambda one: one.party))


_Group = tuple[bytes, Handling, frozenset[FieldClass], tuple[Approval, ...]]


def plan_export(
    origin: PartyId,
    document: OutgoingDocument,
    circumstances: Circumstances,
    *,
    policy_digest: bytes,
) -> ExportPlan:
    """Asks the origin's policy, then each recipient's, about one document.

    Recipients' policies are published; asking them here tells the sender at once what
    would be refused.

    Args:
        origin: Who sends it.
        document: What, and to whom; of a form that its kind knows.
        circumstances: What the answers depend on besides.
        policy_digest: SHA-256 of the origin's policy; empty if it has none.

    Raises:
        RefusedError: Nobody is named, or the document itself cannot be read.
    """
    if not document.recipients:
        raise RefusedError(Code.INVALID_RECIPIENTS, "nobody is named")
    desk = Desk(origin, document, circumstances)
    groups: dict[_Group, list[Release]] = {}
    withheld: list[Withheld] = []
    parties = sorted(set(document.recipients))
    for party in parties:
        match desk.ask(party):
            case Withheld() as kept_back:
                withheld.append(kept_back)
            case (version, release):
                group = _group(version, release)
                groups.setdefault(group, []).append(release)
    # A group is made when its first recipient is met, and these come ascending.
    parcels = tuple(
        Parcel(
            releases=tuple(releases),
            body=body,
            handling=handling,
            withheld=classes,
            approvals=approvals,
        )
        for (body, handling, classes, approvals), releases in groups.items()
    )
    planned = PlannedRelease(
        origin=origin,
        kind=document.kind,
        policy_digest=policy_digest,
        parcels=tuple(map(_to_approve, parcels)),
        case_reference=document.case_reference,
        in_reply_to=document.in_reply_to,
    )
    return ExportPlan(
        asked=desk.question(parties[0], desk.whole),
        parcels=parcels,
        withheld=tuple(withheld),
        release=planned,
        digest=release_digest(planned),
    )


def _group(version: Version, release: Release) -> _Group:
    approvals = release.decision.terms.approvals
    return version.body, version.handling, version.withheld, approvals


def _to_approve(parcel: Parcel) -> ReleaseParcel:
    return ReleaseParcel(
        recipients=parcel.parties,
        body_digest=sha256(parcel.body),
        handling=parcel.handling,
        withheld=tuple(sorted(parcel.withheld)),
        approvals=parcel.approvals,
    )
