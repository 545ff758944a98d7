"""The closed list of what a message can be.

What a content must say is left to `broker.core.codec.documents`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, cast

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from broker.core.errors import Code, RefusedError
from broker.core.protocol_kinds import PROTOCOL_KINDS
from rogatory.v1 import (
    assistance_pb2,
    case_pb2,
    certificate_pb2,
    contact_card_pb2,
    diversion_pb2,
    holding_pb2,
    link_pb2,
    mitigation_pb2,
    notice_pb2,
    operation_pb2,
    permission_pb2,
    practice_pb2,
    recall_pb2,
    route_pb2,
    statistics_pb2,
    trace_pb2,
    trace_response_pb2,
)

_SHOWN_LENGTH = 40  # characters of an unknown kind that a refusal repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of content, in one version.

    Args:
        name: Name without version, as policies use it: "trace-request".
        version: Counts from 1; a content that means something else gets a new one.
        message: Class of the protobuf message that holds the content.
    """

    name: str
    version: int
    message: type[Message]

    @property
    def descriptor(self) -> Descriptor:
        """The descriptor of the message."""
        return cast("Descriptor", self.message.DESCRIPTOR)

    @property
    def text(self) -> str:
        """The form that headers carry: "trace-request/1"."""
        return f"{self.name}/{self.version}"


_REGISTERED: Final = (
    Kind(name="trace-request", version=1, message=trace_pb2.TraceRequest),
    Kind(name="trace-response", version=1, message=trace_response_pb2.TraceResponse),
    Kind(name="trace-info-request", version=1, message=trace_pb2.TraceInfoRequest),
    Kind(name="trace-clarification", version=1, message=trace_pb2.TraceClarification),
    Kind(name="diversion-alert", version=1, message=diversion_pb2.DiversionAlert),
    Kind(name="diversion-update", version=1, message=diversion_pb2.DiversionUpdate),
    Kind(name="route-intelligence", version=1, message=route_pb2.RouteIntelligence),
    Kind(name="contact-card", version=1, message=contact_card_pb2.ContactCard),
    Kind(
        name="permission-request",
        version=1,
        message=permission_pb2.PermissionRequest,
    ),
    Kind(name="permission-grant", version=1, message=permission_pb2.PermissionGrant),
    Kind(name="onward-copy", version=1, message=permission_pb2.OnwardCopy),
    Kind(name="case-step", version=1, message=case_pb2.CaseStep),
    Kind(name="trace-closing", version=1, message=case_pb2.TraceClosing),
    Kind(
        name="mitigation-proposal", version=1, message=mitigation_pb2.MitigationProposal
    ),
    Kind(name="mitigation-answer", version=1, message=mitigation_pb2.MitigationAnswer),
    Kind(name="action-report", version=1, message=mitigation_pb2.ActionReport),
    Kind(
        name="certificate-registration",
        version=1,
        message=certificate_pb2.CertificateRegistration,
    ),
    Kind(
        name="verification-request",
        version=1,
        message=certificate_pb2.VerificationRequest,
    ),
    Kind(
        name="verification-response",
        version=1,
        message=certificate_pb2.VerificationResponse,
    ),
    Kind(
        name="reexport-notification",
        version=1,
        message=certificate_pb2.ReexportNotification,
    ),
    Kind(name="reexport-response", version=1, message=certificate_pb2.ReexportResponse),
    Kind(name="recovery-record", version=1, message=holding_pb2.RecoveryRecord),
    Kind(name="stock-loss", version=1, message=holding_pb2.StockLoss),
    Kind(name="disposition-record", version=1, message=holding_pb2.DispositionRecord),
    Kind(
        name="component-declaration",
        version=1,
        message=practice_pb2.ComponentDeclaration,
    ),
    Kind(name="marking-practice", version=1, message=practice_pb2.MarkingPractice),
    Kind(
        name="conversion-technique", version=1, message=practice_pb2.ConversionTechnique
    ),
    Kind(name="manufacture-trend", version=1, message=practice_pb2.ManufactureTrend),
    Kind(name="practice-note", version=1, message=practice_pb2.PracticeNote),
    Kind(name="prosecution-notice", version=1, message=notice_pb2.ProsecutionNotice),
    Kind(name="brokering-notice", version=1, message=notice_pb2.BrokeringNotice),
    Kind(name="actor-profile", version=1, message=notice_pb2.ActorProfile),
    Kind(name="transfer-notice", version=1, message=notice_pb2.TransferNotice),
    Kind(name="financial-lead", version=1, message=notice_pb2.FinancialLead),
    Kind(name="assistance-need", version=1, message=assistance_pb2.AssistanceNeed),
    Kind(name="assistance-offer", version=1, message=assistance_pb2.AssistanceOffer),
    Kind(name="assistance-match", version=1, message=assistance_pb2.AssistanceMatch),
    Kind(name="peer-review", version=1, message=assistance_pb2.PeerReview),
    Kind(name="operation", version=1, message=operation_pb2.Operation),
    Kind(name="operation-report", version=1, message=operation_pb2.OperationReport),
    Kind(name="statistics-return", version=1, message=statistics_pb2.StatisticsReturn),
    Kind(name="heartbeat", version=1, message=link_pb2.Heartbeat),
    Kind(name="resend-request", version=1, message=link_pb2.ResendRequest),
    Kind(name="resend", version=1, message=link_pb2.Resend),
    Kind(name="recall", version=1, message=recall_pb2.Recall),
    Kind(name="correction", version=1, message=recall_pb2.CorrectionNotice),
    Kind(name="attestation", version=1, message=recall_pb2.Attestation),
    Kind(name="overdue-notice", version=1, message=case_pb2.OverdueNotice),
)

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {kind.text: kind for kind in _REGISTERED}
)
"""Every kind by the form that headers carry."""

CONTENT_KINDS: Final = tuple(text for text in KINDS if text not in PROTOCOL_KINDS)
"""Those that people write and policies decide about, as headers carry them."""

KIND_NAMES: Final = tuple(dict.fromkeys(KINDS[text].name for text in CONTENT_KINDS))
"""Each of those without version, as policies name it."""


def parse_kind(text: str) -> Kind:
    """Reads a kind such as "trace-request/1".

    Raises:
        RefusedError: UNKNOWN_KIND.
    """
    kind = KINDS.get(text)
    if kind is None:
        raise RefusedError(Code.UNKNOWN_KIND, ascii(text[:_SHOWN_LENGTH]))
    return kind


def short_name(text: str) -> str:
    """Returns "trace-request" for "trace-request/1".

    Raises:
        RefusedError: UNKNOWN_KIND.
    """
    return parse_kind(text).name
