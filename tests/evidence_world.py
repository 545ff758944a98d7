"""A federation whose evidence is put together and checked, all in memory but its files.

Directory, log, witnesses and parties are real; what carries messages is left out.
"""

import asyncio
import itertools
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from broker.app.evidence import Collected, Order, Sources, Trusted, collect
from broker.app.evidence_items import Item
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.codec.desk_stamps import NO_STAMP, StampAnswer
from broker.core.codec.envelope import SealedBody, decode_envelope
from broker.core.codec.policy import encode_policy
from broker.core.codec.receipts import encode_proof, encode_receipt
from broker.core.envelope import Sealed
from broker.core.evidence.parts import MessageParts
from broker.core.evidence.verify import Demands
from broker.core.model import Decider, Receipt, Stage
from broker.core.opening import read_sealed
from broker.core.receipts import sign_together
from broker.core.records import LedgerLine
from keys.cosigning import CosignatureType, CosigningKey
from keys.directory.codec import encode_party
from keys.directory.model import FederationRecord, PartyRecord, Witness
from keys.directory.publishing import publish
from keys.directory.repository import Repository
from keys.directory.roles import role_of
from keys.directory.signers import role_public, role_signer, steward_signer
from keys.directory.stewardship import read_targets
from keys.framing import sha256
from keys.identity import HUB, PartyId
from keys.notes import Note
from tests import world
from tests.evidence_hub import AskedHub
from tests.unit.broker.services.memory_log import MemoryLog
from tests.unit.keys.directory.hand_signed import (
    admit,
    delegate,
    found_federation,
    remove,
    signed_by,
    succeed,
)
from tests.world import BEL, DAY_MS, KEN, LOG_KEY, MEX, NOW_MS, seed

FOUNDED_MS: Final = NOW_MS - DAY_MS
_ONLINE: Final = seed("online", 32)
_STEWARDS: Final = tuple(steward_signer(seed(f"steward/{i}", 32)) for i in range(3))
WITNESSES: Final = (
    CosigningKey("witness.example/a", CosignatureType.ED25519, seed("witness/a", 32)),
    CosigningKey("witness.example/b", CosignatureType.MLDSA44, seed("witness/b", 32)),
)
DEMANDS: Final = 2
"""Witnesses that cosign, and that readers ask for."""


def federation_record(quorum: int = DEMANDS) -> FederationRecord:
    """Returns what the stewards say."""
    witnesses = tuple(
        Witness(name=one.verifier.name, key=one.verifier.key) for one in WITNESSES
    )
    return replace(
        world.view().federation,
        witnesses=witnesses if quorum else (),
        witness_quorum=quorum,
    )


