"""The error tree of `keys`.

KeysError
├── PartyCodeError            not the form of a party code
├── SignatureError            a signature, or half of one, does not verify
├── KeyFormatError            bytes that are not a key of the expected kind
├── CertificateError          a TLS certificate that cannot be read, made or used
├── TimestampError            a time-stamp that proves nothing
├── FramingError              bytes that are not a framed list
├── SealError
│   ├── UnwrapError           the wrap does not open with this key
│   ├── ContentError          the content does not open, or is not well formed
│   └── CommitmentError       the content is not what the origin committed to
├── KeystoreError
│   ├── KeystorePermissionError  others could read the file
│   ├── KeystoreUnlockError      wrong passphrase, or a changed file
│   └── KeystoreFormatError      not a keystore
├── TokenError                a hardware token does not do what was asked
│   ├── TokenUriError         not a pkcs11: URI, or one that is not taken
│   ├── TokenNotFoundError    no library, no such token, or several that fit
│   ├── TokenPinError         a wrong PIN, or one that must not be tried again
│   ├── TokenKeyNotFoundError the token does not hold this key
│   └── TokenKeyExistsError   the token holds a key of this name already
└── DirectoryError
    ├── UnknownPartyError     no such party in the directory
    ├── PartySuspendedError   the stewards suspended the party
    ├── UnknownKeyError       the party never published this key
    ├── KeyNotValidError      published, but not valid at that time
    ├── RecordError           not a record, or not in its one serialised form
    ├── SubmissionError       the registrar refuses what a party handed in
    ├── CeremonyError         a ceremony that cannot be carried out as asked
    ├── DirectoryStorageError the hub's repository cannot be read or written
    ├── RefreshError          metadata that does not verify, or has expired
    ├── SnapshotNotLoggedError  a snapshot that the log is not proven to hold
    ├── DirectoryForkError    two snapshots of one version: proof against the hub
    └── UnreachableError      nobody answered
"""


class KeysError(Exception):
    """Root of everything that `keys` raises on purpose."""


class PartyCodeError(KeysError):
    """Not the form of a party code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"{code!r} is not a party code: expected three capital letters, "
            "such as KEN or XPO"
        )


class SignatureError(KeysError):
    """A signature, or half of one, does not verify."""


class KeyFormatError(KeysError):
    """Bytes that are not a key of the expected kind."""


class FramingError(KeysError):
    """Bytes that are not a framed list."""


class CertificateError(KeysError):
    """A TLS certificate that cannot be read, made or used."""


class TimestampError(KeysError):
    """A time-stamp that proves nothing, or cannot be asked for."""


class SealError(KeysError):
    """Something sealed cannot be used."""


class UnwrapError(SealError):
    """The wrap does not open with this key."""


class ContentError(SealError):
    """The content does not open, or is not well formed."""


class CommitmentError(SealError):
    """The content is not what the origin committed to."""


class KeystoreError(KeysError):
    """A keystore file cannot be used."""


class KeystorePermissionError(KeystoreError):
    """Others could read the file."""


class KeystoreUnlockError(KeystoreError):
    """Wrong passphrase, or a changed file: the two cannot be told apart."""


class KeystoreFormatError(KeystoreError):
    """Not a keystore."""


class TokenError(KeysError):
    """A hardware token does not do what was asked."""


class TokenUriError(TokenError):
    """Not a pkcs11: URI, or one that is not taken."""


class TokenNotFoundError(TokenError):
    """No library for tokens, no such token, or several that fit."""


class TokenPinError(TokenError):
    """A wrong PIN, or one that must not be tried again: tokens lock themselves."""


class TokenKeyNotFoundError(TokenError):
    """The token does not hold this key."""


class TokenKeyExistsError(TokenError):
    """The token holds a key of this name already."""


class DirectoryError(KeysError):
    """The directory does not hold, or does not accept, what was asked."""


class UnknownPartyError(DirectoryError):
    """No such party in the directory."""


class PartySuspendedError(DirectoryError):
    """The stewards suspended the party."""


class UnknownKeyError(DirectoryError):
    """The party never published this key."""


class KeyNotValidError(DirectoryError):
    """Published, but not valid at that time."""


class RecordError(DirectoryError):
    """Not a record of the directory, or not in its one serialised form."""


class SubmissionError(DirectoryError):
    """The registrar refuses what a party handed in."""


class CeremonyError(DirectoryError):
    """A ceremony that cannot be carried out as asked."""


class DirectoryStorageError(DirectoryError):
    """The hub's repository cannot be read or written."""


class RefreshError(DirectoryError):
    """Metadata that does not verify, or has expired."""


class SnapshotNotLoggedError(DirectoryError):
    """A snapshot of the directory that the log is not proven to hold."""


class DirectoryForkError(DirectoryError):
    """Two snapshots of one version: proof that the hub showed two directories."""


class UnreachableError(DirectoryError):
    """Nobody answered."""
