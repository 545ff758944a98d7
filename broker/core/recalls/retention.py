"""How long contents are kept: by class of record, within what their providers allow.

The International Tracing Instrument, paragraph 12, has records of manufacture kept for
30 years at least, and all others for 20; what concerns persons or intelligence is kept
for a short time instead. Pure: destroying is left to the store.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from broker.core.onward import GRANT_KIND, REQUEST_KIND
from broker.core.protocol_kinds import (
    ATTESTATION,
    CORRECTION,
    HEARTBEAT,
    OVERDUE_NOTICE,
    RECALL,
    RESEND,
    RESEND_REQUEST,
)
from keys.framing import labelled_digest

_DAY_MS: Final = 86_400_000
_YEAR_DAYS: Final = 366  # a minimum is never cut short by a leap day
_LABEL: Final = b"rogatory/retention-run/1"


class RecordClass(StrEnum):
    """What a content is a record of."""

    RECORD = "record"
    MANUFACTURE = "manufacture"
    PERSONAL = "personal"
    INTELLIGENCE = "intelligence"
    PROTOCOL = "protocol"


MINIMUM_YEARS: Final[Mapping[RecordClass, int]] = MappingProxyType(
    {RecordClass.RECORD: 20, RecordClass.MANUFACTURE: 30}
)
"""How long a class has to be kept at least (ITI-12); others have no minimum."""

CLASSES: Final[Mapping[str, RecordClass]] = MappingProxyType(
    {
        "trace-request/1": RecordClass.RECORD,
        # It carries what the maker's country has on record.
        "trace-response/1": RecordClass.MANUFACTURE,
        "trace-info-request/1": RecordClass.RECORD,
        "trace-clarification/1": RecordClass.RECORD,
        "diversion-alert/1": RecordClass.RECORD,
        "diversion-update/1": RecordClass.RECORD,
        "route-intelligence/1": RecordClass.INTELLIGENCE,
        "contact-card/1": RecordClass.PERSONAL,
        "trace-closing/1": RecordClass.MANUFACTURE,
        "conversion-technique/1": RecordClass.INTELLIGENCE,
        "manufacture-trend/1": RecordClass.INTELLIGENCE,
        "brokering-notice/1": RecordClass.INTELLIGENCE,
        "actor-profile/1": RecordClass.PERSONAL,
        "transfer-notice/1": RecordClass.INTELLIGENCE,
        "financial-lead/1": RecordClass.INTELLIGENCE,
        "case-step/1": RecordClass.RECORD,
        "mitigation-proposal/1": RecordClass.RECORD,
        "mitigation-answer/1": RecordClass.RECORD,
        "action-report/1": RecordClass.RECORD,
        "certificate-registration/1": RecordClass.RECORD,
        "verification-request/1": RecordClass.RECORD,
        "verification-response/1": RecordClass.RECORD,
        "reexport-notification/1": RecordClass.RECORD,
        "reexport-response/1": RecordClass.RECORD,
        "recovery-record/1": RecordClass.RECORD,
        "stock-loss/1": RecordClass.RECORD,
        "disposition-record/1": RecordClass.RECORD,
        "component-declaration/1": RecordClass.RECORD,
        "marking-practice/1": RecordClass.RECORD,
        "practice-note/1": RecordClass.RECORD,
        "prosecution-notice/1": RecordClass.RECORD,
        "assistance-need/1": RecordClass.RECORD,
        "assistance-offer/1": RecordClass.RECORD,
        "assistance-match/1": RecordClass.RECORD,
        "peer-review/1": RecordClass.RECORD,
        "operation/1": RecordClass.RECORD,
        "operation-report/1": RecordClass.RECORD,
        "statistics-return/1": RecordClass.RECORD,
        # They prove on what terms a record was passed on, or taken back.
        REQUEST_KIND: RecordClass.RECORD,
        GRANT_KIND: RecordClass.RECORD,
        RECALL: RecordClass.RECORD,
        CORRECTION: RecordClass.RECORD,
        ATTESTATION: RecordClass.RECORD,
        OVERDUE_NOTICE: RecordClass.RECORD,
        HEARTBEAT: RecordClass.PROTOCOL,
        RESEND_REQUEST: RecordClass.PROTOCOL,
        RESEND: RecordClass.PROTOCOL,
    }
)
"""The class of each kind; an onward copy is of the class of what it passes on."""


def class_of(kind: str) -> RecordClass:
    """Returns the class of a kind; what is not known is kept as a record is."""
    return CLASSES.get(kind, RecordClass.RECORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRules:
    """How long each class is kept at most.

    Attributes:
        days: From sealing on; a class that is missing is kept without limit.

    Raises:
        ValueError: A class would be kept for less than its minimum.
    """

    days: Mapping[RecordClass, int] = field(
        default_factory=lambda: MappingProxyType(
            {
                RecordClass.PERSONAL: 730,
                RecordClass.INTELLIGENCE: 1825,
                RecordClass.PROTOCOL: 400,
            }
        )
    )

    def __post_init__(self) -> None:
        """Refuses limits that the minimum does not allow."""
        for one, years in MINIMUM_YEARS.items():
            if one in self.days and self.days[one] < years * _YEAR_DAYS:
                raise ValueError(f"{one.value}: {years} years are the least")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A content that this node holds, as far as its retention depends on it.

    Attributes:
        kind: What it is; of an onward copy, what that passes on.
        sealed_ms: When it was sealed, in ms since the epoch.
        provider_days: How long its provider lets it be kept; None: not limited.
        own_days: How long our own policy keeps it; None: not limited.
        expires_ms: When the last day is over that the content itself names; None: it
            names none.
        held_by: Which authority demands that it is kept; empty if none does.
        taken: Whether it was taken; what was refused is no record of ours.
    """

    message_digest: bytes
    kind: str
    sealed_ms: int
    provider_days: int | None = None
    own_days: int | None = None
    expires_ms: int | None = None
    held_by: str = ""
    taken: bool = True


