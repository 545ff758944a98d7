"""A federation in memory: parties with keys and policies, their messages, a clock.

What carries the messages is left to `tests.memory_bus`, or to the real server of
`tests.bus_world`.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from broker.core.codec.documents import encode_document
from broker.core.codec.envelope import EnvelopeItem, encode_submission
from broker.core.codec.policy import encode_policy
from broker.core.envelope import Sealed, seal
from broker.core.handling import Handling, Tlp
from broker.core.holder import Holder
from broker.core.model import (
    FIRST_LINK,
    Header,
    Link,
    Receipt,
    Recipient,
    Stage,
    new_message_id,
    new_nonce,
)
from broker.core.policy.rule import Ceiling, Effect, Rule
from broker.core.policy.rules import Policy
from broker.core.trust import Trust, build_trust
from keys.directory.model import (
    DirectoryView,
    FederationRecord,
    PartyEntry,
    PartyRecord,
    PublishedKey,
)
from keys.framing import sha256
from keys.identity import HUB, PartyId
from keys.notes import NoteKey
from keys.sealing import EncryptionKey
from keys.signing import SigningKey

NOW_MS: Final = 1_800_000_000_000
DAY_MS: Final = 86_400_000
KEN, BEL, MEX, XPO = (PartyId(code) for code in ("KEN", "BEL", "MEX", "XPO"))
STRANGER: Final = PartyId("ZZZ")
"""A party nobody has heard of."""
PARTIES: Final = (KEN, BEL, MEX, XPO)
KIND: Final = "trace-info-request/1"
AMBER: Final = Handling(tlp=Tlp.AMBER)
LOG_KEY: Final = NoteKey("log.example/rogatory", sha256(b"the log"))


def seed(name: str, size: int) -> bytes:
    """Returns the same bytes for the same name; `size` is a multiple of 32."""
    return b"".join(sha256(f"{name}/{i}".encode()) for i in range(size // 32))


@cache
def signing_key(name: str) -> SigningKey:
    """Returns the signing key of whoever is called `name`."""
    return SigningKey(seed(f"{name}/signing", 64))


@cache
def encryption_key(name: str) -> EncryptionKey:
    """Returns the encryption key of whoever is called `name`."""
    return EncryptionKey(seed(f"{name}/encryption", 96))


def account(name: str) -> str:
    """Returns the key of an account on the bus, as far as its form goes."""
    return "A" + base64.b32encode(seed(f"{name}/account", 64)).decode()[:55]


def holder(party: PartyId) -> Holder:
    """Returns the private keys of `party`."""
    key = encryption_key(party)
    return Holder(
        party=party,
        signing=signing_key(party),
        encryption={key.public.key_id: key},
        store_key=seed(f"{party}/store", 32),
    )


def published(
    key: SigningKey | EncryptionKey,
    **changes: Any,  # noqa: ANN401 - fields of a dataclass
) -> PublishedKey:
    """Returns the key as the directory shows it, valid for a year around now."""
    return replace(
        PublishedKey(
            key_id=key.public.key_id,
            key=key.public.raw,
            valid_from_ms=NOW_MS - 30 * DAY_MS,
            valid_to_ms=NOW_MS + 335 * DAY_MS,
        ),
        **changes,
    )


def open_policy(party: PartyId) -> Policy:
    """Shares everything with everyone up to TLP:AMBER, takes everything."""
    return Policy(
        party=party,
        exports=(
            Rule(
                id="share",
                effect=Effect.PERMIT,
                everyone=True,
                every_kind=True,
                up_to=Ceiling(tlp=Tlp.AMBER),
                because="treaty",
            ),
        ),
        imports=(
            Rule(
                id="take",
                effect=Effect.PERMIT,
                everyone=True,
                every_kind=True,
                up_to=Ceiling(tlp=Tlp.RED),
            ),
        ),
    )


def closed_policy(party: PartyId, *, against: PartyId) -> Policy:
    """Like `open_policy`, but nothing goes to or comes from one party."""
    own = open_policy(party)
    deny = Rule(
        id="not-them",
        effect=Effect.DENY,
        parties=frozenset({against}),
        every_kind=True,
        because="no agreement",
    )
    return replace(
        own,
        exports=(*own.exports, deny),
        imports=(*own.imports, replace(deny, id="not-from-them")),
    )


def entry(
    party: PartyId,
    policy: Policy | None = None,
    **changes: Any,  # noqa: ANN401 - fields of a dataclass
) -> PartyEntry:
    """Returns what the directory shows of `party`."""
    record = PartyRecord(
        party=party,
        name=f"Focal point of {party}",
        signing_keys=(published(signing_key(party)),),
        encryption_keys=(published(encryption_key(party)),),
        account=account(party),
    )
    return PartyEntry(
        record=replace(record, **changes),
        policy=encode_policy(policy or open_policy(party)),
    )


def view(changed: Mapping[PartyId, PartyEntry | None] | None = None) -> DirectoryView:
    """Returns a directory of all parties; `changed` replaces or removes some."""
    entries: dict[PartyId, PartyEntry | None] = {
        party: entry(party) for party in PARTIES
    }
    entries.update(changed or {})
    return DirectoryView(
        version=1,
        snapshot_digest=sha256(b"snapshot"),
        federation=FederationRecord(
            name="Test federation",
            hub_keys=(published(signing_key(HUB)),),
            log_origin=LOG_KEY.verifier.name,
            log_key=LOG_KEY.verifier.public_key,
            hub_account=account(HUB),
        ),
        parties={party: one for party, one in entries.items() if one is not None},
    )


def trust(changed: Mapping[PartyId, PartyEntry | None] | None = None) -> Trust:
    """Returns such a directory ready for use."""
    return build_trust(view(changed))


def body(question: str = "Which markings?") -> bytes:
    """Returns a content of `KIND`."""
    missing = {"kind": "MISSING_KIND_MARKINGS", "question": question}
    return encode_document(KIND, {"missing": [missing]})


def header(
    origin: PartyId = KEN,
    to: Sequence[PartyId] = (BEL,),
    **changes: Any,  # noqa: ANN401 - fields of a dataclass
) -> Header:
    """Returns the header of a message sealed now."""
    return replace(
        Header(
            message_id=new_message_id(NOW_MS),
            kind=KIND,
            origin=origin,
            signer_key_id=signing_key(origin).public.key_id,
            recipients=tuple(
                Recipient(party=party, key_id=encryption_key(party).public.key_id)
                for party in sorted(to)
            ),
            handling=AMBER,
            created_ms=NOW_MS,
            expires_ms=NOW_MS + DAY_MS,
            directory_version=sha256(b"snapshot"),
            policy_digest=sha256(b"policy"),
        ),
        **changes,
    )


def sealed(
    origin: PartyId = KEN,
    to: Sequence[PartyId] = (BEL,),
    *,
    content: bytes | None = None,
    link: Link = FIRST_LINK,
    signer: SigningKey | None = None,
    **changes: Any,  # noqa: ANN401 - fields of a dataclass
) -> Sealed:
    """Returns a message sealed now; `changes` are fields of its header."""
    head = header(origin, to, **changes)
    return seal(
        head,
        body() if content is None else content,
        signer=signer or signing_key(origin),
        keys={party: encryption_key(party).public for party in head.parties},
        links=dict.fromkeys(head.parties, link),
    )


def submitted(message: Sealed) -> bytes:
    """Returns the submission that holds a message."""
    return encode_submission(EnvelopeItem(message.envelope))


def receipt(
    message: Sealed,
    stage: Stage,
    by: str = BEL,
    **changes: Any,  # noqa: ANN401 - fields of a dataclass
) -> Receipt:
    """Returns a statement about a message, to its origin."""
    return replace(
        Receipt(
            stage=stage,
            message_digest=message.message_digest,
            by=by,
            to=message.header.origin,
            at_ms=NOW_MS,
            code="cannot-open" if stage is Stage.REFUSED else "",
            nonce=new_nonce(),
        ),
        **changes,
    )


@dataclass(slots=True)
class FakeClock:
    """A clock that moves when it is told to (`ports.Clock`)."""

    at_ms: int = NOW_MS

    def now_ms(self) -> int:
        """Returns the present."""
        return self.at_ms
