"""Makes drawn certificates, holdings and practices keep the rules across their fields.

Drawing them is left to the property tests and to `canaries`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from rogatory.v1 import marking_pb2

Document = dict[str, Any]

_PARTS: Final = [one.name for one in marking_pb2.PartKind.DESCRIPTOR.values[1:]]
_OF_GOODS: Final = ("VERIFICATION_SUBJECT_DELIVERY", "VERIFICATION_SUBJECT_END_USE")


def _without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def _for_the_end_user(document: Document) -> Document:
    if "endUser" not in document:
        return document
    actor = {**document["endUser"], "role": "ACTOR_ROLE_END_USER"}
    return {**document, "endUser": actor}


def _registration(document: Document) -> Document:
    if "certificate" in document:
        certificate = {**document["certificate"], "issuedBy": document["issuedBy"]}
        document = {**document, "certificate": certificate}
    return _for_the_end_user(document)


def _verification(document: Document) -> Document:
    known = document.keys() & {"consignment", "covers"}
    if document["subject"] in _OF_GOODS and not known:
        document = {**document, "subject": "VERIFICATION_SUBJECT_CERTIFICATE"}
    return _for_the_end_user(document)


def _recovery(document: Document) -> Document:
    recovery = {**document["recovery"], "kind": "RECOVERY_KIND_SEIZED"}
    if "people" in document:
        document = {**document, "people": document["people"][:1]}
    return {**document, "recovery": recovery}


def _recovered(item: Document) -> Document:
    pending = {"tracingStatus": "TRACING_STATUS_PENDING"}
    return {**item, **pending} if "tracingStatus" in item else item


def _loss(loss: Document) -> Document:
    if "inventoryOn" not in loss:
        return loss
    return {**loss, "period": {"from": loss["inventoryOn"]}}


def _disposition(document: Document) -> Document:
    if "standard" in document:
        return {**document, "disposition": "DISPOSITION_DEACTIVATED", "parts": _PARTS}
    plain = _without(document, "parts")
    return {**plain, "disposition": "DISPOSITION_DESTROYED"}


SETTLED_RECORDS: Final[Mapping[str, Callable[[Document], Document]]] = MappingProxyType(
    {
        "CertificateRegistration": _registration,
        "VerificationRequest": _verification,
        "VerificationResponse": lambda one: {
            **one,
            "finding": "VERIFICATION_FINDING_CONFIRMED",
        },
        "ReexportNotification": _for_the_end_user,
        "ReexportResponse": lambda one: {**one, "verdict": "REEXPORT_VERDICT_NOTED"},
        "RecoveryRecord": _recovery,
        "RecoveredItem": _recovered,
        "StockLoss": _loss,
        "DispositionRecord": _disposition,
        "ComponentDeclaration": lambda one: {
            **one,
            "component": "PART_KIND_FRAME_RECEIVER",
        },
    }
)
"""By name of the message."""
