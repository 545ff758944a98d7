"""The closed vocabulary of policy files: every key and every word that they may use.

Reading them is left to `broker.core.policy.parse`, and what the published JSON Schema
makes of them to `broker.core.policy.schema`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.handling import Europol, Pap, Tlp
from broker.core.policy.facts import AdmiraltySource, EuropolSource

KINDS: Final = (
    "trace-request",
    "trace-response",
    "trace-info-request",
    "trace-clarification",
    "diversion-alert",
    "diversion-update",
    "route-intelligence",
    "contact-card",
    "permission-request",
    "permission-grant",
    "onward-copy",
    "case-step",
    "trace-closing",
    "mitigation-proposal",
    "mitigation-answer",
    "action-report",
    "certificate-registration",
    "verification-request",
    "verification-response",
    "reexport-notification",
    "reexport-response",
    "recovery-record",
    "stock-loss",
    "disposition-record",
    "component-declaration",
    "marking-practice",
    "conversion-technique",
    "manufacture-trend",
    "practice-note",
    "prosecution-notice",
    "brokering-notice",
    "actor-profile",
    "transfer-notice",
    "financial-lead",
    "assistance-need",
    "assistance-offer",
    "assistance-match",
    "peer-review",
    "operation",
    "operation-report",
    "statistics-return",
)
"""Kinds that a policy may name, without version."""

ABOUT_PERSONS: Final = ("actor-profile", "brokering-notice")
"""Those that are about somebody as a whole: they are shared when they are named."""

POLICY_KEYS: Final = (
    "party",
    "valid",
    "officers",
    "groups",
    "export",
    "import",
)
"""Keys of a policy, in the order in which they are written."""

SUBJECT_KEYS: Final = ("parties", "groups")
VALIDITY_KEYS: Final = ("from", "until")
FLOOR_KEYS: Final = ("admiralty", "europol")
APPROVAL_KEYS: Final = ("officers", "needed")

_BOTH_BEFORE: Final = ("id", "permit", "deny")
_BOTH_AFTER: Final = (
    "except",
    "up-to",
    "starting-at",
    "items",
    "purposes",
    "source-at-least",
    "recovered-in",
    "manufactured-in",
    "involves",
    "embargo",
    "no-older-than",
    "older-than",
)

RULE_KEYS: Final = MappingProxyType(
    {
        "export": (
            *_BOTH_BEFORE,
            "to",
            *_BOTH_AFTER,
            "fields",
            "retention",
            "onward",
            "approval",
            "valid",
            "because",
        ),
        "import": (
            *_BOTH_BEFORE,
            "from",
            *_BOTH_AFTER,
            "retention",
            "onward",
            "route",
            "quarantine",
            "valid",
            "because",
        ),
    }
)
"""Keys of a rule by side, in the order in which they are written."""

SUBJECT_KEY: Final = MappingProxyType({"export": "to", "import": "from"})
"""What names the other party, by side."""

_TERM: Final = "only a permit binds to anything; a rule that denies just denies"

ONLY_PERMITS: Final = MappingProxyType(
    {
        "up-to": ("only a permit ends at a label; a rule that denies says starting-at"),
        "source-at-least": (
            "only a permit asks for a source; what it does not cover is denied anyway"
        ),
        "no-older-than": (
            "only a permit ends at an age; a rule that denies says older-than"
        ),
        "fields": _TERM,
        "retention": _TERM,
        "onward": _TERM,
        "approval": _TERM,
        "route": _TERM,
        "quarantine": _TERM,
    }
)
"""Keys that a rule which denies does not have, and why."""

ONLY_DENIALS: Final = MappingProxyType(
    {
        "starting-at": (
            "only a rule that denies starts at a label; a permit says up-to"
        ),
        "older-than": (
            "only a rule that denies starts at an age; a permit says no-older-than"
        ),
    }
)
"""Keys that a permit does not have, and why."""

ONLY_EXPORTS: Final = MappingProxyType(
    {
        "fields": "only export rules treat fields: what arrives stays as it is signed",
        "approval": "only export rules ask officers; an import rule says quarantine",
    }
)
"""Keys that an import rule does not have, and why."""

ONLY_IMPORTS: Final = MappingProxyType(
    {
        "route": "only import rules route: the recipient decides who gets it",
        "quarantine": "only import rules quarantine; an export rule says approval",
    }
)
"""Keys that an export rule does not have, and why."""

EVERYONE: Final = "everyone"
EVERY_KIND: Final = "every-kind"
EVERY_ITEM: Final = "every-item"
THEIRS: Final = "theirs"
ONWARD: Final = MappingProxyType({"within-handling": False, "with-consent": True})
"""Words for passing on, and whether each needs the provider's consent."""

ADMIRALTY_FLOORS: Final = tuple(
    grade.name for grade in AdmiraltySource if grade is not AdmiraltySource.F
)
EUROPOL_FLOORS: Final = tuple(
    grade.name for grade in EuropolSource if grade is not EuropolSource.X
)
LABELS: Final = tuple(tlp.label for tlp in Tlp)
CODES: Final = tuple(code.name for code in Europol if code is not Europol.H0)
PAP_LABELS: Final = tuple(f"PAP:{pap.name}" for pap in Pap)

DAYS_IN: Final = MappingProxyType({"d": 1, "w": 7, "y": 365})
"""Units of a span of time, and how many days each has."""
KEY_FORMS: Final = MappingProxyType({"ed25519": 32, "p256": 65})
"""Forms of an officer's public key, and how many bytes each has."""
UNCOMPRESSED: Final = 4  # first byte of a P-256 point written out (SEC 1, 2.3.3)

NAME_PATTERN: Final = "[a-z0-9]+(?:-[a-z0-9]+)*"
SPAN_PATTERN: Final = "([1-9][0-9]{0,4})([dwy])"
COUNTRY_PATTERN: Final = "[A-Z]{3}"

NAME_MAX: Final = 64  # characters of any name: rule, group, officer, kind, route
BECAUSE_MAX: Final = 300  # characters; a receipt's detail has to hold it
RULES_MAX: Final = 500  # rules in one direction
GROUPS_MAX: Final = 100  # groups, defined or named by a rule
OFFICERS_MAX: Final = 50  # officers, defined or named by a rule
PARTIES_MAX: Final = 400  # parties in one list
COUNTRIES_MAX: Final = 400  # countries in one condition
KINDS_MAX: Final = 100  # kinds in one rule
ROUTES_MAX: Final = 50  # desks and adapters in one rule
DAYS_MAX: Final = 36_500  # days of an age or a retention: 100 years
