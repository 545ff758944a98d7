"""What certificates, holdings and practices demand of several fields together.

Going through a document is left to `broker.core.codec.rules`. A rule passes over what
is not of the right shape: the schema reports that.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from broker.core.codec.problems import NOTHING, child, shown
from broker.core.codec.walk import Part
from broker.core.errors import DocumentProblem

_EXPLAINED_FINDINGS: Final = frozenset(
    {
        "VERIFICATION_FINDING_CONFIRMED_IN_PART",
        "VERIFICATION_FINDING_MISUSED",
    }
)
_EXPLAINED_VERDICTS: Final = frozenset(
    {"REEXPORT_VERDICT_CONDITIONS", "REEXPORT_VERDICT_OBJECTED"}
)
_NOTHING_KNOWN: Final = frozenset(
    {
        "VERIFICATION_FINDING_UNKNOWN",
        "VERIFICATION_FINDING_UNDER_EXAMINATION",
    }
)
_FOR_GOOD: Final = frozenset(
    {
        "DISPOSITION_DESTROYED",
        "DISPOSITION_DEACTIVATED",
        "DISPOSITION_RETURNED",
        "DISPOSITION_OFFICIAL_USE",
        "DISPOSITION_COLLECTION",
    }
)
_FRAME: Final = "PART_KIND_FRAME_RECEIVER"
_BARREL: Final = "PART_KIND_BARREL"
_BREECH: Final = frozenset({"PART_KIND_BOLT", "PART_KIND_SLIDE", "PART_KIND_CYLINDER"})
_BREECH_OF: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "FIREARM_TYPE_PISTOL": frozenset({"PART_KIND_SLIDE", "PART_KIND_BOLT"}),
        "FIREARM_TYPE_REVOLVER": frozenset({"PART_KIND_CYLINDER"}),
    }
)
"""What closes the breech, where the type says it; elsewhere any of `_BREECH`."""
_NOT_STRUCTURAL: Final = frozenset(
    {
        "PART_KIND_MAGAZINE",
        "PART_KIND_SUPPRESSOR",
        "PART_KIND_CONVERSION_KIT",
    }
)
_TRACED: Final = frozenset(
    {
        "TRACING_STATUS_TRACED",
        "TRACING_STATUS_INSUFFICIENT_INFO",
        "TRACING_STATUS_NOT_TRACEABLE",
    }
)


def _missing(part: Part, name: str, expected: str) -> DocumentProblem:
    return DocumentProblem(child(part.path, name), NOTHING, f"expected {expected}")


def _unwanted(part: Part, name: str, expected: str) -> DocumentProblem:
    value = shown(part.fields[name])
    return DocumentProblem(child(part.path, name), value, f"expected {expected}")


def _word(part: Part, name: str) -> str:
    """Returns a word of a closed list; empty for what is none."""
    value = part.fields.get(name)
    return value if isinstance(value, str) else ""


def _certificate_registration(part: Part) -> Iterator[DocumentProblem]:
    """All of it has one issuer."""
    certificate = part.fields.get("certificate")
    if isinstance(certificate, Mapping):
        issuer = certificate.get("issuedBy", part.fields.get("issuedBy"))
        if issuer != part.fields.get("issuedBy"):
            yield DocumentProblem(
                child(child(part.path, "certificate"), "issuedBy"),
                shown(issuer),
                f"expected the country of the registration, "
                f"{shown(part.fields.get('issuedBy'))}",
            )
    yield from _end_user(part)


def _verification_request(part: Part) -> Iterator[DocumentProblem]:
    """Whether goods arrived, or are still there, can be asked of known goods only."""
    of_goods = _word(part, "subject") in {
        "VERIFICATION_SUBJECT_DELIVERY",
        "VERIFICATION_SUBJECT_END_USE",
    }
    if of_goods and not part.fields.keys() & {"consignment", "covers"}:
        yield _missing(
            part, "consignment", f"it, or covers, with {part.fields['subject']}"
        )
    yield from _end_user(part)


def _verification_response(part: Part) -> Iterator[DocumentProblem]:
    """A finding that is not plain says what it means; none counts what is unknown."""
    finding = _word(part, "finding")
    if finding in _EXPLAINED_FINDINGS and "detail" not in part.fields:
        yield _missing(part, "detail", f"what is true instead, with {finding}")
    if "delivered" in part.fields and finding in _NOTHING_KNOWN:
        yield _unwanted(part, "delivered", f"none with {finding}")


def _reexport_notification(part: Part) -> Iterator[DocumentProblem]:
    yield from _end_user(part)


def _reexport_response(part: Part) -> Iterator[DocumentProblem]:
    """Conditions that nobody knows cannot be kept, nor can reasons be answered."""
    verdict = _word(part, "verdict")
    if verdict in _EXPLAINED_VERDICTS and "detail" not in part.fields:
        yield _missing(part, "detail", f"the conditions or the reason, with {verdict}")


def _end_user(part: Part) -> Iterator[DocumentProblem]:
    actor = part.fields.get("endUser")
    if isinstance(actor, Mapping):
        role = actor.get("role")
        if role != "ACTOR_ROLE_END_USER":
            yield DocumentProblem(
                child(child(part.path, "endUser"), "role"),
                shown(role),
                "expected ACTOR_ROLE_END_USER",
            )


def _recovery_record(part: Part) -> Iterator[DocumentProblem]:
    """Only what was seized was seized for an offence; people are counted once."""
    recovery = part.fields.get("recovery")
    kind = recovery.get("kind") if isinstance(recovery, Mapping) else None
    if "seizureGround" in part.fields and kind != "RECOVERY_KIND_SEIZED":
        yield _unwanted(part, "seizureGround", "it with RECOVERY_KIND_SEIZED only")
    people = part.fields.get("people")
    counted = [
        tuple(str(one.get(name)) for name in ("role", "sex", "ageBand"))
        for one in (people if isinstance(people, list) else [])
        if isinstance(one, Mapping)
    ]
    if len(set(counted)) < len(counted):
        yield _unwanted(part, "people", "each role, sex and age only once")


def _recovered_item(part: Part) -> Iterator[DocumentProblem]:
    """What tracing has come to agrees with whether it was traced."""
    traced, status = _word(part, "traced"), _word(part, "tracingStatus")
    if status in _TRACED and traced != "CHECK_ANSWER_YES":
        yield _unwanted(
            part, "tracingStatus", f"another one, or CHECK_ANSWER_YES, with {traced}"
        )
    if status == "TRACING_STATUS_NOT_ATTEMPTED" and traced == "CHECK_ANSWER_YES":
        yield _unwanted(part, "tracingStatus", f"another one with {traced}")


def _stock_loss(part: Part) -> Iterator[DocumentProblem]:
    """No inventory shows what is lost only later."""
    seen, period = part.fields.get("inventoryOn"), part.fields.get("period")
    first = period.get("from") if isinstance(period, Mapping) else None
    if isinstance(seen, str) and isinstance(first, str) and seen[: len(first)] < first:
        yield _unwanted(part, "inventoryOn", f"no day before {first}")


def _disposition_record(part: Part) -> Iterator[DocumentProblem]:
    """It certifies what is final; deactivation makes all essential parts inoperable."""
    disposition = _word(part, "disposition")
    if disposition and disposition not in _FOR_GOOD:
        yield _unwanted(
            part, "disposition", f"what is final: {', '.join(sorted(_FOR_GOOD))}"
        )
    if disposition == "DISPOSITION_DEACTIVATED":
        yield from _deactivation(part)
        return
    for name in ("standard", "parts"):
        if name in part.fields:
            yield _unwanted(part, name, "it with DISPOSITION_DEACTIVATED only")


def _deactivation(part: Part) -> Iterator[DocumentProblem]:
    if "standard" not in part.fields:
        yield _missing(part, "standard", "the standard that was followed")
    parts = part.fields.get("parts")
    done = frozenset(map(str, parts if isinstance(parts, list) else ()))
    items = part.fields.get("items")
    lacking: set[str] = set()
    for item in items if isinstance(items, list) else []:
        if isinstance(item, Mapping):
            lacking.update(_lacking(item, done))
    if lacking:
        place = child(part.path, "parts")
        value = shown(parts) if parts else NOTHING
        listed = ", ".join(sorted(lacking))
        yield DocumentProblem(
            place, value, f"expected every essential part; lacking: {listed}"
        )


def _lacking(item: Mapping[str, object], done: frozenset[str]) -> Iterator[str]:
    """Yields the essential parts of an item that were not made inoperable."""
    detail = item.get("part")
    if isinstance(detail, Mapping):
        yield from {str(detail.get("kind"))} - done
        return
    if str(item.get("itemClass")) in {"ITEM_CLASS_AMMUNITION", "ITEM_CLASS_ACCESSORY"}:
        return  # has none
    firearm = item.get("firearm")
    sort = str(firearm.get("type")) if isinstance(firearm, Mapping) else ""
    yield from sorted({_FRAME, _BARREL} - done)
    breech = _BREECH_OF.get(sort, _BREECH)
    if not breech & done:
        yield " or ".join(sorted(breech))


def _component_declaration(part: Part) -> Iterator[DocumentProblem]:
    """Whoever destroys the component destroys the weapon: no accessory will do."""
    if _word(part, "component") in _NOT_STRUCTURAL:
        yield _unwanted(
            part, "component", "an essential or structural part of the weapon"
        )


RULES: Final[Mapping[str, Callable[[Part], Iterator[DocumentProblem]]]] = (
    MappingProxyType(
        {
            "CertificateRegistration": _certificate_registration,
            "VerificationRequest": _verification_request,
            "VerificationResponse": _verification_response,
            "ReexportNotification": _reexport_notification,
            "ReexportResponse": _reexport_response,
            "RecoveryRecord": _recovery_record,
            "RecoveredItem": _recovered_item,
            "StockLoss": _stock_loss,
            "DispositionRecord": _disposition_record,
            "ComponentDeclaration": _component_declaration,
        }
    )
)
"""By name of the message."""
