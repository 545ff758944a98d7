"""The error tree of `keys`.

KeysError
├── PartyCodeError            not the form of a party code
├── SignatureError            a signature, or half of one, does not verify
├── KeyFormatError            bytes that are not a key of the expected kind
├── SealError
│   ├── UnwrapError           the wrap does not open with this key
│   ├── ContentError          the content does not open, or is not well formed
│   └── CommitmentError       the content is not what the origin committed to
├── KeystoreError
│   ├── KeystorePermissionError  others could read the file
│   ├── KeystoreUnlockError      wrong passphrase, or a changed file
│   └── KeystoreFormatError      not a keystore
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


class UnreachableError(DirectoryError):
    """Nobody answered."""
