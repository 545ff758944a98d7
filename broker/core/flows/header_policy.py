"""What the hub asks the published policies about a message: as far as its header shows.

Pure. What only the content can tell is left to the nodes of origin and recipient.
"""

from collections.abc import Mapping

from broker.core.errors import Code, RefusedError
from broker.core.model import Header
from broker.core.policy.decision import Allow, Deny, HeaderQuestion, Redact
from broker.core.policy.engine import Engine
from broker.core.protocol_kinds import PROTOCOL_KINDS
from keys.identity import PartyId


def check_policies(
    header: Header, engines: Mapping[PartyId, Engine], now_ms: int
) -> None:
    """Asks the policy of the origin, then of each recipient, about one message.

    What counts is the day on which the hub is asked, not the one that the header names:
    whoever may not send any more could write an earlier one into it. A message that was
    under way when a rule ended is refused, and can be sent again. About the kinds that
    keep the exchange itself in order no policy is asked.

    Args:
        header: Of a message whose signature was verified.
        engines: The published policy of each party, compiled; a party without one
            allows nothing.
        now_ms: The present.

    Raises:
        RefusedError: EXPORT_POLICY or IMPORT_POLICY.
    """
    if header.kind in PROTOCOL_KINDS:
        return
    for recipient in header.parties:
        question = HeaderQuestion(
            origin=header.origin,
            recipient=recipient,
            kind=header.kind,
            handling=header.handling,
            at_ms=now_ms,
        )
        for code, owner in (
            (Code.EXPORT_POLICY, header.origin),
            (Code.IMPORT_POLICY, recipient),
        ):
            engine = engines.get(owner)
            if engine is None:
                raise RefusedError(code, f"{owner} has published no policy")
            exporting = code is Code.EXPORT_POLICY
            decide = engine.may_export if exporting else engine.may_import
            match decide(question):
                case Allow() | Redact():
                    pass
                case Deny() as deny:
                    raise RefusedError(
                        code, f"{owner}, for {recipient}: {deny.summary}"
                    )
