"""What is kept of an export: each decision, and the statement about what was denied.

Pure but for the randomness that blinds. Storing is left to the node service.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from broker.core.decisions import DecisionRecord, Direction, record_decision
from broker.core.errors import Code
from broker.core.flows.export import ExportPlan, Parcel
from broker.core.flows.recipient import Withheld
from broker.core.model import Receipt, Stage, new_nonce
from broker.core.outgoing import Denial
from broker.core.policy.decision import Deny
from broker.core.records import Withholding
from keys.framing import labelled_digest
from keys.identity import PartyId

_LABEL = b"rogatory/decision/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """Writes down what a plan decided.

    Attributes:
        plan: What was decided.
        policy_digests: SHA-256 of each party's policy as it was asked.
        protected: What was asked about the content, under the node's key.
    """

    plan: ExportPlan
    policy_digests: Mapping[PartyId, bytes]
    protected: bytes

    def released(self, parcel: Parcel, message_digest: bytes) -> list[DecisionRecord]:
        """Returns what was decided about those who get a message."""
        return [
            record_decision(
                replace(self.plan.asked, recipient=release.party),
                release.decision,
                Direction.EXPORT,
                subject=message_digest,
                policy_digest=self._digest_of(self.plan.asked.origin),
                protected=self.protected,
            )
            for release in parcel.releases
        ]

    def denial(self) -> Denial | None:
        """Returns what is kept of those who get nothing; None if there are none.

        The log learns a code and a digest, no more.
        """
        withheld, asked = self.plan.withheld, self.plan.asked
        if not withheld:
            return None
        code = withheld[0].code.value
        digest = self._blinded(withheld)
        return Denial(
            withholding=Withholding(
                digest=digest,
                kind=asked.kind,
                recipients=tuple(one.party for one in withheld),
                code=code,
                detail=why(withheld),
                at_ms=asked.at_ms,
            ),
            receipt=Receipt(
                stage=Stage.WITHHELD,
                message_digest=digest,
                by=asked.origin,
                to=asked.origin,
                at_ms=asked.at_ms,
                code=code,
                nonce=new_nonce(),
            ),
            decisions=tuple(self._denied(one, digest) for one in withheld),
        )

    def _blinded(self, withheld: Sequence[Withheld]) -> bytes:
        asked = self.plan.asked
        decision = {
            "at_ms": asked.at_ms,
            "handling": str(asked.handling),
            "kind": asked.kind,
            "withheld": [[one.party, one.code.value, one.reasons] for one in withheld],
        }
        said = json.dumps(decision, sort_keys=True).encode()
        return labelled_digest(_LABEL, said, secrets.token_bytes(16))

    def _denied(self, one: Withheld, digest: bytes) -> DecisionRecord:
        asked = self.plan.asked
        theirs = one.code is Code.IMPORT_POLICY
        record = record_decision(
            replace(asked, recipient=one.party),
            one.decision or Deny(rule_ids=(), reasons=one.reasons),
            Direction.EXPORT,
            subject=digest,
            policy_digest=self._digest_of(one.party if theirs else asked.origin),
            protected=self.protected,
            code=one.code,
        )
        if isinstance(one.decision, Deny):
            return record
        # The policy had no objection: what had says so itself.
        return replace(record, reasons=one.reasons)

    def _digest_of(self, party: PartyId) -> bytes:
        return self.policy_digests.get(party, b"")


def why(withheld: Sequence[Withheld]) -> str:
    """Returns why each of some recipients gets nothing, in one line."""
    return "; ".join(f"{one.party}: {', '.join(one.reasons)}" for one in withheld)
