"""The hub's desk for sealed files: takes them in for parties, hands them out by name.

Encodings are left to the codec, room and times to the store. Whoever knows the name
of a file gets it: the name stands in sealed messages alone, and what is handed out
opens with the key beside it.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from broker.core.attachments.manifest import Manifest
from broker.core.codec.desk_blobs import (
    BLOB_DROP,
    BLOB_GET,
    BLOB_HAS,
    BLOB_PUT,
    BlobState,
    HoldQuestion,
    decode_drop,
    decode_has,
    decode_part,
    decode_put,
    encode_answer,
    encode_state,
)
from broker.core.errors import Code, RefusedError, StoreFullError
from broker.core.ports import Clock
from keys.identity import PartyId


class Blobs(Protocol):
    """Where sealed files are kept."""

    def hold(
        self, party: PartyId, manifest: Manifest, until_ms: int, now_ms: int
    ) -> int:
        """Keeps a file for a party; returns until when."""
        ...

    def put(self, party: PartyId, blob: bytes, number: int, sealed: bytes) -> None:
        """Stores a chunk of a file that is kept for this party."""
        ...

    def held_until(self, party: PartyId, blob: bytes) -> int:
        """Returns until when a file is kept for a party; 0 if it is not."""
        ...

    def missing(self, blob: bytes) -> tuple[int, ...] | None:
        """Returns which chunks are not here; None if nothing of it is."""
        ...

    def manifest(self, blob: bytes) -> bytes | None:
        """Returns the list of chunks of a file; None if nothing of it is here."""
        ...

    def chunk(self, blob: bytes, number: int) -> bytes | None:
        """Returns a chunk of a file; None if it is not here."""
        ...

    def drop(self, party: PartyId, blob: bytes) -> None:
        """Ends the keeping of a file for a party; nobody else's."""
        ...


class BlobDesk:
    """Answers questions about sealed files.

    Args:
        blobs: Where they are kept.
        party_of: Returns whose an account is, by the directory of now, if that party
            takes part; None otherwise.
        clock: The time.
    """

    def __init__(
        self, blobs: Blobs, party_of: Callable[[str], PartyId | None], clock: Clock
    ) -> None:
        self._blobs = blobs
        self._party_of = party_of
        self._clock = clock

    @property
    def desks(self) -> Mapping[str, Callable[[str, bytes], bytes]]:
        """What answers, by the name that a question gives (`HubDesk`)."""
        return {
            BLOB_PUT: self.put,
            BLOB_GET: self.get,
            BLOB_HAS: self.has,
            BLOB_DROP: self.drop,
        }

    def put(self, account: str, payload: bytes) -> bytes:
        """Takes the list of chunks of a file, or one of them.

        Raises:
            RefusedError: MALFORMED; UNKNOWN_PARTY; INVALID_ATTACHMENT, when it is
                not what it is called; QUOTA or OVERSIZE, when there is no room.
            StoreError: It cannot be stored.
        """
        party, question = self._asker(account), decode_put(payload)
        now_ms = self._clock.now_ms()
        try:
            if isinstance(question, HoldQuestion):
                manifest = Manifest.named(question.blob, question.manifest)
                if question.until_ms <= now_ms:
                    raise RefusedError(Code.EXPIRED, "it need not be kept any more")
                self._blobs.hold(party, manifest, question.until_ms, now_ms)
            else:
                self._blobs.put(party, question.blob, question.number, question.sealed)
                # What is missing is asked for once, and not with every chunk.
                return encode_state(BlobState(missing=()))
        except StoreFullError:
            # To be said to whoever asks; the operator sees it on the disk.
            raise RefusedError(
                Code.QUOTA, "the hub has no room for files at present"
            ) from None
        return self._state(party, question.blob)

    def get(self, account: str, payload: bytes) -> bytes:
        """Hands out the list of chunks of a file, or one of them.

        Raises:
            RefusedError: MALFORMED; UNKNOWN_PARTY.
            StoreError: It cannot be read.
        """
        self._asker(account)
        question = decode_part(payload)
        if question.number is None:
            return encode_answer(self._blobs.manifest(question.blob))
        return encode_answer(self._blobs.chunk(question.blob, question.number))

    def has(self, account: str, payload: bytes) -> bytes:
        """Tells what is here of a file, and until when for the one who asks.

        Raises:
            RefusedError: MALFORMED; UNKNOWN_PARTY.
            StoreError: It cannot be read.
        """
        return self._state(self._asker(account), decode_has(payload))

    def drop(self, account: str, payload: bytes) -> bytes:
        """Ends the keeping of a file for the one who asks.

        Raises:
            RefusedError: MALFORMED; UNKNOWN_PARTY.
            StoreError: It cannot be removed.
        """
        party, blob = self._asker(account), decode_drop(payload)
        self._blobs.drop(party, blob)
        return self._state(party, blob)

    def _state(self, party: PartyId, blob: bytes) -> bytes:
        return encode_state(
            BlobState(
                until_ms=self._blobs.held_until(party, blob),
                missing=self._blobs.missing(blob),
            )
        )

    def _asker(self, account: str) -> PartyId:
        party = self._party_of(account)
        if party is None:
            raise RefusedError(Code.UNKNOWN_PARTY, "nobody who takes part")
        return party
