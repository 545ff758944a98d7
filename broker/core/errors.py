"""The error tree of the broker and the closed list of refusal codes.

BrokerError                   everything the broker raises on purpose
├── RefusedError              bad input: carries a `Code`, never an effect
├── HandlingError             not a handling label
├── DocumentError             a file that does not fit its kind
├── PolicyError               a policy that cannot be read
├── ProofError                a proof, checkpoint or log that does not hold
├── ConfigurationError        settings or folders that cannot be used
│   └── SignaturesMissingError keys that must sign are kept elsewhere
├── StoreError                the local store cannot take or give
│   ├── StoreFullError        no room left on the disk
│   └── StoreConflictError    another process was faster; nothing was changed
│       └── RepeatedError     the same request was carried out before
├── InterfaceAwayError        the node's own HTTP interface does not answer
└── BusError                  the message bus
    ├── BusUnavailableError   nobody there, or no answer in time
    ├── BusRefusedError       it answered, and said no
    └── AlreadyCommittedError the batch, or part of it, was written before

Sentences for people are in `broker.core.sentences`, by code.
"""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Code(StrEnum):
    """Why something was refused. Stable: never renamed, never reused."""

    MALFORMED = "malformed"
    UNKNOWN_FIELD = "unknown-field"
    NOT_CANONICAL = "not-canonical"
    OVERSIZE = "oversize"
    UNSUPPORTED_SUITE = "unsupported-suite"
    UNKNOWN_KIND = "unknown-kind"
    INVALID_HEADER = "invalid-header"
    INVALID_RECIPIENTS = "invalid-recipients"
    INVALID_HANDLING = "invalid-handling"
    UNKNOWN_PARTY = "unknown-party"
    PARTY_SUSPENDED = "party-suspended"
    UNKNOWN_KEY = "unknown-key"
    KEY_NOT_VALID = "key-not-valid"
    BAD_SIGNATURE = "bad-signature"
    WRONG_CONNECTION = "wrong-connection"
    EXPIRED = "expired"
    FROM_THE_FUTURE = "from-the-future"
    LIFETIME_TOO_LONG = "lifetime-too-long"
    REPLAYED_ID = "replayed-id"
    CIPHERTEXT_MISMATCH = "ciphertext-mismatch"
    WRAP_MISMATCH = "wrap-mismatch"
    NOT_ADDRESSED = "not-addressed"
    CANNOT_OPEN = "cannot-open"
    COMMITMENT_MISMATCH = "commitment-mismatch"
    INVALID_CONTENT = "invalid-content"
    EXPORT_POLICY = "export-policy"
    IMPORT_POLICY = "import-policy"
    RATE_LIMIT = "rate-limit"
    QUOTA = "quota"
    INVALID_RECEIPT = "invalid-receipt"
    REDACTION = "redaction"
    LOOSER_HANDLING = "looser-handling"
    CONSENT_NEEDED = "consent-needed"
    APPROVAL_NEEDED = "approval-needed"
    INVALID_APPROVAL = "invalid-approval"
    DECLINED = "declined"
    INVALID_RECALL = "invalid-recall"
    RECALLED = "recalled"
    ILLEGAL_STEP = "illegal-step"
    INVALID_ATTACHMENT = "invalid-attachment"
    OUTSIDE_OPERATION = "outside-operation"


class BrokerError(Exception):
    """Root of everything that the broker raises on purpose."""


class RefusedError(BrokerError):
    """Bad input. It has no effect but a refusal that is recorded.

    Args:
        code: Why, from the closed list.
        detail: What it was about, in a few words; never content.
    """

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
        self.code = code
        self.detail = detail


class HandlingError(BrokerError):
    """Not a handling label."""


class DocumentError(BrokerError):
    """A file that does not fit its kind.

    Args:
        problems: One for each place: path, value found, what was expected.
    """

    def __init__(self, problems: "list[DocumentProblem]") -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a file that a person wrote.

    Attributes:
        file: Its path, as it was given.
        line: From 1.
        column: From 1, in characters.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """As editors and compilers write it."""
        return f"{self.file}:{self.line}:{self.column}"


class DocumentProblem:
    """One place in a document that does not fit.

    Args:
        path: Where, as "items[0].firearm.calibre".
        value: What was found there, shortened.
        expected: What would have been right.
        position: Where in the file; None when that is not known.
    """

    __slots__ = ("expected", "path", "position", "value")

    def __init__(
        self, path: str, value: str, expected: str, position: Position | None = None
    ) -> None:
        self.path = path
        self.value = value
        self.expected = expected
        self.position = position

    def __str__(self) -> str:
        place = f"{self.position}: " if self.position else ""
        path = self.path or "(document)"
        return f"{place}{path}: found {self.value}, {self.expected}"


class PolicyError(BrokerError):
    """A policy that cannot be read.

    Args:
        problems: One for each place: path, value found, what was expected.
    """

    def __init__(self, problems: list[DocumentProblem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class ProofError(BrokerError):
    """A proof, checkpoint or log that does not hold."""


class ConfigurationError(BrokerError):
    """Settings or folders that cannot be used."""


class SignaturesMissingError(ConfigurationError):
    """Keys that must sign are kept elsewhere; nothing was published."""


class OutOfOrderError(BrokerError):
    """A statement that does not follow from what was stated before; nothing was."""


class StoreError(BrokerError):
    """The local store cannot take or give."""


class StoreFullError(StoreError):
    """No room left on the disk."""


class StoreConflictError(StoreError):
    """Another process was faster; nothing was changed. Look again."""


class RepeatedError(StoreConflictError):
    """The same request was carried out before; nothing was changed."""


class InterfaceAwayError(BrokerError):
    """The node's own HTTP interface does not answer."""


class BusError(BrokerError):
    """The message bus."""


class BusUnavailableError(BusError):
    """Nobody there, or no answer in time."""


class BusRefusedError(BusError):
    """It answered, and said no."""


class AlreadyCommittedError(BusError):
    """The batch, or part of it, was written before."""