@dataclass(slots=True)
class EvidenceWorld:
    """KEN, BEL and MEX in a federation of three stewards, two of whom must agree.

    Attributes:
        folder: Where the hub's directory is.
        quorum: Of witnesses; 0: there are none.
        crowd: Parties besides, whom the stewards have admitted.
        stamp: Returns the time-stamp of a checkpoint; None: there is no authority.
        kept_stamp: Handed out once in place of a new one.
    """

    folder: Path
    quorum: int = DEMANDS
    crowd: int = 0
    stamp: Callable[[str], bytes] | None = None
    log: MemoryLog = field(default_factory=MemoryLog)
    lines: dict[bytes, list[LedgerLine]] = field(default_factory=dict)
    contents: dict[bytes, SealedBody] = field(default_factory=dict)
    envelopes: dict[bytes, bytes] = field(default_factory=dict)
    kept_stamp: StampAnswer = NO_STAMP
    root: bytes = field(init=False)
    repository: Repository = field(init=False)

    def __post_init__(self) -> None:
        """Founds the federation, and enrols the parties."""
        founding = found_federation(
            stewards=_STEWARDS,
            threshold=2,
            online_key=role_public(_ONLINE),
            federation=federation_record(self.quorum),
            now_ms=FOUNDED_MS,
        )
        self.root = founding.root
        online = role_signer(_ONLINE)
        self.repository = Repository.create(self.folder, founding, online, FOUNDED_MS)
        self._delegate_to_crowd()
        for party in (KEN, BEL, MEX):
            self.repository.install_targets(
                admit(
                    self.repository.targets(),
                    party=party,
                    keys=[role_public(seed(f"{party}/role", 32))],
                    threshold=1,
                    stewards=_STEWARDS,
                    now_ms=FOUNDED_MS,
                ),
                FOUNDED_MS,
            )
            self.publish(world.entry(party).record)

    def _delegate_to_crowd(self) -> None:
        """Admits parties that publish nothing: the stewards' document gets long."""
        codes = itertools.product(string.ascii_uppercase, repeat=3)
        metadata = read_targets(self.repository.targets())
        metadata.signed.version += 1
        metadata.signatures.clear()
        for letters in itertools.islice(codes, self.crowd):
            party = PartyId("".join(letters))
            key = role_public(seed(f"{party}/role", 32))
            delegate(metadata.signed, party, [key], 1)
        if self.crowd:
            signed = signed_by(metadata, _STEWARDS)
            self.repository.install_targets(signed, FOUNDED_MS)

    def publish(self, record: PartyRecord, at_ms: int = FOUNDED_MS) -> None:
        """Has a party publish its record, and the log hold the snapshot."""
        party = record.party
        policy = encode_policy(world.open_policy(party))
        submission = publish(
            party,
            signers=[role_signer(seed(f"{party}/role", 32))],
            version=self.repository.state().version_of(role_of(party)) + 1,
            files={"record.pb": encode_party(record), "policy.pb": policy},
            now_ms=at_ms,
        )
        self.repository.accept(submission, at_ms)
        self.note_snapshot()

    def retire(self, party: PartyId, at_ms: int) -> None:
        """Has the stewards strike a party out, and the log hold the snapshot."""
        targets = remove(
            self.repository.targets(), party=party, stewards=_STEWARDS, now_ms=at_ms
        )
        self.repository.install_targets(targets, at_ms)
        self.note_snapshot()

    def renew_root(self) -> None:
        """Has the stewards succeed themselves, and everybody trust the new root."""
        self.root = succeed(
            self.root,
            stewards=_STEWARDS,
            threshold=2,
            outgoing=_STEWARDS,
            online_key=role_public(_ONLINE),
            now_ms=FOUNDED_MS,
        )
        self.repository.install_root(self.root, FOUNDED_MS)
        self.note_snapshot()

    def note_snapshot(self) -> None:
        """Has the log hold the snapshot in force."""
        published = self.repository.published(self.repository.version())
        statement = SnapshotStatement(
            origin=LOG_KEY.verifier.name,
            version=published.version,
            digest=published.digest,
            signed_at_ms=published.signed_at_ms,
        )
        self.log.add_snapshot(statement)

    def send(
        self,
        origin: PartyId = KEN,
        to: Sequence[PartyId] = (BEL,),
        **changes: Any,  # noqa: ANN401 - fields of its header
    ) -> Sealed:
        """Seals a message under the directory in force."""
        named = {"directory_version": self.repository.snapshot_digest(), **changes}
        message = world.sealed(origin, to, **named)
        parts = decode_envelope(message.envelope)
        self.envelopes[message.message_digest] = message.envelope
        self.contents[message.message_digest] = read_sealed(
            parts.signed_header, parts.ciphertext, message.content_key
        )
        return message

    def state(self, *receipts: Receipt, logged: bool = True, signer: str = "") -> None:
        """Has the author of receipts, all by one, sign them; and the log hold them."""
        encoded = [encode_receipt(one) for one in receipts]
        by = receipts[0].by
        key = world.signing_key(signer or by)
        bundle = sign_together(encoded, signer=by, key=key)
        for receipt, entry in zip(receipts, bundle.receipts, strict=True):
            line = LedgerLine(
                receipt=receipt,
                receipt_bytes=entry.receipt,
                proof=encode_proof(bundle, entry, with_signature=True),
            )
            self.lines.setdefault(receipt.message_digest, []).append(line)
        if logged:
            self.log.add(*encoded)

    def exchange(self, to: Sequence[PartyId] = (BEL,)) -> Sealed:
        """Sends a message that the hub accepts and every recipient acknowledges."""
        message = self.send(to=to)
        said = partial(world.receipt, message)
        self.state(said(Stage.ACCEPTED, HUB, logged_by_ms=NOW_MS + DAY_MS))
        for party in to:
            self.state(
                said(Stage.DELIVERED, party, at_ms=NOW_MS + 1000),
                said(Stage.OPENED, party, at_ms=NOW_MS + 2000),
            )
            self.state(
                said(
                    Stage.ACKNOWLEDGED,
                    party,
                    at_ms=NOW_MS + 3000,
                    authority=f"Police of {party}",
                    decider=Decider.PERSON,
                )
            )
        return message

    def note(self) -> str:
        """Returns the newest checkpoint, with the witnesses' lines."""
        note = Note.parse(self.log.head().checkpoint)
        if not self.quorum:
            return note.text
        lines = [one.cosign(note.body, NOW_MS // 1000 + 60) for one in WITNESSES]
        return replace(note, signatures=(*note.signatures, *lines)).text

    def item(self, message: Sealed, *, disclosed: bool = False) -> Item:
        """Returns what a node holds of a message."""
        digest = message.message_digest
        envelope = decode_envelope(self.envelopes[digest])
        parts = MessageParts(
            signed_header=envelope.signed_header,
            signature=envelope.signature,
            receipts=(),
            content=self.contents[digest] if disclosed else None,
        )
        return Item(parts=parts, lines=tuple(self.lines.get(digest, ())))

    def collect(
        self, *messages: Sealed, disclosed: bool = False, by: PartyId = KEN
    ) -> Collected:
        """Puts evidence together."""
        items = [self.item(message, disclosed=disclosed) for message in messages]
        order = Order(exported_by=by, disclosed=disclosed)
        return asyncio.run(collect(items, order, self.trusted, self.sources()))

    @property
    def trusted(self) -> Trusted:
        """What a node of the federation goes by."""
        return Trusted(
            root=self.root,
            federation=federation_record(self.quorum),
            snapshot=self.repository.snapshot_digest(),
        )

    def demands(self, **changes: object) -> Demands:
        """Returns what a reader trusts and asks for."""
        demands = Demands(root_sha256=sha256(self.root), witnesses=self.quorum)
        return replace(demands, **changes)  # type: ignore[arg-type]

    def sources(self) -> Sources:
        """Returns the hub as it is asked."""
        return AskedHub(self.log, self.note).sources(self._stamp, self.repository.read)

    def stamped_before(self, message: Sealed) -> None:
        """Has the checkpoint stamped, and one statement more logged after it."""
        self.kept_stamp = self._stamped()
        later = world.receipt(message, Stage.ACTED, authority="Police", at_ms=NOW_MS)
        self.state(replace(later, decider=Decider.SYSTEM))

    def _stamped(self) -> StampAnswer:
        assert self.stamp is not None
        note = self.note()
        return StampAnswer(note=note, token=self.stamp(note))

    async def _stamp(self, _index: int) -> StampAnswer:
        if self.stamp is None:
            return NO_STAMP
        kept, self.kept_stamp = self.kept_stamp, NO_STAMP
        return kept if kept.note else self._stamped()
