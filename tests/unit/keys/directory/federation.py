"""A federation in a folder, with every key at hand: honest, or made to collude."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from keys.directory.client import DirectoryClient, Fetch
from keys.directory.codec import encode_party
from keys.directory.model import (
    Contact,
    FederationRecord,
    PartyRecord,
    PublishedKey,
)
from keys.directory.publishing import PartySubmission, publish
from keys.directory.repository import Repository
from keys.directory.roles import DAY_MS, path_of, role_of
from keys.directory.signers import Signer, role_public, role_signer, steward_signer
from keys.directory.stewardship import read_targets
from keys.errors import SubmissionError
from keys.framing import sha256
from keys.identity import PartyId
from keys.sealing import EncryptionKey
from keys.signing import SigningKey
from tests.unit.keys.directory.hand_signed import (
    admit,
    delegate,
    found_federation,
    signed_by,
)

# The year 2100: python-tuf compares with the real clock, which is before that.
NOW_MS = 4_102_444_800_000
# The year 2000: what is signed then has expired for the real clock, too.
LONG_AGO_MS = 946_684_800_000

KEN, BEL, MEX, XPO = (PartyId(code) for code in ("KEN", "BEL", "MEX", "XPO"))


def seed(name: str, size: int = 32) -> bytes:
    """Returns the same bytes for the same name."""
    return b"".join(sha256(f"{name}/{i}".encode()) for i in range(size // 32))


def account(name: str) -> str:
    """Returns something of the form of an nkey."""
    return "A" + base64.b32encode(seed(name, 64)).decode()[:55]


def signing_key(name: str, from_ms: int = NOW_MS - DAY_MS) -> PublishedKey:
    """Returns a hybrid signing key that is valid for a year."""
    public = SigningKey(seed(f"{name}/signing", 64)).public
    return PublishedKey(
        key_id=public.key_id,
        key=public.raw,
        valid_from_ms=from_ms,
        valid_to_ms=from_ms + 365 * DAY_MS,
    )


def encryption_key(name: str, from_ms: int = NOW_MS - DAY_MS) -> PublishedKey:
    """Returns an encryption key that is valid for 90 days."""
    public = EncryptionKey(seed(f"{name}/encryption", 96)).public
    return PublishedKey(
        key_id=public.key_id,
        key=public.raw,
        valid_from_ms=from_ms,
        valid_to_ms=from_ms + 90 * DAY_MS,
    )


def record_of(party: PartyId, *, suffix: str = "") -> PartyRecord:
    """Returns a record such as an honest party publishes."""
    return PartyRecord(
        party=party,
        name=f"Focal point of {party}{suffix}",
        signing_keys=(signing_key(party),),
        encryption_keys=(encryption_key(party),),
        account=account(party),
        contact=Contact(office="Registry", languages=("en", "pt-BR")),
    )


def federation_record() -> FederationRecord:
    """Returns what stewards say about the federation."""
    return FederationRecord(
        name="Test federation",
        hub_keys=(signing_key("hub"),),
        log_origin="log.example/rogatory",
        log_key=seed("log"),
        hub_account=account("hub"),
    )


def stewards_of(count: int, generation: str = "") -> list[Signer]:
    """Returns the signers of `count` stewards."""
    return [steward_signer(seed(f"steward{generation}/{i}")) for i in range(count)]


@dataclass(slots=True)
class Federation:
    """A founded federation whose hub keeps its repository in `folder`."""

    folder: Path
    count: int = 1
    threshold: int = 1
    stewards: list[Signer] = field(init=False)
    repository: Repository = field(init=False)
    root: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Founds it."""
        self.stewards = stewards_of(self.count)
        founding = found_federation(
            stewards=self.stewards,
            threshold=self.threshold,
            online_key=role_public(seed("online")),
            federation=federation_record(),
            now_ms=NOW_MS,
        )
        self.root = founding.root
        self.repository = Repository.create(
            self.folder / "hub", founding, role_signer(seed("online")), NOW_MS
        )

    @property
    def agreeing(self) -> Sequence[Signer]:
        """Just enough stewards."""
        return self.stewards[: self.threshold]

    def admit(self, party: PartyId, *, keys: int = 1, threshold: int = 1) -> None:
        """Admits `party` with keys named after it."""
        self.repository.install_targets(
            admit(
                self.repository.targets(),
                party=party,
                keys=[role_public(seed(f"{party}/role/{i}")) for i in range(keys)],
                threshold=threshold,
                stewards=self.agreeing,
                now_ms=NOW_MS,
            ),
            NOW_MS,
        )

    def next_version(self, party: PartyId) -> int:
        """Returns the version that is due from `party`."""
        return self.repository.state().version_of(role_of(party)) + 1

    def submission(
        self,
        party: PartyId,
        *,
        record: PartyRecord | None = None,
        policy: bytes | None = b"policy",
        signers: Sequence[Signer] | None = None,
        version: int | None = None,
        now_ms: int = NOW_MS,
    ) -> PartySubmission:
        """Returns what `party` would hand in next."""
        files = {"record.pb": encode_party(record or record_of(party))}
        if policy is not None:
            files["policy.pb"] = policy
        return publish(
            party,
            signers=signers or [role_signer(seed(f"{party}/role/0"))],
            version=version or self.next_version(party),
            files=files,
            now_ms=now_ms,
        )

    def enrol(self, *parties: PartyId) -> None:
        """Admits the parties and lets each publish its record."""
        for party in parties:
            self.admit(party)
            self.repository.accept(self.submission(party), NOW_MS)

    def enrol_together(self, parties: Sequence[PartyId]) -> None:
        """Enrols many in one snapshot, past ceremony and registrar."""
        metadata = read_targets(self.repository.targets())
        metadata.signatures.clear()
        metadata.signed.version += 1
        signed: dict[str, tuple[int, bytes]] = {}
        files: dict[str, bytes] = {}
        for party in parties:
            delegate(metadata.signed, party, [role_public(seed(f"{party}/role/0"))], 1)
            submission = self.submission(party, version=1)
            signed[role_of(party)] = (1, submission.metadata)
            for name, data in submission.files.items():
                files[path_of(party, name)] = data
        targets = signed_by(metadata, self.agreeing)
        signed["targets"] = (metadata.signed.version, targets)
        state = self.repository.state()
        self.repository._publish(state, NOW_MS, signed, files)

    def collude(
        self,
        role: str,
        metadata: bytes,
        version: int,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Lets the hub publish anything, past its own registrar."""
        state = self.repository.state()
        self.repository._publish(
            state, NOW_MS, {role: (version, metadata)}, files or {}
        )

    def client(
        self,
        name: str = "node",
        *,
        root: bytes | None = None,
        fetch: Fetch | None = None,
    ) -> DirectoryClient:
        """Returns a client with a folder of its own."""
        return DirectoryClient(
            self.folder / name, root or self.root, fetch or self.repository.read
        )


class Hub:
    """Serves a federation's repository, counts, and fails when told to."""

    def __init__(self, federation: Federation) -> None:
        self._read = federation.repository.read
        self.fetched: list[str] = []
        self.failure: Exception | None = None
        self.lost: set[str] = set()

    def fetch(self, path: str) -> bytes | None:
        """Returns what is served under `path`."""
        self.fetched.append(path)
        if self.failure is not None:
            raise self.failure
        return None if any(part in path for part in self.lost) else self._read(path)


def renamed(record: PartyRecord, party: PartyId) -> PartyRecord:
    """Returns the record with another party's code on it."""
    return replace(record, party=party)


def files_below(folder: Path) -> dict[str, bytes]:
    """Returns every file below `folder` by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def check_refused(
    federation: Federation,
    submission: PartySubmission,
    match: str,
    now_ms: int = NOW_MS,
) -> None:
    """Hands in `submission`: refused, and nothing in the repository moves."""
    before = files_below(federation.folder)
    with pytest.raises(SubmissionError, match=match):
        federation.repository.accept(submission, now_ms)
    assert files_below(federation.folder) == before
