"""What a party publishes, signed where its role keys are: requested, signed, handed in.

The files hold public keys only. Handing them in is left to `publishing`; who keeps
which key, to the party.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from broker.app.credentials import NodeKeys
from broker.app.exchange_files import JoinRequest
from broker.app.key_changes import next_role
from broker.app.node_folder import Node
from broker.app.publishing import last_said
from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from keys.directory.codec import decode_party, encode_party
from keys.directory.disk import write_durably
from keys.directory.model import PartyRecord
from keys.directory.publishing import (
    MAX_SUBMISSION_SIZE,
    PartySubmission,
    countersign,
    prepare,
)
from keys.directory.roles import POLICY_NAME, RECORD_NAME
from keys.directory.signers import Signer, public_of
from keys.errors import KeysError


@dataclass(frozen=True, slots=True, kw_only=True)
class Signable:
    """A file that waits for signatures.

    Attributes:
        submission: What will be published.
        request: The join request that it is part of; None when it stands for itself.
    """

    submission: PartySubmission
    request: JoinRequest | None = None

    @classmethod
    def read(cls, path: Path) -> "Signable":
        """Reads a submission or a join request.

        Raises:
            ConfigurationError: It is not there, or neither of the two.
        """
        try:
            with path.open("rb") as file:
                data = file.read(MAX_SUBMISSION_SIZE + 1)
        except OSError as error:
            raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
        if _is_join_request(data):
            request = JoinRequest.read(path)
            return cls(submission=request.submission, request=request)
        try:
            return cls(submission=PartySubmission.from_bytes(data))
        except KeysError as error:
            raise ConfigurationError(
                f"{path} is nothing to be signed: neither from rogatory keys request "
                f"nor a join request ({error})"
            ) from error

    def record(self) -> PartyRecord:
        """Returns what will be said about the party.

        Raises:
            ConfigurationError: It says nothing that can be read.
        """
        try:
            record = decode_party(self.submission.files.get(RECORD_NAME, b""))
        except KeysError as error:
            raise ConfigurationError(f"the record in it: {error}") from error
        if record.party != self.submission.party:
            raise ConfigurationError(f"the record in it is that of {record.party}")
        return record

    def signed_by(self, signer: Signer) -> "Signable":
        """Returns it with one more signature.

        Raises:
            ConfigurationError: The request names other keys than this one.
            SubmissionError: It cannot be read.
        """
        if self.request and public_of(signer) not in self.request.role_keys:
            raise ConfigurationError(
                "this key is none of those that the request names: its signature would "
                "make the stewards refuse it"
            )
        submission = countersign(self.submission, signer)
        return Signable(
            submission=submission,
            request=self.request and replace(self.request, submission=submission),
        )

    def write(self, path: Path) -> None:
        """Writes the file, in place of an older one.

        Raises:
            ConfigurationError: It cannot be written.
        """
        if self.request is not None:
            self.request.write(path)
            return
        try:
            write_durably(path, self.submission.to_bytes())
        except OSError as error:
            raise ConfigurationError(
                f"cannot write {path}: {error.strerror}"
            ) from error


async def rekey_request(
    node: Node,
    keys: NodeKeys,
    bus: Bus,
    *,
    role_keys: Sequence[bytes] = (),
    threshold: int = 1,
) -> JoinRequest:
    """Returns what the stewards need to give the party other role keys.

    With it goes what the party says about itself, unchanged, under the new keys: what
    it published under the old ones will count no longer.

    Args:
        node: The node. Its keys are being changed (`key_changes.changing_keys`).
        keys: Its keys.
        bus: A connection to the hub.
        role_keys: The new public keys, kept elsewhere; with none, one is made here.
        threshold: How many of them must sign.

    Raises:
        ConfigurationError: So many cannot be a threshold.
        DirectoryError: The directory cannot be had.
        BusError: The hub cannot be reached.
    """
    if not 1 <= threshold <= max(1, len(role_keys)):
        raise ConfigurationError(f"{threshold} cannot be the threshold of these keys")
    said = await last_said(node, bus)
    files = {RECORD_NAME: encode_party(said.record)}
    if said.policy is not None:
        files[POLICY_NAME] = said.policy
    submission = prepare(
        node.party,
        version=said.version + 1,
        files=files,
        now_ms=SYSTEM_CLOCK.now_ms(),
    )
    publics = tuple(role_keys)
    if not publics:
        signer = next_role(node, keys)
        submission, publics = countersign(submission, signer), (public_of(signer),)
    return JoinRequest(
        party=node.party,
        name=said.record.name,
        role_keys=publics,
        threshold=threshold,
        submission=submission,
    )


def _is_join_request(data: bytes) -> bool:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return False
    form = found.get("format") if isinstance(found, dict) else None
    return isinstance(form, str) and form.startswith("rogatory-join-request/")