DRAFT_RULE: Final = "draft"
"""The rule of a document that was never sent: it lapsed, or was withdrawn."""


class Fate(StrEnum):
    """What retention makes of a content."""

    KEEP = "keep"
    DUE = "due"
    CONFLICT = "conflict"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What retention makes of one content, and by which rule.

    Attributes:
        rule: The limit that ends it first: "provider", "policy", "class" or
            "content"; empty where nothing does.
        due_ms: When that limit is reached, in ms since the epoch; None: never.
        minimum_ms: Until when it has to be kept, likewise; None: no minimum.
    """

    kept: Kept
    record_class: RecordClass
    fate: Fate
    rule: str = ""
    due_ms: int | None = None
    minimum_ms: int | None = None


def judge(kept: Kept, rules: RetentionRules, now_ms: int) -> Judgement:
    """Returns what retention makes of a content now.

    1. The earliest of the limits counts: the provider's, our policy's, the class's,
    and the day that the content itself names.
    2. What has to be kept, by law or by somebody's order, is not due. 3. Where a limit
    is reached and the minimum is not, nothing is decided: people are told of it.
    """
    record_class = class_of(kept.kind) if kept.taken else RecordClass.PROTOCOL
    years = MINIMUM_YEARS.get(record_class)
    minimum_ms = None if years is None else kept.sealed_ms + years * _days(_YEAR_DAYS)
    # 1.
    limits = [
        (kept.sealed_ms + _days(days), rule)
        for rule, days in (
            ("provider", kept.provider_days),
            ("policy", kept.own_days),
            ("class", rules.days.get(record_class)),
        )
        if days is not None
    ]
    if kept.expires_ms is not None:
        limits.append((kept.expires_ms, "content"))
    due_ms, rule = min(limits, default=(None, ""))
    return Judgement(
        kept=kept,
        record_class=record_class,
        fate=_fate(kept, due_ms, minimum_ms, now_ms),
        rule=rule,
        due_ms=due_ms,
        minimum_ms=minimum_ms,
    )


def _fate(kept: Kept, due_ms: int | None, minimum_ms: int | None, now_ms: int) -> Fate:
    if due_ms is None or now_ms < due_ms:
        return Fate.KEEP
    # 2.
    if kept.held_by:
        return Fate.HELD
    # 3.
    if minimum_ms is not None and now_ms < minimum_ms:
        return Fate.CONFLICT
    return Fate.DUE


def run_digest(due: Iterable[tuple[bytes, str]]) -> bytes:
    """Returns the name of a run: what it destroys, and by which rules; 32 bytes.

    The order matters to nothing.

    Args:
        due: For each content the message's digest, or a draft's number, and the rule.
    """
    pairs = sorted((name, rule.encode()) for name, rule in due)
    return labelled_digest(_LABEL, *(part for pair in pairs for part in pair))


def _days(days: int) -> int:
    return days * _DAY_MS
